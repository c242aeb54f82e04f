"""Each relationship covariate on one day, from facts few enough to work it out by hand.

The day is Monday, 1 July 2024; the baseline window [d - 91, d) begins on 1 April. Where a test needs facts that come to
be known after the day, the snapshot is a month later: else they would be cut away before the query could see them.
"""

import functools

import pytest
from one_day import OLD, OLD_AND_OTHER, covariates, day_shows, each_its_account, young

AUGUST = "2024-08-01"
relationship_shows = functools.partial(day_shows, "relationship")


class TestDaysSinceTouch:
    HEADER = "| account_id | touchpoint_id | occurred_on | kind | status | automated | initiated_by | known_on |"

    def test_a_held_personal_touch_of_the_vendors_counts_up_to_the_day_before(self):
        subscriptions, touchpoints = each_its_account(
            self.HEADER,
            """
            | yesterday | t1  | 2024-06-30 | call  | held      |       | vendor   |            |
            | today     | t2  | 2024-07-01 | call  | held      |       | vendor   |            |
            | unsaid    | t3  | 2024-06-20 | call  |           | false | vendor   |            |
            | customer  | t4  | 2024-06-20 | call  | held      | false | customer |            |
            | unnamed   | t5  | 2024-06-20 | call  | held      | false |          |            |
            | cancelled | t6  | 2024-06-20 | call  | cancelled |       | vendor   |            |
            | no_show   | t7  | 2024-06-20 | call  | no_show   |       | vendor   |            |
            | automated | t8  | 2024-06-20 | email | held      | true  | vendor   |            |
            | long_ago  | t9  | 2023-01-01 | call  | held      |       | vendor   |            |
            | trial     | t10 | 2022-12-31 | call  | held      |       | vendor   |            |
            | late      | t11 | 2024-06-20 | call  | held      |       | vendor   | 2024-07-01 |
            | in_time   | t12 | 2024-06-20 | call  | held      |       | vendor   | 2024-06-30 |
            | planned   | t13 | 2024-07-01 | call  |           |       | vendor   | 2024-06-20 |
            """,
        )
        relationship_shows(
            """
            | account_id | days_since_touch |
            | yesterday  | 0                |
            | today      | 547              |
            | unsaid     | 10               |
            | customer   | 547              |
            | unnamed    | 10               |
            | cancelled  | 547              |
            | no_show    | 547              |
            | automated  | 547              |
            | long_ago   | 546              |
            | trial      | 547              |
            | late       | 547              |
            | in_time    | 10               |
            | planned    | 547              |
            """,
            subscriptions=subscriptions,
            touchpoints=touchpoints,
            snapshot=AUGUST,
        )

    def test_the_last_of_several_counts(self):
        relationship_shows(
            """
            | account_id | days_since_touch |
            | a          | 5                |
            """,
            touchpoints="""
            | touchpoint_id | account_id | occurred_on | kind |
            | t1            | a          | 2024-05-25  | call |
            | t2            | a          | 2024-06-25  | call |
            | t3            | a          | 2024-06-10  | call |
            """,
        )

    @pytest.mark.parametrize(("origin", "days"), [("2024-07-01", ""), ("2024-06-30", "1"), ("2024-06-11", "20")])
    def test_never_touched_is_as_long_as_the_lifetime(self, origin, days):
        """On the first day there is no day yet to have been touched on."""
        relationship_shows(
            f"""
            | account_id | days_since_touch |
            | a          | {days}           |
            """,
            subscriptions=young(origin),
        )

    @pytest.mark.parametrize(
        ("begins", "without", "with_touch"),
        [("2023-01-01", "547", "40"), ("2023-01-02", "", "40"), ("2024-05-21", "", "40"), ("2024-05-22", "", "")],
    )
    def test_a_log_that_begins_after_the_origin_cannot_say_that_nobody_called(self, begins, without, with_touch):
        """A touch seen since it began can be the last; what was noted from before leaves unsaid what came after."""
        relationship_shows(
            f"""
            | account_id | days_since_touch |
            | a          | {with_touch}     |
            | b          | {without}        |
            """,
            subscriptions=OLD_AND_OTHER,
            touchpoints_from=begins,
            touchpoints="""
            | touchpoint_id | account_id | occurred_on | kind |
            | t1            | a          | 2024-05-21  | call |
            """,
        )


