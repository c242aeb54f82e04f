"""A history that was rewritten after accounts had left is refused, and one that was not is not."""

import pytest
from worlds import TRAPS, shared_world

from analysis.audits.alarm import Alarm, Verdict
from analysis.errors import ModelError
from analysis.health_score import history
from analysis.health_score.definition import Component, ScoreDefinition
from analysis.health_score.history import judgeable_scores
from analysis.health_score.scaling import Scaling
from analysis.health_score.scored import Origin

BANDS = Scaling("linear", points_at=((0.0, 0.0), (1.0, 100.0)))
BY_COVARIATE = ScoreDefinition("own", (Component("use", 100.0, covariate="active_day_share", scaling=BANDS),))
BY_PARTS = ScoreDefinition("own", (Component("usage", 100.0, published="usage"),))


@pytest.fixture(scope="module")
def tenure(tmp_path_factory):
    world = shared_world(tmp_path_factory, "trapped", TRAPS, 260, 2)
    return world.opened(tmp_path_factory.mktemp("out"))


def test_the_alarm_of_a_world_with_the_trap_is_raised_and_the_history_refused(tenure):
    with pytest.raises(ModelError, match="look rewritten after the fact"):
        judgeable_scores(tenure, None)


def test_a_definition_by_covariates_is_gone_on_with(tenure):
    found = judgeable_scores(tenure, BY_COVARIATE)
    assert found.published is None
    assert found.headline is found.computed
    assert found.computed.origin is Origin.COMPUTED
    assert "not used" in str(found.notes[0])


def test_a_definition_that_rests_on_that_history_is_refused(tenure):
    with pytest.raises(ModelError, match="rests on published components"):
        judgeable_scores(tenure, BY_PARTS)


def test_a_history_that_was_not_is_judged_as_published(tenure, monkeypatch):
    monkeypatch.setattr(history, "rewritten_score", lambda _: Alarm("rewritten_score", "", Verdict.NOT_FOUND))
    found = judgeable_scores(tenure, None)
    assert found.headline.origin is Origin.PUBLISHED
    assert found.computed is None
