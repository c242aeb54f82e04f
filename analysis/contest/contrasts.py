"""Contrasts: by how much a forecast loses more without one family than without another, on the same resamples."""

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contest.frames import CONTRASTS
from analysis.declared.factors import control_family
from analysis.design.resampling import percentile_interval
from analysis.inference.multiplicity import holm

Drawn = Mapping[tuple[str, str], Mapping[str, NDArray[np.float64]]]
"""By model and metric, the losses of each family: as it is, then in each resample."""


def family_contrasts(losses: Drawn) -> pd.DataFrame:
    """Contrast every two families but the control, in each model and metric.

    Two losses of one forecast rise and fall together from resample to resample, so that their intervals may overlap
    though their difference is sure, and say nothing of it. P values are the resamples' own: twice the share in which
    the difference has the rarer sign, with Holm's correction over the pairs of a model and metric.

    Parameters
    ----------
    losses : mapping
        Arrays of shape (1 + number of resamples,), resample by resample of the same accounts.

    Returns
    -------
    DataFrame
        As `CONTRASTS`.
    """
    lines = []
    for (model, metric), by_family in losses.items():
        pairs = itertools.combinations([family for family in by_family if family != control_family()], 2)
        found = [(family, versus, by_family[family] - by_family[versus]) for family, versus in pairs]
        p_values = np.array([two_sided(difference[1:]) for _, _, difference in found])
        for (family, versus, difference), p_value, adjusted in zip(found, p_values, holm(p_values), strict=True):
            interval = percentile_interval(difference[1:])
            lines.append((model, family, versus, metric, float(difference[0]), *interval, p_value, adjusted))
    return CONTRASTS.checked(pd.DataFrame(lines, columns=CONTRASTS.columns))


def two_sided(resampled: NDArray[np.float64]) -> float:
    """Return the p value that resampled differences give to zero; NaN where none is known.

    Examples
    --------
    Of 99 resamples 4 are below zero: 2 x (1 + 4) / (1 + 99).

    >>> two_sided(np.r_[np.full(4, -1.0), np.full(95, 1.0)])
    0.1
    """
    known = resampled[np.isfinite(resampled)]
    if not len(known):
        return float("nan")
    rarer = min(np.count_nonzero(known <= 0), np.count_nonzero(known >= 0))
    return float(min(1.0, 2 * (1 + rarer) / (1 + len(known))))
