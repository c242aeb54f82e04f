"""Discrimination: are those who churn ranked above those who stay?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.evaluation.measures.censoring import KnownOutcome
from analysis.evaluation.measures.influence import Estimate, Parts, estimate, finite_risk


def auc(
    event: NDArray[np.bool_],
    risk: NDArray[np.float64],
    weights: NDArray | None = None,
    group: NDArray | None = None,
) -> NDArray[np.float64]:
    """Return the share of (churned, stayed) pairs in which the churned row had the higher predicted risk.

    For rows followed to the horizon. Where some are censored before, `auc_at`, or the weights of
    `KnownOutcome.resampled`: a row that weighs nothing has no part in any pair.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
        Churned within the horizon.
    risk : ndarray, shape (n,)
        Predicted risk (higher = worse), not survival. Equal risks count one half.
    weights : ndarray, shape (n_resamples, n), optional
        How often each row counts, or what it weighs, one line a resample.
    group : ndarray, shape (n,), optional
        Pairs are formed within a group only (a landmark: accounts are ranked against each other on the
        same day, and a forecast that only knows the quarter scores 0.5).

    Returns
    -------
    ndarray, shape (n_resamples,)
        NaN where there is no pair.

    Examples
    --------
    Of four pairs of a churned and a stayed account, the churned one is ranked higher in three.

    >>> import numpy as np
    >>> auc(np.array([True, False, False, True]), np.array([0.9, 0.8, 0.1, 0.4])).tolist()
    [0.75]
    """
    counts = np.ones((1, len(event)), dtype=np.int64) if weights is None else np.asarray(weights)
    return _share_right(event, _places(risk, group), counts)


def _share_right(event: NDArray[np.bool_], places: "_Places", counts: NDArray) -> NDArray[np.float64]:
    """Return `auc` of rows in their places, under each line of counts or weights, shape (n_resamples,)."""
    stayers = places.order[~event[places.order]]
    stayed_before = np.zeros((len(counts), len(stayers) + 1), dtype=counts.dtype)
    np.cumsum(counts[:, stayers], axis=1, out=stayed_before[:, 1:])
    before = _before(places.place[stayers], places)
    lower, not_higher, opening, closing = (stayed_before[:, before[at]] for at in places.around(event))
    concordant = (counts[:, event] * ((lower + not_higher) / 2 - opening)).sum(axis=1)
    pairs = (counts[:, event] * (closing - opening)).sum(axis=1)
    return np.divide(concordant, pairs, out=np.full(len(counts), np.nan), where=pairs > 0)


def weighted_auc(
    event: NDArray[np.bool_], risk: NDArray[np.float64], weight: NDArray[np.float64], group: NDArray | None = None
) -> tuple[float, NDArray[np.float64]]:
    """Return `auc` under weights that are taken as known, and each row's influence on it, shape (n,).

    Parameters
    ----------
    event, risk, group
        As `auc`.
    weight : ndarray, shape (n,)
        A row that weighs nothing has no part in any pair.
    """
    places = _places(risk, group)
    value = float(_share_right(event, places, weight[None])[0])
    return value, _influence(event, places, weight, value)


def auc_at(known: KnownOutcome, risk: ArrayLike, level: float = 0.95) -> Estimate:
    """Return AUC(t) of rows of which some are censored before the horizon t.

    Cases are the rows whose event is known by the horizon; controls are those followed to it, and those with a
    competing end. Pairs are formed within the groups of `known`. The interval is symmetric on the logit scale.

    Parameters
    ----------
    known : KnownOutcome
        From `known_at`.
    risk : array-like, shape (n,)
        Predicted risk at the horizon (higher = worse), not survival.
    level : float

    Returns
    -------
    Estimate
        NaN where there is no pair.

    Raises
    ------
    ModelError
        If the risk is not one finite number a row.

    Notes
    -----
    `auc` with weights 1 / G: Uno, Cai, Tian and Wei (2007), J. Am. Stat. Assoc. 102, 527; with competing ends Blanche,
    Dartigues and Jacqmin-Gadda (2013), Stat. Med. 32, 5381, definition 2 of controls. Standard error: a row's part in
    the pairs (DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44, 837) and in G.

    Examples
    --------
    >>> from analysis.evaluation.measures.censoring import known_at
    >>> known = known_at(time=[30, 40, 60, 91, 91], event=[True, False, True, False, False], horizon=91)
    >>> round(auc_at(known, [0.5, 0.2, 0.1, 0.3, 0.05]).value, 3)
    0.714
    """
    found = auc_parts(known, risk)
    return estimate(found.value, found.influence, found.cluster, "logit", level)


def auc_parts(known: KnownOutcome, risk: ArrayLike) -> Parts:
    """Return AUC(t) with what each row adds to it, to compare scores of the same rows; see `auc_at`.

    Raises
    ------
    ModelError
        As `auc_at` does.
    """
    score = finite_risk(risk, len(known))
    places = _places(score, known.group)
    value = float(_share_right(known.event, places, known.weight[None])[0])
    influence = known.with_censoring(_influence(known.event, places, known.weight, value))
    return Parts(value, influence, known.cluster)


def _influence(
    event: NDArray[np.bool_], places: "_Places", weight: NDArray[np.float64], value: float
) -> NDArray[np.float64]:
    """Return the derivative of the AUC by the log of each row's weight, shape (n,); NaN where there is no pair."""
    right, comparable = np.empty(len(event)), np.empty(len(event))
    for mine in (event, ~event):
        of_others = np.bincount(places.place, np.where(mine, 0.0, weight), places.n_places)
        up_to = np.r_[0.0, np.cumsum(of_others)]
        lower, not_higher, opening, closing = (up_to[at] for at in places.around(mine))
        middle = (lower + not_higher) / 2
        right[mine] = middle - opening if mine is event else closing - middle
        comparable[mine] = closing - opening
    pairs = weight[event] @ comparable[event]
    return np.divide(weight * (right - value * comparable), pairs, out=np.full(len(event), np.nan), where=pairs > 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """The distinct pairs (group, risk) in order.

    `order` sorts the rows by place; `place` is each row's, `opening` and `closing` the first place of its group and of
    the next.
    """

    order: NDArray[np.intp]
    place: NDArray[np.intp]
    opening: NDArray[np.intp]
    closing: NDArray[np.intp]
    n_places: int

    def around(self, rows: NDArray[np.bool_]) -> tuple[NDArray[np.intp], ...]:
        """Return where the rows' own place begins and ends, and their group."""
        place = self.place[rows]
        return place, place + 1, self.opening[rows], self.closing[rows]


def _places(risk: NDArray[np.float64], group: NDArray | None) -> _Places:
    names, code = (np.zeros(1), np.zeros(len(risk))) if group is None else np.unique(group, return_inverse=True)
    order = np.argsort(risk, kind="stable") if len(names) == 1 else np.lexsort((risk, code))
    starts_group = np.r_[True, np.diff(code[order]) > 0][: len(risk)]
    is_new = starts_group | np.r_[True, np.diff(risk[order]) > 0][: len(risk)]
    in_order = np.cumsum(is_new) - 1
    n_places = int(in_order[-1]) + 1 if len(risk) else 0
    group_in_order = np.cumsum(starts_group) - 1
    edges = np.r_[in_order[starts_group], n_places]
    place, opening, closing = (np.empty(len(risk), dtype=np.intp) for _ in range(3))
    place[order], opening[order], closing[order] = in_order, edges[group_in_order], edges[group_in_order + 1]
    return _Places(order, place, opening, closing, n_places)


def _before(place_of_sorted: NDArray[np.intp], places: _Places) -> NDArray[np.intp]:
    """Count the sorted rows before each place, shape (n_places + 1,)."""
    return np.r_[0, np.cumsum(np.bincount(place_of_sorted, minlength=places.n_places))]
