"""Forest: a random survival forest on landmark rows whose trees resample accounts."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from analysis.design.matrix import Column, DesignMatrix
from analysis.design.outcome import HORIZON_PARTS, Outcome
from analysis.errors import ModelError
from analysis.models.base import require_answerable, require_landmark_clock, require_same_rows
from analysis.models.cross_fit import Unseen
from analysis.models.survival_tree import SurvivalTree, grow_tree
from analysis.models.timing import parts_by

_LARGEST = 65_536
"""No setting is larger; so many bins fit into two bytes."""


class Forest:
    """Random survival forest (log-rank splits, Kaplan-Meier leaves) on landmark rows.

    Each tree sees as many accounts (clusters) as there are, drawn with replacement, with all their rows: a
    tree that drew rows would meet nearly the same row of one account many times and trust it.
    Columns are read as at most `max_bins` quantile bins, in which rows are counted instead of sorted; the loss is
    1 to 4% of the gain over a constant forecast.

    Parameters
    ----------
    n_trees : int
    min_rows_per_leaf : int
        Distinct (account, landmark) rows in a leaf. At a churn of 2 to 3% a quarter, 60 rows hold one or two
        events. In simulated books (13,000 rows, a step in one effect) 60 forecast best: IPA 0.040, against
        0.037 with 30, 0.039 with 100 and 0.033 with 10 or 400. With monthly landmarks prefer more.
    max_features : {'sqrt', 'log2'}, int, float or None
        Columns tried at each split.
    max_bins : int
    seed : int
        Seeds every tree by its position: the number of threads never matters.
    n_jobs : int
        Threads, in joblib's counting (-1 for all cores).

    Attributes
    ----------
    columns_ : tuple of Column, length p
    order_ : ndarray of int, shape (p,)
        Columns in the order of their names, in which trees number them.
    edges_ : list of ndarray
        Bin edges of each column, learned in training.
    trees_ : list of SurvivalTree
    """

    def __init__(
        self,
        *,
        n_trees: int = 100,
        min_rows_per_leaf: int = 60,
        max_features: str | int | float | None = "sqrt",
        max_bins: int = 64,
        seed: int = 0,
        n_jobs: int = -1,
    ) -> None:
        self.n_trees = n_trees
        self.min_rows_per_leaf = min_rows_per_leaf
        self.max_features = max_features
        self.max_bins = max_bins
        self.seed = seed
        self.n_jobs = n_jobs

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Grow the trees.

        The order of columns does not matter: trees draw them in the order of their names.

        Raises
        ------
        ModelError
            If there is no event, the rows are on the lifetime clock, or a parameter is out of its range.
        """
        require_same_rows(design, outcome)
        require_landmark_clock(outcome, "Forest")
        n_tried = columns_tried(self.max_features, len(design.columns))
        for name in ("n_trees", "min_rows_per_leaf", "max_bins"):
            given = getattr(self, name)
            if not (isinstance(given, int | np.integer) and 1 <= given <= _LARGEST):
                raise ModelError(f"Forest needs {name} to be a whole number from 1 to {_LARGEST}; {given!r} arrived.")
        self.columns_: tuple[Column, ...] = design.columns
        self.edges_ = [bin_edges(column, self.max_bins) for column in design.values.T]
        self.order_ = order_by_name(design.columns)
        binned = self._binned(design)
        timed = outcome.on_grid()
        time = (timed.stop - 1).astype(np.uint8)
        cluster = timed.cluster_place
        n_clusters = int(cluster.max()) + 1

        def grow(seed: np.random.SeedSequence) -> SurvivalTree:
            rng = np.random.default_rng(seed)
            return grow_tree(
                binned,
                time,
                timed.event,
                _drawn(rng, n_clusters)[cluster],
                n_times=HORIZON_PARTS,
                n_tried=n_tried,
                min_rows_per_leaf=self.min_rows_per_leaf,
                seed=int(rng.integers(2**31 - 1)),
            )

        self.trees_: list[SurvivalTree] = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            map(delayed(grow), self._seeds())
        )
        return self

    def fit_out_of_fold(self, design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp]) -> tuple[Self, Unseen]:
        """Fit, and return beside it what the trees that did not draw its cluster say of a row.

        They are about three in eight of all; no folds are needed. NaN where every tree drew it.

        Raises
        ------
        ModelError
            As `fit`.
        """
        self.fit(design, outcome)
        n_clusters = int(outcome.cluster_place.max()) + 1

        def unseen(rows: DesignMatrix, its_fold: NDArray[np.intp], cluster: NDArray[np.intp]) -> NDArray[np.float64]:
            binned = self._binned(rows)
            total, n_trees = np.zeros(len(rows)), np.zeros(len(rows))
            for seed, tree in zip(self._seeds(), self.trees_, strict=True):
                times_drawn = np.append(_drawn(np.random.default_rng(seed), n_clusters), 0)  # the last: of none
                new = np.flatnonzero(times_drawn[cluster] == 0)
                total[new] += tree.survival[tree.apply(np.asfortranarray(binned[new])), -1]
                n_trees[new] += 1
            return 1.0 - np.divide(total, n_trees, out=np.full(len(rows), np.nan), where=n_trees > 0)

        return self, unseen

    def _seeds(self) -> list[np.random.SeedSequence]:
        return np.random.SeedSequence(self.seed).spawn(self.n_trees)

    def _binned(self, design: DesignMatrix) -> NDArray[np.uint16]:
        return binned_values(design.values[:, self.order_], [self.edges_[k] for k in self.order_])

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return one minus the trees' mean survival by each time, shape (n_rows, n_times).

        Times are thirteenths of each row's own horizon; between grid points the last one before holds.
        """
        require_answerable(self.columns_, design.columns, cause)
        binned = self._binned(design)
        part = parts_by(times)
        total = np.zeros((len(design), len(part)))
        for tree in self.trees_:
            survival = np.column_stack([np.ones(len(tree.survival)), tree.survival])
            total += survival[np.ix_(tree.apply(binned), part)]
        return 1.0 - total / self.n_trees


def _drawn(rng: np.random.Generator, n_clusters: int) -> NDArray[np.int64]:
    """Draw as many clusters as there are, with replacement; return how often each was drawn."""
    return np.bincount(rng.integers(n_clusters, size=n_clusters), minlength=n_clusters)


def order_by_name(columns: Sequence[Column]) -> NDArray[np.intp]:
    """Return the positions of columns in the order of their names, shape (p,)."""
    return np.argsort(np.array([column.name for column in columns]), kind="stable")


def bin_edges(column: NDArray[np.float64], max_bins: int) -> NDArray[np.float64]:
    """Return the distinct inner quantiles that cut a column into at most `max_bins` bins."""
    inner = np.linspace(0.0, 1.0, max_bins + 1)[1:-1]
    return np.unique(np.quantile(column, inner, method="inverted_cdf"))


def binned_values(values: NDArray[np.float64], edges: list[NDArray[np.float64]]) -> NDArray[np.uint16]:
    """Return each column's bin number, shape (n, p); a value on an edge belongs to the bin below it."""
    binned = np.empty(values.shape, dtype=np.uint16, order="F")
    for j, cut in enumerate(edges):
        binned[:, j] = np.searchsorted(cut, values[:, j], side="left")
    return binned


def columns_tried(max_features: str | int | float | None, n_columns: int) -> int:
    """Return how many of `n_columns` a node tries, as scikit-learn reads `max_features`; a fraction is rounded down.

    Raises
    ------
    ModelError
        If it is no such setting, or fewer than one column or more than there are.
    """
    match max_features:
        case None:
            n_tried = n_columns
        case "sqrt":
            n_tried = max(1, int(np.sqrt(n_columns)))
        case "log2":
            n_tried = max(1, int(np.log2(n_columns)))
        case float() if 0.0 < max_features <= 1.0:
            n_tried = max(1, int(max_features * n_columns))
        case float() | str():
            n_tried = 0
        case _:
            n_tried = int(max_features)
    if not 1 <= n_tried <= n_columns:
        raise ModelError(
            f"Forest needs max_features 'sqrt', 'log2', a number of columns from 1 to {n_columns}, a fraction up to 1 "
            f"or None; {max_features!r} arrived."
        )
    return n_tried
