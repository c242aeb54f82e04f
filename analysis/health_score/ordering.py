"""Ordering: do those whose score is lower leave first, and does it order them as well as forecasts do?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.contest.blind_spots import clustered_interval
from analysis.declared.study_parts import Report
from analysis.declared.suppression import hidden_cells
from analysis.evaluation.calibration.measures import Measured
from analysis.evaluation.measures.censoring import known_at
from analysis.evaluation.measures.concordance import uno_parts
from analysis.evaluation.measures.discrimination import auc_parts
from analysis.evaluation.measures.influence import Parts, cluster_error, effective_df, estimate
from analysis.evaluation.rolling_origin import QUOTED
from analysis.health_score.definition import FULL
from analysis.health_score.order_frames import ORDER, ORDER_GROUPS, ORDER_PAIRS
from analysis.health_score.order_verdicts import (
    ALL_ROWS,
    AUC,
    BASE_RATE,
    SCORE,
    SHARED_ROWS,
    UNO_C,
    BesideVerdict,
    Order,
    OrderVerdict,
    beside_verdicts,
    order_verdict,
)
from analysis.health_score.scored import Scored
from analysis.health_score.settled import Coverage, coverage, evidence, settled_rows, too_few
from analysis.inference.multiplicity import holm
from analysis.models.registry import CONTRACT_ONLY
from analysis.wording.remarks import Remark, remark

DAYS = (30, 60, 90)
GROUPS = ("segment_in_force", "touch_model_in_force", "phase")


@dataclass(frozen=True, slots=True, eq=False)
class Ordering:
    """How well a score orders accounts by who leaves.

    Attributes
    ----------
    table : DataFrame
        As `ORDER`.
    pairs : DataFrame
        As `ORDER_PAIRS`: the score less each other, on the same rows.
    groups : DataFrame
        As `ORDER_GROUPS`.
    verdict : OrderVerdict
    beside : tuple of BesideVerdict
        Of the score beside each other; empty without forecasts.
    coverage : Coverage
    notes : tuple of Remark
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    groups: pd.DataFrame
    verdict: OrderVerdict
    beside: tuple[BesideVerdict, ...]
    coverage: Coverage
    notes: tuple[Remark, ...]


def ordering(
    scored: Scored, report: Report, predictions: pd.DataFrame | None = None, every_landmark: bool = False
) -> Ordering:
    """Measure whether lower scores leave first, within landmarks, beside forecasts on the same rows.

    Parameters
    ----------
    scored
        All landmark rows; judged are the settled ones with a score.
    report
        Of the study: its floors and its smallest cell.
    predictions : DataFrame, optional
        Forecasts of past quarters, as `analysis.evaluation.frames.PREDICTIONS`; compared are the one quoted then and
        that of the contract alone.
    every_landmark
        As in `settled_rows`.

    Notes
    -----
    The score is taken as it stands, so that nothing is learned and every row is held out. By 30 and 60 days, and within
    the whole horizon, which is called 90 days: settled rows are all followed so far, so that G is 1 in both measures
    (AUC: Uno and others 2007; C: Uno and others 2011), and a competing end is no churn. Errors are by clusters, with
    Student's t (`effective_df`); differences are of each row's parts in the two.
    """
    own = settled_rows(scored, every_landmark)
    own = own.take(own.has_score)
    found = evidence(own)
    counted = coverage(scored, every_landmark)
    notes = [*counted.remarks, *([remark("health_score.repeated")] if every_landmark else [])]
    if obstacle := too_few(report, found):
        verdict = OrderVerdict(Order.TOO_FEW, Measured(), len(own.rows), found.events, True)
        return Ordering(
            ORDER.empty(), ORDER_PAIRS.empty(), ORDER_GROUPS.empty(), verdict, (), counted, (obstacle, *notes)
        )
    beside = _beside(own, predictions)
    risks: dict[str, tuple[Scored, dict[str, NDArray[np.float64]]]] = {ALL_ROWS: (own, {SCORE: FULL - own.score})}
    if beside is None:
        notes.append(remark("health_score.no_forecasts_beside"))
    else:
        risks[SHARED_ROWS] = beside
    table = _measured(risks)
    pairs = _pairs(*beside) if beside is not None else ORDER_PAIRS.empty()
    groups = _groups(risks, report)
    if len(groups) and groups["is_hidden"].any():
        notes.append(remark("health_score.groups_hidden", cell=report.min_cell))
    if len(groups) and (~groups["is_hidden"] & ~groups["has_enough"]).any():
        notes.append(remark("health_score.groups_too_few", needed=report.family_from_events))
    verdict, of_pairs = order_verdict(table, own, report), beside_verdicts(pairs, table)
    return Ordering(ORDER.checked(table), ORDER_PAIRS.checked(pairs), groups, verdict, of_pairs, counted, tuple(notes))


