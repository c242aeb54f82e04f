"""Goals achieved, the next one, and the days until and since they were worth something, worked out by hand.

The day is Monday, 1 July 2024. Where a test needs facts that come to be known after it, the snapshot is a month later.
"""

import functools

import pytest
from one_day import day_shows, each_its_account

AUGUST = "2024-08-01"
goals_show = functools.partial(day_shows, "relationship_goals", snapshot=AUGUST)
HEADER = "| account_id | goal_id | defined_on | achieved_on | value_shown_on | known_on |"


def test_whether_every_goal_is_achieved_that_is_known_to_be_set():
    """A goal of before the origin that is still open is one to achieve; one achieved then is another lifetime's."""
    subscriptions, goals = each_its_account(
        HEADER,
        """
        | achieved     | g1 | 2024-01-01 | 2024-06-30 |  |            |
        | open         | g1 | 2024-01-01 |            |  |            |
        | not_yet      | g1 | 2024-01-01 | 2024-07-01 |  |            |
        | both         | g1 | 2024-01-01 | 2024-06-01 |  |            |
        | both         | g2 | 2024-02-01 | 2024-06-02 |  |            |
        | next         | g1 | 2024-01-01 | 2024-06-01 |  |            |
        | next         | g2 | 2024-06-30 |            |  |            |
        | next_today   | g1 | 2024-01-01 | 2024-06-01 |  |            |
        | next_today   | g2 | 2024-07-01 |            |  | 2024-06-20 |
        | next_unknown | g1 | 2024-01-01 | 2024-06-01 |  |            |
        | next_unknown | g2 | 2024-06-10 |            |  | 2024-07-01 |
        | next_known   | g1 | 2024-01-01 | 2024-06-01 |  |            |
        | next_known   | g2 | 2024-06-10 |            |  | 2024-06-30 |
        | undated      | g1 |            | 2024-06-01 |  |            |
        | undated_open | g1 | 2024-01-01 | 2024-06-01 |  |            |
        | undated_open | g2 |            |            |  |            |
        | before       | g1 | 2022-12-01 | 2022-12-31 |  |            |
        | on_origin    | g1 | 2022-12-01 | 2023-01-01 |  |            |
        | carried      | g1 | 2022-12-01 |            |  |            |
        | unknown      | g1 | 2024-01-01 | 2024-06-01 |  | 2024-07-01 |
        """,
    )
    goals_show(
        """
        | account_id   | goals_achieved_no_next | first_value_days |
        | achieved     | 1                      | 546              |
        | open         | 0                      | 547              |
        | not_yet      | 0                      | 547              |
        | both         | 1                      | 517              |
        | next         | 0                      | 517              |
        | next_today   | 1                      | 517              |
        | next_unknown | 1                      | 517              |
        | next_known   | 0                      | 517              |
        | undated      | 1                      | 517              |
        | undated_open | 0                      | 517              |
        | before       |                        | 547              |
        | on_origin    | 1                      | 0                |
        | carried      | 0                      | 547              |
        | unknown      |                        | 547              |
        """,
        subscriptions=subscriptions,
        goals=goals,
    )


def test_days_since_value_was_last_shown_or_since_the_origin():
    subscriptions, goals = each_its_account(
        HEADER,
        """
        | yesterday | g1 | 2024-01-01 |            | 2024-06-30 |            |
        | today     | g1 | 2024-01-01 |            | 2024-07-01 |            |
        | last      | g1 | 2024-01-01 | 2024-05-01 | 2024-06-20 |            |
        | last      | g2 | 2024-01-01 | 2024-05-01 | 2024-06-10 |            |
        | never     | g1 | 2024-01-01 | 2024-05-01 |            |            |
        | origin    | g1 |            |            | 2023-01-01 |            |
        | before    | g1 |            |            | 2022-12-31 |            |
        | unknown   | g1 | 2024-01-01 |            | 2024-06-20 | 2024-07-01 |
        | known     | g1 | 2024-01-01 |            | 2024-06-20 | 2024-06-30 |
        """,
    )
    goals_show(
        """
        | account_id | days_without_value |
        | yesterday  | 0                  |
        | today      | 547                |
        | last       | 10                 |
        | never      | 547                |
        | origin     | 546                |
        | before     | 547                |
        | unknown    | 547                |
        | known      | 10                 |
        """,
        subscriptions=subscriptions,
        goals=goals,
    )


class TestBeginnings:
    """Of lifetimes, and of the log."""

    SUBSCRIPTIONS = """
        | subscription_id | account_id | started_on | ended_on   |
        | s1              | in_time    | 2024-04-02 |            |
        | s2              | earlier    | 2024-04-01 |            |
        | s3              | shown      | 2024-04-01 |            |
        | s4              | none       | 2024-04-02 |            |
        | s5              | today      | 2024-07-01 |            |
        | s6              | back       | 2023-01-01 | 2024-04-01 |
        | s7              | back       | 2024-06-01 |            |
    """
    GOALS = """
        | account_id | goal_id | defined_on | achieved_on | value_shown_on |
        | in_time    | g1      | 2024-04-02 | 2024-04-12  |                |
        | earlier    | g1      | 2024-04-02 | 2024-04-12  |                |
        | shown      | g1      | 2024-04-02 |             | 2024-06-20     |
        | today      | g1      | 2024-06-02 |             |                |
        | back       | g1      | 2023-04-02 | 2023-04-12  | 2023-04-12     |
    """

    @pytest.mark.parametrize(
        ("begins", "expected"),
        [
            (
                "2023-01-01",
                """
                | account_id | lifetime_number | goals_achieved_no_next | days_without_value | first_value_days |
                | in_time    | 1               | 1                      | 90                 | 10               |
                | earlier    | 1               | 1                      | 91                 | 11               |
                | shown      | 1               | 0                      | 10                 | 91               |
                | none       | 1               |                        | 90                 | 90               |
                | today      | 1               | 0                      |                    |                  |
                | back       | 2               |                        | 30                 | 30               |
                """,
            ),
            (
                "2024-04-02",
                """
                | account_id | lifetime_number | goals_achieved_no_next | days_without_value | first_value_days |
                | in_time    | 1               | 1                      | 90                 | 10               |
                | earlier    | 1               | 1                      |                    |                  |
                | shown      | 1               | 0                      | 10                 |                  |
                | none       | 1               |                        | 90                 | 90               |
                | today      | 1               | 0                      |                    |                  |
                | back       | 2               |                        | 30                 | 30               |
                """,
            ),
            (
                "2024-07-01",
                """
                | account_id | lifetime_number | goals_achieved_no_next | days_without_value | first_value_days |
                | in_time    | 1               |                        |                    |                  |
                | earlier    | 1               |                        |                    |                  |
                | shown      | 1               |                        |                    |                  |
                | none       | 1               |                        |                    |                  |
                | today      | 1               |                        |                    |                  |
                | back       | 2               |                        |                    |                  |
                """,
            ),
        ],
    )
    def test_a_log_that_begins_later_does_not_know_of_before(self, begins, expected):
        """Nothing is said of an earlier stay, nor of first values on the first day."""
        goals_show(expected, subscriptions=self.SUBSCRIPTIONS, goals=self.GOALS, goals_from=begins)
