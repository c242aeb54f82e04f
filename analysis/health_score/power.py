"""Power: how many leavers it takes to tell one weight of a score from another."""

import numpy as np
from scipy import stats

from analysis.health_score.cluster_logit import ClusterLogit

FROM, TO = 20.0, 30.0
"""The weights that are to be told apart."""
LEVEL, POWER = 0.05, 0.8


def leavers_needed(
    full: ClusterLogit,
    place: int,
    n_components: int,
    leavers: int,
    total: float,
    weights: tuple[float, float] = (FROM, TO),
) -> float:
    """Return how many leavers would tell a weight of 20 from 30, four times in five; NaN where none would.

    Parameters
    ----------
    full
        The fit of all components: their information in the present rows.
    place
        Of the component.
    n_components
        Of the score: Holm's first step divides the level by them.
    leavers
        Behind the fit.
    total
        By how much 100 points of all components lower the log odds of leaving: the sum of their effects.
    weights
        In use, and right.

    Notes
    -----
    With the weight in use w the contrast b_j - w / 100 sum(b) is (w' - w) / 100 of the total where w' is right, and
    its robust error falls with the root of the leavers. Asked is a contrast of z(1 - level / 2k) + z(power) errors.
    """
    published, right = weights
    contrast = np.full(n_components, -published / 100.0)
    contrast[place] += 1.0
    error = float(np.sqrt(contrast @ full.covariance[:n_components, :n_components] @ contrast))
    effect = total * abs(right - published) / 100.0
    if not (effect > 0 and error > 0):
        return float("nan")
    reach = stats.norm.isf(LEVEL / (2 * n_components)) + stats.norm.ppf(POWER)
    return float(np.ceil(leavers * (reach * error / effect) ** 2))