def _beside(own: Scored, predictions: pd.DataFrame | None) -> tuple[Scored, dict[str, NDArray[np.float64]]] | None:
    """Return the rows that have a score and forecasts, and the risk that each subject gives them; None without any."""
    if predictions is None:
        return None
    names = [name for name in (QUOTED, CONTRACT_ONLY) if name in predictions and predictions[name].notna().any()]
    risks = predictions.set_index(["landmark", "lifetime_id"])[names]
    place = pd.MultiIndex.from_frame(own.rows[["risk_date", "lifetime_id"]], names=["landmark", "lifetime_id"])
    found = risks.reindex(place)
    known = found.notna().all(axis=1).to_numpy(bool) if names else np.zeros(len(own.rows), dtype=bool)
    shared = own.take(known)
    if not shared.event.any():
        return None
    told = {name: found[name].to_numpy(np.float64)[known] for name in names}
    return shared, {SCORE: FULL - shared.score, **told, BASE_RATE: np.zeros(len(shared.rows))}


def days_asked(horizon_days: NDArray[np.int64]) -> list[int]:
    """Return by how many days an order is measured: those of `DAYS` within the horizon, the last one all of it."""
    whole = int(np.rint(np.median(horizon_days) / DAYS[0])) * DAYS[0]
    return [*(days for days in DAYS if days < whole), max(whole, 1)]


def parts_by(rows: Scored, risk: NDArray[np.float64], days: int, measure: str) -> Parts | None:
    """Return AUC or Uno's C of settled rows by so many days, pairs within landmarks; None where nobody left by then.

    Parameters
    ----------
    rows
        Settled.
    risk : ndarray, shape (n,)
        Higher is worse.
    days
        The last of `days_asked`: within the horizon, however long it is.
    measure
        `AUC` or `UNO_C`.
    """
    horizon = rows.rows["horizon_days"].to_numpy(np.int64)
    limit = horizon if days == days_asked(horizon)[-1] else np.full(len(horizon), days)
    followed = rows.rows["followed_days"].to_numpy(np.int64)
    event = rows.event & (followed <= limit)
    if not event.any():
        return None
    tau = float(limit.max())
    time = np.where(event, followed, tau)
    cluster = rows.rows["cluster_id"].to_numpy(object)
    landmark = rows.rows["risk_date"].to_numpy("datetime64[D]").astype(np.int64)
    if measure == UNO_C:
        return uno_parts(time, event, risk, tau, group=landmark, cluster=cluster)
    return auc_parts(known_at(time, event, tau, group=landmark, cluster=cluster), risk)


def _interval(parts: Parts, leavers: NDArray) -> Measured:
    """Return a share of pairs and its interval.

    Where all pairs are right, or none, it reaches as far as that of a share of as many clusters of leavers.
    """
    if np.isnan(parts.value):
        return Measured()
    if parts.value in (0.0, 1.0):
        return Measured(parts.value, *clustered_interval(np.full(len(leavers), parts.value == 1.0), leavers))
    own = np.bincount(parts.cluster, parts.influence)
    if not own.any():
        return Measured(parts.value)
    found = estimate(parts.value, parts.influence, parts.cluster, "logit", df=effective_df(own))
    return Measured(found.value, found.conf_low, found.conf_high)


def _measured(risks: Mapping[str, tuple[Scored, dict[str, NDArray[np.float64]]]]) -> pd.DataFrame:
    lines = []
    for name, (rows, told) in risks.items():
        for subject, risk in told.items():
            for days in days_asked(rows.rows["horizon_days"].to_numpy(np.int64)):
                for measure in (AUC, UNO_C):
                    held = {"rows": name, "subject": subject, "days": days, "measure": measure}
                    lines.append({**held, **_line(rows, risk, days, measure)})
    return pd.DataFrame(lines).reindex(columns=ORDER.columns)


