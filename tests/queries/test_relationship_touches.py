"""First follow-up, runs without an answer, the handover and the tone of the last interaction, worked out by hand.

The day is Monday, 1 July 2024; the baseline window [d - 91, d) begins on 1 April. A touch of before 17 June that has no
answer is unanswered. Where a test needs facts that come to be known after the day, the snapshot is a month later.
"""

import functools

from one_day import day_shows, each_its_account

AUGUST = "2024-08-01"
touches_show = functools.partial(day_shows, "relationship_touches")


def accounts(onboarded):
    """Return the accounts table: an account a line, with the day on which its onboarding was completed."""
    return "| account_id | onboarding_completed_on |\n" + onboarded


class TestFirstFollowUp:
    HEADER = "| account_id | touchpoint_id | occurred_on | kind | status | automated | initiated_by | known_on |"

    def test_from_the_end_of_onboarding_to_the_vendors_first_held_personal_touch_or_until_now(self):
        """Origin 1 January, so that onboarding ends on 31 March where nothing ends it before; 1 February is 151 days ago."""
        subscriptions, touchpoints = each_its_account(
            self.HEADER,
            """
            | later       | t1  | 2024-02-11 | call | held      |      | vendor   |            |
            | at_once     | t2  | 2024-02-01 | call |           |      |          |            |
            | customer    | t17 | 2024-02-11 | call | held      |      | customer |            |
            | before      | t3  | 2024-01-31 | call | held      |      | vendor   |            |
            | first       | t4  | 2024-02-21 | call | held      |      | vendor   |            |
            | first       | t5  | 2024-02-11 | call | held      |      | vendor   |            |
            | first       | t6  | 2024-01-11 | call | held      |      | vendor   |            |
            | cancelled   | t7  | 2024-02-11 | call | cancelled |      | vendor   |            |
            | automated   | t8  | 2024-02-11 | call | held      | true | vendor   |            |
            | yesterday   | t9  | 2024-06-30 | call | held      |      | vendor   |            |
            | today       | t10 | 2024-07-01 | call | held      |      | vendor   |            |
            | planned     | t11 | 2024-07-01 | call | held      |      | vendor   | 2024-06-01 |
            | late        | t12 | 2024-02-11 | call | held      |      | vendor   | 2024-07-01 |
            | in_time     | t13 | 2024-02-11 | call | held      |      | vendor   | 2024-06-30 |
            | never_said  | t14 | 2024-04-10 | call | held      |      | vendor   |            |
            | said_late   | t15 | 2024-04-10 | call | held      |      | vendor   |            |
            | other_stay  | t16 | 2024-04-10 | call | held      |      | vendor   |            |
            """,
            started_on="2024-01-01",
        )
        touches_show(
            """
            | account_id | first_follow_up_days |
            | later      | 10                   |
            | at_once    | 0                    |
            | customer   | 151                  |
            | before     | 151                  |
            | first      | 10                   |
            | cancelled  | 151                  |
            | automated  | 151                  |
            | yesterday  | 150                  |
            | today      | 151                  |
            | planned    | 151                  |
            | late       | 151                  |
            | in_time    | 10                   |
            | never_said | 10                   |
            | said_late  | 10                   |
            | other_stay | 10                   |
            """,
            subscriptions=subscriptions,
            touchpoints=touchpoints,
            accounts=accounts(
                """
                | later      | 2024-02-01 |
                | at_once    | 2024-02-01 |
                | customer   | 2024-02-01 |
                | before     | 2024-02-01 |
                | first      | 2024-02-01 |
                | cancelled  | 2024-02-01 |
                | automated  | 2024-02-01 |
                | yesterday  | 2024-02-01 |
                | today      | 2024-02-01 |
                | planned    | 2024-02-01 |
                | late       | 2024-02-01 |
                | in_time    | 2024-02-01 |
                | never_said |            |
                | said_late  | 2024-05-01 |
                | other_stay | 2023-12-31 |
                """
            ),
            snapshot=AUGUST,
        )

    def test_it_is_missing_until_onboarding_has_ended(self):
        """On 30 June it has lasted 90 days where the lifetime began on 1 April."""
        touches_show(
            """
            | account_id    | first_follow_up_days |
            | yesterday     | 1                    |
            | today         |                      |
            | other_stay    |                      |
            | at_once       | 30                   |
            | not_completed |                      |
            | after_90_days | 1                    |
            | after_89_days |                      |
            """,
            subscriptions="""
            | subscription_id | account_id    | started_on |
            | s1              | yesterday     | 2024-06-01 |
            | s2              | today         | 2024-06-01 |
            | s3              | other_stay    | 2024-06-01 |
            | s4              | at_once       | 2024-06-01 |
            | s5              | not_completed | 2024-06-01 |
            | s6              | after_90_days | 2024-04-01 |
            | s7              | after_89_days | 2024-04-02 |
            """,
            accounts=accounts(
                """
                | yesterday     | 2024-06-30 |
                | today         | 2024-07-01 |
                | other_stay    | 2024-05-31 |
                | at_once       | 2024-06-01 |
                | not_completed |            |
                | after_90_days |            |
                | after_89_days |            |
                """
            ),
            snapshot=AUGUST,
        )


