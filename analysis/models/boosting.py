"""Boosting: gradient-boosted trees of whether a row churns within its horizon."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.special import expit, logit

from analysis.design.matrix import Column, DesignMatrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.base import require_answerable, require_landmark_clock, require_same_rows
from analysis.models.boosting_kernels import BoostedTrees, BoostRows, Settings, add_trees, sum_of_trees
from analysis.models.cross_fit import Unseen, by_fold, cluster_folds, held_out
from analysis.models.forest import bin_edges, binned_values, columns_tried, order_by_name
from analysis.models.timing import churn_timing, spread_over_horizon, told_to_the_horizon
from analysis.wording.remarks import remark

_LARGEST = 65_536
_PATIENCE = 20
"""Trees are grown so many at a time, until the last so many left the left-out clusters no likelier."""


class Boosting:
    """Small trees that follow one another, each fitted to what those before it left unexplained.

    How many there are is the number under which clusters that were left out are likeliest: all rows of a cluster are in
    one fold, since a tree that has seen one month of an account knows the next. Rows that were neither followed to the
    horizon nor churned say nothing of it, and are left out.

    Parameters
    ----------
    learning_rate : float
        Share of its own best fit that each tree adds.
    n_leaves : int
        Of a tree, at most; the leaf that gains most is split first.
    min_information : float
        Sum of p (1 - p) over the rows of a leaf, at least: about the churns to be expected in it.
    ridge : float
        Penalty ridge / 2 x squared value of a leaf.
    max_features : float
        Share of the columns that a tree may split; another draw for each.
    max_bins : int
        Quantile bins in which a column is read, at most.
    max_trees : int
    signs : mapping of str to int
        By covariate, 1 where churn is expected to rise with it, -1 where it is expected to fall. Trees keep to all of
        them if left-out clusters are no less likely then, else to none.
    seed : int
        Of the folds and of the columns drawn.
    n_jobs : int
        Threads for the folds, in joblib's counting; the number never matters.

    Attributes
    ----------
    columns_ : tuple of Column, length p
    order_ : ndarray of int, shape (p,)
        Columns in the order of their names, in which trees number them.
    edges_ : list of ndarray
        Bin edges of each column in that order, learned in training.
    trees_ : BoostedTrees
    keeps_signs_ : bool
        Whether trees keep to the signs that are expected.
    log_odds_ : float
        Of churn in training, to which the trees add.
    timing_ : ndarray, shape (14,)
        As `churn_timing`: before the horizon every row's probability grows as all churns in training came.

    Notes
    -----
    Friedman (2001), Annals of Statistics 29, 1189; second-order gains and leaves of Chen and Guestrin (2016), KDD, 785,
    as in scikit-learn's ``HistGradientBoostingClassifier``, whose trees these are where every column may be split. With
    all of 114 columns (monthly landmarks of 550 accounts, 11 quarters to forecast) that took more than twice the time
    of a fifth of them for each tree, and forecast a little worse.
    """

    def __init__(
        self,
        *,
        learning_rate: float = 0.15,
        n_leaves: int = 4,
        min_information: float = 3.0,
        ridge: float = 5.0,
        max_features: float = 0.2,
        max_bins: int = 64,
        max_trees: int = 400,
        signs: Mapping[str, int] = MappingProxyType({}),
        seed: int = 0,
        n_jobs: int = -1,
    ) -> None:
        self.learning_rate, self.n_leaves = learning_rate, n_leaves
        self.min_information, self.ridge = min_information, ridge
        self.max_features, self.max_bins, self.max_trees = max_features, max_bins, max_trees
        self.signs, self.seed, self.n_jobs = signs, seed, n_jobs

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Choose the number of trees in folds, and grow as many on all rows.

        Raises
        ------
        ModelError
            If the rows are on another clock, all or none of those followed to the horizon churned, or a setting is out
            of its range.
        """
        return self.fit_out_of_fold(design, outcome, cluster_folds(outcome, self.seed))[0]

    def fit_out_of_fold(self, design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp]) -> tuple[Self, Unseen]:
        """Fit, and return beside it what as many trees that were grown without their fold say of rows.

        With a single fold nothing is left out, and there are no trees; the risks are NaN.
        """
        require_same_rows(design, outcome)
        require_landmark_clock(outcome, "Boosting")
        told = told_to_the_horizon(outcome)
        if outcome.event[told].all():
            raise ModelError(remark("models.all_left", rows=int(told.sum())))
        n_tried = self._require_settings(len(design.columns))
        self.columns_: tuple[Column, ...] = design.columns
        self.order_ = order_by_name(design.columns)
        self.edges_ = [bin_edges(design.values[:, k], self.max_bins) for k in self.order_]
        self.timing_ = churn_timing(outcome)
        rng = np.random.default_rng(self.seed)
        tried = np.array([rng.permutation(len(self.order_))[:n_tried] for _ in range(self.max_trees)], dtype=np.int64)
        bins, n_bins = self._binned(design), np.array([len(cut) + 1 for cut in self.edges_])
        settings = Settings(float(self.learning_rate), float(self.min_information), float(self.ridge))

        def growth(sign: NDArray[np.int64], seen: NDArray[np.bool_], unseen: NDArray[np.bool_]) -> _Growth:
            rows = BoostRows(bins, n_bins, sign, outcome.event, np.flatnonzero(seen), np.flatnonzero(unseen))
            return _Growth(rows, tried, settings, self.n_leaves)

        outs = {k: out for k, out in enumerate(held_out(fold)) if _can_learn(outcome.event[told & ~out])}
        expected = self._signs()
        free = np.zeros_like(expected)
        sign, parts = expected, [growth(expected, told & ~out, told & out) for out in outs.values()]
        n_trees, loss = self._likeliest_number(parts)
        if expected.any():
            unsigned = [growth(free, told & ~out, told & out) for out in outs.values()]
            n_unsigned, loss_unsigned = self._likeliest_number(unsigned)
            if loss_unsigned < loss:
                sign, parts, n_trees = free, unsigned, n_unsigned
        self.keeps_signs_ = bool(sign.any())
        whole = growth(sign, told, np.zeros(len(told), dtype=bool))
        whole.grow_to(n_trees)
        self.trees_, self.log_odds_ = whole.trees.first(n_trees), whole.at_first

        def risk_by(part: _Growth) -> Callable[[DesignMatrix], NDArray[np.float64]]:
            return lambda rows: expit(part.log_odds_after(n_trees, self._binned(rows)))

        return self, by_fold({k: risk_by(part) for k, part in zip(outs, parts, strict=True)})

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the probability of having churned by each time, shape (n_rows, n_times).

        Times are thirteenths of each row's own horizon; between grid points the last one before holds.

        Raises
        ------
        ModelError
            If the columns are not those fitted.
        """
        require_answerable(self.columns_, design.columns, cause)
        log_odds = np.full(len(design), self.log_odds_)
        sum_of_trees(self._binned(design), self.trees_, log_odds)
        return spread_over_horizon(expit(log_odds), self.timing_, times)

    def _binned(self, design: DesignMatrix) -> NDArray[np.uint16]:
        return binned_values(design.values[:, self.order_], self.edges_).T

    def _signs(self) -> NDArray[np.int64]:
        """Return the sign expected of each column, in the order of their names, shape (p,)."""
        columns = [self.columns_[k] for k in self.order_]
        return np.array([0 if c.marks_missing else self.signs.get(c.covariate, 0) for c in columns], dtype=np.int64)

    def _likeliest_number(self, parts: "Sequence[_Growth]") -> tuple[int, int]:
        """Grow the trees of all folds side by side until more no longer help; return their best number and its loss."""
        best = grown = loss = 0
        while parts and grown < self.max_trees and grown - best < _PATIENCE:
            grown = min(grown + _PATIENCE, self.max_trees)
            Parallel(n_jobs=self.n_jobs, prefer="threads")(delayed(part.grow_to)(grown) for part in parts)
            losses = np.sum([part.loss[: grown + 1] for part in parts], axis=0)
            best = int(losses.argmin())
            loss = int(losses[best])
        return best, loss

    def _require_settings(self, n_columns: int) -> int:
        """Refuse settings out of their range; return how many columns a tree tries."""
        for name, least in (("n_leaves", 2), ("max_bins", 2), ("max_trees", 1)):
            given = getattr(self, name)
            if not (isinstance(given, int | np.integer) and least <= given <= _LARGEST):
                raise ModelError(
                    f"Boosting needs {name} to be a whole number from {least} to {_LARGEST}; {given!r} arrived."
                )
        for name, low, high in (("learning_rate", 0.0, 1.0), ("min_information", 0.0, np.inf), ("ridge", 0.0, np.inf)):
            given = getattr(self, name)
            if not (low < given <= high and np.isfinite(given)):
                raise ModelError(f"Boosting needs {name} above {low:g} and up to {high:g}; {given!r} arrived.")
        return columns_tried(float(self.max_features), n_columns)


class _Growth:
    """Trees that are grown on some rows, and what they say of others."""

    def __init__(self, rows: BoostRows, tried: NDArray[np.int64], settings: Settings, n_leaves: int) -> None:
        self._rows, self._tried, self._settings = rows, tried, settings
        self._grown = 0
        self.trees = BoostedTrees.room_for(len(tried), n_leaves)
        self.loss = np.zeros(len(tried) + 1, dtype=np.int64)
        self.at_first = float(logit(rows.event[rows.seen].mean()))
        self._log_odds = np.full(len(rows.event), self.at_first)

    def grow_to(self, n_trees: int) -> None:
        """Grow on, until there are so many."""
        add_trees(self._rows, self.trees, self._tried, self._settings, self._log_odds, self.loss, self._grown, n_trees)
        self._grown = n_trees

    def log_odds_after(self, n_trees: int, bins: NDArray[np.uint16]) -> NDArray[np.float64]:
        """Return the log odds of other rows by the first trees alone."""
        log_odds = np.full(bins.shape[1], self.at_first)
        sum_of_trees(bins, self.trees.first(n_trees), log_odds)
        return log_odds


def _can_learn(event: NDArray[np.bool_]) -> bool:
    return bool(event.any() and not event.all())
