"""A history that was rewritten after accounts had left is refused, and one that was not is not."""

import dataclasses

import pytest
from pages import text_of
from worlds import SHORT, TRAPS, World, shared_world

from analysis.audits.alarm import Alarm, Verdict
from analysis.audits.overwritten import rewritten_score
from analysis.errors import DesignError, ModelError
from analysis.health_score import history
from analysis.health_score.definition import Component, ScoreDefinition, definition_text
from analysis.health_score.history import judgeable_score
from analysis.health_score.scaling import Scaling
from analysis.health_score.scored import Origin, scored_by_definition
from reports.health_score import summary
from reports.health_score.files import write_health_score

BANDS = Scaling("linear", points_at=((0.0, 0.0), (1.0, 100.0)))
BY_COVARIATE = ScoreDefinition("own", (Component("use", 100.0, covariate="active_day_share", scaling=BANDS),))
BY_WHAT_IS_NOT_GIVEN = ScoreDefinition("own", (Component("mood", 100.0, published="mood"),))
BY_PARTS = ScoreDefinition("own", (Component("usage", 100.0, published="usage"),))


@pytest.fixture(scope="module")
def tenure(tmp_path_factory):
    world = shared_world(tmp_path_factory, "short", SHORT, 150, 3)
    return world.opened(tmp_path_factory.mktemp("out"))


@pytest.mark.slow
def test_the_alarm_of_a_world_with_the_trap_is_raised(tmp_path, tmp_path_factory):
    trapped: World = shared_world(tmp_path_factory, "trapped", TRAPS, 260, 2)
    assert rewritten_score(trapped.opened(tmp_path)).is_raised


@pytest.fixture
def rewritten(monkeypatch):
    monkeypatch.setattr(history, "rewritten_score", lambda _: Alarm("rewritten_score", "", Verdict.FOUND))


@pytest.mark.usefixtures("rewritten")
def test_a_rewritten_history_is_refused(tenure):
    with pytest.raises(ModelError, match="look rewritten after the fact"):
        judgeable_score(tenure, None)


@pytest.mark.usefixtures("rewritten")
def test_a_definition_by_covariates_is_gone_on_with(tenure):
    found = judgeable_score(tenure, BY_COVARIATE)
    assert found.scored.origin is Origin.COMPUTED
    assert "not used" in str(found.notes[0])


@pytest.mark.usefixtures("rewritten")
def test_a_definition_that_rests_on_that_history_is_refused(tenure):
    with pytest.raises(ModelError, match="rests on published components"):
        judgeable_score(tenure, BY_PARTS)


@pytest.fixture
def untouched(monkeypatch):
    monkeypatch.setattr(history, "rewritten_score", lambda _: Alarm("rewritten_score", "", Verdict.NOT_FOUND))


@pytest.mark.usefixtures("untouched")
def test_a_history_that_was_not_is_judged_as_published(tenure):
    found = judgeable_score(tenure, None)
    assert found.scored.origin is Origin.PUBLISHED
    assert found.notes == ()


@pytest.mark.usefixtures("untouched")
def test_a_published_score_is_judged_though_its_definition_cannot_be_computed(tenure):
    """What a published score was made of may be nothing that this source holds."""
    with pytest.raises(DesignError, match="does not give"):
        scored_by_definition(tenure, BY_WHAT_IS_NOT_GIVEN)
    assert judgeable_score(tenure, BY_WHAT_IS_NOT_GIVEN).scored.origin is Origin.PUBLISHED


@pytest.mark.slow
@pytest.mark.usefixtures("rewritten")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "look rewritten after the fact and are not used"),
        ("ja", "後から書き換えられたように見えるため、使いません"),
    ],
)
def test_the_page_says_that_the_published_score_is_not_the_one_judged(tenure, tmp_path, monkeypatch, language, said):
    """Of the page's questions none is asked: what is said of the choice stands above them all."""
    file = tmp_path / "health_score.toml"
    file.write_text(definition_text(BY_COVARIATE), encoding="utf-8")
    monkeypatch.setattr(tenure, "study", dataclasses.replace(tenure.study, health_score=file))
    tenure.__dict__.pop("score_audit", None)
    monkeypatch.setattr(summary, "PARTS", ())
    page = write_health_score(tenure, tmp_path, language).page.read_text(encoding="utf-8")
    assert said in text_of(page)