class TestUnansweredRun:
    HEADER = "| account_id | touchpoint_id | occurred_on | kind | initiated_by | status | response_hours | automated | known_on |"

    def test_the_vendors_touches_since_the_last_that_was_answered(self):
        subscriptions, touchpoints = each_its_account(
            self.HEADER,
            """
            | two       | t1  | 2024-05-01 | call | vendor   | no_show   | | |      |
            | two       | t2  | 2024-05-10 | call | vendor   | cancelled | | |      |
            | unsaid    | t3  | 2024-05-10 | call | vendor   |           | | |      |
            | ended     | t4  | 2024-05-01 | call | vendor   | no_show   | | |      |
            | ended     | t5  | 2024-05-10 | call | vendor   | held      | | |      |
            | since     | t6  | 2024-05-01 | call | vendor   | no_show   | | |      |
            | since     | t7  | 2024-05-10 | call | vendor   | held      | | |      |
            | since     | t8  | 2024-05-20 | call | vendor   | no_show   | | |      |
            | same_day  | t9  | 2024-05-10 | call | vendor   | no_show   | | |      |
            | same_day  | t10 | 2024-05-10 | call | vendor   | held      | | |      |
            | same_day  | t11 | 2024-05-10 | call | vendor   | no_show   | | |      |
            | first_day | t12 | 2024-04-01 | call | vendor   | no_show   | | |      |
            | day_before | t13 | 2024-03-31 | call | vendor  | no_show   | | |      |
            | customer  | t14 | 2024-05-01 | call | customer | no_show   | | |      |
            | unnamed   | t15 | 2024-05-01 | call |          | no_show   | | |      |
            | automated | t16 | 2024-05-01 | call | vendor   | no_show   | | true |  |
            | late      | t17 | 2024-05-01 | call | vendor   | no_show   | | | 2024-07-01 |
            | in_time   | t18 | 2024-05-01 | call | vendor   | no_show   | | | 2024-06-30 |
            | today     | t19 | 2024-05-01 | call | vendor   | no_show   | | |      |
            | today     | t20 | 2024-07-01 | call | vendor   | held      | | | 2024-06-01 |
            """,
        )
        touches_show(
            """
            | account_id | unanswered_run |
            | two        | 2              |
            | unsaid     | 1              |
            | ended      | 0              |
            | since      | 1              |
            | same_day   | 0              |
            | first_day  | 1              |
            | day_before |                |
            | customer   |                |
            | unnamed    |                |
            | automated  |                |
            | late       |                |
            | in_time    | 1              |
            | today      | 1              |
            """,
            subscriptions=subscriptions,
            touchpoints=touchpoints,
            snapshot=AUGUST,
        )

    def test_a_touch_is_unanswered_only_once_fourteen_days_have_passed_and_answered_once_the_answer_came(self):
        """20 hours after 29 June are over on the 30th, 24 not before 1 July; 60 days after 1 May is 30 June."""
        subscriptions, touchpoints = each_its_account(
            self.HEADER,
            """
            | due           | t1  | 2024-06-16 | email | vendor | |      | | |
            | pending       | t2  | 2024-06-17 | email | vendor | |      | | |
            | and_pending   | t3  | 2024-05-01 | email | vendor | |      | | |
            | and_pending   | t4  | 2024-06-17 | email | vendor | |      | | |
            | held_before   | t5  | 2024-05-01 | email | vendor | held | | | |
            | held_before   | t6  | 2024-06-17 | email | vendor | |      | | |
            | answered      | t7  | 2024-05-01 | email | vendor | |      | | |
            | answered      | t8  | 2024-06-29 | email | vendor | | 20   | | |
            | not_yet       | t9  | 2024-05-01 | email | vendor | |      | | |
            | not_yet       | t10 | 2024-06-29 | email | vendor | | 24   | | |
            | after_long    | t11 | 2024-05-01 | email | vendor | | 1439 | | |
            | after_longer  | t12 | 2024-05-01 | email | vendor | | 1440 | | |
            """,
        )
        touches_show(
            """
            | account_id   | unanswered_run |
            | due          | 1              |
            | pending      |                |
            | and_pending  | 1              |
            | held_before  | 0              |
            | answered     | 0              |
            | not_yet      | 1              |
            | after_long   | 0              |
            | after_longer | 1              |
            """,
            subscriptions=subscriptions,
            touchpoints=touchpoints,
            snapshot=AUGUST,
        )


