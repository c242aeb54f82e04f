"""What was not measured is missing on Monday, 1 July 2024, and never zero.

The recent window begins on 3 June, the baseline window on 1 April.
"""

import functools

import pytest
from one_day import OLD, OLD_AND_OTHER, covariates, day_shows, each_its_account

USE = """
    | account_id | user_id | used_on    | feature | events |
    | a          | u1      | 2024-04-10 | x       | 5      |
    | a          | u1      | 2024-06-10 | x       | 5      |
"""
TICKET = "| ticket_id | account_id | opened_on | category |\n| k1 | a | 2024-04-10 | bug |"


class TestALogThatBreaksOff:
    """It covers a window, or what is said of it is missing; 'until' is the first day without."""

    @pytest.mark.parametrize(
        ("broken", "share", "weeks"),
        [
            ({}, "1 / 28", "2 / 13"),
            ({"usage_daily_until": "2024-07-01"}, "1 / 28", "2 / 13"),
            ({"usage_daily_until": "2024-06-30"}, "", ""),
            ({"usage_daily_until": "2024-03-20"}, "", ""),
            ({"usage_daily_hole": "2024-02-01/2024-04-01"}, "1 / 28", "2 / 13"),
            ({"usage_daily_hole": "2024-02-01/2024-04-02"}, "1 / 28", ""),
            ({"usage_daily_hole": "2024-04-20/2024-06-03"}, "1 / 28", ""),
            ({"usage_daily_hole": "2024-04-20/2024-06-04"}, "", ""),
            ({"usage_daily_hole": "2024-06-30/2024-09-01"}, "", ""),
            ({"usage_daily_hole": "2024-07-01/2024-09-01"}, "1 / 28", "2 / 13"),
        ],
    )
    def test_use(self, broken, share, weeks):
        day_shows(
            "usage",
            f"""
            | account_id | active_day_share | active_week_share |
            | a          | {share}          | {weeks}           |
            """,
            usage_daily=USE,
            **broken,
        )

    @pytest.mark.parametrize(
        ("until", "complaints", "open_days"),
        [("2024-07-01", "1", "82"), ("2024-06-30", "", ""), ("2024-03-01", "", "")],
    )
    def test_tickets(self, until, complaints, open_days):
        book = covariates(tickets=TICKET, tickets_until=until)
        where = "risk_date = date '2024-07-01'"
        book.shows("relationship", f"| account_id | complaints |\n| a | {complaints} |", where)
        book.shows("relationship_tickets", f"| account_id | oldest_open_fault_days |\n| a | {open_days} |", where)

    @pytest.mark.parametrize(("hole", "nps"), [("2024-01-01/2024-05-01", "9"), ("2024-06-11/2024-06-20", "")])
    def test_an_answer_before_a_hole_may_not_be_the_last(self, hole, nps):
        day_shows(
            "relationship",
            f"| account_id | nps |\n| a | {nps} |",
            surveys="| account_id | responded_on | kind | score |\n| a | 2024-06-10 | nps | 9 |",
            surveys_hole=hole,
        )

    @pytest.mark.parametrize(("until", "days"), [("2024-07-01", "547"), ("2024-06-30", "")])
    def test_nobody_called_only_while_calls_are_logged(self, until, days):
        day_shows("relationship", f"| account_id | days_since_touch |\n| a | {days} |", touchpoints_until=until)

    @pytest.mark.parametrize(("until", "champions"), [("2024-07-01", "1"), ("2024-06-30", "")])
    def test_who_is_in_force_is_known_while_contacts_are_kept(self, until, champions):
        day_shows(
            "champion",
            f"| account_id | champions |\n| a | {champions} |",
            contacts="| contact_id | account_id | role | started_on |\n| c1 | a | champion | 2024-01-01 |",
            contacts_until=until,
        )


