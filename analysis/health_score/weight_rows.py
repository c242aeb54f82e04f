"""Weight rows: the settled rows on which a score's weights are judged, with their points, outcome and contract."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit

from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.factors import control_family
from analysis.design.matrix import DesignMatrix, learn_matrix
from analysis.design.outcome import Outcome
from analysis.design.raw_covariates import Covariate
from analysis.errors import DesignError, ModelError
from analysis.health_score.cluster_logit import ClusterLogit, fit_cluster_logit
from analysis.health_score.definition import FULL, ScoreDefinition
from analysis.health_score.scored import NEUTRAL, Scored, weights_by_row
from analysis.models.cross_fit import cluster_folds
from analysis.models.logistic import Logistic
from analysis.wording.remarks import Remark, remark

LEAST_LEAVERS = 30
LEAST_MONTHS = 12
LEAST_COVERED = 0.5
"""Share of settled rows that must have all components."""
CONTRACT_RIDGE = 1.0
"""Of the contract's columns, in standard deviations: enough that a day on which nobody can leave has finite odds."""
FORECAST_RIDGE = 10.0
"""Of the same where the contract alone is to forecast."""


@dataclass(frozen=True, slots=True, eq=False)
class WeightRows:
    """Settled rows that have all components of a score.

    Attributes
    ----------
    names : tuple of str, length k
        Of the components.
    published : ndarray, shape (k,)
        Their weights in use, published or declared, 100 in sum.
    points : ndarray, shape (n, k)
        0 to 100, missing ones by the definition's rule.
    outcome : Outcome, n rows
    quarter : ndarray of int, shape (n,)
        Number of the calendar quarter of each row, from 0: each has an intercept of its own.
    cluster : ndarray of int, shape (n,)
    contract : DesignMatrix or None
        Columns of the contract, of the same rows; None where none varies.
    covariates : tuple of Covariate
        The contract's.
    rows : DataFrame
        Of ``landmarks``.
    definition : ScoreDefinition
    n_lacking, n_variant : int
        Settled rows left out: without all components, and with weights of a variant.
    seed : int
    """

    names: tuple[str, ...]
    published: NDArray[np.float64]
    points: NDArray[np.float64]
    outcome: Outcome
    quarter: NDArray[np.intp]
    cluster: NDArray[np.intp]
    contract: DesignMatrix | None
    covariates: tuple[Covariate, ...]
    rows: pd.DataFrame
    definition: ScoreDefinition
    n_lacking: int
    n_variant: int
    seed: int

    @property
    def event(self) -> NDArray[np.bool_]:
        """Mark who left within the horizon, shape (n,)."""
        return self.outcome.event

    @property
    def score(self) -> NDArray[np.float64]:
        """The mean of points by the weights in use, shape (n,)."""
        return self.points @ self.published / FULL

    def with_weights(self, published: NDArray[np.float64]) -> "WeightRows":
        """Return the same rows as if other weights had been in use."""
        return replace(self, published=np.asarray(published, dtype=np.float64))

    def with_points(self, points: NDArray[np.float64]) -> "WeightRows":
        """Return the same rows with other points."""
        return replace(self, points=points)

    def with_event(self, event: NDArray[np.bool_]) -> "WeightRows":
        """Return the same rows with another outcome, which was never believed to be any other."""
        told = {"event": event.astype(np.int64), "cause": np.where(event, "churn", ""), "believed_from": pd.NaT}
        rows = self.rows.assign(**told).astype({"believed_from": self.rows["believed_from"].dtype})
        return replace(self, outcome=replace(self.outcome, event=event), rows=rows)

    def fit(self, values: NDArray[np.float64]) -> ClusterLogit:
        """Fit columns of these rows, contract beside them.

        Raises
        ------
        ModelError
            If the likelihood has no maximum, or a column is a sum of others.
        """
        return fit_cluster_logit(values, self.event, self.quarter, self.cluster, contract_columns(self), CONTRACT_RIDGE)

    def take(self, chosen: NDArray) -> "WeightRows":
        """Return some of the rows, by mask or place; of those that were left out nothing is known then."""
        places = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        return replace(
            self,
            points=self.points[places],
            outcome=self.outcome.take(places),
            quarter=np.unique(self.quarter[places], return_inverse=True)[1],
            cluster=self.cluster[places],
            contract=None if self.contract is None else self.contract.take(places),
            rows=self.rows.iloc[places].reset_index(drop=True),
            n_lacking=0,
            n_variant=0,
        )


