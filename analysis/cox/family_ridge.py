"""Family ridge: columns shrunk group by group, each as far as its own data ask for."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import linalg

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.maximise import Maximum, maximise
from analysis.cox.one_thread import one_thread
from analysis.cox.rows import CountingRows
from analysis.errors import ModelError

SPREADS = np.linspace(0.02, 1.0, 50)
"""Spreads of a group's log hazard ratios, per standard deviation of a column, that are taken as equally likely before
the data: from hardly any effect to one in three columns moving the hazard by a factor of e or more."""
FIRST_SPREAD = 0.3
_SAME = 0.01
_MOST_ROUNDS, _MOST_STEPS = 12, 50


@one_thread
def fit_shrunk(
    values: ArrayLike, rows: CountingRows, groups: Sequence[Hashable], *, names: Sequence[str] | None = None
) -> CoxFit:
    """Fit a Cox model with a ridge for each group of columns, as strong as the data ask for.

    A group's log hazard ratios, per standard deviation, are taken as draws from a normal distribution around zero, and
    its variance as what is to be expected after the data: many columns that say little are shrunk, few that say much
    are not, whatever the number of columns in a group. Where events are too few to tell the variance, they are shrunk
    less, and their intervals stay wide.

    Parameters
    ----------
    values : array-like, shape (n, p)
    rows : CountingRows
        Row i belongs to row i of `values`.
    groups : sequence, length p
        The group of each column.
    names : sequence of str, optional

    Returns
    -------
    CoxFit
        Its `ridge` is that chosen, per unit of each column.

    Raises
    ------
    ModelError
        If there is not one group a column, and as `fit_cox`.

    Notes
    -----
    The marginal likelihood by Laplace's approximation, in the manner of empirical Bayes (Schall 1991, Biometrika 78,
    719), but with the mean of the variance over its posterior distribution in place of the mode, which is zero all too
    often where groups are small; the prior is uniform in the spread (Gelman 2006, Bayesian Analysis 1, 515). Clusters
    are taken as independent rows here; errors of the fit allow for them.

    Examples
    --------
    Two columns that say nothing, shrunk together, and one that doubles the hazard, left nearly as it is:

    >>> from analysis.cox.rows import counting_rows
    >>> rng = np.random.default_rng(1)
    >>> columns = rng.normal(size=(400, 3))
    >>> time = rng.exponential(1 / np.exp(np.log(2) * columns[:, 2]))
    >>> fit = fit_shrunk(columns, counting_rows(None, time, np.ones(400)), ["noise", "noise", "signal"])
    >>> fit.coefficients.round(2).tolist()
    [-0.03, 0.05, 0.73]
    """
    columns = np.asarray(values, dtype=np.float64)
    if columns.ndim != 2 or len(groups) != columns.shape[1]:
        raise ModelError(f"There must be one group a column; {len(groups)} groups and shape {columns.shape} arrived.")
    labels = list(dict.fromkeys(groups))
    member = np.array([[own == label for own in groups] for label in labels], dtype=np.float64)
    scale = columns.std(axis=0)
    ridge = np.full(len(labels), FIRST_SPREAD**-2.0)
    first = fit_cox(columns, rows, names=names, ridge=(ridge @ member) * scale**2)
    found = first.maximum
    for _ in range(_MOST_ROUNDS):
        chosen = _expected_ridge(found, ridge.copy(), member)
        moved = np.abs(np.log(chosen / ridge)).max()
        ridge = chosen
        if moved < _SAME:
            break
        found = maximise(first.likelihood, ridge @ member, first.names, start=found.end.coefficients)
    return fit_cox(columns, rows, names=first.names, ridge=(ridge @ member) * scale**2)


def _expected_ridge(found: Maximum, ridge: NDArray[np.float64], member: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one over each group's expected variance, where the log-likelihood bends as it does at `found`.

    Parameters
    ----------
    found
        The maximum under `ridge`, so that the score there is ridge x coefficients.
    ridge : ndarray, shape (groups,)
    member : ndarray, shape (groups, p)
        1 where a column belongs to a group.
    """
    information, at = found.information, found.end.coefficients
    pull = information @ at + (ridge @ member) * at
    for _ in range(_MOST_STEPS):
        before = ridge.copy()
        for group in range(len(ridge)):
            own = member[group] > 0
            ridge[group] = 1 / _expected_variance(information + np.diag(ridge @ member * ~own), pull, own)
        if np.abs(np.log(ridge / before)).max() < _SAME / 10:
            break
    return ridge


def _expected_variance(curvature: NDArray[np.float64], pull: NDArray[np.float64], own: NDArray[np.bool_]) -> float:
    """Return the mean of a group's variance; the other groups, whose ridge is in the curvature, are integrated out."""
    rest = ~own
    left, pulled = curvature[np.ix_(own, own)], pull[own]
    if rest.any():
        beside = linalg.solve(curvature[np.ix_(rest, rest)], curvature[np.ix_(rest, own)], assume_a="pos").T
        left = left - beside @ curvature[np.ix_(rest, own)]
        pulled = pulled - beside @ pull[rest]
    bend, directions = linalg.eigh(left)
    along = (directions.T @ pulled) ** 2
    strength = SPREADS[:, None] ** -2.0
    log_likelihood = 0.5 * (np.log(strength / (bend + strength)) + along / (bend + strength)).sum(axis=1)
    weight = np.exp(log_likelihood - log_likelihood.max())
    return float((weight * SPREADS**2).sum() / weight.sum())
