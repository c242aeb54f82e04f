"""One book of the cases in which churn analyses go wrong, each an account named for it; the snapshot is a landmark.

Observed from Monday, 1 January to Monday, 1 July 2024, a leap year. The fiscal year starts in April.
"""

# ruff: noqa: E501  a drawn table is as wide as it is
import functools

from drawn import Book, drawn_book

SUBSCRIPTIONS = """
| subscription_id | account_id  | started_on | term_ends_on | notice_period_days | ended_on   | notice_on  | notice_withdrawn_on | kind  | end_reason  |
| s01             | renewed     | 2024-02-10 | 2024-02-29   |                    | 2024-02-29 |            |                     |       |             |
| s01             | renewed     | 2024-02-29 | 2025-02-28   |                    |            |            |                     |       |             |
| s02             | leap_day    | 2024-02-29 | 2024-04-30   |                    |            |            |                     |       |             |
| s03             | month_end   | 2024-01-31 | 2024-05-31   | 31                 |            |            |                     |       |             |
| s04             | overlap     | 2024-02-01 |              |                    | 2024-04-10 |            |                     |       |             |
| s05             | overlap     | 2024-03-20 |              |                    |            |            |                     |       |             |
| s06             | apart       | 2024-02-01 | 2024-04-15   |                    | 2024-04-15 |            |                     |       | involuntary |
| s07             | apart       | 2024-02-01 | 2024-05-15   |                    | 2024-05-15 |            |                     |       |             |
| s08             | gap_allowed | 2024-02-01 |              |                    | 2024-04-01 |            |                     |       |             |
| s09             | gap_allowed | 2024-05-01 |              |                    |            |            |                     |       |             |
| s10             | gap_longer  | 2024-02-01 |              |                    | 2024-04-01 |            |                     |       |             |
| s11             | gap_longer  | 2024-05-02 |              |                    |            |            |                     |       |             |
| s12             | pending     | 2024-02-01 |              |                    |            | 2024-05-10 |                     |       |             |
| s13             | on_snapshot | 2024-02-01 |              |                    |            | 2024-07-01 |                     |       |             |
| s14             | a_day_late  | 2024-02-01 |              |                    |            | 2024-07-02 |                     |       |             |
| s15             | withdrawn   | 2024-02-01 |              |                    |            | 2024-04-10 | 2024-05-20          |       |             |
| s16             | at_origin   | 2024-02-01 |              |                    | 2024-03-10 | 2024-02-01 |                     |       |             |
| s17             | on_cut      | 2024-02-15 |              |                    | 2024-05-01 |            |                     |       |             |
| s18             | tried       | 2024-01-20 | 2024-03-10   |                    | 2024-02-15 |            |                     | trial |             |
| s18             | tried       | 2024-02-15 | 2024-03-15   |                    |            |            |                     | paid  |             |
| s19             | merged      | 2024-02-01 |              |                    | 2024-05-15 | 2024-04-10 |                     |       | merged      |
| s20             | failed      | 2024-02-01 |              |                    | 2024-05-15 |            |                     |       | involuntary |
| s21             | late        | 2023-08-31 |              |                    |            |            |                     |       |             |
"""


@functools.cache
def cases(event_date: str = "notice") -> Book:
    """Return the book, built once for each way to date the event."""
    return drawn_book(
        snapshot="2024-07-01",
        fiscal_year_start_month=4,
        event_date=event_date,
        tables={"subscriptions": SUBSCRIPTIONS},
    )


def case_shows(table: str, expected: str, *accounts: str, event_date: str = "notice", where: str = "true") -> None:
    """Assert that the rows of these accounts are as drawn."""
    named = ", ".join(f"'{account}'" for account in accounts)
    cases(event_date).shows(table, expected, where=f"account_id in ({named}) and {where}")