class TestWhatATouchSaysOfItsAnswer:
    HEADER = "| account_id | touchpoint_id | occurred_on | kind | initiated_by | status | response_hours |"
    ROWS = """
        | held       | t1 | 2024-05-01 | email | vendor |           |    |
        | held       | t2 | 2024-05-01 | call  | vendor | held      |    |
        | unsaid     | t3 | 2024-05-01 | email | vendor |           |    |
        | cancelled  | t4 | 2024-05-01 | call  | vendor | cancelled |    |
        | nobody     | t5 | 2024-05-01 | call  |        | held      |    |
    """

    def test_without_a_status_and_without_responses_nobody_knows_whether_it_was_answered(self):
        rows = "\n".join(line.rstrip().removesuffix("|    |") + "|" for line in self.ROWS.strip().splitlines())
        header = self.HEADER.removesuffix(" response_hours |")
        subscriptions, touchpoints = each_its_account(header, rows)
        expected = """
            | account_id | {} |
            | held       | {} |
            | unsaid     |    |
            | cancelled  | {} |
            | nobody     |    |
        """
        shown = functools.partial(day_shows, subscriptions=subscriptions, touchpoints=touchpoints)
        shown("relationship", expected.format("answered_share", 1, 0))
        shown("relationship_touches", expected.format("unanswered_run", 0, 1))

    def test_where_responses_are_given_one_without_has_none(self):
        subscriptions, touchpoints = each_its_account(self.HEADER, self.ROWS)
        day_shows(
            "relationship",
            """
            | account_id | answered_share |
            | held       | 1 / 2          |
            | unsaid     | 0              |
            | cancelled  | 0              |
            | nobody     |                |
            """,
            subscriptions=subscriptions,
            touchpoints=touchpoints,
        )


class TestWhatTicketsSay:
    def test_kinds_are_counted_where_at_least_half_of_the_tickets_have_one(self):
        subscriptions, tickets = each_its_account(
            "| account_id | ticket_id | opened_on | category | requester_seniority |",
            """
            | all_said  | k1 | 2024-05-01 | bug             | director |
            | half_said | k2 | 2024-05-01 | feature_request | director |
            | half_said | k3 | 2024-05-02 |                 |          |
            | less_said | k4 | 2024-05-01 | contract        | director |
            | less_said | k5 | 2024-05-02 |                 |          |
            | less_said | k6 | 2024-05-03 |                 |          |
            | unsaid    | k7 | 2024-05-01 |                 |          |
            | before    | k8 | 2024-03-31 |                 |          |
            """,
        )
        shown = functools.partial(day_shows, subscriptions=subscriptions, tickets=tickets)
        shown(
            "relationship",
            """
            | account_id | complaints | feature_requests | contract_questions | escalations |
            | all_said   | 1          | 0                | 0                  | 0           |
            | half_said  | 0          | 1                | 0                  | 0           |
            | less_said  |            |                  |                    | 0           |
            | unsaid     |            |                  |                    | 0           |
            | before     | 0          | 0                | 0                  | 0           |
            """,
        )
        shown(
            "relationship_tickets",
            """
            | account_id | senior_tickets | oldest_open_fault_days |
            | all_said   | 1              | 61                     |
            | half_said  | 1              | 0                      |
            | less_said  |                |                        |
            | unsaid     |                |                        |
            | before     | 0              |                        |
            """,
        )


