"""By event: does what a family says of leaving go with shrinking, too, and as much?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.content import places, row_digests
from analysis.contest.effect_frames import BY_EVENT
from analysis.contest.ends import HeldOut
from analysis.contest.quarter_logit import QuarterLogit, fit_quarter_logit
from analysis.contest.resampled import resampled
from analysis.declared.factors import families_named
from analysis.design.contraction import CONTRACTION
from analysis.design.resampling import cluster_resamples
from analysis.errors import ModelError
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm
from analysis.wording.remarks import Remark, remark

CHURN = "churn"
EVENTS = (CHURN, CONTRACTION)
_TOO_FEW = {CHURN: "contest.too_few_by_churn", CONTRACTION: "contest.too_few_by_contraction"}


@dataclass(frozen=True, slots=True, eq=False)
class ByEvent:
    """What goes with a family, event by event.

    Attributes
    ----------
    table : DataFrame
        As `BY_EVENT`, family by family.
    n_rows : int
        Held-out rows.
    n_events : dict of str to int
        Lifetimes among them with each event.
    notes : tuple of Remark
    """

    table: pd.DataFrame
    n_rows: int
    n_events: dict[str, int]
    notes: tuple[Remark, ...]


def effects_by_event(
    rows: pd.DataFrame,
    contracted: NDArray[np.bool_],
    families: Sequence[str],
    *,
    least_events: int = 0,
    n_resamples: int = 200,
    seed: int = 0,
) -> ByEvent:
    """Compare accounts apart in a family by churn, and by contraction.

    Both are differences of `analysis.contest.risk_difference`, of the same rows, between the same two values of what
    the family says of churn. Points depend on how frequent an event is: whether a family goes with one more than with
    the other is asked of the log odds between these values.

    Parameters
    ----------
    rows : DataFrame
        As `FAMILY_PREDICTORS`, with the event, which is churn.
    contracted : ndarray of bool, shape (n,)
        Whether each row has a contraction within its horizon. One that ended without any has none: all ends compete.
    families : sequence of str
        To compare; the contract is held equal where there is a column of it.
    least_events : int
        Lifetimes, and parent accounts, with each event that are needed.
    n_resamples, seed : int
        Of the clusters: both events are found again in the same resamples, so that their difference is paired.

    Raises
    ------
    ModelError
        If contractions or churns are too few, or a likelihood has no maximum.
    """
    held = HeldOut.of(rows, families)
    happened = {CHURN: held.event, CONTRACTION: contracted}
    counted = {name: int(rows.loc[event, "lifetime_id"].nunique()) for name, event in happened.items()}
    needed = max(least_events, 1)
    for name, event in happened.items():
        if min(counted[name], rows.loc[event, "cluster_id"].nunique()) < needed:
            raise ModelError(remark(_TOO_FEW[name], events=counted[name], rows=len(rows), needed=needed))
    whole = {name: fit_quarter_logit(held.values, event, held.quarter) for name, event in happened.items()}
    for name, fit in whole.items():
        if not fit.is_found:
            raise ModelError(remark("contest.no_maximum", rows=len(rows), events=counted[name]))
    told = [family for family in families if family in held.names]
    found = np.array([_gaps(held, fit, told, np.ones(len(rows), dtype=np.int64)) for fit in whole.values()])
    drawn = []
    for weights in cluster_resamples(places(rows["cluster_id"].to_numpy(object), row_digests(rows)), n_resamples, seed):
        again = [fit_quarter_logit(held.values, happened[name], held.quarter, weights, whole[name]) for name in EVENTS]
        if all(fit.is_found for fit in again):
            drawn.append([_gaps(held, fit, told, weights) for fit in again])
    table = _table(told, counted, found, np.array(drawn).reshape(-1, len(EVENTS), len(told), 2))
    silent = [family for family in families if family not in told]
    return ByEvent(
        table=table,
        n_rows=len(rows),
        n_events=counted,
        notes=(
            remark("contest.by_event_read", rows=len(rows), churns=counted[CHURN], contractions=counted[CONTRACTION]),
            *_said(table),
            *([remark("contest.difference_silent", families=families_named(silent))] if silent else []),
            *([remark("contest.difference_resamples", found=len(drawn), drawn=n_resamples)]
              if len(drawn) < n_resamples else []),
        ),
    )  # fmt: skip


def _gaps(held: HeldOut, fit: QuarterLogit, families: Sequence[str], weights: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return points, and log odds, between the ends of each family, shape (k, 2)."""
    read = held.read(fit, weights)
    return np.array([(read[one].estimate, read[one].coefficient * read[one].reach) for one in families]).reshape(-1, 2)


def _table(
    families: Sequence[str], counted: dict[str, int], found: NDArray[np.float64], drawn: NDArray[np.float64]
) -> pd.DataFrame:
    """Return the table from points and log odds of the data, shape (2, k, 2), and of resamples, shape (b, 2, k, 2)."""
    lines = []
    apart = [
        resampled(float(found[0, k, 1] - found[1, k, 1]), (drawn[:, 0, k, 1] - drawn[:, 1, k, 1]).tolist())
        for k in range(len(families))
    ]
    adjusted = holm(np.array([one.p_value for one in apart]))
    for k, family in enumerate(families):
        for number, event in enumerate(EVENTS):
            points, odds = (resampled(float(found[number, k, q]), drawn[:, number, k, q].tolist()) for q in (0, 1))
            line = {
                "family": family, "event": event, "n_events": counted[event],
                "estimate": points.estimate, "conf_low": points.low, "conf_high": points.high,
                "coefficient": odds.estimate, "coefficient_low": odds.low, "coefficient_high": odds.high,
            }  # fmt: skip
            if event == CONTRACTION:
                one = apart[k]
                line |= {"difference": one.estimate, "difference_low": one.low, "difference_high": one.high}
                line |= {"p_value": one.p_value, "adjusted_p_value": float(adjusted[k])}
            lines.append(line)
    return BY_EVENT.checked(pd.DataFrame(lines, columns=BY_EVENT.columns))


def _said(table: pd.DataFrame) -> list[Remark]:
    """Say of which families the effects on the two events are shown to differ."""
    tested = table[table["event"] == CONTRACTION]
    said = []
    for line in tested.itertuples():
        if line.adjusted_p_value < SHOWN:
            (family,) = families_named([line.family])
            code = "contest.more_with_churn" if line.difference > 0 else "contest.more_with_contraction"
            said.append(remark(code, family=family, p=line.adjusted_p_value))
    return said or [remark("contest.events_alike")]
