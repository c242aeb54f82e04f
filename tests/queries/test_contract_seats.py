"""Seats where some versions have none, or do not say how many, worked out by hand.

The day is Monday, 1 July 2024; seats are compared with those of 91 days before, 1 April.
"""

from drawn import drawn_book
from one_day import day_shows


def test_seats_are_compared_only_where_as_many_versions_leave_them_out():
    """From 1 May nothing is said of so many seats that they may be more or fewer than before: missing is not zero."""
    day_shows(
        "contract",
        """
        | account_id | seats | seats_cut | seats_added |
        | falls      |       |           |             |
        | silent     |       |           |             |
        | one_of_two | 10    |           |             |
        | beside     | 10    |           |             |
        | as_before  | 8     | 1         | 0           |
        | again      | 12    |           |             |
        """,
        """
        | subscription_id | account_id | started_on | seats |
        | s1              | falls      | 2024-01-01 | 10    |
        | s1              | falls      | 2024-05-01 |       |
        | s2              | silent     | 2024-01-01 |       |
        | s3              | one_of_two | 2024-01-01 | 10    |
        | s4              | one_of_two | 2024-01-01 | 10    |
        | s4              | one_of_two | 2024-05-01 |       |
        | s5              | beside     | 2024-01-01 | 10    |
        | s6              | beside     | 2024-05-01 |       |
        | s7              | as_before  | 2024-01-01 | 10    |
        | s8              | as_before  | 2024-01-01 |       |
        | s7              | as_before  | 2024-05-01 | 8     |
        | s9              | again      | 2024-01-01 |       |
        | s9              | again      | 2024-05-01 | 12    |
        """,
    )


def test_an_account_pays_for_the_same_seats_whoever_asks():
    """What is sold without seats adds none, for whoever is at risk and for whoever is about to leave alike."""
    book = drawn_book(
        snapshot="2024-07-01",
        tables={
            "subscriptions": """
                | subscription_id | account_id | started_on | notice_on  | seats | mrr |
                | s1              | stays      | 2024-01-01 |            | 10    | 100 |
                | s2              | stays      | 2024-01-01 |            |       | 30  |
                | s3              | leaves     | 2024-01-01 | 2024-06-10 | 10    | 100 |
                | s4              | leaves     | 2024-01-01 | 2024-06-10 |       | 30  |
            """
        },
    )
    both = """
        | account_id | seats | mrr | versions_without_seats |
        | stays      | 10    | 130 | 1                      |
        | leaves     | 10    | 130 | 1                      |
    """
    book.shows("account_levels", both)
    book.shows("terms_in_force", both, where="risk_date = date '2024-06-01'")
    book.shows(
        "known_leavers",
        """
        | account_id | seats | mrr |
        | leaves     | 10    | 130 |
        """,
    )
