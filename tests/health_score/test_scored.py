"""Scores and colours of landmark rows: published then, or computed by a definition."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DesignError
from analysis.health_score.definition import Component, Override, ScoreDefinition, Variant
from analysis.health_score.published import PublishedScores, recovered_definition
from analysis.health_score.scored import colours_of, weighted_score

ROWS = pd.DataFrame({"segment_in_force": ["large", "small", "large", "large"], "no_champion": [0, 1, 1, None]})
POINTS = pd.DataFrame({"usage": [80.0, 80.0, np.nan, np.nan], "nps": [20.0, 20.0, 70.0, np.nan]})


def score(**missing):
    parts = [Component(name, weight, published=name, missing=missing.get(name, "left_out")) for name, weight in
             (("usage", 75.0), ("nps", 25.0))]  # fmt: skip
    return ScoreDefinition(
        "score",
        tuple(parts),
        overrides=(Override("no_champion", ">=", 1.0, "green", "yellow"),),
        variants=(Variant("segment", "small", {"usage": 100.0, "nps": 0.0}),),
    )


@pytest.mark.parametrize(
    ("missing", "expected"), [("left_out", 70.0), ("neutral", 0.75 * 50 + 0.25 * 70), ("worst", 0.25 * 70)]
)
def test_a_score_is_the_weighted_mean_of_points(missing, expected):
    found = weighted_score(ROWS, POINTS, score(usage=missing))
    np.testing.assert_allclose(found, [65.0, 80.0, expected, np.nan])


def test_a_champion_gone_is_never_green():
    colour = colours_of(ROWS, np.array([65.0, 80.0, 30.0, np.nan]), score())
    assert colour.tolist() == ["green", "yellow", "red", None]


def test_what_a_rule_goes_by_and_rows_lack_is_said():
    """A source without segments or champions: the rule cannot be followed, and is not passed over."""
    with pytest.raises(DesignError, match="is by segment_in_force, which this source does not give"):
        weighted_score(ROWS.drop(columns="segment_in_force"), POINTS, score())
    with pytest.raises(DesignError, match="is by no_champion, which this source does not give"):
        colours_of(ROWS.drop(columns="no_champion"), np.array([65.0, 80.0, 30.0, np.nan]), score())


def history(total, parts):
    return PublishedScores(total, np.full(len(total), None, object), parts, 0)


def test_weights_are_found_in_a_history_that_is_their_sum():
    rng = np.random.default_rng(1)
    parts = pd.DataFrame(np.round(rng.uniform(0, 100, (200, 3)), 1), columns=["a", "b", "c"])
    total = np.round(parts.to_numpy() @ [0.7, 0.1, 0.2], 1)
    assert recovered_definition(history(total, parts), "score").weights == {"a": 70.0, "b": 10.0, "c": 20.0}
    users = parts.assign(**{"total (user)": total})
    assert set(recovered_definition(history(total, users), "score").weights) == {"a", "b", "c"}
    other = rng.permutation(total)
    assert recovered_definition(history(other, parts), "score") is None
    assert recovered_definition(history(total, parts[["a"]]), "score") is None
