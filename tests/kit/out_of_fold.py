"""A fitted model, and what it says of its own training rows where it had not seen them."""

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.models.base import Model
from analysis.models.cross_fit import cross_fit


def out_of_fold(
    model: Model, design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp]
) -> tuple[Model, NDArray[np.float64]]:
    """Fit it, and return beside it each row's risk by the fit without its fold."""
    crossed = cross_fit(lambda: model, design, outcome, fold)
    return crossed.model, crossed.risk
