"""The sponsor's silence, and touches with one contact only, from facts few enough to work them out by hand.

The day is Monday, 1 July 2024; the baseline window [d - 91, d) begins on 1 April. Where a test needs facts that come to
be known after the day, the snapshot is a month later.
"""

import functools

from one_day import day_shows, each_its_account

AUGUST = "2024-08-01"
engagement_shows = functools.partial(day_shows, "champion_engagement", snapshot=AUGUST)
CONTACTS = "| account_id | contact_id | role | started_on | ended_on | known_on | ended_known_on |"
TOUCHES = "| account_id | touchpoint_id | occurred_on | kind | contact_id | status | automated | known_on |"


def test_days_since_a_sponsor_in_force_took_part_or_since_there_is_one():
    """One since 1 June 2023 (396 days ago) who never took part; of several, the last touch, or the first sponsor, counts."""
    subscriptions, contacts = each_its_account(
        CONTACTS,
        """
        | took_part   | took_part-s   | executive_sponsor | 2023-06-01 |            |            |            |
        | yesterday   | yesterday-s   | executive_sponsor | 2023-06-01 |            |            |            |
        | never       | never-s       | executive_sponsor | 2023-06-01 |            |            |            |
        | undated     | undated-s     | executive_sponsor |            |            |            |            |
        | new         | new-s         | executive_sponsor | 2024-06-30 |            |            |            |
        | today       | today-s       | executive_sponsor | 2024-07-01 |            | 2024-06-20 |            |
        | unknown     | unknown-s     | executive_sponsor | 2023-06-01 |            | 2024-07-01 |            |
        | known       | known-s       | executive_sponsor | 2023-06-01 |            | 2024-06-30 |            |
        | left        | left-s        | executive_sponsor | 2023-06-01 | 2024-06-30 |            |            |
        | leaves      | leaves-s      | executive_sponsor | 2023-06-01 | 2024-07-01 |            | 2024-06-20 |
        | told_late   | told_late-s   | executive_sponsor | 2023-06-01 | 2024-06-10 |            | 2024-07-01 |
        | told_before | told_before-s | executive_sponsor | 2023-06-01 | 2024-06-10 |            | 2024-06-30 |
        | successor   | successor-1   | executive_sponsor | 2023-06-01 | 2024-06-10 |            |            |
        | successor   | successor-2   | executive_sponsor | 2024-06-11 |            |            |            |
        | back        | back-s        | executive_sponsor | 2023-06-01 | 2023-07-01 |            |            |
        | back        | back-s        | executive_sponsor | 2024-06-11 |            |            |            |
        | two         | two-1         | executive_sponsor | 2023-06-01 |            |            |            |
        | two         | two-2         | executive_sponsor | 2024-06-11 |            |            |            |
        | two_silent  | two_silent-1  | executive_sponsor | 2023-06-01 |            |            |            |
        | two_silent  | two_silent-2  | executive_sponsor | 2024-06-11 |            |            |            |
        | risen       | risen-s       | champion          | 2023-01-01 | 2024-06-01 |            |            |
        | risen       | risen-s       | executive_sponsor | 2024-06-01 |            |            |            |
        | champion    | champion-s    | champion          | 2023-06-01 |            |            |            |
        | elsewhere   | elsewhere-s   | executive_sponsor | 2023-06-01 |            |            |            |
        | cancelled   | cancelled-s   | executive_sponsor | 2023-06-01 |            |            |            |
        | automated   | automated-s   | executive_sponsor | 2023-06-01 |            |            |            |
        | unsaid      | unsaid-s      | executive_sponsor | 2023-06-01 |            |            |            |
        | touch_today | touch_today-s | executive_sponsor | 2023-06-01 |            |            |            |
        | touch_late  | touch_late-s  | executive_sponsor | 2023-06-01 |            |            |            |
        | touch_known | touch_known-s | executive_sponsor | 2023-06-01 |            |            |            |
        | in_trial    | in_trial-s    | executive_sponsor | 2022-06-01 |            |            |            |
        """,
    )
    _, touchpoints = each_its_account(
        TOUCHES,
        """
        | took_part   | t1  | 2024-06-10 | call | took_part-s   | held      |       |            |
        | took_part   | t2  | 2024-06-20 | call | took_part-s   | held      | false |            |
        | took_part   | t3  | 2024-06-25 | call |               | held      |       |            |
        | yesterday   | t4  | 2024-06-30 | call | yesterday-s   | held      |       |            |
        | never       | t5  | 2024-06-20 | call | never-x       | held      |       |            |
        | left        | t6  | 2024-06-20 | call | left-s        | held      |       |            |
        | leaves      | t7  | 2024-06-20 | call | leaves-s      | held      |       |            |
        | told_late   | t8  | 2024-06-20 | call | told_late-s   | held      |       |            |
        | told_before | t9  | 2024-06-20 | call | told_before-s | held      |       |            |
        | successor   | t10 | 2024-06-10 | call | successor-1   | held      |       |            |
        | back        | t11 | 2023-06-20 | call | back-s        | held      |       |            |
        | two         | t12 | 2024-05-20 | call | two-1         | held      |       |            |
        | risen       | t13 | 2024-05-20 | call | risen-s       | held      |       |            |
        | champion    | t14 | 2024-05-20 | call | champion-s    | held      |       |            |
        | never       | t15 | 2024-05-20 | call | elsewhere-s   | held      |       |            |
        | cancelled   | t16 | 2024-05-20 | call | cancelled-s   | cancelled |       |            |
        | automated   | t17 | 2024-05-20 | call | automated-s   | held      | true  |            |
        | unsaid      | t18 | 2024-06-20 | call | unsaid-s      |           |       |            |
        | touch_today | t19 | 2024-07-01 | call | touch_today-s | held      |       | 2024-06-20 |
        | touch_late  | t20 | 2024-06-20 | call | touch_late-s  | held      |       | 2024-07-01 |
        | touch_known | t21 | 2024-06-20 | call | touch_known-s | held      |       | 2024-06-30 |
        | in_trial    | t22 | 2022-12-31 | call | in_trial-s    | held      |       |            |
        | unknown     | t23 | 2024-06-20 | call | unknown-s     | held      |       |            |
        """,
    )
    engagement_shows(
        """
        | account_id  | sponsor_silence |
        | took_part   | 10              |
        | yesterday   | 0               |
        | never       | 396             |
        | undated     | 547             |
        | new         | 1               |
        | today       |                 |
        | unknown     |                 |
        | known       | 396             |
        | left        |                 |
        | leaves      | 10              |
        | told_late   | 10              |
        | told_before |                 |
        | successor   | 20              |
        | back        | 376             |
        | two         | 41              |
        | two_silent  | 396             |
        | risen       | 41              |
        | champion    |                 |
        | elsewhere   | 396             |
        | cancelled   | 396             |
        | automated   | 396             |
        | unsaid      | 10              |
        | touch_today | 396             |
        | touch_late  | 396             |
        | touch_known | 10              |
        | in_trial    | 547             |
        """,
        subscriptions=subscriptions,
        contacts=contacts,
        touchpoints=touchpoints,
    )


