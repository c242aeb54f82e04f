"""Colours: how many of each colour left, whether more do the worse it is, and who is in which."""

import itertools
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.contest.blind_spots import clustered_interval, compare_shares
from analysis.declared.study_parts import Report
from analysis.declared.suppression import hidden_cells
from analysis.evaluation.calibration.curve import EVENTS_FOR_KNOTS, KNOTS_AT, POINTS, spline_columns
from analysis.evaluation.calibration.logit_fit import fit_logit
from analysis.evaluation.calibration.measures import Measured
from analysis.evaluation.measures.influence import effective_df, estimate
from analysis.health_score.order_frames import COLOUR_STEPS, COLOURS, SCORE_CURVE
from analysis.health_score.scored import COLOURS as FROM_WORST
from analysis.health_score.scored import Scored
from analysis.health_score.settled import NO_SCORE, Coverage, coverage, evidence, is_thin, settled_rows, too_few
from analysis.inference.multiplicity import holm
from analysis.wording.remarks import Remark, remark

SHOWN = 0.05


class Monotone(StrEnum):
    """Whether more leave the worse the colour."""

    MONOTONE = "monotone"
    """The trend is shown, and the rates stand in the colours' order."""
    NOT_MONOTONE = "not_monotone"
    """The trend, or a step between two neighbours, is shown to go the wrong way."""
    CANT_TELL = "cant_tell"
    TOO_FEW = "too_few"
    """Leavers, to say anything."""


@dataclass(frozen=True, slots=True)
class ColourVerdict:
    """Whether colours mean anything.

    Attributes
    ----------
    odds_ratio
        Of leaving, for each colour worse; NaN where one colour tells all.
    p_value
        Of no trend, two-sided.
    red_lift
        Rate of red over that of all rows.
    n_leavers
        Distinct lifetimes.
    is_thin
        Leavers are so few that the verdict is not to be quoted without its interval.
    """

    reading: Monotone
    odds_ratio: Measured
    p_value: float
    red_lift: Measured
    n_leavers: int
    is_thin: bool

    @property
    def remark(self) -> Remark:
        """The verdict as a sentence."""
        if self.reading is Monotone.CANT_TELL and not np.isnan(self.p_value):
            return remark("health_score.colours_cant_tell", leavers=self.n_leavers, p=self.p_value)
        return remark(_READINGS[self.reading], leavers=self.n_leavers)


_READINGS = {
    Monotone.MONOTONE: "health_score.colours_monotone",
    Monotone.NOT_MONOTONE: "health_score.colours_not_monotone",
    Monotone.CANT_TELL: "health_score.colours_one",
    Monotone.TOO_FEW: "health_score.colours_too_few",
}
COLOUR_NAMES = {
    "red": "health_score.colour_red",
    "yellow": "health_score.colour_yellow",
    "green": "health_score.colour_green",
    NO_SCORE: "health_score.colour_none",
}


@dataclass(frozen=True, slots=True, eq=False)
class ColourMeanings:
    """What colours meant.

    Attributes
    ----------
    table : DataFrame
        As `COLOURS`, from worst to best, those without a score last.
    steps : DataFrame
        As `COLOUR_STEPS`.
    curve : DataFrame
        As `SCORE_CURVE`; empty where it cannot be drawn.
    verdict : ColourVerdict
    coverage : Coverage
    notes : tuple of Remark
    """

    table: pd.DataFrame
    steps: pd.DataFrame
    curve: pd.DataFrame
    verdict: ColourVerdict
    coverage: Coverage
    notes: tuple[Remark, ...]


