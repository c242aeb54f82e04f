"""Worlds into which the answer was written: each leak is named with its column and date; clean worlds raise nothing."""

from pathlib import Path

import pytest
from leaks import LEAKS, leaky_world
from worlds import World, made

from analysis.audits.alarm import Alarm, Verdict
from analysis.audits.gone_in_days import gone_in_days
from analysis.audits.too_good import SCORE, dated_by, too_good

CALM = """
says = "Two and a half years in which a few things matter."
leave_yearly = 0.35
leave_monthly = 0.05
until = 2023-07-01

[effects]
usage_drop = 0.3
active_seat_share = -0.3
departures = 0.3
champions = -0.3
"""
EXPECTED = {
    "requests_of_the_week": ("gone_in_days", "feature_requests", "tickets.opened_on"),
    "use_deleted": ("all_left", "days_since_use", "usage_daily.used_on"),
    "score_backfilled": ("separates_alone", SCORE, "health_scores.scored_on"),
}


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> World:
    return made(CALM, 300, 11, tmp_path_factory.mktemp("calm"))


def alarms(world: World, out: Path) -> list[Alarm]:
    tenure = world.study(out)
    return [*too_good(tenure), *gone_in_days(tenure)]


def raised(found: list[Alarm]) -> set[tuple[str, str]]:
    return {(alarm.audit, alarm.subject) for alarm in found if alarm.verdict is Verdict.FOUND}


@pytest.mark.slow
@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_is_named_with_the_column_that_dates_it(calm: World, leak: str, tmp_path: Path) -> None:
    audit, subject, date = EXPECTED[leak]
    leaky = World(leaky_world(calm.folder, tmp_path / "leaky", leak), calm.scenario)
    found = raised(alarms(leaky, tmp_path / "out"))
    assert (audit, subject) in found
    assert date in dated_by(subject)
    assert ("too_good_forecast", "") in found or leak != "use_deleted"


@pytest.mark.slow
def test_a_clean_world_raises_nothing_and_says_what_came_nearest(calm: World, tmp_path: Path) -> None:
    found = alarms(calm, tmp_path)
    assert raised(found) == set()
    measured = {alarm.audit: alarm for alarm in found if alarm.is_measured}
    assert 0.6 < measured["too_good_forecast"].estimate < 0.9
    assert measured["separates_alone"].subject
    assert all(alarm.verdict is Verdict.NOT_FOUND for alarm in found if alarm.is_measured)
