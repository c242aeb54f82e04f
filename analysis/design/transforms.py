"""Transforms: a covariate made into columns of numbers by what training rows taught of it, which other rows only use.

No number of the rows that are scored can reach their own design matrix.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.design.clock import clock_columns, learn_knots
from analysis.design.raw_covariates import Covariate, Values
from analysis.errors import DesignError

Memory = Mapping[str, Any]
"""What was learned of one covariate: ``median``, ``mean`` and ``spread``, or ``levels``, or ``knots``."""
MISSING = "missing"
"""The column of a number that marks the rows whose value is missing."""


def log_from_one(values: Any) -> NDArray[np.float64]:
    """Take the log of a number from one on; none is as one, as another covariate says whether there is any."""
    return np.log(np.maximum(np.asarray(values, dtype=np.float64), 1.0))


NUMBERS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda values: values,
    "log1p": np.log1p,
    "log_from_one": log_from_one,
}
"""Of transforms that give a number on a scale: the scale."""


def learn(covariate: Covariate, values: Values) -> Memory:
    """Learn of training rows what the columns of a covariate are made by.

    Of a number (as its transform has it) the median of the known values (0 where there is none), which stands for the
    missing ones, and then mean and standard deviation; of a category its levels, the commonest first; of a clock its
    knots.

    Raises
    ------
    DesignError
        If the covariate asks for a transform that there is not.
    """
    if covariate.transform == "category":
        found, counts = np.unique(values.of[covariate.name].astype(str), return_counts=True)
        return {"levels": [str(level) for level in found[np.lexsort((found, -counts))]]}
    if covariate.transform == "clock":
        return {"knots": learn_knots(values.of[covariate.name], values.kinds, values.events)}
    if covariate.transform not in NUMBERS:
        raise DesignError(
            f"Covariate {covariate.name!r} asks for the transform {covariate.transform!r}; "
            f"known are {', '.join(map(repr, NUMBERS))}, 'category' and 'clock'."
        )
    numbers = NUMBERS[covariate.transform](values.of[covariate.name])
    known = numbers[~np.isnan(numbers)]
    median = float(np.median(known)) if len(known) else 0.0
    filled = np.where(np.isnan(numbers), median, numbers)
    spread = float(np.std(filled, ddof=1)) if len(filled) > 1 else 0.0
    return {"median": median, "mean": float(np.mean(filled)), "spread": spread if spread > 0 else 1.0}


def transformed(covariate: Covariate, memory: Memory, values: Values) -> dict[str, NDArray[np.float64]]:
    """Return the columns of a covariate, of any rows: shapes (n,), by what each says beyond the covariate's name.

    A number has one in training standard deviations from the training mean, which says no more than that, and one that
    marks missing values. A category has one for each level of the training rows but the commonest; a level that they
    did not have is read as that. A clock has those of `analysis.design.clock`.
    """
    own = values.of[covariate.name]
    if covariate.transform == "category":
        return {level: (own == level).astype(np.float64) for level in sorted(memory["levels"][1:])}
    if covariate.transform == "clock":
        return clock_columns(own, values.kinds, memory["knots"])
    numbers = NUMBERS[covariate.transform](own)
    filled = np.where(np.isnan(numbers), memory["median"], numbers)
    return {"": (filled - memory["mean"]) / memory["spread"], MISSING: np.isnan(own).astype(np.float64)}


def standardised(covariate: Covariate, memory: Memory, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return known values of a number as they stand in its column: on its scale, in training standard deviations."""
    return (NUMBERS[covariate.transform](values) - memory["mean"]) / memory["spread"]
