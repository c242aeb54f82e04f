"""Shapley shares: what each family of columns adds to the forecast of an account, beside those of its peers."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import DesignMatrix
from analysis.models.base import Forecaster, horizon_risk

Worth = TypeVar("Worth", float, NDArray[np.float64])
Coalition = frozenset[str]

_ROWS_AT_ONCE = 60_000


def coalitions(names: Sequence[str]) -> list[Coalition]:
    """Return every set of some of the names, the empty one first."""
    return [frozenset(some) for size in range(len(names) + 1) for some in itertools.combinations(names, size)]


def shapley_values(worth: Mapping[Coalition, Worth]) -> dict[str, Worth]:
    """Divide what all are worth together, less what nobody is, among them.

    Parameters
    ----------
    worth
        Of every coalition: a number, or an array of numbers, each divided by itself.

    Notes
    -----
    Shapley (1953), Contributions to the Theory of Games 2, 307: the mean, over all orders in which they may come, of
    what each adds to those before it. What makes no difference to any coalition gets 0, two that make the same
    difference get the same, and the values add up.
    """
    names = sorted(frozenset[str]().union(*worth))
    orders = math.factorial(len(names))
    values: dict[str, Worth] = {}
    for name in names:
        total: Worth = 0.0 * worth[frozenset()]
        for others in coalitions([other for other in names if other != name]):
            orders_with = math.factorial(len(others)) * math.factorial(len(names) - 1 - len(others))
            total = total + orders_with / orders * (worth[others | {name}] - worth[others])
        values[name] = total
    return values


def family_shares(
    model: Forecaster,
    design: DesignMatrix,
    risk: NDArray[np.float64],
    asked: NDArray[np.intp],
    peers: NDArray[np.intp],
) -> dict[str, NDArray[np.float64]]:
    """Return what each family adds to the forecasts of some accounts beside their peers' mean, as probabilities.

    Parameters
    ----------
    model
        Fitted to the columns of the design.
    design
        Of n accounts.
    risk
        Their forecasts, shape (n,).
    asked
        Positions of m accounts.
    peers
        Positions of the peers of each, shape (m, k), k of 1 or more.

    Returns
    -------
    dict of str to ndarray, shape (m,)
        By family, in the order of the design. They add up to the account's forecast less the mean of its peers'.

    Notes
    -----
    A coalition of families is worth the mean forecast of rows that have these families' columns, marks of missing
    values among them, from the account, and all others from one of its peers: an interventional expectation
    (Janzing, Minorics and Bloebaum 2020, AISTATS 108, 2907), exact over all coalitions and the whole background.
    """
    everyone = list(design.families)
    worth: dict[Coalition, NDArray[np.float64]] = {
        frozenset[str](): risk[peers].mean(axis=1),
        frozenset(everyone): risk[asked],
    }
    mixed = [some for some in coalitions(everyone) if some not in worth]
    worth |= {some: np.empty(len(asked)) for some in mixed}
    columns = {some: np.flatnonzero([column.family in some for column in design.columns]) for some in mixed}
    n_peers = peers.shape[1]
    at_once = max(1, _ROWS_AT_ONCE // n_peers)
    for begin in range(0, len(asked) if mixed else 0, at_once):
        part = slice(begin, begin + at_once)
        own = design.take(np.repeat(asked[part], n_peers))
        others = design.values[peers[part].ravel()]
        for some in mixed:
            values = others.copy()
            values[:, columns[some]] = own.values[:, columns[some]]
            mean = horizon_risk(model, own.with_values(values)).reshape(-1, n_peers).mean(axis=1)
            worth[some][part] = mean
    found = shapley_values(worth)
    return {family: found[family] for family in everyone}
