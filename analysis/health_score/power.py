"""Power: how many leavers it takes to tell one weight of a score from another."""

import numpy as np
from scipy import stats

from analysis.health_score.cluster_logit import ScoreTest

FROM, TO = 20.0, 30.0
"""The weights that are to be told apart."""
LEVEL, POWER = 0.05, 0.8


def leavers_needed(
    test: ScoreTest,
    slope: float,
    leavers: int,
    n_components: int,
    *,
    worth: bool,
    relevant: float,
    weights: tuple[float, float] = (FROM, TO),
) -> float:
    """Return how many leavers would tell a weight of 20 from 30, four times in five; NaN where none would.

    Parameters
    ----------
    test
        Of the component beyond the published score: its information in the present rows.
    slope
        By how much 100 points of the score lower the log odds.
    leavers
        Behind the test.
    n_components
        Of the score: Holm's first step divides the level by them.
    worth
        Whether the score is shown to tell anything; if not, `relevant` stands in for its slope.
    relevant
        The least slope worth having, in the same unit.
    weights
        Published, and right.

    Notes
    -----
    A component that should have weight w' in place of w, the others in their proportions, has the coefficient
    slope (w' - w) / (100 - w') beyond the score; its robust error falls with the root of the leavers. Asked is an
    effect of z(1 - level / 2k) + z(power) errors.
    """
    published, right = weights
    effect = (slope if worth else relevant) * (right - published) / (100.0 - right)
    if not (np.isfinite(test.std_error) and effect > 0):
        return float("nan")
    reach = stats.norm.isf(LEVEL / (2 * n_components)) + stats.norm.ppf(POWER)
    return float(np.ceil(leavers * (reach * test.std_error / effect) ** 2))
