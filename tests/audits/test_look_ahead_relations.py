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
    never_valued,
    next_quarter,
    next_week,
    not_seen_in,
    on_the_day_itself,
    random_days,
    telling,
)
from random_source import BEGINS, ENDS, write_random_source

from analysis.declared.contract import names_given
from analysis.declared.factors import measurable_covariates, read_covariates
from analysis.declared.needs import asked_of_rows
from analysis.declared.parameters import given_parameters, log_parameters
from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Time


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("random") / "source.duckdb"
    given = names_given(write_random_source(path, seed=20240101), stable_users=True) | asked_of_rows()
    study = Study("random", Source("contract", Path()), Time(observation_start=BEGINS, snapshot=ENDS))
    parameters = study.query_parameters() | log_parameters({}) | given_parameters({"touchpoints.response_hours"})
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
        ("answered_share", "days_since_touch"),
    ),
    Mutant(
        "touches before they were logged",
        "4_activity",
        "personal_touch",
        (("coalesce(known_on, occurred_on) as known_on", "occurred_on as known_on"),),
        ("answered_share", "days_since_touch", "last_interaction_tone", "single_threaded", "unanswered_run"),
    ),
    Mutant(
        "responses on the day itself",
        "5_covariates",
        "relationship",
        on_the_day_itself("touched.response_known_on < dates.risk_date"),
        ("answered_share",),
    ),
    Mutant(
        "responses whenever they came",
        "5_covariates",
        "relationship",
        (("touched.response_known_on < dates.risk_date", "touched.response_known_on is not null"),),
        ("answered_share",),
    ),
    Mutant(
        "tickets on the day itself",
        "5_covariates",
        "relationship",
        on_the_day_itself("and ticket.opened_on < dates.risk_date\n", "and ticket.known_on < dates.risk_date\n"),
        ("complaints", "contract_questions", "ticket_sentiment"),
    ),
    Mutant(
        "tickets before they were logged",
        "4_activity",
        "dated_ticket",
        (("coalesce(known_on, opened_on) as known_on", "opened_on as known_on"),),
        (
            *("complaints", "contract_questions", "feature_requests", "last_interaction_tone"),
            *("oldest_open_fault_days", "senior_tickets", "ticket_sentiment", "tone_trend"),
        ),
    ),
    Mutant(
        "escalations on the day itself",
        "5_covariates",
        "relationship",
        on_the_day_itself("and ticket.escalation_known_on < dates.risk_date\n"),
        ("escalations",),
    ),
    Mutant(
        "escalations by the day the ticket was opened",
        "4_activity",
        "dated_ticket",
        (("greatest(escalated_on, known_on) end", "known_on end"),),
        ("escalations",),
    ),
    Mutant(
        "escalations before the ticket was logged",
        "4_activity",
        "dated_ticket",
        (("greatest(escalated_on, known_on) end", "escalated_on end"),),
        ("escalations",),
    ),
    Mutant(
        "tickets reopened before they were logged",
        "4_activity",
        "dated_ticket",
        (("greatest(reopened_on, known_on) end", "reopened_on end"),),
        ("reopened_tickets",),
    ),
    Mutant(
        "answers on the day itself",
        "5_covariates",
        "relationship",
        on_the_day_itself("and nps_days.responded_on < dates.risk_date\n", "and nps_days.known_on < dates.risk_date\n"),
        ("nps", "nps_age"),
    ),
    Mutant(
        "answers before they were logged",
        "5_covariates",
        "relationship",
        (("coalesce(known_on, responded_on) as known_on", "responded_on as known_on"),),
        ("nps",),
    ),
]
IS_IN_FORCE = "when dates.risk_date >= roles.in_force_from and dates.risk_date < roles.in_force_until then 1\n"
IN_FORCE_FROM, IN_FORCE_UNTIL = (
    "and dates.risk_date >= roles.in_force_from\n",
    "and dates.risk_date < roles.in_force_until\n",
)


