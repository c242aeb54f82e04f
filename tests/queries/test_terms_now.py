"""Terms now: the next end of a term on the snapshot, and the last day on which notice for it can be given."""

from drawn import drawn_book


def test_the_terms_set_both_days_and_what_they_leave_out_is_not_known():
    """'over' can give no notice for this term any more; of 'two' the term that ends first counts."""
    drawn_book(
        tables={
            "subscriptions": """
            | subscription_id | account_id | started_on | term_ends_on | notice_period_days | ended_on   |
            | s1              | ahead      | 2024-01-01 | 2025-01-01   | 90                 |            |
            | s2              | over       | 2023-08-01 | 2024-08-01   | 90                 |            |
            | s3              | today      | 2023-07-01 | 2024-07-01   | 30                 |            |
            | s4              | no_period  | 2024-01-01 | 2025-01-01   |                    |            |
            | s5              | no_term    | 2024-01-01 |              | 90                 |            |
            | s6              | lapsed     | 2023-01-01 | 2024-01-01   | 30                 |            |
            | s7              | two        | 2024-01-01 | 2025-01-01   | 90                 |            |
            | s8              | two        | 2024-02-01 | 2024-11-01   | 30                 |            |
            | s9              | same_day   | 2024-01-01 | 2025-01-01   | 30                 |            |
            | s10             | same_day   | 2024-02-01 | 2025-01-01   | 60                 |            |
            | s11             | gone       | 2023-01-01 | 2024-01-01   | 30                 | 2024-01-01 |
            """
        },
        snapshot="2024-06-01",
    ).shows(
        "terms_now",
        """
        | account_id | renews_on  | notice_by  |
        | ahead      | 2025-01-01 | 2024-10-03 |
        | over       | 2024-08-01 | 2024-05-03 |
        | today      | 2024-07-01 | 2024-06-01 |
        | no_period  | 2025-01-01 |            |
        | no_term    |            |            |
        | lapsed     |            |            |
        | two        | 2024-11-01 | 2024-10-02 |
        | same_day   | 2025-01-01 | 2024-11-02 |
        """,
    )


def test_the_version_in_force_on_the_snapshot_has_the_clock():
    drawn_book(
        tables={
            "subscriptions": """
            | subscription_id | account_id | started_on | term_ends_on | notice_period_days |
            | s1              | a          | 2023-01-01 | 2024-01-01   | 30                 |
            | s1              | a          | 2024-01-01 | 2025-01-01   | 60                 |
            | s1              | a          | 2025-01-01 | 2026-01-01   | 90                 |
            """
        },
        snapshot="2024-06-01",
    ).shows("terms_now", "| account_id | renews_on | notice_by |\n| a | 2025-01-01 | 2024-11-02 |")
