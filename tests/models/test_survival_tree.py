"""A survival tree that counts in bins is scikit-survival's, to the last bit: its judge here, node by node."""

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from simulated_landmarks import COVARIATES, landmark_rows
from sksurv.tree import SurvivalTree as ScikitSurvivalTree

from analysis.design.matrix import DesignMatrix, learn_design
from analysis.design.outcome import Outcome
from analysis.models.forest import Forest
from analysis.models.survival_tree import SurvivalTree, grow_tree

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@dataclass(frozen=True)
class Drawn:
    """Rows to grow a tree on, and how."""

    bins: np.ndarray
    time: np.ndarray
    event: np.ndarray
    weight: np.ndarray
    n_times: int = 13
    n_tried: int = 1
    min_rows: int = 1
    seed: int = 0

    def take(self, rows):
        bins = np.asfortranarray(self.bins[rows])
        return replace(self, bins=bins, time=self.time[rows], event=self.event[rows], weight=self.weight[rows])


def draw(
    seed, n_rows=(1, 400), hazards=(0.002, 0.02, 0.3), weights=6, kinds=("constant", "two", "few", "many")
) -> Drawn:
    """Draw rows whose first columns matter; bins of long right tails leave gaps, and small data sets lack times."""
    rng = np.random.default_rng(seed)
    n, p, n_times = int(rng.integers(*n_rows)), int(rng.integers(1, 14)), int(rng.choice([1, 2, 13]))
    n_bins = {"constant": 1, "two": 2, "few": 6, "many": 64, "too many for a byte": 700}
    columns = [
        np.minimum(rng.geometric(np.exp(rng.uniform(-6, -0.7)), n) - 1, n_bins[kind] - 1)
        for kind in rng.choice(kinds, p)
    ]
    bins = np.column_stack(columns)
    hazard = rng.choice(hazards) * np.exp(bins[:, :3].sum(axis=1) / (1 + bins[:, :3].max()))
    death = np.ceil(rng.exponential(1 / hazard))
    end = np.where(rng.random(n) < 0.2, rng.integers(1, n_times + 1, n), n_times)
    return Drawn(
        np.asfortranarray(bins, dtype=np.uint16),
        (np.minimum(death, end) - 1).astype(np.uint8),
        death <= end,
        # One row at least is seen.
        np.append(1, rng.integers(0, weights, n - 1)),
        n_times=n_times,
        n_tried=int(rng.choice([1, max(1, int(np.sqrt(p))), p])),
        min_rows=int(rng.choice([1, 2, 5, 20, 60])),
        seed=int(rng.integers(2**31 - 1)),
    )


def ours(rows: Drawn) -> SurvivalTree:
    settings = {"n_times": rows.n_times, "n_tried": rows.n_tried, "min_rows_per_leaf": rows.min_rows, "seed": rows.seed}
    return grow_tree(rows.bins, rows.time, rows.event, rows.weight, **settings)


def theirs(rows: Drawn):
    """Let scikit-survival grow the tree, in the form in which its own forest does: all get the whole grid of times."""
    tree = ScikitSurvivalTree(max_features=rows.n_tried, min_samples_leaf=rows.min_rows, random_state=rows.seed)
    # Its value is that of a low-memory tree where there is one time only; a second that nobody reaches changes nothing.
    grid = np.arange(1.0, max(rows.n_times, 2) + 1)
    ending = np.column_stack([rows.time + 1.0, rows.event])
    every_time = np.ones(len(grid), bool)
    tree._fit(rows.bins.astype(np.float32), (ending, grid, every_time), rows.weight.astype(float), check_input=False)
    return tree.tree_


def assert_same(tree: SurvivalTree, judge) -> None:
    leaf = judge.children_left == -1
    assert tree.column.tolist() == np.where(leaf, -1, judge.feature).tolist()
    assert tree.threshold.tobytes() == np.where(leaf, np.nan, judge.threshold).tobytes()
    assert tree.left.tolist() == judge.children_left.tolist()
    assert tree.right.tolist() == judge.children_right.tolist()
    survival = judge.value[:, : tree.survival.shape[1], 1]
    assert tree.survival.tobytes() == survival.tobytes()
    assert tree.n_rows.tolist() == judge.n_node_samples.tolist()
    assert tree.weight.tolist() == judge.weighted_n_node_samples.tolist()


def assert_same_as_scikit_survival(cases) -> list[SurvivalTree]:
    trees = []
    for rows in cases:
        trees.append(ours(rows))
        assert_same(trees[-1], theirs(rows))
    return trees