def test_four_of_five_touches_with_the_same_contact_are_a_single_thread():
    """Only held personal touches that name a contact, of the window, as far as known."""
    subscriptions, touchpoints = each_its_account(
        TOUCHES,
        """
        | four_of_five  | t1  | 2024-04-01 | call | x | held      |      |            |
        | four_of_five  | t2  | 2024-06-02 | call | x |           |      |            |
        | four_of_five  | t3  | 2024-06-02 | call | x | held      |      |            |
        | four_of_five  | t4  | 2024-06-30 | call | x | held      |      |            |
        | four_of_five  | t5  | 2024-06-05 | call | y | held      |      |            |
        | three_of_four | t6  | 2024-06-01 | call | x | held      |      |            |
        | three_of_four | t7  | 2024-06-02 | call | x | held      |      |            |
        | three_of_four | t8  | 2024-06-03 | call | x | held      |      |            |
        | three_of_four | t9  | 2024-06-04 | call | y | held      |      |            |
        | three_of_four | t10 | 2024-03-31 | call | x | held      |      |            |
        | three_of_four | t11 | 2024-06-04 | call | x | no_show   |      |            |
        | three_of_four | t12 | 2024-06-04 | call | x | held      | true |            |
        | three_of_four | t13 | 2024-07-01 | call | x | held      |      | 2024-06-20 |
        | three_of_four | t14 | 2024-06-20 | call | x | held      |      | 2024-07-01 |
        | unnamed       | t15 | 2024-06-01 | call | x | held      |      |            |
        | unnamed       | t16 | 2024-06-02 | call | x | held      |      |            |
        | unnamed       | t17 | 2024-06-03 | call |   | held      |      |            |
        | two           | t18 | 2024-06-01 | call | x | held      |      |            |
        | two           | t19 | 2024-06-02 | call | y | held      |      |            |
        | one           | t20 | 2024-06-01 | call | x | held      |      |            |
        | one           | t21 | 2024-06-02 | call |   | held      |      |            |
        | one_known     | t22 | 2024-06-01 | call | x | held      |      |            |
        | one_known     | t23 | 2024-06-02 | call | x | held      |      | 2024-06-30 |
        """,
    )
    engagement_shows(
        """
        | account_id    | single_threaded |
        | four_of_five  | 1               |
        | three_of_four | 0               |
        | unnamed       | 1               |
        | two           | 0               |
        | one           |                 |
        | one_known     | 1               |
        """,
        subscriptions=subscriptions,
        touchpoints=touchpoints,
    )