def a_day_early(*conditions: str) -> tuple[tuple[str, str], ...]:
    """Return changes by which what holds from the morning after on holds on the day itself."""
    return tuple((condition, condition.replace("dates.risk_date", "dates.risk_date + 1")) for condition in conditions)


CHAMPION = [
    Mutant(
        "people who became known on the day itself",
        "5_covariates",
        "champion",
        (*on_the_day_itself("and roles.known_on < dates.risk_date\n"), *a_day_early(IS_IN_FORCE)),
        ("champions",),
    ),
    Mutant(
        "departments of people who became known on the day itself",
        "5_covariates",
        "champion",
        a_day_early(IN_FORCE_FROM),
        ("champion_departments",),
    ),
    Mutant(
        "people before they were known",
        "4_activity",
        "contact_role",
        (
            (
                "coalesce(known_on, started_on, cast('1900-01-01' as date)) as known_on",
                "coalesce(started_on, cast('1900-01-01' as date)) as known_on",
            ),
        ),
        ("champion_departments", "champions", "departures", "new_sponsor", "sponsor_silence"),
    ),
    Mutant(
        "nobody but the people of next week",
        "5_covariates",
        "champion",
        (
            (
                "and roles.known_on < dates.risk_date\n",
                "and roles.known_on >= dates.risk_date and roles.known_on < dates.risk_date + 7\n",
            ),
        ),
        ("champions", "departures"),
    ),
    Mutant(
        "departures by the day they happened",
        "4_activity",
        "contact_role",
        (("coalesce(ended_known_on, ended_on)", "ended_on"),),
        ("champion_departments", "champions", "departures", "sponsor_silence"),
    ),
    Mutant(
        "roles from the day itself on which they became known",
        "4_activity",
        "contact_role",
        (("greatest(started_on, known_on) + 1 as in_force_from", "greatest(started_on, known_on) as in_force_from"),),
        ("champion_departments", "sponsor_silence"),
    ),
    Mutant(
        "roles up to the day itself on which their ends became known",
        "4_activity",
        "contact_role",
        (("greatest(ended_on, end_known_on) + 1 end", "greatest(ended_on, end_known_on) end"),),
        ("champion_departments", "champions", "sponsor_silence"),
    ),
    Mutant(
        "ends that are known on the day itself",
        "5_covariates",
        "champion",
        ((IS_IN_FORCE, IS_IN_FORCE.replace("dates.risk_date <", "dates.risk_date + 1 <")),),
        ("champions",),
    ),
    Mutant(
        "whoever will leave some day is not in force",
        "5_covariates",
        "champion",
        (
            (
                IS_IN_FORCE,
                IS_IN_FORCE.replace(
                    "dates.risk_date < roles.in_force_until", "roles.in_force_until = cast('9999-12-31' as date)"
                ),
            ),
        ),
        ("champions", "no_champion", "vacancy_days"),
    ),
    Mutant(
        "ends of those in the departments that are known on the day itself",
        "5_covariates",
        "champion",
        a_day_early(IN_FORCE_UNTIL),
        ("champion_departments",),
    ),
    Mutant(
        "departures that are known on the day itself",
        "5_covariates",
        "champion",
        on_the_day_itself(
            "coalesce(roles.end_known_on < dates.risk_date, false) then 0",
            "case when roles.end_known_on < dates.risk_date then roles.end_known_on end",
        ),
        ("departures",),
    ),
    Mutant(
        "who will have left some day is not staying",
        "5_covariates",
        "champion",
        (("coalesce(roles.end_known_on < dates.risk_date, false) then 0", "roles.end_known_on is not null then 0"),),
        ("departures",),
    ),
    Mutant(
        "sponsors who became known on the day itself",
        "5_covariates",
        "champion",
        on_the_day_itself("and arrivals.known_on < dates.risk_date\n"),
        ("new_sponsor",),
    ),
]
NAMED_USE = [
    Mutant(
        "users' use on the day itself",
        "4_activity",
        "user_window",
        on_the_day_itself("and used.used_on < dates.risk_date\n", "and used.known_on < dates.risk_date\n"),
        (
            "active_departments",
            "key_user_share",
            "key_user_silence",
            "key_user_trend",
            "known_user_surge",
            "seat_inequality",
            "working_seat_share",
        ),
    ),
    Mutant(
        "named use before it was logged",
        "4_activity",
        "usage_user_day",
        (("coalesce(known_on, used_on) as known_on", "used_on as known_on"),),
        (
            "active_departments",
            "active_seat_share",
            "active_seat_trend",
            "key_user_share",
            "key_user_silence",
            "key_user_trend",
            "known_user_surge",
            "seat_inequality",
            "user_concentration",
            "working_seat_share",
        ),
    ),
    Mutant(
        "all deliveries of a week with its first",
        "4_activity",
        "user_period",
        (("            and deliveries.known_on >= user_deliveries.known_on\n", ""),),
        ("active_seat_trend",),
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
        ("active_seat_share", "active_seat_trend", "user_concentration"),
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
        ("active_seat_share", "active_seat_trend", "user_concentration"),
    ),
]
USED_ON = (("coalesce(known_on, used_on) as known_on", "used_on as known_on"),)
USE = [
    Mutant(
        "use before it was logged",
        "4_activity",
        "usage_account_day",
        USED_ON,
        (
            "active_day_share",
            "active_week_share",
            "days_since_use",
            "events_per_seat_day",
            "known_user_surge",
            "out_of_hours_share",
            "usage_drop",
            "usage_surge",
        ),
    ),
    Mutant(
        "nothing but the use of the next four weeks",
        "4_activity",
        "use_window",
        (
            (
                "and used.used_on >= dates.baseline_from\n"
                "            and used.used_on < dates.risk_date\n            and used.known_on < dates.risk_date\n",
                "and used.used_on >= dates.risk_date\n            and used.used_on < dates.risk_date + 28\n",
            ),
            (
                "(date_diff('day', used.used_on, dates.risk_date) - 1)",
                "(date_diff('day', dates.risk_date, used.used_on))",
            ),
        ),
        ("active_week_share", "intermittent"),
    ),
    Mutant(
        "use of features before it was logged",
        "4_activity",
        "usage_feature_day",
        USED_ON,
        (
            "advanced_feature_share",
            "core_feature_share",
            "feature_concentration",
            "features_used",
            "released_features_tried",
        ),
    ),
    Mutant(
        "features released on the day itself",
        "4_activity",
        "known_feature",
        on_the_day_itself("on coalesce(features.released_on, cast('1900-01-01' as date)) < dates.risk_date\n"),
        ("advanced_feature_share", "core_feature_share", "days_since_release", "released_features_tried"),
    ),
    Mutant(
        "features released next week",
        "4_activity",
        "known_feature",
        next_week("on coalesce(features.released_on, cast('1900-01-01' as date)) < dates.risk_date\n"),
        ("advanced_feature_share", "core_feature_share", "days_since_release", "released_features_tried"),
    ),
    Mutant(
        "new users who became known on the day itself",
        "5_covariates",
        "usage_people",
        on_the_day_itself("and register.known_on < dates.risk_date\n"),
        ("new_user_share",),
    ),
    Mutant(
        "departments that became known on the day itself",
        "4_activity",
        "user_counts",
        on_the_day_itself("and register.known_on < used.risk_date\n"),
        ("active_departments",),
    ),
    Mutant(
        "users before they were known",
        "4_activity",
        "dated_user",
        (
            (
                "coalesce(known_on, created_on, cast('1900-01-01' as date)) as known_on",
                "coalesce(created_on, cast('1900-01-01' as date)) as known_on",
            ),
        ),
        ("active_departments", "new_user_share"),
    ),
]


