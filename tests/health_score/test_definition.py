"""A definition is read as it stands, written back as the same, and refused with what is wrong."""

import numpy as np
import pytest

from analysis.declared.own_queries import NOTHING, own_query
from analysis.errors import StudyError
from analysis.health_score.definition import (
    Colours,
    Component,
    Override,
    ScoreDefinition,
    Variant,
    definition_text,
    read_definition,
)
from analysis.health_score.needed import NeededPart, needed_parts
from analysis.health_score.scaling import Scaling

WHOLE = ScoreDefinition(
    'Health "2025"',
    (
        Component("usage", 70.0, covariate="active_day_share", scaling=Scaling("percentile")),
        Component(
            "surveys",
            20.0,
            covariate="nps",
            scaling=Scaling("linear", points_at=((0, 0), (10, 100))),
            missing="neutral",
        ),
        Component("manager", 10.0, published="csm_rating", missing="worst"),
    ),
    colours=Colours(35.0, 65.0),
    overrides=(Override("no_champion", ">=", 1.0, "green", "yellow"),),
    variants=(Variant("segment", "small", {"usage": 50.0, "surveys": 50.0, "manager": 0.0}),),
    is_proposed=True,
)
PLAIN = """
name = "plain"
[[components]]
name = "usage"
covariate = "active_day_share"
weight = 60
[components.scaling]
way = "bands"
edges = [0.2, 0.5]
points = [0, 50, 100]
[[components]]
name = "rating"
published = "csm_rating"
weight = 40
"""


def read(tmp_path, text):
    path = tmp_path / "health_score.toml"
    path.write_text(text, encoding="utf-8")
    return read_definition(path)


def test_what_is_written_is_read_back(tmp_path):
    assert read(tmp_path, definition_text(WHOLE)) == WHOLE


def test_a_file_of_few_words(tmp_path):
    found = read(tmp_path, PLAIN)
    assert found.weights == {"usage": 60.0, "rating": 40.0}
    assert (found.colours, found.components[1].missing) == (Colours(40.0, 60.0), "left_out")
    assert found.with_weights({"usage": 50, "rating": 50}).weights == {"usage": 50.0, "rating": 50.0}


def test_there_need_be_no_file(tmp_path):
    assert read_definition(tmp_path / "none.toml") is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("weight = 40", "weight = 30"), "100 in sum"),
        (("weight = 40", "weight = -40"), "not negative"),
        (('covariate = "active_day_share"', 'covariate = "activity"'), "no covariate 'activity'"),
        (('covariate = "active_day_share"\n', ""), "exactly one of 'covariate' and 'published'"),
        (('covariate = "active_day_share"', 'covariate = "active_day_shares"'), "nearest: active_day_share"),
        (('covariate = "active_day_share"', 'covariate = "segment_in_force"'), "segment_in_force is no number"),
        (("edges = [0.2, 0.5]", "edges = [0.5, 0.2]"), "edges' that rise"),
        (("points = [0, 50, 100]", "points = [0, 50, 120]"), "between 0 and 100"),
        (("points = [0, 50, 100]", "points = [0, 100]"), "one more of 'points'"),
        (('way = "bands"', 'way = "linear"'), "points_at"),
        (('way = "bands"', 'way = "steps"'), "must be one of"),
        (('name = "rating"', 'name = "usage"'), "names of their own"),
        (("weight = 60", "weights = 60"), "nearest known key is 'weight'"),
        (
            ('name = "plain"', 'name = "plain"\ncolours = { red_below = 70, green_from = 60 }'),
            "red_below <= green_from",
        ),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, change, said):
    with pytest.raises(StudyError, match=said):
        read(tmp_path, PLAIN.replace(*change))


def test_it_may_be_made_of_what_the_study_brings(tmp_path):
    sql = "select lifetime_id, risk_date, sum(events) as exports from risk_dates cross join usage_daily group by all"
    brought = own_query("exported", sql, {"family": "usage", "exports": {"label_en": "Exports"}}, "mine/exported")
    path = tmp_path / "health_score.toml"
    path.write_text(PLAIN.replace("active_day_share", "exports"), encoding="utf-8")
    found = read_definition(path, brought)
    assert [one.covariate for one in found.components] == ["exports", ""]
    with pytest.raises(StudyError, match="no covariate 'exports'"):
        read_definition(path)
    lacking = (NeededPart("exports", ("usage_daily",)), NeededPart("csm_rating", ("health_scores",)))
    assert needed_parts(found, {"tickets"}, brought) == lacking
    assert [one.lacking for one in needed_parts(found, {"usage_daily", "health_scores"}, brought)] == [(), ()]


def test_what_overrides_ask_is_needed_too():
    asked = [one.value for one in needed_parts(WHOLE, (), NOTHING)]
    assert asked == ["active_day_share", "nps", "csm_rating", "no_champion"]


def test_points():
    value, day = np.array([0.1, 0.2, 0.5, np.nan, 0.9]), np.zeros(5)
    bands = Scaling("bands", edges=(0.2, 0.5), points=(0.0, 50.0, 100.0)).apply(value, day)
    np.testing.assert_array_equal(bands, [0, 50, 100, np.nan, 100])
    lines = Scaling("linear", points_at=((0.2, 0.0), (0.6, 80.0))).apply(value, day)
    np.testing.assert_allclose(lines, [0, 0, 60, np.nan, 80])
    np.testing.assert_array_equal(Scaling().apply(np.array([-5.0, 50.0, 120.0]), day[:3]), [0, 50, 100])


def test_percentiles_are_of_the_day_and_need_nobody_else():
    value, day = np.array([1.0, 2.0, 2.0, 3.0, 7.0, np.nan]), np.array([0, 0, 0, 0, 1, 1])
    np.testing.assert_allclose(Scaling("percentile").apply(value, day), [12.5, 50, 50, 87.5, 50, np.nan])
    worse = Scaling("percentile", higher_is_worse=True).apply(value, day)
    np.testing.assert_allclose(worse, [87.5, 50, 50, 12.5, 50, np.nan])