class TestAnsweredShare:
    TOUCHPOINTS = """
        | touchpoint_id | account_id | occurred_on | kind  | initiated_by | status    | automated | response_hours | known_on   |
        | t1            | a          | 2024-04-01  | call  | vendor       | held      |           |                |            |
        | t2            | a          | 2024-06-10  | call  | vendor       | no_show   |           |                |            |
        | t3            | a          | 2024-06-11  | email | vendor       |           |           |                |            |
        | t4            | a          | 2024-06-12  | email | vendor       |           |           | 30.5           |            |
        | t5            | a          | 2024-03-31  | call  | vendor       | held      |           |                |            |
        | t6            | a          | 2024-06-13  | call  | customer     | held      |           |                |            |
        | t7            | a          | 2024-06-14  | email | vendor       | held      | true      |                |            |
        | t8            | a          | 2024-07-01  | call  | vendor       | held      |           |                |            |
        | t9            | a          | 2024-06-15  | call  | vendor       | held      |           |                | 2024-07-01 |
        | t10           | a          | 2024-06-16  | call  | vendor       | cancelled |           |                |            |
    """

    def test_of_the_vendors_personal_touches_those_held_or_responded_to(self):
        """Of t1, t2, t3, t4 and t10 in the window, t1 was held and t4 got a response; nothing is said of t3."""
        relationship_shows(
            """
            | account_id | answered_share |
            | a          | 2 / 5          |
            """,
            touchpoints=self.TOUCHPOINTS,
            snapshot=AUGUST,
        )

    def test_a_response_counts_once_it_came(self):
        """An email of 28 June: 23.9 hours later is known when the 29th is over, 48 hours later when 1 July is over."""
        subscriptions, touchpoints = each_its_account(
            "| account_id | touchpoint_id | occurred_on | kind | initiated_by | response_hours |",
            """
            | soon     | t1 | 2024-06-28 | email | vendor | 23.9 |
            | later    | t2 | 2024-06-28 | email | vendor | 24   |
            | too_late | t3 | 2024-06-28 | email | vendor | 48   |
            | never    | t4 | 2024-06-28 | email | vendor |      |
            """,
        )
        relationship_shows(
            """
            | account_id | answered_share |
            | soon       | 1              |
            | later      | 1              |
            | too_late   | 0              |
            | never      | 0              |
            """,
            subscriptions=subscriptions,
            touchpoints=touchpoints,
            snapshot=AUGUST,
        )

    def test_without_a_touch_by_the_vendor_there_is_nothing_to_answer(self):
        relationship_shows(
            """
            | account_id | answered_share |
            | a          |                |
            """,
            touchpoints="""
            | touchpoint_id | account_id | occurred_on | kind | initiated_by | status |
            | t1            | a          | 2024-06-10  | call | customer     | held   |
            | t2            | a          | 2024-06-10  | call |              | held   |
            """,
        )

    def test_the_window_begins_at_the_origin(self):
        relationship_shows(
            """
            | account_id | answered_share |
            | a          | 0              |
            """,
            subscriptions=young("2024-06-11"),
            touchpoints="""
            | touchpoint_id | account_id | occurred_on | kind | initiated_by | status  |
            | t1            | a          | 2024-06-10  | call | vendor       | held    |
            | t2            | a          | 2024-06-11  | call | vendor       | no_show |
            """,
        )

    @pytest.mark.parametrize(("begins", "share"), [("2024-04-01", "2 / 5"), ("2024-04-02", "")])
    def test_a_window_that_reaches_before_the_log_is_missing(self, begins, share):
        relationship_shows(
            f"""
            | account_id | answered_share |
            | a          | {share}        |
            """,
            touchpoints_from=begins,
            touchpoints=self.TOUCHPOINTS,
            snapshot=AUGUST,
        )