def _line(rows: Scored, risk: NDArray[np.float64], days: int, measure: str) -> dict[str, float]:
    parts = parts_by(rows, risk, days, measure)
    if parts is None:
        return {"n_rows": len(rows.rows), "n_leavers": 0}
    horizon = rows.rows["horizon_days"].to_numpy(np.int64)
    limit = horizon if days == days_asked(horizon)[-1] else np.full(len(horizon), days)
    left = rows.rows[rows.event & (rows.rows["followed_days"].to_numpy(np.int64) <= limit)]
    found = _interval(parts, left["cluster_id"].to_numpy(object))
    return {
        "estimate": found.estimate,
        "conf_low": found.conf_low,
        "conf_high": found.conf_high,
        "n_rows": len(rows.rows),
        "n_leavers": left["lifetime_id"].nunique(),
    }


def difference(one: Parts, other: Parts) -> tuple[Measured, float]:
    """Return by how much two scores of the same rows differ, and the p value of no difference, two-sided."""
    apart = one.value - other.value
    influence = one.influence - other.influence
    own = np.bincount(one.cluster, influence)
    if np.isnan(apart) or not np.abs(own).max() > 0:
        return Measured(apart), float("nan")
    error, df = cluster_error(influence, one.cluster), effective_df(own)
    reach = float(stats.t.ppf(0.975, df)) * error
    return Measured(apart, apart - reach, apart + reach), float(2 * stats.t.sf(abs(apart) / error, df))


def _pairs(rows: Scored, told: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    lines = []
    for days in days_asked(rows.rows["horizon_days"].to_numpy(np.int64)):
        for measure in (AUC, UNO_C):
            parts = {subject: parts_by(rows, risk, days, measure) for subject, risk in told.items()}
            score = parts.pop(SCORE)
            for versus, other in parts.items():
                if score is not None and other is not None:
                    apart, p_value = difference(score, other)
                    held = (versus, days, measure, apart.estimate, apart.conf_low, apart.conf_high, p_value)
                    lines.append(dict(zip(ORDER_PAIRS.columns, held, strict=False)))
    table = pd.DataFrame(lines).reindex(columns=ORDER_PAIRS.columns)
    for place in table.groupby(["days", "measure"]).groups.values():
        table.loc[place, "adjusted_p_value"] = holm(table.loc[place, "p_value"].to_numpy(np.float64))
    return table


def _groups(
    risks: Mapping[str, tuple[Scored, dict[str, NDArray[np.float64]]]], report: Report, kinds: Sequence[str] = GROUPS
) -> pd.DataFrame:
    lines = []
    for name, (rows, told) in risks.items():
        days = days_asked(rows.rows["horizon_days"].to_numpy(np.int64))[-1]
        for kind in (kind for kind in kinds if kind in rows.rows):
            labels = rows.rows[kind].astype(object).where(rows.rows[kind].notna(), None)
            values = [*sorted(labels.dropna().unique(), key=str), *([None] if labels.isna().any() else [])]
            masks = [(labels.isna() if one is None else labels == one).to_numpy(bool) for one in values]
            accounts = np.array([rows.rows.loc[mask, "account_id"].nunique() for mask in masks])
            hidden = hidden_cells(accounts, report.min_cell)
            for value, mask, n_accounts, is_hidden in zip(values, masks, accounts, hidden, strict=True):
                own = rows.take(mask)
                has_enough = too_few(report, evidence(own)) is None
                for subject in (one for one in told if one != BASE_RATE):
                    held: dict[str, object] = {
                        "rows": name,
                        "by": kind,
                        "group": None if value is None else str(value),
                        "subject": subject,
                        "is_hidden": bool(is_hidden),
                        "has_enough": bool(has_enough and not is_hidden),
                    }
                    if not is_hidden:
                        found = evidence(own)
                        held |= {"n_accounts": n_accounts, "n_rows": len(own.rows), "n_leavers": found.events}
                    if held["has_enough"]:
                        held |= _line(own, told[subject][mask], days, AUC)
                    lines.append(held)
    return ORDER_GROUPS.checked(pd.DataFrame(lines).reindex(columns=ORDER_GROUPS.columns))
