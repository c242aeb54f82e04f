"""Joint tests: does a family carry information on churn that all other columns lack?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.global_test import global_test
from analysis.cox.rows import CountingRows
from analysis.design.matrix import Column
from analysis.errors import ModelError
from analysis.inference.frames import TESTS

SHOWN = 0.05
"""A p value below it shows an association, or a drift."""


def family_tests(fit: CoxFit, columns: Sequence[Column], families: Sequence[str], *, seed: int = 0) -> pd.DataFrame:
    """Test each family's columns jointly, given all other columns (global test, signs of the clusters).

    The model is fitted again without the family, with the ridge that the others have. Indicators of missing values are
    adjusted for, not tested: a value is often missing because the lifetime is young. A family without columns in the
    design gets no row: it is not measured, which is not zero.

    Parameters
    ----------
    fit : CoxFit
    columns : sequence of Column
        Of the design, in the order of the fit.
    families : sequence of str
    seed : int
        Of the signs.

    Returns
    -------
    DataFrame
        As `TESTS`; without a p value where no two clusters tell of any of its columns.
    """
    lines = []
    for family in families:
        is_tested = np.array([column.family == family and not column.marks_missing for column in columns])
        if is_tested.any():
            lines.append((family, int(is_tested.sum()), *block_test(fit, is_tested, seed)))
    return TESTS.checked(pd.DataFrame(lines, columns=TESTS.columns))


def block_test(fit: CoxFit, is_tested: NDArray[np.bool_], seed: int) -> tuple[float, float]:
    """Test some columns jointly, given all others, as `family_tests` does.

    Returns
    -------
    statistic, p_value : float
        Both missing where nothing can be tested.
    """
    values = fit.likelihood.values
    null = _without(fit, is_tested)
    try:
        found = global_test(null, values[:, is_tested], seed=seed)
    except ModelError:
        return float("nan"), float("nan")
    return found.statistic, found.p_value


def _without(fit: CoxFit, is_tested: NDArray[np.bool_]) -> CoxFit | CountingRows:
    others = ~is_tested
    if not others.any():
        return fit.rows
    names = [name for name, is_other in zip(fit.names, others, strict=True) if is_other]
    ridge = (fit.ridge / fit.scale**2)[others]
    return fit_cox(fit.likelihood.values[:, others], fit.rows, names=names, ties=fit.likelihood.ties, ridge=ridge)