def weight_rows(tenure: CohortTables, scored: Scored) -> WeightRows:
    """Return the rows on which weights are judged.

    Raises
    ------
    ModelError
        If the score has no weights, has a single component, or no settled row has all components.
    """
    definition = scored.definition
    if definition is None:
        raise ModelError(remark("health_score.no_weights"))
    if len(definition.components) < 2:
        raise ModelError(remark("health_score.one_component"))
    names = tuple(one.name for one in definition.components)
    published = np.array([one.weight for one in definition.components])
    values = points_by_rule(parts_of(scored.points, definition), definition)
    is_main = np.isclose(weights_by_row(scored.rows, definition), published).all(axis=1)
    settled = scored.is_settled & scored.has_score
    has_all = np.isfinite(values).all(axis=1)
    kept = settled & has_all & is_main
    if not kept.any():
        raise ModelError(remark("health_score.no_settled_row"))
    rows = scored.rows[kept].reset_index(drop=True)
    outcome = Outcome.from_landmarks(rows)
    covariates = tuple(one for one in tenure.covariates("landmarks") if one.family == control_family())
    return WeightRows(
        names=names,
        published=published,
        points=values[kept],
        outcome=outcome,
        quarter=quarters_of(rows),
        cluster=outcome.cluster_place,
        contract=_contract(rows, covariates),
        covariates=covariates,
        rows=rows,
        definition=definition,
        n_lacking=int((scored.is_settled & ~(scored.has_score & has_all)).sum()),
        n_variant=int((settled & has_all & ~is_main).sum()),
        seed=tenure.study.seed,
    )


def parts_of(points: pd.DataFrame, definition: ScoreDefinition) -> pd.DataFrame:
    """Return points of the definition's components in its order; those of a history are named as published there."""
    own = [one.name if one.name in points else one.published for one in definition.components]
    return points[own].set_axis([one.name for one in definition.components], axis=1)


def points_by_rule(points: pd.DataFrame, definition: ScoreDefinition) -> NDArray[np.float64]:
    """Return points, shape (n, k), a missing one as the definition says; NaN where it is left out."""
    values = points.to_numpy(np.float64).copy()
    for place, one in enumerate(definition.components):
        if one.missing != "left_out":
            values[:, place] = np.where(np.isfinite(values[:, place]), values[:, place], NEUTRAL[one.missing])
    return values


def quarters_of(rows: pd.DataFrame) -> NDArray[np.intp]:
    """Number the calendar quarters of rows, from 0, shape (n,)."""
    day = rows["risk_date"].to_numpy("datetime64[M]").astype(np.int64)
    return np.unique(day // 3, return_inverse=True)[1]


def _contract(rows: pd.DataFrame, covariates: tuple[Covariate, ...]) -> DesignMatrix | None:
    if not covariates:
        return None
    try:
        return learn_matrix(rows, covariates)[1]
    except DesignError:
        return None


def contract_columns(rows: WeightRows) -> NDArray[np.float64]:
    """Return the columns that are adjusted for, shape (n, r)."""
    return np.empty((len(rows.event), 0)) if rows.contract is None else rows.contract.values


def contract_log_odds(rows: WeightRows) -> NDArray[np.float64]:
    """Return what the contract alone says of each row, by fits without its cluster, as log odds, shape (n, 1).

    Shape (n, 0) where no column of the contract varies.

    Raises
    ------
    ModelError
        If all left, or too few clusters to leave one out.
    """
    if rows.contract is None:
        return np.empty((len(rows.event), 0))
    fold = cluster_folds(rows.outcome, rows.seed)
    _, unseen = Logistic(ridge=FORECAST_RIDGE).fit_out_of_fold(rows.contract, rows.outcome, fold)
    risk = unseen(rows.contract, fold, rows.cluster)
    if not np.isfinite(risk).all():
        raise ModelError(remark("health_score.contract_not_told", rows=len(rows.event)))
    return logit(np.clip(risk, 1e-9, 1 - 1e-9))[:, None]


def obstacle_to_weights(rows: WeightRows) -> Remark | None:
    """Say why weights cannot be judged on these rows; None where they can."""
    leavers = rows.outcome.n_lifetimes_with_event
    if leavers < LEAST_LEAVERS:
        return remark("health_score.weights_too_few", leavers=leavers, needed=LEAST_LEAVERS)
    day = rows.rows["risk_date"]
    months = (day.max().year - day.min().year) * 12 + day.max().month - day.min().month + 3
    if months < LEAST_MONTHS:
        return remark("health_score.history_too_short", months=months, needed=LEAST_MONTHS)
    settled = len(rows.event) + rows.n_lacking + rows.n_variant
    if len(rows.event) + rows.n_variant < LEAST_COVERED * settled:
        return remark("health_score.too_little_covered", rows=settled - rows.n_lacking, of=settled, share=LEAST_COVERED)
    return None
