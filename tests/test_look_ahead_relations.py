"""No covariate knows more on a day than was known on that day: relationship, champion, and use by named users.

On a random source, for want of a public one. The check itself is tested: queries that look ahead must be caught, also
those that take the day a thing happened for the day it became known.
"""

from pathlib import Path

import pytest
from look_ahead import (
    LoadedSource,
    Mutant,
    differences,
    differences_with,
    never_valued,
    next_week,
    on_the_day_itself,
    random_days,
)
from random_source import BEGINS, ENDS, write_random_source

from analysis.build import log_parameters
from analysis.contract import names_given
from analysis.factors import measurable_covariates, read_covariates
from analysis.study import Source, Study, Time


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("random") / "source.duckdb"
    given = names_given(write_random_source(path, seed=20240101), stable_users=True)
    study = Study("random", Source("contract", Path()), Time(observation_start=BEGINS, snapshot=ENDS))
    parameters = study.query_parameters() | log_parameters({}) | {"is_user_activity_given": False}
    return LoadedSource(path, parameters, frozenset(covariate.name for covariate in measurable_covariates(given)))


@pytest.fixture(scope="module")
def full(source):
    return source.as_known(ENDS)


@pytest.fixture(scope="module")
def known(source, full):
    """The builds as known on each of the random days: two landmarks and a day of renewal."""
    return {day: source.as_known(day) for day in random_days(full, 20240101, "2023-07-01", "2024-05-31")}