def colour_meanings(scored: Scored, report: Report, every_landmark: bool = False) -> ColourMeanings:
    """Count who left in each colour, and judge whether more did the worse it was.

    Parameters
    ----------
    scored
        All landmark rows; judged are the settled ones. Those without a score are a group of their own, and in no trend.
    report
        Of the study: its floors and its smallest cell.
    every_landmark
        As in `settled_rows`.

    Notes
    -----
    Trend: the score test of colours numbered from best to worst (Cochran 1954; Armitage 1955), its variance by
    clusters, at least that of independent rows, Student's t on `effective_df`. Steps between neighbours:
    `compare_shares`, Holm over them.
    """
    own = settled_rows(scored, every_landmark)
    counted = coverage(scored, every_landmark)
    group = np.where(own.has_score, own.colour, NO_SCORE).astype(object)
    found = evidence(own.take(own.has_score))
    table = _table(own, group, report)
    notes = [*counted.remarks, *([remark("health_score.repeated")] if every_landmark else [])]
    if table["is_hidden"].any():
        notes.append(remark("health_score.groups_hidden", cell=report.min_cell))
    if obstacle := too_few(report, found):
        table[_RATES] = np.nan
        none = Measured()
        verdict = ColourVerdict(Monotone.TOO_FEW, none, np.nan, none, found.events, True)
        steps, curve = COLOUR_STEPS.empty(), SCORE_CURVE.empty()
        return ColourMeanings(COLOURS.checked(table), steps, curve, verdict, counted, (obstacle, *notes))
    steps = _steps(own, group)
    verdict = _verdict(own.take(own.has_score), table, steps, is_thin(report, found))
    curve = score_curve(own.take(own.has_score), report.min_cell)
    return ColourMeanings(COLOURS.checked(table), steps, curve, verdict, counted, tuple(notes))


_RATES = ["rate", "conf_low", "conf_high", "share_of_leavers", "leavers_low", "leavers_high", "lift", "lift_low",
          "lift_high"]  # fmt: skip


def _table(own: Scored, group: NDArray[np.object_], report: Report) -> pd.DataFrame:
    event, cluster = own.event, own.rows["cluster_id"].to_numpy(object)
    names = [name for name in (*FROM_WORST, NO_SCORE) if name != NO_SCORE or (group == NO_SCORE).any()]
    accounts = [own.rows.loc[group == name, "account_id"].nunique() for name in names]
    lines = []
    for name, n_accounts, is_hidden in zip(names, accounts, hidden_cells(accounts, report.min_cell), strict=True):
        mine = group == name
        held = {"colour": name, "is_hidden": bool(is_hidden)}
        if not is_hidden:
            low, high = clustered_interval(event[mine], cluster[mine])
            of_leavers = clustered_interval(mine[event], cluster[event])
            lift = _lift(mine, event, cluster, report.family_from_events)
            held |= {
                "n_rows": int(mine.sum()),
                "n_accounts": n_accounts,
                "n_leavers": own.rows.loc[mine & event, "lifetime_id"].nunique(),
                "rate": float(event[mine].mean()) if mine.any() else np.nan,
                "conf_low": low,
                "conf_high": high,
                "share_of_book": float(mine.mean()) if len(mine) else np.nan,
                "share_of_leavers": float(mine[event].mean()) if event.any() else np.nan,
                "leavers_low": of_leavers[0],
                "leavers_high": of_leavers[1],
                "lift": lift.estimate,
                "lift_low": lift.conf_low,
                "lift_high": lift.conf_high,
            }
        lines.append(held)
    return pd.DataFrame(lines).reindex(columns=COLOURS.columns)


def _lift(mine: NDArray[np.bool_], event: NDArray[np.bool_], cluster: NDArray[np.object_], floor: int) -> Measured:
    """Return the rate of some rows over that of all, its interval symmetric in logs.

    With fewer leaving clusters among them than the floor there is no interval: logs of few events have no error.
    """
    own, all_left = float((mine & event).sum()), float(event.sum())
    if not mine.any() or not all_left:
        return Measured()
    value = (own / mine.sum()) / (all_left / len(event))
    if len(np.unique(cluster[mine & event])) < floor:
        return Measured(value)
    by_log = mine * event / own - mine / mine.sum() - event / all_left + 1 / len(event)
    code = pd.factorize(cluster)[0]
    totals = np.bincount(code, by_log)
    if not np.abs(totals).max() > 1e-15:
        return Measured(value)
    found = estimate(value, value * by_log, code, "log", df=effective_df(totals))
    return Measured(found.value, found.conf_low, found.conf_high)