class TestTickets:
    COUNTS = "| account_id | complaints | feature_requests | contract_questions | escalations | ticket_sentiment |"

    def test_each_kind_is_counted_by_the_day_it_was_opened(self):
        """1 April (d - 91) is in the window, 31 March and the day itself are not."""
        relationship_shows(
            f"""
            {self.COUNTS}
            | a | 2 | 1 | 2 | 0 | |
            """,
            tickets="""
            | ticket_id | account_id | opened_on  | category        | known_on   |
            | k1        | a          | 2024-03-31 | bug             |            |
            | k2        | a          | 2024-04-01 | bug             |            |
            | k3        | a          | 2024-06-30 | complaint       |            |
            | k4        | a          | 2024-07-01 | complaint       |            |
            | k5        | a          | 2024-05-01 | feature_request |            |
            | k6        | a          | 2024-05-01 | contract        |            |
            | k7        | a          | 2024-05-01 | cancellation    |            |
            | k8        | a          | 2024-05-01 | how_to          |            |
            | k9        | a          | 2024-05-01 | other           |            |
            | k10       | a          | 2024-05-01 |                 |            |
            | k11       | a          | 2024-05-01 | bug             | 2024-07-01 |
            | k12       | a          | 2024-07-01 | bug             | 2024-06-20 |
            """,
            snapshot=AUGUST,
        )

    def test_a_ticket_of_before_the_window_that_became_known_within_it_is_not_counted(self):
        relationship_shows(
            f"""
            {self.COUNTS}
            | a | 0 | 0 | 0 | 0 | |
            """,
            tickets="""
            | ticket_id | account_id | opened_on  | category | sentiment | known_on   |
            | k1        | a          | 2024-03-31 | bug      | -1        | 2024-05-01 |
            """,
        )

    def test_no_ticket_is_zero_and_leaves_only_the_tone_without_a_value(self):
        relationship_shows(f"""
            {self.COUNTS}
            | a | 0 | 0 | 0 | 0 | |
        """)

    def test_on_the_first_day_everything_is_missing(self):
        relationship_shows(
            f"""
            {self.COUNTS}
            | a | | | | | |
            """,
            subscriptions=young("2024-07-01"),
        )

    def test_the_window_begins_at_the_origin(self):
        relationship_shows(
            f"""
            {self.COUNTS}
            | a | 1 | 0 | 0 | 1 | 0.5 |
            """,
            subscriptions=young("2024-06-11"),
            tickets="""
            | ticket_id | account_id | opened_on  | category | sentiment | escalated_on |
            | k1        | a          | 2024-06-10 | bug      | -1        | 2024-06-10   |
            | k2        | a          | 2024-06-11 | bug      | 0.5       | 2024-06-11   |
            """,
        )

    @pytest.mark.parametrize(("begins", "shown"), [("2024-04-01", "0 | 0 | 0 | 0"), ("2024-04-02", " | | | ")])
    def test_a_window_that_reaches_before_the_log_is_missing_not_zero(self, begins, shown):
        relationship_shows(
            f"""
            {self.COUNTS}
            | a | {shown} | |
            """,
            tickets_from=begins,
        )

    def test_a_lifetime_that_began_after_the_log_is_measured(self):
        relationship_shows(
            f"""
            {self.COUNTS}
            | a | 0 | 0 | 0 | 0 | |
            """,
            subscriptions=young("2024-06-11"),
            tickets_from="2024-06-11",
        )

    def test_an_escalation_counts_by_the_day_it_became_known(self):
        """Whenever the ticket was opened; on the day itself it is not known yet, nor is one not made yet."""
        subscriptions, tickets = each_its_account(
            "| account_id | ticket_id | opened_on | escalated_on | known_on |",
            """
            | first_day   | k1 | 2024-01-01 | 2024-04-01 |            |
            | day_before  | k2 | 2024-01-01 | 2024-03-31 |            |
            | yesterday   | k3 | 2024-06-01 | 2024-06-30 |            |
            | today       | k4 | 2024-06-01 | 2024-07-01 |            |
            | later       | k5 | 2024-06-01 | 2024-07-20 |            |
            | never       | k6 | 2024-06-01 |            |            |
            | late_ticket | k7 | 2024-03-01 | 2024-03-02 | 2024-05-01 |
            | unknown     | k8 | 2024-06-01 | 2024-06-02 | 2024-07-01 |
            """,
        )
        relationship_shows(
            """
            | account_id  | escalations |
            | first_day   | 1           |
            | day_before  | 0           |
            | yesterday   | 1           |
            | today       | 0           |
            | later       | 0           |
            | never       | 0           |
            | late_ticket | 1           |
            | unknown     | 0           |
            """,
            subscriptions=subscriptions,
            tickets=tickets,
            snapshot=AUGUST,
        )

    def test_an_escalation_of_before_the_origin_is_not_counted_however_late_it_became_known(self):
        """Of a ticket from before the origin, what came of it since counts."""
        subscriptions, tickets = each_its_account(
            "| account_id | ticket_id | opened_on | escalated_on | known_on |",
            """
            | before    | k1 | 2024-06-01 | 2024-06-10 | 2024-06-20 |
            | first_day | k2 | 2024-06-01 | 2024-06-11 | 2024-06-20 |
            """,
            started_on="2024-06-11",
        )
        relationship_shows(
            """
            | account_id | escalations |
            | before     | 0           |
            | first_day  | 1           |
            """,
            subscriptions=subscriptions,
            tickets=tickets,
        )

    def test_the_tone_is_the_mean_of_the_tickets_that_were_scored(self):
        relationship_shows(
            """
            | account_id | ticket_sentiment    | complaints |
            | a          | (-0.5 + 0.2) / 2    | 3          |
            """,
            tickets="""
            | ticket_id | account_id | opened_on  | category | sentiment |
            | k1        | a          | 2024-03-31 | bug      | 1         |
            | k2        | a          | 2024-04-01 | bug      | -0.5      |
            | k3        | a          | 2024-06-30 | bug      | 0.2       |
            | k4        | a          | 2024-06-30 | bug      |           |
            | k5        | a          | 2024-07-01 | bug      | 1         |
            """,
            snapshot=AUGUST,
        )