RELATIONSHIP = [
    Mutant(
        "touches on the day itself",
        "5_covariates",
        "relationship",
        on_the_day_itself("and touched.occurred_on < dates.risk_date\n", "and touched.known_on < dates.risk_date\n"),
    ),
    Mutant(
        "touches before they were logged",
        "4_activity",
        "personal_touch",
        (("coalesce(known_on, occurred_on) as known_on", "occurred_on as known_on"),),
    ),
    Mutant(
        "responses on the day itself",
        "5_covariates",
        "relationship",
        on_the_day_itself("touched.response_known_on < dates.risk_date"),
    ),
    Mutant(
        "responses whenever they came",
        "5_covariates",
        "relationship",
        (("touched.response_known_on < dates.risk_date", "touched.response_known_on is not null"),),
    ),
    Mutant(
        "tickets on the day itself",
        "5_covariates",
        "relationship",
        on_the_day_itself("and ticket.opened_on < dates.risk_date\n", "and ticket.known_on < dates.risk_date\n"),
    ),
    Mutant(
        "tickets before they were logged",
        "5_covariates",
        "relationship",
        (("coalesce(known_on, opened_on) as known_on", "opened_on as known_on"),),
    ),
    Mutant(
        "escalations on the day itself",
        "5_covariates",
        "relationship",
        on_the_day_itself("and ticket.escalation_known_on < dates.risk_date\n"),
    ),
    Mutant(
        "escalations by the day the ticket was opened",
        "5_covariates",
        "relationship",
        (("greatest(escalated_on, coalesce(known_on, opened_on)) end", "coalesce(known_on, opened_on) end"),),
    ),
    Mutant(
        "escalations before the ticket was logged",
        "5_covariates",
        "relationship",
        (("greatest(escalated_on, coalesce(known_on, opened_on)) end", "escalated_on end"),),
    ),
    Mutant(
        "answers on the day itself",
        "5_covariates",
        "relationship",
        on_the_day_itself("and nps_days.responded_on < dates.risk_date\n", "and nps_days.known_on < dates.risk_date\n"),
    ),
    Mutant(
        "answers before they were logged",
        "5_covariates",
        "relationship",
        (("coalesce(known_on, responded_on) as known_on", "responded_on as known_on"),),
    ),
]
IN_FORCE = "not coalesce(roles.ended_on < dates.risk_date and roles.end_known_on < dates.risk_date, false)\n"
CHAMPION = [
    Mutant(
        "people who became known on the day itself",
        "5_covariates",
        "champion",
        on_the_day_itself("and roles.known_on < dates.risk_date\n    group by"),
    ),
    Mutant(
        "departments of people who became known on the day itself",
        "5_covariates",
        "champion",
        on_the_day_itself("and roles.known_on < dates.risk_date\n            and roles.started_on"),
    ),
    Mutant(
        "people before they were known",
        "5_covariates",
        "champion",
        (
            (
                "        coalesce(known_on, started_on, cast('1900-01-01' as date)) as known_on",
                "        coalesce(started_on, cast('1900-01-01' as date)) as known_on",
            ),
        ),
    ),
    Mutant(
        "departures by the day they happened",
        "5_covariates",
        "champion",
        (("coalesce(ended_known_on, ended_on)", "ended_on"),),
    ),
    Mutant(
        "ends that are known on the day itself",
        "5_covariates",
        "champion",
        (
            (
                "                    and " + IN_FORCE,
                "                    and " + IN_FORCE.replace("known_on < ", "known_on <= "),
            ),
        ),
    ),
    Mutant(
        "ends of those in the departments that are known on the day itself",
        "5_covariates",
        "champion",
        (("\n            and " + IN_FORCE, "\n            and " + IN_FORCE.replace("known_on < ", "known_on <= ")),),
    ),
    Mutant(
        "departures that are known on the day itself",
        "5_covariates",
        "champion",
        on_the_day_itself(
            "coalesce(roles.end_known_on < dates.risk_date, false) then 0",
            "case when roles.end_known_on < dates.risk_date then roles.end_known_on end",
        ),
    ),
    Mutant(
        "who will have left some day is not staying",
        "5_covariates",
        "champion",
        (("coalesce(roles.end_known_on < dates.risk_date, false) then 0", "roles.ended_on is not null then 0"),),
    ),
    Mutant(
        "sponsors who became known on the day itself",
        "5_covariates",
        "champion",
        on_the_day_itself("and arrivals.known_on < dates.risk_date\n"),
    ),
]
NAMED_USE = [
    Mutant(
        "users' use on the day itself",
        "4_activity",
        "user_window",
        on_the_day_itself("and used.used_on < dates.risk_date\n", "and used.known_on < dates.risk_date\n"),
    ),
    Mutant(
        "named use before it was logged",
        "4_activity",
        "usage_user_day",
        (("coalesce(known_on, used_on) as known_on", "used_on as known_on"),),
    ),
    Mutant(
        "all deliveries of a week with its first",
        "4_activity",
        "user_period",
        (("            and deliveries.known_on >= user_deliveries.known_on\n", ""),),
    ),
    Mutant(
        "users of a week that became known in the next one",
        "5_covariates",
        "usage",
        next_week(
            "and active.period_start + active.period_days <= dates.risk_date\n",
            "and active.known_on < dates.risk_date\n",
            "and active.known_until >= dates.risk_date\n",
        ),
    ),
    Mutant(
        "a week as the last delivery left it",
        "5_covariates",
        "usage",
        (
            (
                "            and active.known_on < dates.risk_date\n"
                "            and active.known_until >= dates.risk_date\n",
                "            and active.known_until > cast('9999-01-01' as date)\n",
            ),
        ),
    ),
]
USED_ON = (("coalesce(known_on, used_on) as known_on", "used_on as known_on"),)
USE = [
    Mutant("use before it was logged", "4_activity", "usage_account_day", USED_ON),
    Mutant("use of features before it was logged", "4_activity", "usage_feature_day", USED_ON),
    Mutant(
        "features released on the day itself",
        "5_covariates",
        "usage_features",
        on_the_day_itself("on coalesce(features.released_on, cast('1900-01-01' as date)) < days.risk_date\n"),
    ),
    Mutant(
        "features released next week",
        "5_covariates",
        "usage_features",
        next_week("on coalesce(features.released_on, cast('1900-01-01' as date)) < days.risk_date\n"),
    ),
    Mutant(
        "new users who became known on the day itself",
        "5_covariates",
        "usage_people",
        on_the_day_itself("and register.known_on < dates.risk_date\n"),
    ),
    Mutant(
        "departments that became known on the day itself",
        "5_covariates",
        "usage_people",
        on_the_day_itself("and register.known_on < user_window.risk_date\n"),
    ),
    Mutant(
        "users before they were known",
        "5_covariates",
        "usage_people",
        (
            (
                "coalesce(known_on, created_on, cast('1900-01-01' as date)) as known_on",
                "coalesce(created_on, cast('1900-01-01' as date)) as known_on",
            ),
        ),
    ),
]