class TestByHand:
    # Nine rows, three to a bin: (bin, last time, died there).
    ROWS = ((0, 1, 1), (0, 1, 1), (0, 2, 1), (1, 2, 1), (1, 3, 0), (1, 3, 0), (2, 3, 0), (2, 3, 0), (2, 3, 0))

    def tree(self, min_rows):
        bins, time, event = np.array(self.ROWS).T
        table = np.asfortranarray(bins[:, None], dtype=np.uint16)
        time = (time - 1).astype(np.uint8)
        return ours(Drawn(table, time, event == 1, np.ones(9, int), n_times=3, min_rows=min_rows))

    def statistic(self, low):
        """Work out the squared log-rank statistic of the rows up to bin `low` against the others."""
        excess = variance = Fraction(0)
        for t in (1, 2):
            at_risk = [b for b, time, _ in self.ROWS if time >= t]
            died = [b for b, time, event in self.ROWS if time == t and event]
            n, d, n_left = len(at_risk), len(died), sum(b <= low for b in at_risk)
            excess += sum(b <= low for b in died) - Fraction(d * n_left, n)
            variance += Fraction(d * (n - d), n - 1) * Fraction(n_left, n) * (1 - Fraction(n_left, n))
        return excess**2 / variance

    def test_the_split_has_the_larger_log_rank_statistic(self):
        # Below the first bin: 4/3 + 5/7 deaths too many, with variance 7/18 + 10/49; below the second: 2/3 + 6/7 and
        # 7/18 + 20/49.
        assert self.statistic(0) == Fraction(43, 21) ** 2 / Fraction(523, 882)
        assert self.statistic(1) == Fraction(32, 21) ** 2 / Fraction(703, 882)
        tree = self.tree(min_rows=3)
        assert tree.column.tolist() == [0, -1, 0, -1, -1]
        assert tree.threshold[0] == 0.5

    def test_each_node_has_the_kaplan_meier_survival_of_its_rows(self):
        survival = self.tree(min_rows=3).survival
        assert survival[0] == pytest.approx([7 / 9, 5 / 9, 5 / 9])
        assert survival[1] == pytest.approx([1 / 3, 0, 0])
        assert survival[2] == pytest.approx([1, 5 / 6, 5 / 6])

    def test_a_leaf_keeps_its_least_rows(self):
        assert self.tree(min_rows=4).column.tolist() == [-1]


class TestEqualsScikitSurvival:
    @pytest.mark.parametrize("hundred", range(5))
    def test_on_data_sets_of_all_kinds(self, hundred):
        trees = assert_same_as_scikit_survival(draw(100 * hundred + k) for k in range(100))
        assert sum(len(tree.column) > 5 for tree in trees) > 20
        assert sum(len(tree.column) == 1 for tree in trees) > 5

    @pytest.mark.parametrize("n_tried", ["one", "root", "all"])
    def test_however_many_columns_are_tried(self, n_tried):
        cases = [draw(k, n_rows=(100, 400)) for k in range(60)]
        asked = {"one": lambda p: 1, "root": lambda p: max(1, int(np.sqrt(p))), "all": lambda p: p}[n_tried]
        assert_same_as_scikit_survival(replace(rows, n_tried=asked(rows.bins.shape[1])) for rows in cases)

    def test_where_columns_become_constant_on_the_way_down(self):
        # Columns of two bins are constant below their split: what is known, found and drawn anew is counted apart.
        trees = assert_same_as_scikit_survival(
            draw(k, n_rows=(200, 400), hazards=(0.1, 0.3), kinds=("constant", "two", "two", "few")) for k in range(100)
        )
        assert sum(len(tree.column) for tree in trees) > 1500

    def test_where_splits_are_equally_good(self):
        # Every column twice, and once more upside down: the first that is drawn wins.
        def doubled(rows):
            bins = np.asfortranarray(np.hstack([rows.bins, rows.bins, rows.bins.max(axis=0) - rows.bins]))
            return replace(rows, bins=bins, n_tried=bins.shape[1], min_rows=2)

        trees = assert_same_as_scikit_survival(doubled(draw(k, n_rows=(100, 300))) for k in range(60))
        assert any(len(tree.column) > 50 for tree in trees)

    def test_in_large_nodes_of_many_bins(self):
        kinds = ("two", "many", "too many for a byte")
        cases = [draw(k, n_rows=(20_000, 20_001), kinds=kinds) for k in range(4)]
        assert max(case.bins.max() for case in cases) > 255
        trees = assert_same_as_scikit_survival(cases)
        assert max(len(tree.column) for tree in trees) > 100

    def test_where_nothing_can_be_split(self):
        rows = replace(draw(0, n_rows=(200, 201), hazards=(0.1,)), min_rows=5)
        quiet = replace(rows, event=np.zeros(200, bool))
        flat = replace(rows, bins=np.zeros_like(rows.bins))
        one_seen = replace(rows, weight=np.eye(1, 200, dtype=int)[0], min_rows=1)
        trees = assert_same_as_scikit_survival([rows, quiet, flat, replace(rows, min_rows=120), one_seen])
        assert [len(tree.column) > 1 for tree in trees] == [True, False, False, False, False]

    def test_in_the_leaves_that_new_rows_reach(self):
        for k in range(20):
            rows = draw(k, n_rows=(100, 400))
            # Bins that no row of a node had are among them.
            new = np.asfortranarray(np.random.default_rng(k).integers(0, 64, (500, rows.bins.shape[1]), np.uint16))
            assert ours(rows).apply(new).tolist() == theirs(rows).apply(new.astype(np.float32)).tolist()