class TestNps:
    HEADER = "| account_id | responded_on | kind | score | known_on |"

    def test_the_last_answer_of_the_lifetime_that_is_known(self):
        subscriptions, surveys = each_its_account(
            self.HEADER,
            """
            | yesterday | 2024-06-30 | nps  | 9  |            |
            | today     | 2024-06-10 | nps  | 9  |            |
            | today     | 2024-07-01 | nps  | 1  |            |
            | first_day | 2023-01-01 | nps  | 9  |            |
            | trial     | 2022-12-31 | nps  | 9  |            |
            | late      | 2024-06-10 | nps  | 9  |            |
            | late      | 2024-06-20 | nps  | 1  | 2024-07-01 |
            | invited   | 2024-06-10 | nps  | 9  |            |
            | invited   | 2024-07-01 | nps  | 1  | 2024-06-20 |
            | csat      | 2024-06-10 | nps  | 9  |            |
            | csat      | 2024-06-20 | csat | 1  |            |
            | two       | 2024-06-10 | nps  | 9  |            |
            | two       | 2024-06-20 | nps  | 6  |            |
            | two       | 2024-06-20 | nps  | 9  |            |
            | two       | 2024-06-20 | nps  | 10 | 2024-06-25 |
            """,
        )
        relationship_shows(
            """
            | account_id | nps              | nps_age |
            | yesterday  | 9                | 0       |
            | today      | 9                | 20      |
            | first_day  | 9                | 546     |
            | trial      |                  |         |
            | late       | 9                | 20      |
            | invited    | 9                | 20      |
            | csat       | 9                | 20      |
            | two        | (6 + 9 + 10) / 3 | 10      |
            """,
            subscriptions=subscriptions,
            surveys=surveys,
            snapshot=AUGUST,
        )

    @pytest.mark.parametrize(("begins", "nps"), [("2024-06-10", "3"), ("2024-06-11", "")])
    def test_an_answer_of_before_the_log_began_need_not_be_the_last(self, begins, nps):
        relationship_shows(
            f"""
            | account_id | nps   |
            | a          | {nps} |
            """,
            surveys_from=begins,
            surveys="""
            | account_id | responded_on | kind | score |
            | a          | 2024-06-10   | nps  | 3     |
            """,
        )

    def test_it_is_missing_on_the_first_day(self):
        relationship_shows(
            """
            | account_id | nps | nps_age |
            | a          |     |         |
            """,
            subscriptions=young("2024-07-01"),
            surveys="""
            | account_id | responded_on | kind | score |
            | a          | 2024-07-01   | nps  | 3     |
            """,
            snapshot=AUGUST,
        )


