"""Warning: what colour leavers had before they left, beside stayers like them on the same day."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contest.blind_spots import clustered_interval, compare_shares
from analysis.declared.floors import Evidence
from analysis.declared.study_parts import Report, Time
from analysis.evaluation.calibration.measures import Measured
from analysis.health_score.order_frames import WARNED, WARNED_COUNTS
from analysis.health_score.scored import COLOURS, Scored
from analysis.health_score.settled import NO_SCORE, is_thin, too_few
from analysis.inference.multiplicity import holm
from analysis.wording.remarks import Remark, remark

DAYS = (90, 60, 30)
GREEN = COLOURS[-1]
SHOWN = 0.05
LONGEST_MONTH = 31


class Warned(StrEnum):
    """Whether leavers were green less often than stayers like them."""

    WARNED = "warned"
    NOT_SHOWN = "not_shown"
    WRONG_WAY = "wrong_way"
    """Leavers are shown to have been green more often."""
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class WarningVerdict:
    """Whether the score would have warned so many days ahead.

    Attributes
    ----------
    leavers, stayers
        Share that was green, of leavers and of stayers like them.
    n_leavers
        Leavers compared.
    is_thin
        They are so few that the verdict is not to be quoted without its intervals.
    """

    days: int
    reading: Warned
    leavers: Measured
    stayers: Measured
    n_leavers: int
    is_thin: bool

    @property
    def remark(self) -> Remark:
        """The verdict as a sentence."""
        if self.reading is Warned.TOO_FEW:
            return remark("health_score.warning_too_few", days=self.days, leavers=self.n_leavers)
        return remark(
            _READINGS[self.reading],
            days=self.days,
            leavers=self.n_leavers,
            share=self.leavers.estimate,
            low=self.leavers.conf_low,
            high=self.leavers.conf_high,
            beside=self.stayers.estimate,
            beside_low=self.stayers.conf_low,
            beside_high=self.stayers.conf_high,
        )


_READINGS = {
    Warned.WARNED: "health_score.warning_shown",
    Warned.NOT_SHOWN: "health_score.warning_not_shown",
    Warned.WRONG_WAY: "health_score.warning_wrong_way",
}


@dataclass(frozen=True, slots=True, eq=False)
class Warnings:
    """The colours of leavers and of stayers like them, by days before leaving.

    Attributes
    ----------
    table : DataFrame
        As `WARNED`; days that too few leavers were there for are left out.
    counts : DataFrame
        As `WARNED_COUNTS`.
    verdicts : tuple of WarningVerdict
        Of each number of days, the longest first.
    notes : tuple of Remark
    """

    table: pd.DataFrame
    counts: pd.DataFrame
    verdicts: tuple[WarningVerdict, ...]
    notes: tuple[Remark, ...]


_READ = {"notice": remark("health_score.warning_read"), "end": remark("health_score.warning_read_end")}


def leavers_of(scored: Scored) -> pd.DataFrame:
    """Return the lifetimes that churned within the horizon of a settled row, one row each.

    Returns
    -------
    DataFrame
        lifetime_id, cluster_id, left_on: the day of notice, or of the end where the study dates leaving by it.
    """
    rows = scored.rows[scored.is_settled & scored.event]
    left_on = rows["risk_date"] + pd.to_timedelta(rows["followed_days"].astype(np.int64), unit="D")
    found = rows[["lifetime_id", "cluster_id"]].assign(left_on=left_on)
    return found.drop_duplicates("lifetime_id").sort_values(["left_on", "lifetime_id"]).reset_index(drop=True)


def warnings_of(scored: Scored, report: Report, time: Time, days: tuple[int, ...] = DAYS) -> Warnings:
    """Compare leavers' colours, so many days before they left, with those of stayers like them.

    Of each leaver the last landmark counts that lies at least so many days before, and at most a landmark's interval
    longer. Beside it stand the lifetimes of the same landmark, kind of term and tenure band that were still there, not
    under notice, on the day on which the leaver left. All that stand beside one leaver weigh as much as that leaver,
    so that landmarks, terms and bands of stayers are those of leavers.

    Parameters
    ----------
    scored
        All landmark rows. No score is a group of its own.
    report, time
        Of the study: its floors; bounds of tenure bands, and how far landmarks lie apart.
    days
        Before leaving.

    Notes
    -----
    Stayers are drawn from the risk set of the leaver's day (incidence density sampling: Lubin and Gail 1984,
    Biometrics 40, 63), all of them. Intervals and tests by clusters (`compare_shares`), Holm over the days.
    """
    rows, group = scored.rows, np.where(scored.has_score, scored.colour, NO_SCORE).astype(object)
    leavers = leavers_of(scored)
    cells, names = _cells(rows, time)
    tables, counts, verdicts = [], [], []
    for number in days:
        place = place_before(rows, leavers, number, time.landmark_every_months)
        there = place >= 0
        weight, is_matched = _matched(rows, cells, names, place, leavers["left_on"])
        compared = Evidence(int(is_matched.sum()), leavers["cluster_id"][is_matched].nunique())
        held = (number, len(leavers), int((~there).sum()), int((there & ~is_matched).sum()), compared.events)
        counts.append(dict(zip(WARNED_COUNTS.columns, held, strict=True)))
        if too_few(report, compared):
            none = Measured()
            verdicts.append(WarningVerdict(number, Warned.TOO_FEW, none, none, compared.events, True))
            continue
        table = _compared(rows, group, place[is_matched], weight).assign(days=number)
        tables.append(table)
        verdicts.append(_verdict(table, number, compared, is_thin(report, compared)))
    table = pd.concat(tables, ignore_index=True)[WARNED.columns] if tables else WARNED.empty()
    notes = [_READ[time.event_date]]
    return Warnings(
        WARNED.checked(table), WARNED_COUNTS.checked(pd.DataFrame(counts)), _holm(verdicts, table), tuple(notes)
    )


def place_before(rows: pd.DataFrame, leavers: pd.DataFrame, days: int, every_months: int) -> NDArray[np.intp]:
    """Return of each leaver the place of the last row at least so many days before leaving; -1 where there is none.

    Parameters
    ----------
    rows : DataFrame
        Landmark rows.
    leavers : DataFrame
        As `leavers_of` gives them.
    days
        Before leaving.
    every_months
        How far landmarks lie apart: an older row than that is not the last landmark's.
    """
    found = rows[["lifetime_id", "risk_date"]].assign(place=np.arange(len(rows)))
    both = found.merge(leavers.assign(leaver=np.arange(len(leavers)))[["lifetime_id", "left_on", "leaver"]])
    ahead = (both["left_on"] - both["risk_date"]).dt.days - days
    kept = both[(ahead >= 0) & (ahead <= LONGEST_MONTH * every_months)]
    last = kept.sort_values("risk_date").groupby("leaver")["place"].last()
    return last.reindex(range(len(leavers)), fill_value=-1).to_numpy(np.intp)


def tenure_band(tenure_days: NDArray[np.int64], time: Time) -> NDArray[np.intp]:
    """Return the band of each age: adoption, growth, the first and the later mature years, shape (n,)."""
    bounds = [time.adoption_from_day, time.mature_from_day, 2 * time.mature_from_day]
    return np.searchsorted(bounds, tenure_days, side="right").astype(np.intp)


def _cells(rows: pd.DataFrame, time: Time) -> tuple[NDArray[np.intp], dict[int, NDArray[np.intp]]]:
    """Number the cells of landmark, kind of term and tenure band, and return the rows of each."""
    band = tenure_band(rows["tenure_days"].to_numpy(np.int64), time)
    keys = pd.DataFrame({"day": rows["risk_date"], "term": rows["term_kind"], "band": band})
    number = keys.groupby(["day", "term", "band"], dropna=False, sort=True).ngroup().to_numpy(np.intp)
    order = np.argsort(number, kind="stable")
    bounds = np.flatnonzero(np.diff(number[order], prepend=-1))
    return number, {int(number[own[0]]): own for own in np.split(order, bounds[1:])} if len(order) else {}


def _matched(
    rows: pd.DataFrame,
    cell: NDArray[np.intp],
    members: dict[int, NDArray[np.intp]],
    place: NDArray[np.intp],
    left_on: pd.Series,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return what each row weighs as a stayer, shape (n,), and which leavers have any beside them."""
    out_on = rows["out_on"].to_numpy("datetime64[D]")
    weight, is_matched = np.zeros(len(rows)), np.zeros(len(place), dtype=bool)
    days = left_on.to_numpy("datetime64[D]")
    for leaver, own in enumerate(place):
        if own < 0:
            continue
        beside = members[int(cell[own])]
        stays = beside[np.isnat(out_on[beside]) | (out_on[beside] > days[leaver])]
        if len(stays):
            weight[stays] += 1 / len(stays)
            is_matched[leaver] = True
    return weight, is_matched


