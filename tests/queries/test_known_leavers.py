"""Known leavers: the day on which an account under notice ends, as the tables give it or as its terms make it."""

import pytest
from drawn import Book, drawn_book


def leavers(subscriptions: str, snapshot: str = "2024-06-01") -> Book:
    return drawn_book(tables={"subscriptions": subscriptions}, snapshot=snapshot)


def test_the_end_is_the_one_in_the_tables_not_that_of_the_term():
    """The term of 'late' had run out before it gave notice; listed by its term, it had ended before the snapshot."""
    leavers("""
        | subscription_id | account_id | started_on | term_ends_on | term_months | notice_on  | ended_on   |
        | s1              | late       | 2024-04-26 | 2024-05-26   | 1           | 2024-05-28 | 2024-07-27 |
        | s2              | early      | 2024-01-01 | 2025-01-01   | 12          | 2024-05-28 | 2024-06-15 |
        """).shows(
        "known_leavers",
        """
        | account_id | notice_on  | ends_on    | is_end_given |
        | early      | 2024-05-28 | 2024-06-15 | true         |
        | late       | 2024-05-28 | 2024-07-27 | true         |
        """,
    )


def test_an_end_that_is_agreed_has_not_happened():
    """Until then the account is there, pays, and is no lifetime that ended."""
    book = leavers("""
        | subscription_id | account_id | started_on | notice_on  | ended_on   | mrr |
        | s1              | a          | 2024-02-01 | 2024-05-28 | 2024-07-27 | 100 |
        """)
    book.shows("lifetimes", "| account_id | notice_on | ended_on | is_provisional |\n| a | 2024-05-28 | | false |")
    book.shows("known_leavers", "| account_id | ends_on | mrr |\n| a | 2024-07-27 | 100 |")


@pytest.mark.parametrize(
    ("subscription", "why"),
    [
        ("2024-05-28 | 2024-05-30 | 2024-07-27 |", "the notice was withdrawn, so another one led to the end"),
        ("           |            | 2024-07-27 |", "nothing tells when it became known"),
    ],
)
def test_an_end_that_no_notice_told_is_not_known_before_its_eve(subscription, why):
    book = leavers(f"""
        | subscription_id | account_id | started_on | notice_on  | notice_withdrawn_on | ended_on   |
        | s1              | a          | 2024-02-01 | {subscription}
        """)
    book.shows("known_leavers", "| account_id |")
    book.shows("subscriptions", "| account_id | ended_on |\n| a |  |")


def test_an_involuntary_end_was_not_known_from_the_notice():
    """It came before the end that the notice would have brought, which nobody wrote down."""
    leavers("""
        | subscription_id | account_id | started_on | term_ends_on | term_months | notice_on  | ended_on   | end_reason  |
        | s1              | a          | 2024-02-01 | 2025-02-01   | 12          | 2024-05-28 | 2024-06-20 | involuntary |
        """).shows("known_leavers", "| account_id | ends_on | is_end_given |\n| a | 2025-02-01 | false |")


class TestWhereNoEndIsGiven:
    def test_it_is_the_first_end_of_a_term_on_which_the_notice_can_take_effect(self):
        """'passed' rolls on month by month; 'missed' gave notice a day after the last one for its term."""
        leavers("""
            | subscription_id | account_id | started_on | term_ends_on | term_months | notice_period_days | notice_on  |
            | s1              | passed     | 2024-04-26 | 2024-05-26   | 1           | 30                 | 2024-05-28 |
            | s2              | at_once    | 2024-04-26 | 2024-05-26   | 1           |                    | 2024-05-28 |
            | s3              | in_time    | 2024-01-01 | 2024-07-01   | 6           | 60                 | 2024-05-02 |
            | s4              | missed     | 2024-01-01 | 2024-07-01   | 6           | 60                 | 2024-05-03 |
            | s5              | long_ago   | 2024-01-01 | 2024-03-31   | 3           | 0                  | 2024-01-15 |
            """).shows(
            "known_leavers",
            """
            | account_id | ends_on    | is_end_given |
            | passed     | 2024-07-26 | false        |
            | at_once    | 2024-06-26 | false        |
            | in_time    | 2024-07-01 | false        |
            | missed     | 2025-01-01 | false        |
            | long_ago   | 2024-06-30 | false        |
            """,
        )

    def test_a_term_that_does_not_renew_itself_ends_as_agreed_however_late_the_notice(self):
        leavers("""
            | subscription_id | account_id | started_on | term_ends_on | term_months | notice_period_days | notice_on  | auto_renew |
            | s1              | a          | 2024-01-01 | 2024-07-01   | 6           | 60                 | 2024-05-20 | false      |
            """).shows("known_leavers", "| account_id | ends_on |\n| a | 2024-07-01 |")

    def test_without_a_term_the_notice_period_tells_and_without_both_nothing(self):
        leavers("""
            | subscription_id | account_id | started_on | term_ends_on | notice_period_days | notice_on  |
            | s1              | a          | 2024-02-01 |              | 30                 | 2024-05-28 |
            | s2              | over       | 2024-02-01 |              | 30                 | 2024-03-28 |
            | s3              | untold     | 2024-02-01 |              |                    | 2024-05-28 |
            | s4              | one_term   | 2024-02-01 | 2024-05-01   |                    | 2024-05-28 |
            """).shows(
            "known_leavers",
            """
            | account_id | ends_on    |
            | a          | 2024-06-27 |
            | over       | 2024-06-02 |
            | untold     |            |
            | one_term   |            |
            """,
        )

    @pytest.mark.parametrize("day", [1, 15, 28, 29, 30, 31])
    def test_it_is_never_before_the_snapshot(self, day):
        book = leavers(
            f"""
            | subscription_id | account_id | started_on | term_ends_on     | term_months | notice_on  |
            | s1              | a          | 2024-01-01 | 2024-01-{day:02d} | 1           | 2024-01-10 |
            """,
            snapshot="2024-06-30",
        )
        assert book.con.execute("select ends_on > date '2024-06-30' from known_leavers").fetchall() == [(True,)]


def test_the_last_subscription_to_end_ends_the_lifetime_and_one_untold_leaves_it_untold():
    leavers("""
        | subscription_id | account_id | started_on | term_ends_on | term_months | notice_on  | ended_on   |
        | s1              | both       | 2024-02-01 |              |             | 2024-05-28 | 2024-06-27 |
        | s2              | both       | 2024-02-01 | 2024-08-01   | 6           | 2024-05-28 |            |
        | s3              | over       | 2024-02-01 |              |             | 2024-04-01 | 2024-05-20 |
        | s4              | over       | 2024-02-01 |              |             | 2024-05-20 | 2024-06-27 |
        | s5              | untold     | 2024-02-01 |              |             | 2024-05-28 |            |
        | s6              | untold     | 2024-02-01 |              |             | 2024-05-28 | 2024-06-27 |
        """).shows(
        "known_leavers",
        """
        | account_id | ends_on    | is_end_given |
        | both       | 2024-08-01 | false        |
        | over       | 2024-06-27 | true         |
        | untold     |            | false        |
        """,
    )
