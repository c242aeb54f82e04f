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

SMALLEST_SPREAD, LARGEST_SPREAD = 0.05, 2.0
"""Between which the spread of a group's log hazard ratios, per standard deviation of a column, is looked for: a group
without any effect keeps intervals of a tenth either way, and one of strong effects is hardly shrunk."""
FIRST_SPREAD = 0.3
_SAME = 0.01
_MOST_ROUNDS, _MOST_STEPS = 12, 200


@one_thread
def fit_shrunk(
    values: ArrayLike, rows: CountingRows, groups: Sequence[Hashable], *, names: Sequence[str] | None = None
) -> CoxFit:
    """Fit a Cox model with a ridge for each group of columns, chosen by marginal likelihood.

    A group's log hazard ratios, per standard deviation, are taken as draws from a normal distribution around zero,
    whose spread is what makes the data likeliest: many columns that say little are shrunk, few that say much are not,
    whatever the number of columns in a group.

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
    The Laplace approximation of the marginal likelihood, maximised by the fixed point of the effective number of
    parameters: spread^2 = |coefficients|^2 / (p - trace(H^-1) / spread^2), H the penalised information (MacKay 1992,
    Neural Computation 4, 415; for generalised linear models Schall 1991, Biometrika 78, 719). Clusters are taken as
    independent rows here; errors of the fit allow for them.

    Examples
    --------
    Two columns that say nothing, shrunk together, and one that doubles the hazard, left nearly as it is:

    >>> from analysis.cox.rows import counting_rows
    >>> rng = np.random.default_rng(1)
    >>> columns = rng.normal(size=(400, 3))
    >>> time = rng.exponential(1 / np.exp(np.log(2) * columns[:, 2]))
    >>> fit = fit_shrunk(columns, counting_rows(None, time, np.ones(400)), ["noise", "noise", "signal"])
    >>> fit.coefficients.round(2).tolist()
    [-0.02, 0.03, 0.73]
    """
    columns = np.asarray(values, dtype=np.float64)
    if columns.ndim != 2 or len(groups) != columns.shape[1]:
        raise ModelError(f"There must be one group a column; {len(groups)} groups and shape {columns.shape} arrived.")
    labels = list(dict.fromkeys(groups))
    member = np.array([[own == label for own in groups] for label in labels], dtype=np.float64)
    scale = columns.std(axis=0)
    ridge = np.full(len(labels), FIRST_SPREAD**-2)
    first = fit_cox(columns, rows, names=names, ridge=(ridge @ member) * scale**2)
    found = first.maximum
    for _ in range(_MOST_ROUNDS):
        chosen = _likeliest(found, ridge, member)
        moved = np.abs(np.log(chosen / ridge)).max()
        ridge = chosen
        if moved < _SAME:
            break
        found = maximise(first.likelihood, ridge @ member, first.names)
    return fit_cox(columns, rows, names=first.names, ridge=(ridge @ member) * scale**2)


def _likeliest(found: Maximum, ridge: NDArray[np.float64], member: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ridge of each group that is likeliest where the log-likelihood bends as it does at `found`.

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
        inverse = linalg.inv(information + np.diag(ridge @ member))
        squares = member @ (inverse @ pull) ** 2
        effective = member.sum(axis=1) - ridge * (member @ np.diag(inverse))
        spread = np.sqrt(np.maximum(squares, 0) / np.maximum(effective, 1e-12))
        chosen = np.clip(spread, SMALLEST_SPREAD, LARGEST_SPREAD) ** -2.0
        moved = np.abs(np.log(chosen / ridge)).max()
        ridge = chosen
        if moved < _SAME / 10:
            break
    return ridge
