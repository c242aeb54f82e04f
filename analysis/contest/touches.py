"""Touches: what contact goes with, with and without touches that were made because an account was at risk."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from analysis.cohort.cohort_tables import CohortTables, in_order
from analysis.cohort.rebuild import COHORT, rebuilt
from analysis.contest.effect_frames import TOUCHES_LEFT_OUT
from analysis.errors import ModelError
from analysis.inference.fit import Inference, refit
from analysis.inference.hazard_ratios import hazard_ratios
from analysis.wording.remarks import Remark, remark

TOUCHES = "touchpoints"
MARK = f"{TOUCHES}.intervention_id"
"""What tells a touch that was an intervention from others; without it nothing is looked at."""
_KEY = ["lifetime_id", "start"]


class Spanned(Protocol):
    """An estimate with its interval."""

    @property
    def estimate(self) -> float: ...  # noqa: D102

    @property
    def conf_low(self) -> float: ...  # noqa: D102

    @property
    def conf_high(self) -> float: ...  # noqa: D102


@dataclass(frozen=True, slots=True, eq=False)
class TouchEffects:
    """Hazard ratios of what rests on touches, with all of them and without those that were interventions.

    Attributes
    ----------
    table : DataFrame
        As `TOUCHES_LEFT_OUT`, in the order of the model.
    n_left_out, n_touches : int
        Touches that were interventions, of all.
    notes : tuple of Remark
    """

    table: pd.DataFrame
    n_left_out: int
    n_touches: int
    notes: tuple[Remark, ...]


def touch_effects(tenure: CohortTables, inference: Inference) -> TouchEffects:
    """Fit the time-varying Cox model again to covariates made without touches that were interventions.

    Whom the vendor calls because it is at risk leaves more often than others: contact then goes with leaving, though it
    may keep accounts. What such touches move is found by making all covariates again; the columns of the model, their
    scales and how far they are shrunk stay as they are.

    Parameters
    ----------
    tenure
        The cohort.
    inference
        Fitted to its ``counting_process``.

    Raises
    ------
    ModelError
        If the source does not tell such touches, there are none, no column of the model rests on them, or the columns
        without them cannot be fitted.
    """
    if MARK not in tenure.given:
        raise ModelError(remark("contest.touches_not_told"))
    counts = tenure.query(f"select count(intervention_id) as marked, count(*) as touches from {TOUCHES}")
    n_left_out, n_touches = (int(counts[name].iloc[0]) for name in ("marked", "touches"))
    if n_left_out == 0:
        raise ModelError(remark("contest.no_interventions", touches=n_touches))
    tenure.progress("covariates without touches that were interventions")
    rows = tenure.counting_process
    others = rows_without_interventions(tenure).set_index(_KEY, drop=False)
    others = others.loc[pd.MultiIndex.from_frame(rows[_KEY])].reset_index(drop=True)
    moved = {name for name in (one.name for one in inference.design.covariates) if _differs(rows[name], others[name])}
    own = np.array([column.covariate in moved and not column.marks_missing for column in inference.columns])
    if not own.any():
        raise ModelError(remark("contest.touches_unmoved", number=n_left_out))
    whole, without = (
        hazard_ratios(fit, inference.columns)[own].reset_index(drop=True)
        for fit in (inference.fit, refit(inference.fit, inference.matrix(others)))
    )
    table = whole[["term", "covariate", "family", "estimate", "conf_low", "conf_high"]].assign(
        without=without["estimate"],
        without_low=without["conf_low"],
        without_high=without["conf_high"],
        response_to_risk=[flips(*pair) for pair in zip(whole.itertuples(), without.itertuples(), strict=True)],
    )
    return TouchEffects(TOUCHES_LEFT_OUT.checked(table), n_left_out, n_touches, _notes(table, n_left_out, n_touches))


def rows_without_interventions(tenure: CohortTables) -> pd.DataFrame:
    """Return ``counting_process`` with the covariates as they would be without touches that were interventions."""
    others = f"select * from {COHORT}.{TOUCHES} where intervention_id is null"
    with rebuilt(tenure, {TOUCHES: others}, ["counting_process"]) as engine:
        return in_order(engine.frame("select * from counting_process order by all"), "counting_process")


def flips(one: Spanned, other: Spanned) -> bool:
    """Tell whether two estimates point different ways, and at least one is shown to differ from none.

    Two estimates around none differ in sign by chance.
    """
    shown = [estimate.conf_low > 0 or estimate.conf_high < 0 for estimate in (one, other)]
    return bool(np.sign(one.estimate) * np.sign(other.estimate) < 0 and any(shown))


def _differs(one: pd.Series, other: pd.Series) -> bool:
    """Tell whether any row has another value, or one where there was none."""
    return bool(((one != other).fillna(True) & ~(one.isna() & other.isna())).any())


def _notes(table: pd.DataFrame, n_left_out: int, n_touches: int) -> tuple[Remark, ...]:
    """Say what was left out, and of which columns the sign flips."""
    flipped = table[table["response_to_risk"].to_numpy(bool)]
    said = [remark("contest.response_to_risk", covariate=str(term)) for term in flipped["term"]]
    read = remark("contest.touches_read", number=n_left_out, touches=n_touches)
    return (read, *(said or [remark("contest.no_response_to_risk")]))