class TestWhatUseSays:
    LOG = """
        | account_id | user_id | used_on    | feature | events |
        | a          | u1      | 2024-04-10 | x       | 5      |
        | a          |         | 2024-04-10 |         | {}     |
        | a          | u1      | 2024-06-10 | x       | 5      |
        | a          |         | 2024-06-10 |         | {}     |
        | b          |         | 2024-06-10 |         | 5      |
    """
    FEATURES = """
        | feature | depth | released_on |
        | x       | core  | 2024-03-01  |
    """
    USERS = "| user_id | account_id | department |\n| u1 | a | it |\n| u2 | b | hr |"

    @pytest.mark.parametrize(
        ("earlier", "recent", "used", "tried", "departments", "surge"),
        [(5, 5, "1", "1", "1", "0"), (6, 5, "1", "", "1", ""), (5, 6, "", "", "", "")],
        ids=["half of it", "less than half before", "less than half lately"],
    )
    def test_users_and_features_are_counted_where_at_least_half_of_it_names_them(
        self, earlier, recent, used, tried, departments, surge
    ):
        book = covariates(
            OLD_AND_OTHER,
            usage_daily=self.LOG.format(earlier, recent),
            features=self.FEATURES,
            users=self.USERS,
        )
        book.shows(
            "usage",
            f"""
            | account_id | features_used | feature_concentration | user_concentration | active_day_share |
            | a          | {used}        | {used}                | {used}             | 1 / 28           |
            | b          |               |                       |                    | 1 / 28           |
            """,
            "risk_date = date '2024-07-01'",
        )
        book.shows(
            "usage_features",
            f"""
            | account_id | released_features_tried | core_feature_share |
            | a          | {tried}                 | {used}             |
            | b          |                         |                    |
            """,
            "risk_date = date '2024-07-01'",
        )
        share = used and "0 / 10"
        book.shows(
            "usage_people",
            f"""
            | account_id | active_departments | working_seat_share | known_user_surge |
            | a          | {departments}      | {share}            | {surge}          |
            | b          |                    |                    |                  |
            """,
            "risk_date = date '2024-07-01'",
        )
        silence = surge
        book.shows(
            "champion",
            f"""
            | account_id | key_user_silence |
            | a          | {silence}        |
            | b          |                  |
            """,
            "risk_date = date '2024-07-01'",
        )

    def test_nobody_who_used_anything_is_no_department_and_no_feature(self):
        book = covariates(
            OLD, usage_daily="| account_id | user_id | used_on | feature | events |\n| a | u1 | 2024-03-01 | x | 1 |"
        )
        book.shows(
            "usage", "| account_id | features_used | active_day_share |\n| a | 0 | 0 |", "risk_date = date '2024-07-01'"
        )
        book.shows("usage_people", "| account_id | active_departments |\n| a | 0 |", "risk_date = date '2024-07-01'")


def test_users_of_whom_no_day_is_given_are_not_known_to_be_old():
    subscriptions, users = each_its_account(
        "| account_id | user_id | created_on |",
        """
        | dated     | u1 | 2024-05-01 |
        | half      | u2 | 2024-05-01 |
        | half      | u3 |            |
        | less      | u4 | 2024-05-01 |
        | less      | u5 |            |
        | less      | u6 |            |
        """,
    )
    seats = subscriptions.replace("started_on |\n", "started_on | seats |\n").replace(
        "2023-01-01 |", "2023-01-01 | 10 |"
    )
    day_shows(
        "usage_people",
        """
        | account_id | new_user_share |
        | dated      | 1 / 10         |
        | half       | 1 / 10         |
        | less       |                |
        """,
        subscriptions=seats,
        users=users,
    )


def test_that_nothing_falls_due_is_known_only_where_every_term_and_period_is():
    """The horizon ends on 1 October."""
    day_shows(
        "contract",
        """
        | account_id | renewal_in_horizon | notice_deadline_in_horizon |
        | later      | 0                  | 0                          |
        | unknown    |                    |                            |
        | lapsed     |                    |                            |
        | one_of_two |                    |                            |
        | one_is_due | 1                  | 1                          |
        | no_period  | 0                  |                            |
        | passed     | 1                  | 0                          |
        """,
        subscriptions="""
        | subscription_id | account_id | started_on | term_ends_on | notice_period_days |
        | s1              | later      | 2024-01-01 | 2025-01-01   | 30                 |
        | s2              | unknown    | 2024-01-01 |              | 30                 |
        | s3              | lapsed     | 2023-01-01 | 2024-01-01   | 30                 |
        | s4              | one_of_two | 2024-01-01 | 2025-01-01   | 30                 |
        | s5              | one_of_two | 2024-01-01 |              |                    |
        | s6              | one_is_due | 2024-01-01 | 2024-09-01   | 30                 |
        | s7              | one_is_due | 2024-01-01 |              |                    |
        | s8              | no_period  | 2024-01-01 | 2025-01-01   |                    |
        | s9              | passed     | 2024-01-01 | 2024-07-20   | 30                 |
        """,
    )
