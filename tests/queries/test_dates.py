"""The dates at which covariates are needed: months, landmarks with their horizons, cuts of the time at risk."""

import pytest
from drawn import drawn_book

OPEN = """
| subscription_id | account_id | started_on |
| s1              | a          | 2022-01-01 |
"""


def dates(subscriptions, **study):
    return drawn_book("3_dates", tables={"subscriptions": subscriptions}, **study)


class TestCalendar:
    @pytest.mark.parametrize(("first_month", "quarter_starts"), [(1, "1 4 7 10"), (4, "1 4 7 10"), (2, "2 5 8 11")])
    def test_fiscal_quarters_start_every_three_months_from_the_first_of_the_year(self, first_month, quarter_starts):
        book = dates(OPEN, fiscal_year_start_month=first_month)
        months = book.con.execute(
            "select distinct month(starts_on) from calendar_months where is_quarter_start order by 1"
        ).fetchall()
        assert " ".join(str(month) for (month,) in months) == quarter_starts

    def test_months_follow_each_other_without_a_gap_for_a_century(self):
        found = dates(OPEN).con.execute(
            "select min(starts_on)::varchar, max(starts_on)::varchar, count(*), "
            "count(*) filter (starts_on = make_date(1980, 1, 1) + to_months(month_number)) from calendar_months"
        )
        assert found.fetchone() == ("1980-01-01", "2079-12-01", 1200, 1200)

    def test_days_reach_from_a_baseline_before_the_observation_to_the_day_before_the_snapshot(self):
        """1 October 2023 is 91 + 1 days before 1 January: the baseline of the first landmark begins on the 2nd."""
        found = dates(OPEN, snapshot="2024-02-01").con.execute(
            "select min(day)::varchar, max(day)::varchar, count(*), count(distinct day) from calendar_days"
        )
        assert found.fetchone() == ("2023-10-02", "2024-01-31", 91 + 31, 91 + 31)


class TestLandmarks:
    def test_horizons_end_three_calendar_months_on_after_89_to_92_days(self):
        """From 1 February to 1 May 2023 are 28 + 31 + 30 days, from 1 July to 1 October 31 + 31 + 30."""
        book = dates(OPEN, observation_start="2023-01-01", snapshot="2024-03-01")
        book.shows(
            "landmark_dates",
            """
            | account_id | landmark   | horizon_ends_on | horizon_ends_on - landmark |
            | a          | 2023-01-01 | 2023-04-01      | 31 + 28 + 31               |
            | a          | 2023-02-01 | 2023-05-01      | 28 + 31 + 30               |
            | a          | 2023-07-01 | 2023-10-01      | 31 + 31 + 30               |
            | a          | 2024-02-01 | 2024-05-01      | 29 + 31 + 30               |
            """,
            where="landmark in ('2023-01-01', '2023-02-01', '2023-07-01', '2024-02-01')",
        )

    def test_landmarks_are_the_month_starts_from_the_observation_start_to_the_snapshot_itself(self):
        book = dates(OPEN, observation_start="2024-01-01", snapshot="2024-03-01")
        book.shows(
            "landmark_dates",
            """
            | account_id | landmark   | is_quarter_start |
            | a          | 2024-01-01 | true             |
            | a          | 2024-02-01 | false            |
            | a          | 2024-03-01 | false            |
            """,
        )

    def test_there_is_no_landmark_before_a_whole_month_has_begun(self):
        book = dates(OPEN, observation_start="2024-01-02", snapshot="2024-02-29")
        book.shows(
            "landmark_dates",
            """
            | account_id | landmark   |
            | a          | 2024-02-01 |
            """,
        )

    def test_quarterly_landmarks_are_the_starts_of_fiscal_quarters(self):
        """Scores are taken on quarter starts: landmarks in between them could never be scored."""
        book = dates(OPEN, observation_start="2024-01-01", snapshot="2024-08-15", landmark_every_months=3)
        book.shows(
            "landmark_dates",
            """
            | account_id | landmark   |
            | a          | 2024-01-01 |
            | a          | 2024-04-01 |
            | a          | 2024-07-01 |
            """,
        )

    def test_who_starts_on_a_landmark_is_at_risk_and_who_leaves_on_it_is_not(self):
        book = dates(
            """
            | subscription_id | account_id | started_on | ended_on   | notice_on  |
            | s1              | starts     | 2024-02-01 |            |            |
            | s2              | ends       | 2023-06-01 | 2024-02-01 |            |
            | s3              | gives      | 2023-06-01 |            | 2024-02-01 |
            | s4              | next_day   | 2023-06-01 | 2024-02-02 |            |
            """,
            snapshot="2024-02-15",
        )
        book.shows(
            "landmark_dates",
            """
            | account_id | landmark   |
            | starts     | 2024-02-01 |
            | ends       | 2024-01-01 |
            | gives      | 2024-01-01 |
            | next_day   | 2024-01-01 |
            | next_day   | 2024-02-01 |
            """,
        )

    def test_a_short_gap_and_a_withdrawn_notice_have_no_landmark(self):
        book = dates(
            """
            | subscription_id | account_id | started_on | ended_on   | notice_on  | notice_withdrawn_on |
            | s1              | gap        | 2024-01-01 | 2024-02-20 |            |                     |
            | s2              | gap        | 2024-03-10 |            |            |                     |
            | s3              | under      | 2024-01-01 |            | 2024-02-20 | 2024-03-10          |
            """,
            snapshot="2024-04-15",
        )
        book.shows(
            "landmark_dates",
            """
            | account_id | landmark   |
            | gap        | 2024-01-01 |
            | gap        | 2024-02-01 |
            | gap        | 2024-04-01 |
            | under      | 2024-01-01 |
            | under      | 2024-02-01 |
            | under      | 2024-04-01 |
            """,
        )

    def test_an_account_that_starts_on_the_snapshot_can_be_forecast(self):
        book = dates(
            """
            | subscription_id | account_id | started_on |
            | s1              | a          | 2025-01-01 |
            | s2              | b          | 2025-01-02 |
            """
        )
        book.shows(
            "landmark_dates",
            """
            | account_id | landmark   |
            | a          | 2025-01-01 |
            """,
        )
        book.shows("risk_intervals", "| account_id |")