def in_topic(topic: str, *mutants: tuple[str, tuple[tuple[str, str], ...]]) -> list[Mutant]:
    return [Mutant(name, "5_covariates", topic, changes) for name, changes in mutants]


TOUCHES = in_topic(
    "relationship_touches",
    (
        "follow-ups on the day itself",
        on_the_day_itself("and touched.occurred_on < dates.risk_date\n", "and touched.known_on < dates.risk_date\n"),
    ),
    (
        "the vendor's touches on the day itself",
        on_the_day_itself(
            "and approached.occurred_on < dates.risk_date\n", "and approached.known_on < dates.risk_date\n"
        ),
    ),
    (
        "answers of the day itself",
        on_the_day_itself("coalesce(approached.response_known_on < dates.risk_date, false)"),
    ),
    (
        "answers that will come",
        (("approached.response_known_on < dates.risk_date, false", "approached.response_known_on is not null, false"),),
    ),
    (
        "tones of the day itself",
        on_the_day_itself("and tones.said_on < dates.risk_date\n", "and tones.known_on < dates.risk_date\n"),
    ),
    (
        "tones of tickets before they were logged",
        (("coalesce(known_on, opened_on) as known_on", "opened_on as known_on"),),
    ),
)
TICKETS = in_topic(
    "relationship_tickets",
    (
        "senior people's tickets of the day itself",
        on_the_day_itself("and ticket.opened_on < dates.risk_date\n", "and ticket.known_on < dates.risk_date\n"),
    ),
    (
        "tickets and faults before they were logged",
        (("coalesce(known_on, opened_on) as known_on", "opened_on as known_on"),),
    ),
    (
        "faults of the day itself",
        on_the_day_itself("and fault.opened_on < dates.risk_date\n", "and fault.known_on < dates.risk_date\n"),
    ),
    (
        "faults resolved on the day itself",
        (("fault.resolved_on >= dates.risk_date", "fault.resolved_on > dates.risk_date"),),
    ),
    (
        "faults that will be resolved",
        (("coalesce(fault.resolved_on >= dates.risk_date, true)", "fault.resolved_on is null"),),
    ),
    (
        "faults reopened on the day itself",
        on_the_day_itself("fault.reopened_on < dates.risk_date, false"),
    ),
    (
        "faults that will be reopened",
        ((" and fault.reopened_on < dates.risk_date, false", ", false"),),
    ),
    (
        "tickets reopened on the day itself",
        on_the_day_itself("and ticket.reopening_known_on < dates.risk_date\n"),
    ),
    (
        "tickets reopened before they were logged",
        (("greatest(reopened_on, coalesce(known_on, opened_on)) end", "reopened_on end"),),
    ),
)
GOALS = in_topic(
    "relationship_goals",
    (
        "goals set on the day itself",
        on_the_day_itself("and goal.defined_on < dates.risk_date\n", "and goal.known_on < dates.risk_date\n"),
    ),
    (
        "goals before they were known",
        (
            (
                "coalesce(known_on, defined_on, cast('1900-01-01' as date)) as known_on",
                "coalesce(defined_on, cast('1900-01-01' as date)) as known_on",
            ),
        ),
    ),
    (
        "goals achieved on the day itself",
        on_the_day_itself("case when goal.achieved_on < dates.risk_date then"),
    ),
    (
        "goals that will be achieved",
        (("case when goal.achieved_on < dates.risk_date then goal.achieved_on end", "goal.achieved_on"),),
    ),
    (
        "value shown on the day itself",
        on_the_day_itself("case when goal.value_shown_on < dates.risk_date then"),
    ),
    (
        "value that will be shown",
        (("case when goal.value_shown_on < dates.risk_date then goal.value_shown_on end", "goal.value_shown_on"),),
    ),
)
ENGAGEMENT = in_topic(
    "champion_engagement",
    (
        "sponsors in force who became known on the day itself",
        on_the_day_itself("and roles.known_on < dates.risk_date\n"),
    ),
    (
        "sponsors in force before they were known",
        (
            (
                "coalesce(known_on, started_on, cast('1900-01-01' as date)) as known_on",
                "coalesce(started_on, cast('1900-01-01' as date)) as known_on",
            ),
        ),
    ),
    (
        "ends of sponsors that are known on the day itself",
        on_the_day_itself("roles.end_known_on < dates.risk_date, false"),
    ),
    (
        "ends of sponsors by the day they happened",
        (("coalesce(ended_known_on, ended_on) as end_known_on", "ended_on as end_known_on"),),
    ),
    (
        "a sponsor's touches on the day itself",
        on_the_day_itself(
            "and touched.occurred_on < sponsors.risk_date\n", "and touched.known_on < sponsors.risk_date\n"
        ),
    ),
    (
        "touches with one contact on the day itself",
        on_the_day_itself("and named.occurred_on < dates.risk_date\n", "and named.known_on < dates.risk_date\n"),
    ),
)
ATTRIBUTES = in_topic(
    "contract_attributes",
    (
        "attributes of the day itself",
        on_the_day_itself(
            "and held.valid_from < dates.risk_date\n",
            "and coalesce(held.known_on, held.valid_from) < dates.risk_date\n",
        ),
    ),
    (
        "attributes before they were known",
        (("            and coalesce(held.known_on, held.valid_from) < dates.risk_date\n", ""),),
    ),
)
MUTANTS = RELATIONSHIP + CHAMPION + NAMED_USE + USE + TOUCHES + TICKETS + GOALS + ENGAGEMENT + ATTRIBUTES


