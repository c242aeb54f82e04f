"""Verdicts: which factor family leads, if any."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.inference.multiplicity import holm


def leading_family(
    tests: pd.DataFrame, losses: pd.DataFrame, contenders: Sequence[str], level: float = 0.05
) -> str | None:
    """Name the family that both questions point to most clearly, or None where neither does.

    A family qualifies when its joint test is significant after Holm's correction over the contenders and the forecast
    loses by its shuffling (interval above zero). Of those that qualify, the one whose loss is largest leads.

    Parameters
    ----------
    tests : DataFrame
        From `family_tests`.
    losses : DataFrame
        Rows of one model and one metric of `permutation_losses`.
    contenders : sequence of str
        Families to compare; controls are none.
    level : float
        Of the family-wise error of the tests.
    """
    p_values = tests.set_index("family")["p_value"].reindex(contenders).dropna()
    significant = set(p_values.index[holm(p_values.to_numpy(np.float64)) < level])
    useful = losses[losses["family"].isin(significant) & (losses["conf_low"] > 0)]
    if useful.empty:
        return None
    return str(useful.sort_values(["estimate", "family"], ascending=[False, True])["family"].iloc[0])
