"""Spline: a restricted cubic spline, straight beyond its outer knots."""

import numpy as np
from numpy.typing import NDArray

QUANTILES = {3: (0.10, 0.50, 0.90), 4: (0.05, 0.35, 0.65, 0.95)}
"""Of the values, where so many knots stand (Harrell 2015, Regression Modeling Strategies, table 2.3)."""


def knots_at_quantiles(values: NDArray[np.float64], n_knots: int = 4) -> NDArray[np.float64]:
    """Return the knots of a spline, fewer where values are too much alike for so many; empty where for three.

    Parameters
    ----------
    values : ndarray, shape (n,)
    n_knots : int
        Three or four.
    """
    for number in range(n_knots, 2, -1):
        knots = np.quantile(values, QUANTILES[number]) if len(values) else np.zeros(number)
        if np.diff(knots).min() > 1e-6 * max(float(np.ptp(values)) if len(values) else 0.0, 1e-300):
            return np.asarray(knots, dtype=np.float64)
    return np.empty(0)


def curved_columns(values: NDArray[np.float64], knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the columns that stand beside the straight one, shape (n, knots - 2).

    Parameters
    ----------
    values : ndarray, shape (n,)
    knots : ndarray, shape (k,)
        Rising, three at least.

    Notes
    -----
    Stone and Koo (1985); in Harrell's scaling, by the squared distance of the outer knots, in which columns are in
    units of the values.

    Examples
    --------
    With knots 0, 1, 2: x^3 - 2 (x - 1)^3 + (x - 2)^3 of the positive parts, over 4. At 1 it is 1/4; from 2 on straight.

    >>> curved_columns(np.array([0.0, 1.0, 2.0, 3.0, 4.0]), np.array([0.0, 1.0, 2.0]))[:, 0].tolist()
    [0.0, 0.25, 1.5, 3.0, 4.5]
    """
    last, before = knots[-1], knots[-2]
    tail, inner = _cubed(values - last), _cubed(values - before)
    columns = [
        _cubed(values - knot) - inner * (last - knot) / (last - before) + tail * (before - knot) / (last - before)
        for knot in knots[:-2]
    ]
    return np.column_stack(columns) / (last - knots[0]) ** 2


def _cubed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum(values, 0.0) ** 3