class TestNoHandover:
    HEADER = "| account_id | touchpoint_id | occurred_on | kind | status | automated | known_on |"

    def test_a_held_handover_of_the_first_thirty_days_as_far_as_is_known(self):
        """Origin 1 May: the thirtieth day is 30 May."""
        subscriptions, touchpoints = each_its_account(
            self.HEADER,
            """
            | first_day | t1  | 2024-05-01 | handover | held      |      |            |
            | last_day  | t2  | 2024-05-30 | handover |           |      |            |
            | too_late  | t3  | 2024-05-31 | handover | held      |      |            |
            | too_early | t4  | 2024-04-30 | handover | held      |      |            |
            | call      | t5  | 2024-05-10 | call     | held      |      |            |
            | cancelled | t6  | 2024-05-10 | handover | cancelled |      |            |
            | automated | t7  | 2024-05-10 | handover | held      | true |            |
            | late      | t8  | 2024-05-10 | handover | held      |      | 2024-07-01 |
            | in_time   | t9  | 2024-05-10 | handover | held      |      | 2024-06-30 |
            | second    | t10 | 2024-05-10 | call     | held      |      |            |
            | second    | t11 | 2024-05-11 | handover | held      |      |            |
            | second    | t12 | 2024-06-11 | handover | held      |      |            |
            """,
            started_on="2024-05-01",
        )
        touches_show(
            """
            | account_id | no_handover |
            | first_day  | 0           |
            | last_day   | 0           |
            | too_late   | 1           |
            | too_early  | 1           |
            | call       | 1           |
            | cancelled  | 1           |
            | automated  | 1           |
            | late       | 1           |
            | in_time    | 0           |
            | second     | 0           |
            """,
            subscriptions=subscriptions,
            touchpoints=touchpoints,
            snapshot=AUGUST,
        )


class TestLastInteractionTone:
    TICKETS = """
        | ticket_id | account_id | opened_on  | sentiment | known_on   |
        | k1        | ticket     | 2024-06-10 | -0.5      |            |
        | k2        | touch      | 2024-06-10 | -0.5      |            |
        | k3        | same_day   | 2024-06-10 | -0.5      |            |
        | k4        | same_day   | 2024-06-09 | 1         |            |
        | k5        | unscored   | 2024-06-10 | -0.5      |            |
        | k6        | unscored   | 2024-06-11 |           |            |
        | k7        | today      | 2024-06-10 | -0.5      |            |
        | k8        | today      | 2024-07-01 | 1         | 2024-06-20 |
        | k9        | late       | 2024-06-10 | -0.5      |            |
        | k10       | late       | 2024-06-11 | 1         | 2024-07-01 |
        | k11       | in_time    | 2024-06-11 | 1         | 2024-06-30 |
        | k12       | first_day  | 2024-04-01 | 1         |            |
        | k13       | day_before | 2024-03-31 | 1         |            |
    """
    TOUCHPOINTS = """
        | touchpoint_id | account_id | occurred_on | kind | status    | automated | sentiment | known_on   |
        | t1            | ticket     | 2024-06-09  | call | held      |           | 0.2       |            |
        | t2            | touch      | 2024-06-11  | call | held      | false     | 0.2       |            |
        | t3            | same_day   | 2024-06-10  | call | held      |           | 0.2       |            |
        | t4            | same_day   | 2024-06-10  | call | cancelled |           | 0.9       |            |
        | t5            | unscored   | 2024-06-12  | call | held      |           |           |            |
        | t6            | unscored   | 2024-06-13  | call | held      | true      | 0.2       |            |
        | t7            | today      | 2024-07-01  | call | held      |           | 0.2       |            |
        | t8            | late       | 2024-06-12  | call | held      |           | 0.2       | 2024-07-01 |
        | t9            | in_time    | 2024-06-12  | call | held      |           | 0.2       | 2024-06-30 |
        | t10           | too_long   | 2024-03-31  | call | held      |           | 0.2       |            |
    """
    SUBSCRIPTIONS = each_its_account(
        "",
        "ticket|\ntouch|\nsame_day|\nunscored|\ntoday|\nlate|\nin_time|\nfirst_day|\nday_before|\ntoo_long|",
    )[0]

    def test_the_newest_touch_or_ticket_that_has_one_and_the_mean_of_its_day(self):
        touches_show(
            """
            | account_id | last_interaction_tone  |
            | ticket     | -0.5                   |
            | touch      | 0.2                    |
            | same_day   | (-0.5 + 0.2 + 0.9) / 3 |
            | unscored   | -0.5                   |
            | today      | -0.5                   |
            | late       | -0.5                   |
            | in_time    | 0.2                    |
            | first_day  | 1                      |
            | day_before |                        |
            | too_long   |                        |
            """,
            subscriptions=self.SUBSCRIPTIONS,
            touchpoints=self.TOUCHPOINTS,
            tickets=self.TICKETS,
            snapshot=AUGUST,
        )