def _steps(own: Scored, group: NDArray[np.object_]) -> pd.DataFrame:
    event, cluster = own.event, own.rows["cluster_id"].to_numpy(object)
    there = [name for name in FROM_WORST if (group == name).any()]
    lines = [
        {"worse": worse, "better": better, **compare_shares(event, cluster, group == worse, group == better)}
        for worse, better in itertools.pairwise(there)
    ]
    table = pd.DataFrame(lines).reindex(columns=COLOUR_STEPS.columns)
    table["adjusted_p_value"] = holm(table["p_value"].to_numpy(np.float64))
    return COLOUR_STEPS.checked(table)


def _verdict(known: Scored, table: pd.DataFrame, steps: pd.DataFrame, thin: bool) -> ColourVerdict:
    rank = (len(FROM_WORST) - 1 - pd.Categorical(known.colour, FROM_WORST).codes).astype(np.float64)
    event, cluster = known.event, known.rows["cluster_id"].to_numpy(object)
    slope, p_value = _trend(rank, event, cluster)
    is_shown = p_value < SHOWN
    wrong = ((steps["adjusted_p_value"] < SHOWN) & (steps["difference"] < 0)).any()
    reading = Monotone.CANT_TELL
    if wrong or (is_shown and slope < 0):
        reading = Monotone.NOT_MONOTONE
    elif is_shown and (steps["difference"] > 0).all():
        reading = Monotone.MONOTONE
    fit = fit_logit(np.c_[np.ones(len(rank)), rank], event, cluster) if np.ptp(rank) > 0 else None
    odds = Measured() if fit is None else Measured(*np.exp(fit.interval(np.array([[0.0, 1.0]]))[:, 0]).tolist())
    red = table.set_index("colour").loc[FROM_WORST[0], ["lift", "lift_low", "lift_high"]]
    lift = Measured(*red.astype(float))
    return ColourVerdict(reading, odds, p_value, lift, evidence(known).events, thin)


def _trend(rank: NDArray[np.float64], event: NDArray[np.bool_], cluster: NDArray[np.object_]) -> tuple[float, float]:
    """Return the score of a trend, above zero where more leave at higher ranks, and its p value, two-sided."""
    part = (rank - rank.mean()) * (event - event.mean())
    own = np.bincount(pd.factorize(cluster)[0], part)
    as_independent = float(event.mean() * (1 - event.mean()) * ((rank - rank.mean()) ** 2).sum())
    squares = max(float((own**2).sum()), as_independent)
    if not own.any():
        return 0.0, float("nan")
    return float(part.sum()), float(2 * stats.t.sf(abs(part.sum()) / np.sqrt(squares), effective_df(own)))


def score_curve(known: Scored, min_cell: int = 1) -> pd.DataFrame:
    """Return the share that churned as a smooth function of the score.

    A restricted cubic spline of the score in a logistic regression, with as many knots as events carry
    (`analysis.evaluation.calibration.curve`), its band by clusters; from the highest of the `min_cell` lowest scores to
    the lowest of the `min_cell` highest.

    Parameters
    ----------
    known
        Settled rows with a score.
    min_cell
        The study's ``report.min_cell``.

    Returns
    -------
    DataFrame
        As `SCORE_CURVE`, 101 scores; empty where the likelihood has no maximum.
    """
    event, cluster = known.event, known.rows["cluster_id"].to_numpy(object)
    events = min(len(np.unique(cluster[event])), len(np.unique(cluster[~event])))
    ranked = np.sort(known.score)
    if len(ranked) < 2 * min_cell or not len(ranked) or ranked[0] == ranked[-1]:
        return SCORE_CURVE.empty()
    points = np.linspace(ranked[max(min_cell, 1) - 1], ranked[-max(min_cell, 1)], POINTS)
    for number in [*(knots for needed, knots in EVENTS_FOR_KNOTS if events >= needed), 0]:
        places = np.quantile(ranked, KNOTS_AT[number]) if number else np.empty(0)
        if len(np.unique(places)) < number:
            continue
        fit = fit_logit(spline_columns(known.score, places), event, cluster)
        if fit is not None:
            rate, low, high = 1 / (1 + np.exp(-fit.interval(spline_columns(points, places))))
            return SCORE_CURVE.checked(
                pd.DataFrame({"score": points, "rate": rate, "conf_low": low, "conf_high": high})
            )
    return SCORE_CURVE.empty()
