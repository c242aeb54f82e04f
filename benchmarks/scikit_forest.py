"""ScikitForest: the forest as scikit-survival's own trees grow it, beside which ours is timed and tested."""

from typing import Self

import numpy as np
from joblib import Parallel, delayed
from sksurv.tree import SurvivalTree

from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import HORIZON_PARTS, Outcome
from analysis.models.forest import Forest, bin_edges, binned_values

# The unchecked form of fitting, as scikit-survival's forest uses it: every tree gets the whole grid of times, as a
# resample may lack one.
GRID = (np.arange(1.0, HORIZON_PARTS + 1), np.ones(HORIZON_PARTS, dtype=bool))


class ScikitForest(Forest):
    """The same accounts are drawn for each tree, and their copies enter as weights."""

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        self.edges_ = [bin_edges(column, self.max_bins) for column in design.values.T]
        binned = self.binned(design)
        timed = outcome.on_grid()
        ending = np.column_stack([timed.stop, timed.event]).astype(np.float64)
        cluster = timed.cluster_place
        n_clusters = int(cluster.max()) + 1

        def grow(seed: np.random.SeedSequence) -> SurvivalTree:
            rng = np.random.default_rng(seed)
            drawn = np.bincount(rng.integers(n_clusters, size=n_clusters), minlength=n_clusters)[cluster]
            seen = np.flatnonzero(drawn)
            tree = SurvivalTree(
                min_samples_leaf=self.min_rows_per_leaf,
                max_features=self.max_features,
                random_state=int(rng.integers(2**31 - 1)),
            )
            tree._fit(binned[seen], (ending[seen], *GRID), drawn[seen].astype(np.float64), check_input=False)
            return tree

        seeds = np.random.SeedSequence(self.seed).spawn(self.n_trees)
        self.trees_ = Parallel(n_jobs=self.n_jobs, prefer="threads")(map(delayed(grow), seeds))
        return self

    def predict_incidence(self, design: DesignMatrix, times, cause: str = "churn") -> np.ndarray:
        binned = self.binned(design)
        total = np.zeros((len(design), len(times)))
        for tree in self.trees_:
            survival = np.column_stack([np.ones(tree.tree_.node_count), tree.tree_.value[:, :, 1]])
            total += survival[np.ix_(tree.tree_.apply(binned), times)]
        return 1.0 - total / self.n_trees

    def binned(self, design: DesignMatrix) -> np.ndarray:
        return np.ascontiguousarray(binned_values(design.values, self.edges_), dtype=np.float32)