def in_topic(topic: str, *mutants: tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]) -> list[Mutant]:
    return [Mutant(name, "5_covariates", topic, changes, seen_in) for name, changes, seen_in in mutants]


TOUCHES = in_topic(
    "relationship_touches",
    (
        "the newest touch, of the day itself, for the first follow-up",
        (
            (
                "min(\n            case when touched.is_vendors and touched.occurred_on >= dates.onboarded_on",
                "max(\n            case when touched.is_vendors and touched.occurred_on >= dates.onboarded_on",
            ),
            *on_the_day_itself(
                "and touched.occurred_on < dates.risk_date\n", "and touched.known_on < dates.risk_date\n"
            ),
        ),
        ("first_follow_up_days",),
    ),
    (
        "handovers of the next three months",
        (
            *next_quarter("and touched.occurred_on < dates.risk_date\n", "and touched.known_on < dates.risk_date\n"),
            (" and touched.occurred_on < dates.origin + $handover_days", ""),
        ),
        ("no_handover",),
    ),
    (
        "the vendor's touches on the day itself",
        on_the_day_itself(
            "and approached.occurred_on < dates.risk_date\n", "and approached.known_on < dates.risk_date\n"
        ),
        ("unanswered_run",),
    ),
    (
        "answers of the day itself",
        on_the_day_itself("coalesce(approached.response_known_on < dates.risk_date, false)"),
        ("unanswered_run",),
    ),
    (
        "answers that will come",
        (("approached.response_known_on < dates.risk_date, false", "approached.response_known_on is not null, false"),),
        ("unanswered_run",),
    ),
    (
        "tones of the day itself",
        on_the_day_itself("and tones.said_on < dates.risk_date\n", "and tones.known_on < dates.risk_date\n"),
        ("last_interaction_tone",),
    ),
)
TICKETS = in_topic(
    "relationship_tickets",
    (
        "senior people's tickets of the day itself",
        on_the_day_itself("and ticket.opened_on < dates.risk_date\n", "and ticket.known_on < dates.risk_date\n"),
        ("senior_tickets", "tone_trend"),
    ),
    (
        "faults of the day itself",
        on_the_day_itself("and raised.opened_on < dates.risk_date\n", "and raised.known_on < dates.risk_date\n"),
        ("oldest_open_fault_days",),
    ),
    (
        "faults resolved on the day itself",
        (("raised.resolved_on >= dates.risk_date", "raised.resolved_on > dates.risk_date"),),
        ("oldest_open_fault_days",),
    ),
    (
        "faults that will be resolved",
        (("coalesce(raised.resolved_on >= dates.risk_date, true)", "raised.resolved_on is null"),),
        ("oldest_open_fault_days",),
    ),
    (
        "faults reopened on the day itself",
        on_the_day_itself("raised.reopened_on < dates.risk_date, false"),
        ("oldest_open_fault_days",),
    ),
    (
        "faults that will be reopened",
        ((" and raised.reopened_on < dates.risk_date, false", ", false"),),
        ("oldest_open_fault_days",),
    ),
    (
        "tickets reopened on the day itself",
        on_the_day_itself("and ticket.reopening_known_on < dates.risk_date\n"),
        ("reopened_tickets",),
    ),
)
GOALS = in_topic(
    "relationship_goals",
    (
        "goals set on the day itself",
        on_the_day_itself("and goal.defined_on < dates.risk_date\n", "and goal.known_on < dates.risk_date\n"),
        ("goals_achieved_no_next",),
    ),
    (
        "goals before they were known",
        (
            (
                "coalesce(known_on, defined_on, cast('1900-01-01' as date)) as known_on",
                "coalesce(defined_on, cast('1900-01-01' as date)) as known_on",
            ),
        ),
        ("goals_achieved_no_next",),
    ),
    (
        "goals achieved on the day itself",
        on_the_day_itself("case when goal.achieved_on < dates.risk_date then"),
        ("goals_achieved_no_next",),
    ),
    (
        "goals that will be achieved",
        (("case when goal.achieved_on < dates.risk_date then goal.achieved_on end", "goal.achieved_on"),),
        ("first_value_days", "goals_achieved_no_next"),
    ),
    (
        "value shown on the day itself",
        on_the_day_itself("case when goal.value_shown_on < dates.risk_date then"),
        ("days_without_value",),
    ),
    (
        "value that will be shown",
        (("case when goal.value_shown_on < dates.risk_date then goal.value_shown_on end", "goal.value_shown_on"),),
        ("days_without_value",),
    ),
)
ENGAGEMENT = in_topic(
    "champion_engagement",
    (
        "sponsors in force who become known in the next three months",
        next_quarter(IN_FORCE_FROM),
        ("sponsor_silence",),
    ),
    (
        "ends of sponsors that are known on the day itself",
        a_day_early(IN_FORCE_UNTIL),
        ("sponsor_silence",),
    ),
    (
        "a sponsor's touches on the day itself",
        on_the_day_itself(
            "and touched.occurred_on < sponsors.risk_date\n", "and touched.known_on < sponsors.risk_date\n"
        ),
        ("sponsor_silence",),
    ),
    (
        "touches with one contact on the day itself",
        on_the_day_itself("and named.occurred_on < dates.risk_date\n", "and named.known_on < dates.risk_date\n"),
        ("single_threaded",),
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
        ("segment_in_force", "touch_model_in_force"),
    ),
    (
        "attributes before they were known",
        (("            and coalesce(held.known_on, held.valid_from) < dates.risk_date\n", ""),),
        ("segment_in_force", "touch_model_in_force"),
    ),
)
CONTRACT = [
    *in_topic(
        "contract",
        (
            "onboarding that will be completed",
            (("            and risk_dates.onboarding_completed_on < risk_dates.risk_date\n", ""),),
            ("phase",),
        ),
        (
            "lifetimes that will come",
            (
                (
                    "risk_dates.lifetime_number - 1 as",
                    "(select count(*) from lifetimes where lifetimes.account_id = risk_dates.account_id) - 1 as",
                ),
            ),
            ("earlier_lifetimes",),
        ),
        (
            "tenure up to the end that came",
            (
                (
                    "date_diff('day', risk_dates.origin, risk_dates.risk_date) as",
                    "date_diff('day', risk_dates.origin, coalesce((select ended_on from lifetimes where "
                    "lifetimes.lifetime_id = risk_dates.lifetime_id), risk_dates.risk_date)) as",
                ),
            ),
            ("tenure_days",),
        ),
    ),
    Mutant(
        "deadlines by the end that came",
        "4_activity",
        "terms_in_force",
        (
            (
                "versions.term_ends_on - versions.notice_period_days > risk_dates.risk_date",
                "versions.covered_until - versions.notice_period_days > risk_dates.risk_date",
            ),
            (
                "then versions.term_ends_on - versions.notice_period_days",
                "then versions.covered_until - versions.notice_period_days",
            ),
        ),
        ("notice_deadline_in_horizon", "days_to_deadline"),
    ),
]
SCORES = [
    Mutant(
        "scores of the landmark itself",
        "6_cohorts",
        "landmark_scores",
        on_the_day_itself(
            "and totals.scored_on < landmark_dates.landmark\n", "and totals.known_on < landmark_dates.landmark\n"
        ),
        ("published_score", "published_score_age"),
    ),
    Mutant(
        "scores of which nobody knew yet",
        "6_cohorts",
        "landmark_scores",
        (("and totals.known_on < landmark_dates.landmark\n", "\n"),),
        ("published_score", "published_score_age"),
    ),
]
MUTANTS = [
    *(RELATIONSHIP + CHAMPION + NAMED_USE + USE + TOUCHES + TICKETS + GOALS + ENGAGEMENT + ATTRIBUTES),
    *CONTRACT,
    *SCORES,
]


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
            ("health_scores", True, False),
            ("subscriptions", True, True),
            ("surveys", True, False),
            ("tickets", True, True),
            ("touchpoints", True, True),
            ("usage_daily", True, False),
            ("users", True, False),
        ], day


@pytest.mark.parametrize("mutant", telling(MUTANTS))
def test_a_query_that_looks_ahead_is_caught(full, known, mutant):
    """On one day of the three at least, in all that it is said to be seen in."""
    missed = not_seen_in(mutant, full, known)
    assert not missed, (
        f"'{mutant.name}' differs in {', '.join(sorted(missed))} on none of {[str(day) for day in known]}"
    )