class TestBeginnings:
    """Of lifetimes, and of the logs. The sponsor of `later` came on 2 April."""

    SUBSCRIPTIONS = """
        | subscription_id | account_id | started_on | ended_on   |
        | s1              | in_time    | 2024-04-02 |            |
        | s2              | earlier    | 2024-04-01 |            |
        | s3              | later      | 2024-04-01 |            |
        | s4              | seen       | 2024-04-01 |            |
        | s5              | unseen     | 2024-04-01 |            |
        | s6              | today      | 2024-07-01 |            |
        | s7              | back       | 2023-01-01 | 2024-04-01 |
        | s8              | back       | 2024-06-01 |            |
    """
    CONTACTS = """
        | account_id | contact_id | role              | started_on |
        | in_time    | in_time    | executive_sponsor | 2023-01-01 |
        | earlier    | earlier    | executive_sponsor | 2023-01-01 |
        | later      | later      | executive_sponsor | 2024-04-02 |
        | seen       | seen       | executive_sponsor | 2023-01-01 |
        | unseen     | unseen     | executive_sponsor | 2023-01-01 |
        | today      | today      | executive_sponsor | 2023-01-01 |
        | back       | back       | executive_sponsor | 2023-01-01 |
    """
    TOUCHPOINTS = """
        | touchpoint_id | account_id | occurred_on | kind | contact_id |
        | t1            | in_time    | 2024-05-01  | call | x          |
        | t2            | in_time    | 2024-05-01  | call | x          |
        | t3            | earlier    | 2024-05-01  | call | x          |
        | t4            | earlier    | 2024-05-01  | call | x          |
        | t5            | seen       | 2024-04-02  | call | seen       |
        | t6            | unseen     | 2024-04-01  | call | unseen     |
        | t7            | back       | 2024-03-01  | call | back       |
        | t8            | back       | 2024-03-02  | call | back       |
        | t9            | today      | 2024-06-30  | call | today      |
        | t10           | today      | 2024-06-30  | call | today      |
    """

    def shown(self, expected, **begins):
        engagement_shows(
            expected,
            subscriptions=self.SUBSCRIPTIONS,
            contacts=self.CONTACTS,
            touchpoints=self.TOUCHPOINTS,
            **begins,
        )

    def test_nothing_of_before_the_origin_is_seen_and_on_the_first_day_nothing_at_all(self):
        self.shown(
            """
            | account_id | lifetime_number | sponsor_silence | single_threaded |
            | in_time    | 1               | 90              | 1               |
            | earlier    | 1               | 91              | 1               |
            | later      | 1               | 90              |                 |
            | seen       | 1               | 89              |                 |
            | unseen     | 1               | 90              |                 |
            | today      | 1               |                 |                 |
            | back       | 2               | 30              |                 |
            """
        )

    def test_touches_logged_later_cannot_say_that_a_sponsor_was_silent_before(self):
        self.shown(
            """
            | account_id | sponsor_silence | single_threaded |
            | in_time    | 90              | 1               |
            | earlier    |                 |                 |
            | later      | 90              |                 |
            | seen       | 89              |                 |
            | unseen     |                 |                 |
            | today      |                 |                 |
            | back       | 30              |                 |
            """,
            touchpoints_from="2024-04-02",
        )

    def test_who_is_sponsor_is_known_once_a_day_of_contacts_is_logged(self):
        self.shown(
            """
            | account_id | sponsor_silence | single_threaded |
            | in_time    |                 | 1               |
            | earlier    |                 | 1               |
            | later      |                 |                 |
            | seen       |                 |                 |
            | unseen     |                 |                 |
            | today      |                 |                 |
            | back       |                 |                 |
            """,
            contacts_from="2024-07-01",
        )
