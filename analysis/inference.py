"""Inference: the time-varying Cox model of a cohort, fitted so that every column in it can be estimated."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.design import Covariate, Design, DesignMatrix, DroppedColumn, learn_design
from analysis.models.cox import Cox
from analysis.models.partial_likelihood import risk_sets
from analysis.outcome import Outcome

STRATA = ("renewal_due", "deadline_due")
"""Almost everybody leaves at a renewal, or gives notice just before one is due: such intervals get a baseline hazard of
their own, not a coefficient."""

MIN_LIFETIMES = 5
"""A column is estimated only where this many lifetimes with event differ from its commonest value (and share it)."""


@dataclass(frozen=True, slots=True)
class Inference:
    """A Cox model fitted on the lifetime clock, and the columns that the data could not support."""

    cox: Cox
    design: Design
    dropped: tuple[DroppedColumn, ...]
    n_rows: int


def fit_inference(counting_process: pd.DataFrame, covariates: Sequence[Covariate]) -> Inference:
    """Fit the time-varying Cox model with cluster-robust errors.

    Parameters
    ----------
    counting_process
        Intervals ``(start, stop]`` with their covariates.
    covariates
        Those declared for the counting process.

    Raises
    ------
    DesignError, ModelError
        If no covariate varies, nobody churned, or the likelihood has no maximum.
    """
    design = learn_design(counting_process, covariates)
    outcome = Outcome.from_counting_process(counting_process)
    matrix = design.apply(counting_process)
    thin = _thin_columns(matrix, outcome)
    kept = matrix.without(tuple(column.name for column in thin))
    cox = Cox(strata=STRATA).fit(kept, outcome)
    return Inference(cox, design, design.dropped + thin, len(matrix))


def _thin_columns(matrix: DesignMatrix, outcome: Outcome) -> tuple[DroppedColumn, ...]:
    """Name the columns with too few churned lifetimes off their commonest value, or alike for all at risk together.

    The latter follow from age alone (a window that a young lifetime cannot have): the baseline hazard holds them.
    """
    sets = risk_sets(outcome, matrix.rows.groupby(list(STRATA), sort=True).ngroup().to_numpy(np.intp))
    at_risk = sets.sums(np.ones((len(matrix), 1)))[:, 0]
    found = []
    for position, column in enumerate(matrix.columns):
        values = matrix.values[:, position]
        levels, counts = np.unique(values, return_counts=True)
        differs = values != levels[np.argmax(counts)]
        sides = differs if len(levels) > 2 else np.stack([differs, ~differs])
        carried = min(len(np.unique(outcome.lifetime[outcome.event & side])) for side in np.atleast_2d(sides))
        share = sets.sums(differs.astype(np.float64)[:, None])[:, 0] / at_risk
        information = float((sets.deaths * share * (1 - share)).sum()) if len(levels) == 2 else np.inf
        if carried < MIN_LIFETIMES:
            reason = f"set apart by only {carried} lifetimes with event, fewer than {MIN_LIFETIMES}"
        elif information < MIN_LIFETIMES:
            reason = "nearly the same for all who are at risk together"
        else:
            continue
        found.append(DroppedColumn(column.name, column.covariate, column.family, reason))
    return tuple(found)
