"""Alarms: of the accounts that a score points to, how many leave, and how many leavers does it point to?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contest.blind_spots import clustered_interval, compare_shares
from analysis.contest.values import ratio
from analysis.declared.study_parts import Report, Time
from analysis.evaluation.calibration.measures import Measured
from analysis.evaluation.rolling_origin import QUOTED
from analysis.evaluation.use.capacity import flagged_share
from analysis.health_score.definition import FULL
from analysis.health_score.order_frames import ALARMS
from analysis.health_score.order_verdicts import ALL_ROWS, SCORE, SHARED_ROWS, SUBJECTS
from analysis.health_score.scored import Scored
from analysis.health_score.settled import evidence, settled_rows, too_few
from analysis.health_score.warning import LONGEST_MONTH
from analysis.inference.multiplicity import holm
from analysis.models.registry import CONTRACT_ONLY
from analysis.wording.remarks import Remark, remark

CAPACITY, FELL = "capacity", "fell"
POINTS = (10, 20)


SHOWN = 0.05


class Alarmed(StrEnum):
    """Whether more leave after an alarm than without one."""

    MORE = "more"
    NOT_SHOWN = "not_shown"
    FEWER = "fewer"


@dataclass(frozen=True, slots=True)
class AlarmVerdict:
    """Whether an alarm says anything.

    Attributes
    ----------
    points
        By which a score fell; None of the lowest scores at capacity.
    hit_rate
        Share of alarms after which the account left within the horizon.
    other_rate
        The same of rows without an alarm.
    """

    points: int | None
    reading: Alarmed
    hit_rate: Measured
    other_rate: float
    n_alarms: float

    @property
    def remark(self) -> Remark:
        """The verdict as a sentence."""
        return remark(
            _READINGS[self.reading],
            alarm=alarm_named(SCORE, self.points),
            hits=self.hit_rate.estimate,
            low=self.hit_rate.conf_low,
            high=self.hit_rate.conf_high,
            without=self.other_rate,
        )


_READINGS = {
    Alarmed.MORE: "health_score.alarm_more",
    Alarmed.NOT_SHOWN: "health_score.alarm_not_shown",
    Alarmed.FEWER: "health_score.alarm_fewer",
}


def alarm_named(subject: str, points: int | None) -> Remark:
    """Return what an alarm is called: by how many points a score fell, or None of the worst at capacity."""
    if points is None:
        return remark("health_score.alarm_capacity", subject=remark(SUBJECTS[subject]))
    return remark("health_score.alarm_fell", points=points)


@dataclass(frozen=True, slots=True, eq=False)
class Alarms:
    """What alarms by a score were worth.

    Attributes
    ----------
    table : DataFrame
        As `ALARMS`.
    verdicts : tuple of AlarmVerdict
        Of each alarm by the score on all rows.
    notes : tuple of Remark
    """

    table: pd.DataFrame
    verdicts: tuple[AlarmVerdict, ...]
    notes: tuple[Remark, ...]


def alarms_of(
    scored: Scored,
    report: Report,
    time: Time,
    predictions: pd.DataFrame | None = None,
    points: Sequence[int] = POINTS,
) -> Alarms:
    """Count right and false alarms: the lowest scores at a team's capacity, and scores that fell within a month.

    Parameters
    ----------
    scored
        All landmark rows. A row without a score raises no alarm, and is not counted.
    report
        Its capacity (accounts that a team looks after in a quarter), floors.
    time
        How far landmarks lie apart: only from month to month can a fall be told.
    predictions : DataFrame, optional
        Forecasts of past quarters, as `analysis.evaluation.frames.PREDICTIONS`, that have the same capacity on the same
        rows.
    points
        A score fell if it is so many points lower, or more, than on the landmark before, 28 to 31 days earlier.

    Notes
    -----
    At capacity: settled first days of quarters; of equal scores at the limit each is as likely to be flagged
    (`flagged_share`). A fall: all settled landmarks with a score there and on the one before, so that an account may
    raise several alarms before it leaves once; leavers are counted once. Beside the share of leavers who had an alarm
    within a horizon before stands that of stayers who had one as lately. Intervals by clusters.
    """
    quarters = settled_rows(scored)
    quarters = quarters.take(quarters.has_score)
    if obstacle := too_few(report, evidence(quarters)):
        return Alarms(ALARMS.empty(), (), (obstacle,))
    lines = [_at_capacity(quarters.rows, quarters.event, FULL - quarters.score, report.capacity, SCORE, ALL_ROWS)]
    lines += _beside(quarters, predictions, report.capacity)
    notes: list[Remark] = []
    if time.landmark_every_months > 1:
        notes.append(remark("health_score.no_monthly_fall", months=time.landmark_every_months))
    else:
        own = scored.take(scored.is_settled & np.isfinite(fall_of(scored)))
        fall = fall_of(scored)[scored.is_settled & np.isfinite(fall_of(scored))]
        lines += [_fell(own, fall >= by, by) for by in points if own.event.any()]
        notes.append(remark("health_score.fall_monthly"))
    table = ALARMS.checked(pd.DataFrame(lines).reindex(columns=ALARMS.columns))
    own_lines = table[(table["subject"] == SCORE) & (table["rows"] == ALL_ROWS)]
    adjusted = holm(own_lines["p_value"].to_numpy(np.float64))
    verdicts = tuple(_judged(line, p) for (_, line), p in zip(own_lines.iterrows(), adjusted, strict=True))
    return Alarms(table, verdicts, tuple(notes))


def _judged(line: pd.Series, adjusted: float) -> AlarmVerdict:
    reading = Alarmed.NOT_SHOWN
    if adjusted < SHOWN:
        reading = Alarmed.MORE if line["difference"] > 0 else Alarmed.FEWER
    hits = Measured(float(line["hit_rate"]), float(line["hit_low"]), float(line["hit_high"]))
    points = None if pd.isna(line["points"]) else int(line["points"])
    return AlarmVerdict(points, reading, hits, float(line["other_rate"]), float(line["n_alarms"]))


def fall_of(scored: Scored) -> NDArray[np.float64]:
    """Return by how many points each row's score is lower than a month before, shape (n,); NaN where either lacks."""
    rows = scored.rows[["lifetime_id", "risk_date"]].assign(score=scored.score, place=np.arange(len(scored.rows)))
    rows = rows.sort_values(["lifetime_id", "risk_date"])
    before = rows.groupby("lifetime_id")[["score", "risk_date"]].shift()
    is_month = (rows["risk_date"] - before["risk_date"]).dt.days <= LONGEST_MONTH
    fall = (before["score"] - rows["score"]).where(is_month)
    found = np.full(len(rows), np.nan)
    found[rows["place"].to_numpy()] = fall.to_numpy(np.float64)
    return found