def _compared(
    rows: pd.DataFrame, group: NDArray[np.object_], leavers: NDArray[np.intp], weight: NDArray[np.float64]
) -> pd.DataFrame:
    """Compare the shares of each colour among leavers, and among weighted stayers."""
    stayers = np.flatnonzero(weight)
    place = np.concatenate([leavers, stayers])
    own = np.arange(len(place)) < len(leavers)
    counted = np.concatenate([np.ones(len(leavers)), weight[stayers]])
    cluster = rows["cluster_id"].to_numpy(object)[place]
    lines = []
    for colour in (*COLOURS, NO_SCORE):
        of_colour = group[place] == colour
        low, high = clustered_interval(of_colour[own], cluster[own])
        beside_low, beside_high = clustered_interval(of_colour[~own], cluster[~own], weight=counted[~own])
        lines.append(
            {
                "colour": colour,
                "n_leavers": len(leavers),
                "share_leavers": float(of_colour[own].mean()),
                "leavers_low": low,
                "leavers_high": high,
                "n_stayers": rows["lifetime_id"].iloc[stayers].nunique(),
                "share_stayers": float(np.average(of_colour[~own], weights=counted[~own])),
                "stayers_low": beside_low,
                "stayers_high": beside_high,
                **compare_shares(of_colour, cluster, own, ~own, counted),
            }
        )
    return pd.DataFrame(lines)


def _verdict(table: pd.DataFrame, days: int, found: Evidence, thin: bool) -> WarningVerdict:
    green = table.set_index("colour").loc[GREEN]
    leavers, stayers = (
        Measured(float(green[f"share_{who}"]), float(green[f"{who}_low"]), float(green[f"{who}_high"]))
        for who in ("leavers", "stayers")
    )
    return WarningVerdict(days, Warned.NOT_SHOWN, leavers, stayers, found.events, thin)


def _holm(verdicts: list[WarningVerdict], table: pd.DataFrame) -> tuple[WarningVerdict, ...]:
    """Return the verdicts with what is shown of them, Holm's method over their days."""
    green = table[table["colour"] == GREEN].set_index("days")
    adjusted = dict(zip(green.index, holm(green["p_value"].to_numpy(np.float64)), strict=True))
    found = []
    for one in verdicts:
        reading = one.reading
        if adjusted.get(one.days, np.nan) < SHOWN:
            reading = Warned.WARNED if green.loc[one.days, "difference"] < 0 else Warned.WRONG_WAY
        found.append(WarningVerdict(one.days, reading, one.leavers, one.stayers, one.n_leavers, one.is_thin))
    return tuple(found)
