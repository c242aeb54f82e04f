"""Trees: the state of forests and of boosted trees, in which no tree that is read leads astray who walks down it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.design.outcome import HORIZON_PARTS
from analysis.models.boosting import Boosting
from analysis.models.boosting_kernels import BoostedTrees
from analysis.models.forest import Forest, order_by_name
from analysis.models.forest_choice import ForestSettings, TunedForest
from analysis.models.saved.plain import timing_of
from analysis.models.saved.state import State, columns_as_facts, columns_of
from analysis.models.survival_tree import SurvivalTree
from analysis.models.tree_arrays import LEAF

_LARGEST = 65_536
"""No number of trees, rows of a leaf, or bins is larger."""
_MOST_SEED = 2**53
_MOST_NODES = 2**31 - 1


def forest_state(model: Forest) -> State:
    """Return what a fitted forest consists of."""
    trees = model.trees_
    facts = {
        "n_trees": int(model.n_trees),
        "min_rows_per_leaf": int(model.min_rows_per_leaf),
        "max_features": _tried(model.max_features),
        "max_bins": int(model.max_bins),
        "seed": int(model.seed),
        "columns": columns_as_facts(model.columns_),
    }
    column = np.concatenate([tree.column for tree in trees])
    arrays = {
        "n_nodes": np.array([len(tree.column) for tree in trees], dtype=np.int64),
        "column": column,
        "threshold": np.where(column == LEAF, 0.0, np.concatenate([tree.threshold for tree in trees])),
        "left": np.concatenate([tree.left for tree in trees]),
        "right": np.concatenate([tree.right for tree in trees]),
        "survival": np.concatenate([tree.survival for tree in trees]),
        "n_rows": np.concatenate([tree.n_rows for tree in trees]),
        "weight": np.concatenate([tree.weight for tree in trees]),
    }
    return State("forest", facts, arrays | _edges_as_arrays(model.edges_))


def forest_of(state: State) -> Forest:
    """Return the forest that consists of this."""
    tried = state.fact("max_features", str, int, float, type(None))
    model = Forest(
        n_trees=state.whole("n_trees", 1, _LARGEST),
        min_rows_per_leaf=state.whole("min_rows_per_leaf", 1, _LARGEST),
        max_features=tried,
        max_bins=state.whole("max_bins", 1, _LARGEST),
        seed=state.whole("seed", 0, _MOST_SEED),
    )
    model.columns_ = columns_of(state)
    p = len(model.columns_)
    model.edges_ = _edges_of(state, p)
    model.order_ = order_by_name(model.columns_)
    n_nodes = state.whole_numbers("n_nodes", 1, _MOST_NODES, model.n_trees)
    n = int(n_nodes.sum())
    column = state.whole_numbers("column", LEAF, p - 1, n)
    left, right = (state.whole_numbers(name, LEAF, _MOST_NODES, n) for name in ("left", "right"))
    threshold = np.where(column == LEAF, np.nan, state.numbers("threshold", n))
    survival = state.shares("survival", n, HORIZON_PARTS)
    n_rows, weight = (state.whole_numbers(name, 0, _MOST_SEED, n) for name in ("n_rows", "weight"))
    ends = np.cumsum(n_nodes)
    model.trees_ = []
    for start, end in zip(ends - n_nodes, ends, strict=True):
        own = slice(start, end)
        _refuse_what_is_no_tree(state, column[own], left[own], right[own])
        tree = SurvivalTree(column[own], threshold[own], left[own], right[own], survival[own], n_rows[own], weight[own])
        model.trees_.append(tree)
    return model


def tuned_forest_state(model: TunedForest) -> State:
    """Return what a forest with chosen settings consists of."""
    chosen = model.settings_
    facts = {
        "leaves": [int(one) for one in model.leaves],
        "shares": [float(one) for one in model.columns],
        "bins": [int(one) for one in model.bins],
        "n_trees": int(model.n_trees),
        "seed": int(model.seed),
        "chosen": [int(chosen.min_rows_per_leaf), float(chosen.max_features), int(chosen.max_bins)],
    }
    return State("tuned_forest", facts, {}, {"forest": forest_state(model.forest_)})


def tuned_forest_of(state: State) -> TunedForest:
    """Return the forest with chosen settings that consists of this."""
    choices: dict[str, Any] = {name: state.fact(name, list) for name in ("leaves", "shares", "bins", "chosen")}
    for name, found in choices.items():
        state.require(all(type(one) in (int, float) for one in found), name, found)
    state.require(len(choices["chosen"]) == 3, "chosen", choices["chosen"])
    model = TunedForest(
        leaves=choices["leaves"],
        columns=choices["shares"],
        bins=choices["bins"],
        n_trees=state.whole("n_trees", 1, _LARGEST),
        seed=state.whole("seed", 0, _MOST_SEED),
    )
    model.settings_ = ForestSettings(*choices["chosen"])
    forest = state.part("forest")
    state.require(forest.kind == "forest", "forest", forest.kind)
    model.forest_ = forest_of(forest)
    return model


def boosting_state(model: Boosting) -> State:
    """Return what boosted trees consist of."""
    facts = {
        "learning_rate": float(model.learning_rate),
        "n_leaves": int(model.n_leaves),
        "min_information": float(model.min_information),
        "ridge": float(model.ridge),
        "max_features": float(model.max_features),
        "max_bins": int(model.max_bins),
        "max_trees": int(model.max_trees),
        "signs": {covariate: int(sign) for covariate, sign in model.signs.items()},
        "keeps_signs": bool(model.keeps_signs_),
        "seed": int(model.seed),
        "columns": columns_as_facts(model.columns_),
        "log_odds": float(model.log_odds_),
    }
    arrays = {"timing": model.timing_, **model.trees_._asdict(), **_edges_as_arrays(model.edges_)}
    return State("boosting", facts, arrays)


def boosting_of(state: State) -> Boosting:
    """Return the boosted trees that consist of this."""
    signs = state.fact("signs", dict)
    state.require(all(type(sign) is int and sign in (-1, 0, 1) for sign in signs.values()), "signs", signs)
    model = Boosting(
        learning_rate=state.number("learning_rate", 0.0, 1.0),
        n_leaves=state.whole("n_leaves", 2, _LARGEST),
        min_information=state.number("min_information", 0.0),
        ridge=state.number("ridge", 0.0),
        max_features=state.number("max_features", 0.0),
        max_bins=state.whole("max_bins", 2, _LARGEST),
        max_trees=state.whole("max_trees", 1, _LARGEST),
        signs=signs,
        seed=state.whole("seed", 0, _MOST_SEED),
    )
    model.columns_ = columns_of(state)
    p = len(model.columns_)
    model.order_, model.edges_ = order_by_name(model.columns_), _edges_of(state, p)
    model.keeps_signs_ = state.fact("keeps_signs", bool)
    model.log_odds_, model.timing_ = state.number("log_odds"), timing_of(state, "timing")
    column = state.whole_numbers("column", LEAF, p - 1, None, None)
    shape = column.shape
    threshold = state.whole_numbers("threshold", LEAF, _LARGEST, *shape)
    left, value = state.whole_numbers("left", LEAF, _MOST_NODES, *shape), state.numbers("value", *shape)
    state.require(shape[1] >= 1, "column", shape)
    tree, node = np.nonzero(column != LEAF)
    below = left[tree, node]
    # Down the tree nodes are numbered higher and higher: nobody walks in circles, or past the last one.
    state.require(((below > node) & (below + 1 < shape[1])).all(), "left", left.shape)
    model.trees_ = BoostedTrees(column, threshold, left, value)
    return model


def _refuse_what_is_no_tree(
    state: State, column: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64]
) -> None:
    """Refuse nodes that are not, all of them but the first, below one earlier node each."""
    is_leaf = column == LEAF
    state.require(((left == LEAF) == is_leaf).all() and ((right == LEAF) == is_leaf).all(), "left, right", "leaf")
    node = np.flatnonzero(~is_leaf)
    below, above = np.concatenate([left[node], right[node]]), np.concatenate([node, node])
    state.require((below > above).all(), "left, right", below[below <= above][:5].tolist())
    is_all = np.array_equal(np.sort(below), np.arange(1, len(column)))
    state.require(is_all, "left, right", f"{len(below)} of {len(column)}")


def _edges_as_arrays(edges: Sequence[NDArray[np.float64]]) -> dict[str, NDArray[Any]]:
    counts = np.array([len(cut) for cut in edges], dtype=np.int64)
    return {"n_edges": counts, "edges": np.concatenate(edges)}


def _edges_of(state: State, n_columns: int) -> list[NDArray[np.float64]]:
    """Return the bin edges of each column: rising, and so few that their bins have numbers of two bytes."""
    counts = state.whole_numbers("n_edges", 0, _LARGEST - 1, n_columns)
    flat = state.numbers("edges", int(counts.sum()))
    edges = [part.copy() for part in np.split(flat, np.cumsum(counts)[:-1])]
    state.require(all((np.diff(cut) > 0).all() for cut in edges), "edges", "falls")
    return edges


def _tried(max_features: str | int | float | None) -> str | int | float | None:
    if max_features is None or isinstance(max_features, str):
        return max_features
    return float(max_features) if isinstance(max_features, float) else int(max_features)