def _beside(quarters: Scored, predictions: pd.DataFrame | None, capacity: int) -> list[dict[str, object]]:
    """Return what the score and forecasts catch on the rows that have both."""
    if predictions is None:
        return []
    names = [name for name in (QUOTED, CONTRACT_ONLY) if name in predictions]
    told = predictions.rename(columns={"landmark": "risk_date"})[["risk_date", "lifetime_id", *names]].dropna()
    keys = quarters.rows[["risk_date", "lifetime_id"]].assign(place=np.arange(len(quarters.rows)))
    both = keys.merge(told, on=["risk_date", "lifetime_id"])
    shared = quarters.take(both["place"].to_numpy(np.intp))
    if not shared.event.any():
        return []
    risks = {SCORE: FULL - shared.score} | {name: both[name].to_numpy(np.float64) for name in names}
    return [_at_capacity(shared.rows, shared.event, risk, capacity, name, SHARED_ROWS) for name, risk in risks.items()]


def _at_capacity(
    rows: pd.DataFrame, event: NDArray[np.bool_], risk: NDArray[np.float64], capacity: int, subject: str, which: str
) -> dict[str, object]:
    landmark = rows["risk_date"].to_numpy("datetime64[D]")
    flagged = flagged_share(risk, landmark, capacity)[0]
    cluster = pd.factorize(rows["cluster_id"])[0]
    caught = ratio(flagged[event], np.ones(int(event.sum())), cluster[event])
    stayers = float(flagged[~event].mean()) if not event.all() else np.nan
    warned = (float(flagged[event].sum()), caught.estimate / 100, *_held(caught.conf_low, caught.conf_high), stayers)
    return {"alarm": CAPACITY, "subject": subject, "rows": which} | _line(rows, event, flagged, cluster, warned)


