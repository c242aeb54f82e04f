"""Joint tests: does a family carry information on churn that all other columns lack?"""

from collections.abc import Sequence

import pandas as pd
from scipy import stats

from analysis.cox.fit import CoxFit
from analysis.cox.hypothesis_tests import wald_test
from analysis.design.matrix import Column
from analysis.inference.frames import TESTS
from analysis.inference.small_sample import room

SHOWN = 0.05
"""A p value below it shows an association, or a drift."""


def family_tests(fit: CoxFit, columns: Sequence[Column], families: Sequence[str]) -> pd.DataFrame:
    """Test each family's columns jointly, given all other columns (cluster-robust Wald).

    The p value is from an F distribution that allows for few events a column (see `small_sample.Room`).
    Indicators of missing values are adjusted for, not tested: a value is often missing because the lifetime is young.
    A family without columns in the design gets no row: it is not measured, which is not zero.

    Parameters
    ----------
    fit : CoxFit
    columns : sequence of Column
        Of the design, in the order of the fit.
    families : sequence of str

    Returns
    -------
    DataFrame
        As `TESTS`; the statistic is R's.
    """
    lines = []
    left = room(fit, columns)
    for family in families:
        block = [column.name for column in columns if column.family == family and not column.marks_missing]
        if block:
            test = wald_test(fit, block)
            p_value = float(stats.f.sf(test.statistic / left.widening**2 / test.df, test.df, left.spare))
            lines.append((family, len(block), test.statistic, test.df, p_value))
    return TESTS.checked(pd.DataFrame(lines, columns=TESTS.columns))