class TestLifetimes:
    def test_nothing_of_an_earlier_lifetime_is_seen(self):
        """Back after a year: last year's calls, tickets and answers are another stay's."""
        book = covariates(
            """
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2023-01-01 | 2024-05-01 |
            | s2              | a          | 2024-06-15 |            |
            """,
            touchpoints="""
            | touchpoint_id | account_id | occurred_on | kind | initiated_by | status |
            | t1            | a          | 2024-04-20  | call | vendor       | held   |
            """,
            tickets="""
            | ticket_id | account_id | opened_on  | category | sentiment | escalated_on |
            | k1        | a          | 2024-04-20 | bug      | -1        | 2024-04-21   |
            """,
            surveys="""
            | account_id | responded_on | kind | score |
            | a          | 2024-04-20   | nps  | 3     |
            """,
        )
        book.shows(
            "relationship",
            """
            | account_id | lifetime_number | days_since_touch | answered_share | complaints | escalations | nps |
            | a          | 2               | 16               |                | 0          | 0           |     |
            """,
            where="risk_date = date '2024-07-01'",
        )

    def test_accounts_do_not_see_each_other(self):
        relationship_shows(
            """
            | account_id | days_since_touch | complaints |
            | a          | 10               | 1          |
            | b          | 547              | 0          |
            """,
            subscriptions=OLD_AND_OTHER,
            touchpoints="""
            | touchpoint_id | account_id | occurred_on | kind |
            | t1            | a          | 2024-06-20  | call |
            """,
            tickets="""
            | ticket_id | account_id | opened_on  | category |
            | k1        | a          | 2024-06-20 | bug      |
            """,
        )


def test_every_covariate_has_a_value_at_once():
    """One account that has it all, from the rows of all four tables at the same time: no join doubles another's rows."""
    relationship_shows(
        """
        | account_id | days_since_touch | answered_share | complaints | contract_questions | escalations | nps | nps_age |
        | a          | 9                | 1 / 2          | 2          | 1                  | 2           | 7   | 9       |
        """,
        subscriptions=OLD,
        touchpoints="""
        | touchpoint_id | account_id | occurred_on | kind | initiated_by | status  |
        | t1            | a          | 2024-06-20  | call | vendor       | no_show |
        | t2            | a          | 2024-06-21  | call | vendor       | held    |
        """,
        tickets="""
        | ticket_id | account_id | opened_on  | category | escalated_on |
        | k1        | a          | 2024-06-20 | bug      | 2024-06-22   |
        | k2        | a          | 2024-06-21 | bug      | 2024-06-22   |
        | k3        | a          | 2024-06-21 | contract |              |
        """,
        surveys="""
        | account_id | responded_on | kind | score |
        | a          | 2024-06-20   | nps  | 2     |
        | a          | 2024-06-21   | nps  | 7     |
        """,
    )