def _fell(own: Scored, is_alarm: NDArray[np.bool_], points: int) -> dict[str, object]:
    rows, event = own.rows, own.event
    cluster = pd.factorize(rows["cluster_id"])[0]
    left = pd.DataFrame({"lifetime": rows["lifetime_id"], "alarm": is_alarm, "cluster": cluster})[event]
    by_leaver = left.groupby("lifetime").agg({"alarm": "any", "cluster": "first"})
    alarm, of = by_leaver["alarm"].to_numpy(bool), by_leaver["cluster"].to_numpy()
    stayers = _lately(rows, is_alarm)[~event].mean() if not event.all() else np.nan
    warned = (float(alarm.sum()), float(alarm.mean()), *clustered_interval(alarm, of), float(stayers))
    held = {"alarm": FELL, "points": points, "subject": SCORE, "rows": ALL_ROWS}
    return held | _line(rows, event, is_alarm.astype(np.float64), cluster, warned)


def _lately(rows: pd.DataFrame, is_alarm: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the rows that had an alarm on one of their last landmarks, as many as a horizon holds, shape (n,)."""
    held = rows[["lifetime_id", "risk_date"]].assign(alarm=is_alarm.astype(float), place=np.arange(len(rows)))
    held = held.sort_values(["lifetime_id", "risk_date"])
    within = int(np.rint(np.median(rows["horizon_days"]) / LONGEST_MONTH))
    lately = held.groupby("lifetime_id")["alarm"].rolling(within, min_periods=1).max()
    found = np.zeros(len(rows), dtype=bool)
    found[held["place"].to_numpy()] = lately.to_numpy() > 0
    return found


def _line(
    rows: pd.DataFrame,
    event: NDArray[np.bool_],
    alarm: NDArray[np.float64],
    cluster: NDArray[np.intp],
    warned: tuple[float, float, float, float, float],
) -> dict[str, object]:
    right = float(alarm[event].sum())
    hits, low, high = _hit_rate(event, alarm, cluster)
    n_warned, share, warned_low, warned_high, stayers = warned
    return {
        "n_landmarks": rows["risk_date"].nunique(),
        "n_rows": len(rows),
        "n_leavers": rows.loc[event, "lifetime_id"].nunique(),
        "n_alarms": float(alarm.sum()),
        "n_right": right,
        "hit_rate": hits,
        "hit_low": low,
        "hit_high": high,
        "other_rate": float(event[alarm == 0].mean()) if (alarm == 0).any() else np.nan,
        **compare_shares(event, cluster, alarm > 0, alarm == 0, np.where(alarm > 0, alarm, 1.0)),
        "false_per_right": _false_per_right(hits),
        "false_low": _false_per_right(high),
        "false_high": _false_per_right(low),
        "n_warned": n_warned,
        "share_warned": share,
        "warned_low": warned_low,
        "warned_high": warned_high,
        "share_stayers": stayers,
    }


def _hit_rate(
    event: NDArray[np.bool_], alarm: NDArray[np.float64], cluster: NDArray[np.intp]
) -> tuple[float, float, float]:
    raised = alarm > 0
    if not raised.any():
        return np.nan, np.nan, np.nan
    rate = float(np.average(event[raised], weights=alarm[raised]))
    return (rate, *clustered_interval(event[raised], cluster[raised], weight=alarm[raised]))


def _false_per_right(hit_rate: float) -> float:
    """Return alarms that were none for each that was right; NaN where none was."""
    return (1 - hit_rate) / hit_rate if hit_rate > 0 else float("nan")


def _held(low: float, high: float) -> tuple[float, float]:
    """Return the ends of a share in hundredths as a share, held between 0 and 1."""
    return float(np.clip(low / 100, 0, 1)), float(np.clip(high / 100, 0, 1))