class TestIntervals:
    def test_time_at_risk_is_cut_at_month_starts_and_ends_at_the_snapshot(self):
        book = dates(
            """
            | subscription_id | account_id | started_on |
            | s1              | a          | 2024-01-20 |
            """,
            snapshot="2024-03-10",
        )
        book.shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | a          | 2024-01-20 | 2024-02-01 |
            | a          | 2024-02-01 | 2024-03-01 |
            | a          | 2024-03-01 | 2024-03-10 |
            """,
        )

    def test_a_start_on_the_last_day_of_a_month_does_not_drift(self):
        """31 January, then month starts: never 28 February from one month to the next."""
        book = dates(
            """
            | subscription_id | account_id | started_on |
            | s1              | a          | 2023-01-31 |
            """,
            observation_start="2023-01-01",
            snapshot="2023-04-01",
        )
        book.shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | a          | 2023-01-31 | 2023-02-01 |
            | a          | 2023-02-01 | 2023-03-01 |
            | a          | 2023-03-01 | 2023-04-01 |
            """,
        )

    def test_the_leap_day_belongs_to_its_month(self):
        book = dates(
            """
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-02-10 | 2024-03-02 |
            """,
            snapshot="2024-04-01",
        )
        book.shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   | stops_on - starts_on |
            | a          | 2024-02-10 | 2024-03-01 | 19 + 1               |
            | a          | 2024-03-01 | 2024-03-02 | 1                    |
            """,
        )

    def test_a_term_that_ends_cuts_where_the_account_goes_on(self):
        book = dates(
            """
            | subscription_id | account_id | started_on | term_ends_on | ended_on   |
            | s1              | a          | 2024-01-10 | 2024-02-10   | 2024-02-10 |
            | s1              | a          | 2024-02-10 | 2024-03-10   |            |
            """,
            snapshot="2024-03-20",
        )
        book.shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | a          | 2024-01-10 | 2024-02-01 |
            | a          | 2024-02-01 | 2024-02-10 |
            | a          | 2024-02-10 | 2024-03-01 |
            | a          | 2024-03-01 | 2024-03-10 |
            | a          | 2024-03-10 | 2024-03-20 |
            """,
        )

    def test_a_term_that_was_never_reached_cuts_nothing(self):
        """The plan of 10 January was replaced on 5 February: on the 10th nothing came up for renewal."""
        book = dates(
            """
            | subscription_id | account_id | started_on | term_ends_on | ended_on   |
            | s1              | a          | 2024-01-10 | 2024-02-10   | 2024-02-05 |
            | s1              | a          | 2024-02-05 | 2025-02-05   |            |
            """,
            snapshot="2024-03-01",
        )
        book.shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | a          | 2024-01-10 | 2024-02-01 |
            | a          | 2024-02-01 | 2024-03-01 |
            """,
        )

    def test_terms_of_two_subscriptions_that_end_on_one_day_cut_once(self):
        book = dates(
            """
            | subscription_id | account_id | started_on | term_ends_on |
            | s1              | a          | 2024-01-01 | 2024-01-15   |
            | s2              | a          | 2024-01-01 | 2024-01-15   |
            """,
            snapshot="2024-02-01",
        )
        book.shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | a          | 2024-01-01 | 2024-01-15 |
            | a          | 2024-01-15 | 2024-02-01 |
            """,
        )

    def test_a_leaving_on_a_month_start_makes_no_empty_interval(self):
        book = dates("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-02-10 | 2024-03-01 |
        """)
        book.shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | a          | 2024-02-10 | 2024-03-01 |
            """,
        )

    def test_no_interval_reaches_into_a_short_gap(self):
        book = dates(
            """
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-01-10 | 2024-01-25 |
            | s2              | a          | 2024-02-05 |            |
            """,
            snapshot="2024-02-20",
        )
        book.shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | a          | 2024-01-10 | 2024-01-25 |
            | a          | 2024-02-05 | 2024-02-20 |
            """,
        )

    def test_late_entry_starts_at_the_observation_start(self):
        dates(OPEN, observation_start="2024-01-15", snapshot="2024-02-10").shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | a          | 2024-01-15 | 2024-02-01 |
            | a          | 2024-02-01 | 2024-02-10 |
            """,
        )


class TestRiskDates:
    def test_covariates_are_needed_on_landmarks_and_where_intervals_start_once_each(self):
        book = dates(
            """
            | subscription_id | account_id | started_on | term_ends_on |
            | s1              | a          | 2024-01-20 | 2024-02-10   |
            """,
            snapshot="2024-03-01",
        )
        book.shows(
            "risk_dates",
            """
            | account_id | risk_date  | origin     | lifetime_number |
            | a          | 2024-01-20 | 2024-01-20 | 1               |
            | a          | 2024-02-01 | 2024-01-20 | 1               |
            | a          | 2024-02-10 | 2024-01-20 | 1               |
            | a          | 2024-03-01 | 2024-01-20 | 1               |
            """,
        )