class TestInvariance:
    def test_the_order_of_rows_does_not_matter(self):
        for k in range(20):
            rows = draw(k, n_rows=(200, 400))
            shuffled = rows.take(np.random.default_rng(k).permutation(len(rows.time)))
            one, two = ours(rows), ours(shuffled)
            assert all(getattr(one, f.name).tobytes() == getattr(two, f.name).tobytes() for f in fields(SurvivalTree))

    def test_rows_of_no_weight_are_not_seen(self):
        rows = draw(3, n_rows=(300, 301))
        one, two = ours(rows), ours(rows.take(rows.weight > 0))
        assert one.threshold.tobytes() == two.threshold.tobytes()
        assert one.survival.tobytes() == two.survival.tobytes()

    def test_a_weight_is_a_repeated_row(self):
        # What the resampling of accounts rests on. Leaves are counted in rows, so only the root is the same node.
        for k in range(20):
            rows = replace(draw(k, n_rows=(300, 400), hazards=(0.1, 0.3), kinds=("two", "few", "many")), min_rows=1)
            again = rows.take(np.repeat(np.arange(len(rows.time)), rows.weight))
            one, two = ours(rows), ours(replace(again, weight=np.ones_like(again.weight)))
            assert one.column[0] == two.column[0] >= 0
            assert one.threshold[0] == two.threshold[0]
            assert one.survival[0].tobytes() == two.survival[0].tobytes()
            assert one.weight[0] == two.n_rows[0] > one.n_rows[0]

    def test_training_rows_are_in_the_leaves_that_counted_them(self):
        rows = draw(7, n_rows=(400, 401), hazards=(0.3,))
        tree = ours(rows)
        leaves = tree.apply(rows.bins)
        seen = np.bincount(leaves[rows.weight > 0], minlength=len(tree.column))
        assert seen[tree.column == -1].tolist() == tree.n_rows[tree.column == -1].tolist()
        assert (tree.column[leaves] == -1).all()


@pytest.fixture(scope="module")
def book():
    rows = landmark_rows(500, 6, seed=5)
    # Some are followed for a part of the horizon only.
    part = np.random.default_rng(5).random(len(rows)) < 0.1
    rows["is_followed"] = ~part
    rows["followed_days"] = np.where(part & (rows["event"] == 0), 20, rows["followed_days"])
    design = learn_design(rows, COVARIATES).apply(rows)
    # Our forest draws columns in the order of their names, scikit-survival's trees in that of the design.
    by_name = np.argsort(design.names, kind="stable")
    sorted_design = DesignMatrix(design.values[:, by_name], tuple(design.columns[k] for k in by_name), design.rows)
    return sorted_design, Outcome.from_landmarks(rows)


class TestForest:
    """A forest forecasts what scikit-survival's trees would, resampled in the same way."""

    @pytest.fixture
    def scikit_forest(self, monkeypatch):
        monkeypatch.syspath_prepend(str(BENCHMARKS))
        from scikit_forest import ScikitForest

        return ScikitForest

    @pytest.mark.parametrize(
        ("min_rows", "max_features", "max_bins"),
        [(60, "sqrt", 64), (10, "log2", 64), (5, None, 16), (30, 0.5, 1000), (30, 3, 2), (100, np.int64(1), 64)],
    )
    def test_forecasts_are_the_same_bits(self, book, scikit_forest, min_rows, max_features, max_bins):
        settings = {"min_rows_per_leaf": min_rows, "max_features": max_features, "max_bins": max_bins}
        ours, theirs = (
            make(n_trees=15, seed=11, **settings).fit(*book).predict_incidence(book[0], range(14))
            for make in (Forest, scikit_forest)
        )
        assert ours.tobytes() == theirs.tobytes()
        assert len(np.unique(ours[:, 13])) > 20

    def test_threads_grow_the_same_trees(self, book):
        one, several = (Forest(n_trees=12, seed=3, n_jobs=jobs).fit(*book) for jobs in (1, 5))
        for tree, other in zip(one.trees_, several.trees_, strict=True):
            assert all(
                getattr(tree, f.name).tobytes() == getattr(other, f.name).tobytes() for f in fields(SurvivalTree)
            )