class TestBeginnings:
    """Of lifetimes, and of logs."""

    TOUCHPOINTS = """
        | touchpoint_id | account_id | occurred_on | kind     | initiated_by | status  | sentiment |
        | t1            | in_time    | 2024-06-10  | call     | vendor       | no_show | 0.5       |
        | t2            | in_time    | 2024-06-11  | call     | vendor       | held    |           |
        | t3            | earlier    | 2024-06-10  | call     | vendor       | no_show | 0.5       |
        | t4            | earlier    | 2024-06-11  | call     | vendor       | held    |           |
        | t5            | today      | 2024-06-30  | handover | vendor       | no_show | 0.5       |
        | t6            | today      | 2024-07-01  | handover | vendor       | held    | 0.5       |
        | t7            | trial      | 2024-06-01  | handover | vendor       | held    | 0.5       |
        | t8            | trial      | 2024-05-31  | handover | vendor       | held    | 0.5       |
        | t9            | trial      | 2024-05-30  | call     | vendor       | no_show | 0.5       |
        | t10           | back       | 2024-03-20  | handover | vendor       | no_show | 0.5       |
        | t11           | back       | 2023-01-10  | handover | vendor       | held    | 0.5       |
    """
    SUBSCRIPTIONS = """
        | subscription_id | account_id | started_on | ended_on   |
        | s1              | in_time    | 2024-04-02 |            |
        | s2              | earlier    | 2024-04-01 |            |
        | s3              | today      | 2024-07-01 |            |
        | s4              | trial      | 2024-06-02 |            |
        | s5              | back       | 2023-01-01 | 2024-04-01 |
        | s6              | back       | 2024-06-01 |            |
    """
    ACCOUNTS = accounts(
        """
        | in_time | 2024-04-02 |
        | earlier | 2024-04-01 |
        | today   |            |
        | trial   | 2024-06-02 |
        | back    | 2024-06-01 |
        """
    )

    def shown(self, expected, **begins):
        touches_show(
            expected,
            subscriptions=self.SUBSCRIPTIONS,
            accounts=self.ACCOUNTS,
            touchpoints=self.TOUCHPOINTS,
            snapshot=AUGUST,
            **begins,
        )

    def test_nothing_of_before_the_origin_is_seen_and_on_the_first_day_nothing_at_all(self):
        """Lifetimes of 30 days and more should have been handed over, those of 29 and less not yet."""
        self.shown(
            """
            | account_id | lifetime_number | first_follow_up_days | unanswered_run | no_handover | last_interaction_tone |
            | in_time    | 1               | 70                   | 0              | 1           | 0.5                   |
            | earlier    | 1               | 71                   | 0              | 1           | 0.5                   |
            | today      | 1               |                      |                |             |                       |
            | trial      | 1               | 29                   |                |             |                       |
            | back       | 2               | 30                   |                | 1           |                       |
            """
        )

    def test_what_reaches_before_the_touches_were_logged_is_missing(self):
        self.shown(
            """
            | account_id | first_follow_up_days | unanswered_run | no_handover | last_interaction_tone |
            | in_time    | 70                   | 0              | 1           | 0.5                   |
            | earlier    |                      |                |             |                       |
            | today      |                      |                |             |                       |
            | trial      | 29                   |                |             |                       |
            | back       | 30                   |                | 1           |                       |
            """,
            touchpoints_from="2024-04-02",
        )

    def test_a_ticket_that_was_not_logged_may_have_been_the_last_to_have_a_tone(self):
        self.shown(
            """
            | account_id | first_follow_up_days | unanswered_run | no_handover | last_interaction_tone |
            | in_time    | 70                   | 0              | 1           | 0.5                   |
            | earlier    | 71                   | 0              | 1           |                       |
            | today      |                      |                |             |                       |
            | trial      | 29                   |                |             |                       |
            | back       | 30                   |                | 1           |                       |
            """,
            tickets_from="2024-04-02",
        )