def test_nothing_differs_up_to_the_day_when_what_came_later_is_taken_away(full, known):
    assert {day: differences(full, build, day) for day, build in known.items()} == {day: {} for day in known}


def test_the_source_can_give_every_covariate_and_gives_each_on_the_landmarks(source, full, known):
    """Else equality would prove nothing. On the third day hardly more than one account is asked for."""
    assert {covariate.name for covariate in read_covariates()} == source.measured
    landmarks = [day for day in known if day.day == 1]
    assert {day: never_valued(full, day) for day in landmarks} == {day: set() for day in landmarks}


def test_from_every_table_rows_and_cells_were_taken_away(known):
    """On each of the days each filled table lacked rows that the full build has, and those with late cells these."""
    for day, build in known.items():
        taken = build.con.execute("select table_name, rows > 0, cells > 0 from not_yet_known order by 1").fetchall()
        assert taken == [
            ("account_attributes", True, False),
            ("accounts", False, True),
            ("contacts", True, True),
            ("features", True, False),
            ("goals", True, True),
            ("subscriptions", True, True),
            ("surveys", True, False),
            ("tickets", True, True),
            ("touchpoints", True, True),
            ("usage_daily", True, False),
            ("users", True, False),
        ], day


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_query_that_looks_ahead_is_caught(full, known, mutant):
    caught = any(differences_with(mutant, full, build, day) for day, build in known.items())
    assert caught, f"'{mutant.name}' differs on none of {list(known)}"
