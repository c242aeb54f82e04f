"""The dates at which covariates are needed: months, landmarks with their horizons, cuts of the time at risk."""

import datetime as dt

import pytest
from cases import case_shows, cases
from drawn import shared_book

from analysis.declared.study_parts import Windows

OPEN = """
| subscription_id | account_id | started_on |
| s1              | a          | 2022-01-01 |
"""


def dates(subscriptions, **study):
    """Return a book in which every end is settled at once, if nothing else is asked for."""
    return shared_book("3_dates", tables={"subscriptions": subscriptions}, **{"allowed_gap_days": 0, **study})


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

    def test_every_day_is_in_the_calendar_once_the_leap_day_too(self):
        found = dates(OPEN, snapshot="2024-03-02").con.execute(
            "select count(*), count(distinct day) from calendar_days where day between '2024-02-01' and '2024-03-01'"
        )
        assert found.fetchone() == (29 + 1, 29 + 1)

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

    @pytest.mark.parametrize(("first_month", "months"), [(4, [1, 4, 7]), (2, [2, 5, 8])])
    def test_quarters_and_with_them_quarterly_landmarks_follow_the_fiscal_year(self, first_month, months):
        """A fiscal year from April has calendar quarters; one from February quarters of its own."""
        clock = {"observation_start": "2024-01-01", "snapshot": "2024-09-15", "fiscal_year_start_month": first_month}
        quarterly, monthly = dates(OPEN, landmark_every_months=3, **clock), dates(OPEN, **clock)
        starts = [(dt.date(2024, month, 1),) for month in months]
        assert quarterly.con.execute("select landmark from landmark_dates order by 1").fetchall() == starts
        marked = monthly.con.execute("select landmark from landmark_dates where is_quarter_start order by 1").fetchall()
        assert marked == starts

    def test_an_observation_that_starts_on_a_31st_has_its_first_landmark_on_the_next_day(self):
        """Landmarks are firsts of months whatever day the observation, or a lifetime, began on."""
        book = dates(
            """
            | subscription_id | account_id | started_on |
            | s1              | a          | 2023-10-31 |
            | s2              | b          | 2024-03-31 |
            """,
            observation_start="2024-01-31",
            snapshot="2024-04-30",
        )
        book.shows(
            "landmark_dates",
            """
            | account_id | landmark   | horizon_ends_on |
            | a          | 2024-02-01 | 2024-05-01      |
            | a          | 2024-03-01 | 2024-06-01      |
            | a          | 2024-04-01 | 2024-07-01      |
            | b          | 2024-04-01 | 2024-07-01      |
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

    def test_the_last_day_to_give_notice_cuts_where_it_lies_within_the_version(self):
        """What b signed on 15 January would have had to be given notice of on that day: that is no cut."""
        book = dates(
            """
            | subscription_id | account_id | started_on | term_ends_on | notice_period_days |
            | s1              | a          | 2024-01-05 | 2024-01-25   | 10                 |
            | s2              | b          | 2024-01-05 |              |                    |
            | s2              | b          | 2024-01-15 | 2024-01-25   | 10                 |
            """,
            snapshot="2024-02-01",
        )
        book.shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | a          | 2024-01-05 | 2024-01-15 |
            | a          | 2024-01-15 | 2024-01-25 |
            | a          | 2024-01-25 | 2024-02-01 |
            | b          | 2024-01-05 | 2024-01-25 |
            | b          | 2024-01-25 | 2024-02-01 |
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


class TestRiskWindows:
    """On Monday, 1 July 2024: an old account, one of three weeks, and one that begins on the day."""

    BOOK = """
        | subscription_id | account_id | started_on |
        | s1              | old        | 2023-01-01 |
        | s2              | young      | 2024-06-10 |
        | s3              | today      | 2024-07-01 |
    """

    def book(self, **study):
        return dates(self.BOOK, observation_start="2024-06-01", snapshot="2024-07-01", **study)

    def test_a_window_begins_so_many_days_before_but_never_before_the_origin(self):
        self.book(observed_from={"touchpoints": "2024-04-02"}).shows(
            "risk_windows",
            """
            | account_id | recent_from | baseline_from | longest_from | released_from | touches_from | has_day |
            | old        | 2024-06-03  | 2024-04-01    | 2024-04-01   | 2024-01-03    | 2024-04-02   | true    |
            | young      | 2024-06-10  | 2024-06-10    | 2024-06-10   | 2024-06-10    | 2024-06-10   | true    |
            | today      | 2024-07-01  | 2024-07-01    | 2024-07-01   | 2024-07-01    | 2024-07-01   | false   |
            """,
            where="risk_date = date '2024-07-01'",
        )

    def test_use_is_looked_back_on_for_four_weeks_where_the_baseline_is_shorter(self):
        self.book(windows=Windows(recent_days=7, baseline_days=14)).shows(
            "risk_windows",
            """
            | account_id | recent_from | baseline_from | longest_from |
            | old        | 2024-06-24  | 2024-06-17    | 2024-06-03   |
            | young      | 2024-06-24  | 2024-06-17    | 2024-06-10   |
            """,
            where="risk_date = date '2024-07-01' and account_id <> 'today'",
        )

    @pytest.mark.parametrize(("begins", "is_logged"), [("2024-04-01", "true"), ("2024-04-02", "false")])
    def test_a_window_is_logged_if_its_log_begins_by_its_first_day_and_it_has_one(self, begins, is_logged):
        logs = dict.fromkeys(("usage_daily", "users", "touchpoints", "tickets", "contacts"), begins)
        self.book(observed_from=logs).shows(
            "risk_windows",
            f"""
            | account_id | is_use_logged | is_register_logged | are_touches_logged | are_tickets_logged | are_contacts_logged |
            | old        | {is_logged}   | {is_logged}        | {is_logged}        | {is_logged}        | {is_logged}         |
            | young      | true          | true               | true               | true               | true                |
            | today      | false         | false              | false              | false              | false               |
            """,
            where="risk_date = date '2024-07-01'",
        )

    def test_what_else_is_said_of_logs(self):
        """Use is compared from two recent windows on; every touch is logged of whom the log has known from the first."""
        logs = {"usage_daily": "2024-06-10", "touchpoints": "2024-06-10", "contacts": "2024-06-30"}
        self.book(observed_from=logs, windows=Windows(recent_days=10, baseline_days=20)).shows(
            "risk_windows",
            """
            | account_id | is_recent_use_logged | is_use_comparable | is_every_touch_logged | are_contacts_known |
            | old        | true                 | true              | false                 | true               |
            | young      | true                 | true              | true                  | true               |
            | today      | false                | false             | false                 | true               |
            """,
            where="risk_date = date '2024-07-01'",
        )
        self.book(observed_from={"contacts": "2024-07-01"}, windows=Windows(recent_days=11, baseline_days=22)).shows(
            "risk_windows",
            """
            | account_id | is_use_comparable | are_contacts_known |
            | old        | true              | false              |
            | young      | false             | false              |
            | today      | false             | false              |
            """,
            where="risk_date = date '2024-07-01'",
        )


class TestCases:
    """The cases of `cases`, through each query of the folder; the snapshot, 1 July, is a landmark."""

    def test_a_landmark_needs_an_unannounced_paid_day(self):
        """1 April is the first unpaid day of both gaps, 1 February that of at_origin's notice, 1 May on_cut's end."""
        case_shows(
            "landmark_dates",
            """
            | account_id  | lifetime_number | landmark   |
            | gap_allowed | 1               | 2024-02-01 |
            | gap_allowed | 1               | 2024-03-01 |
            | gap_allowed | 1               | 2024-05-01 |
            | gap_allowed | 1               | 2024-06-01 |
            | gap_allowed | 1               | 2024-07-01 |
            | gap_longer  | 1               | 2024-02-01 |
            | gap_longer  | 1               | 2024-03-01 |
            | gap_longer  | 2               | 2024-06-01 |
            | gap_longer  | 2               | 2024-07-01 |
            | withdrawn   | 1               | 2024-02-01 |
            | withdrawn   | 1               | 2024-03-01 |
            | withdrawn   | 1               | 2024-04-01 |
            | withdrawn   | 1               | 2024-06-01 |
            | withdrawn   | 1               | 2024-07-01 |
            | on_cut      | 1               | 2024-03-01 |
            | on_cut      | 1               | 2024-04-01 |
            | tried       | 1               | 2024-03-01 |
            | tried       | 1               | 2024-04-01 |
            | tried       | 1               | 2024-05-01 |
            | tried       | 1               | 2024-06-01 |
            | tried       | 1               | 2024-07-01 |
            """,
            *("gap_allowed", "gap_longer", "withdrawn", "on_cut", "tried", "at_origin"),
        )

    def test_on_the_landmark_that_is_the_snapshot_those_count_who_have_not_given_notice_by_then(self):
        case_shows(
            "landmark_dates",
            """
            | account_id | landmark   | horizon_ends_on | is_quarter_start |
            | a_day_late | 2024-07-01 | 2024-10-01      | true             |
            | overlap    | 2024-07-01 | 2024-10-01      | true             |
            | leap_day   | 2024-07-01 | 2024-10-01      | true             |
            """,
            *("a_day_late", "overlap", "leap_day", "on_snapshot", "pending", "merged", "failed", "apart"),
            where="landmark = date '2024-07-01'",
        )

    @pytest.mark.parametrize("event_date", ["notice", "end"])
    def test_those_under_notice_have_no_landmark_however_leaving_is_dated(self, event_date):
        """Notices: at_origin's on its first day, merged's on 10 April, pending's on 10 May, on_snapshot's on 1 July."""
        case_shows(
            "landmark_dates",
            """
            | account_id  | landmark   |
            | merged      | 2024-02-01 |
            | merged      | 2024-03-01 |
            | merged      | 2024-04-01 |
            | withdrawn   | 2024-02-01 |
            | withdrawn   | 2024-03-01 |
            | withdrawn   | 2024-04-01 |
            | withdrawn   | 2024-06-01 |
            | withdrawn   | 2024-07-01 |
            | on_snapshot | 2024-05-01 |
            | on_snapshot | 2024-06-01 |
            | pending     | 2024-05-01 |
            """,
            *("at_origin", "merged", "withdrawn", "on_snapshot", "pending"),
            event_date=event_date,
            where="(account_id not in ('on_snapshot', 'pending') or landmark >= date '2024-05-01')",
        )

    @pytest.mark.parametrize("event_date", ["notice", "end"])
    def test_a_notice_a_gap_or_an_end_puts_an_account_out_of_the_population(self, event_date):
        case_shows(
            "landmark_dates",
            """
            | account_id  | landmark   | out_on     |
            | merged      | 2024-03-01 | 2024-04-10 |
            | withdrawn   | 2024-03-01 | 2024-04-10 |
            | gap_allowed | 2024-03-01 | 2024-04-01 |
            | failed      | 2024-03-01 | 2024-05-15 |
            | late        | 2024-03-01 | 9999-12-31 |
            """,
            *("merged", "withdrawn", "gap_allowed", "failed", "late"),
            event_date=event_date,
            where="landmark = date '2024-03-01'",
        )

    def test_a_term_that_ends_on_the_leap_day_cuts_there_and_the_month_on_the_next_day(self):
        case_shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | renewed    | 2024-02-10 | 2024-02-29 |
            | renewed    | 2024-02-29 | 2024-03-01 |
            | renewed    | 2024-03-01 | 2024-04-01 |
            | leap_day   | 2024-02-29 | 2024-03-01 |
            | leap_day   | 2024-03-01 | 2024-04-01 |
            """,
            *("renewed", "leap_day"),
            where="starts_on < date '2024-04-01'",
        )

    def test_terms_and_deadlines_at_the_end_of_a_month_cut_the_day_before_the_month_does(self):
        """31 days before 31 May is 30 April."""
        case_shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | month_end  | 2024-01-31 | 2024-02-01 |
            | month_end  | 2024-02-01 | 2024-03-01 |
            | month_end  | 2024-03-01 | 2024-04-01 |
            | month_end  | 2024-04-01 | 2024-04-30 |
            | month_end  | 2024-04-30 | 2024-05-01 |
            | month_end  | 2024-05-01 | 2024-05-31 |
            | month_end  | 2024-05-31 | 2024-06-01 |
            """,
            "month_end",
        )

    def test_intervals_stop_where_risk_does_and_start_anew_where_it_is_back(self):
        """Notices, ends, gaps and withdrawals; what was under notice on its first day has none."""
        case_shows(
            "risk_intervals",
            """
            | account_id  | lifetime_number | starts_on  | stops_on   |
            | gap_allowed | 1               | 2024-03-01 | 2024-04-01 |
            | gap_allowed | 1               | 2024-05-01 | 2024-06-01 |
            | gap_longer  | 1               | 2024-03-01 | 2024-04-01 |
            | gap_longer  | 2               | 2024-05-02 | 2024-06-01 |
            | withdrawn   | 1               | 2024-03-01 | 2024-04-01 |
            | withdrawn   | 1               | 2024-04-01 | 2024-04-10 |
            | withdrawn   | 1               | 2024-05-20 | 2024-06-01 |
            | pending     | 1               | 2024-03-01 | 2024-04-01 |
            | pending     | 1               | 2024-04-01 | 2024-05-01 |
            | pending     | 1               | 2024-05-01 | 2024-05-10 |
            | on_cut      | 1               | 2024-03-01 | 2024-04-01 |
            | on_cut      | 1               | 2024-04-01 | 2024-05-01 |
            """,
            *("gap_allowed", "gap_longer", "withdrawn", "pending", "on_cut", "at_origin"),
            where="starts_on between date '2024-03-01' and date '2024-05-20'",
        )

    def test_subscriptions_that_overlap_or_end_apart_make_one_row_of_intervals(self):
        """The term of apart's first subscription, involuntarily ended on 15 April, cuts; overlap's end without a term does not."""
        case_shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | overlap    | 2024-03-01 | 2024-04-01 |
            | overlap    | 2024-04-01 | 2024-05-01 |
            | overlap    | 2024-05-01 | 2024-06-01 |
            | apart      | 2024-03-01 | 2024-04-01 |
            | apart      | 2024-04-01 | 2024-04-15 |
            | apart      | 2024-04-15 | 2024-05-01 |
            | apart      | 2024-05-01 | 2024-05-15 |
            """,
            *("overlap", "apart"),
            where="starts_on >= date '2024-03-01'",
        )

    def test_the_term_of_a_trial_cuts_nothing(self):
        """Its trial was to end on 10 March, its first paid term on the 15th."""
        case_shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | tried      | 2024-02-15 | 2024-03-01 |
            | tried      | 2024-03-01 | 2024-03-15 |
            | tried      | 2024-03-15 | 2024-04-01 |
            """,
            "tried",
            where="starts_on < date '2024-04-01'",
        )

    def test_intervals_end_thirty_days_before_the_snapshot_up_to_which_ends_are_settled(self):
        """Of ends in June nobody knows on 1 July whether they are ends, so that no day of June is at risk for anybody."""
        case_shows(
            "risk_intervals",
            """
            | account_id  | starts_on  | stops_on   |
            | on_snapshot | 2024-05-01 | 2024-06-01 |
            | a_day_late  | 2024-05-01 | 2024-06-01 |
            | late        | 2024-05-01 | 2024-06-01 |
            """,
            *("on_snapshot", "a_day_late", "late"),
            where="stops_on > date '2024-05-01'",
        )

    def test_where_the_end_is_the_event_a_notice_cuts_nothing(self):
        case_shows(
            "risk_intervals",
            """
            | account_id | starts_on  | stops_on   |
            | withdrawn  | 2024-04-01 | 2024-05-01 |
            | withdrawn  | 2024-05-01 | 2024-06-01 |
            | merged     | 2024-04-01 | 2024-05-01 |
            | merged     | 2024-05-01 | 2024-05-15 |
            """,
            *("withdrawn", "merged", "at_origin"),
            event_date="end",
            where="starts_on >= date '2024-04-01' and stops_on <= date '2024-06-01'",
        )

    def test_covariates_are_asked_for_only_on_days_at_risk(self):
        """With its lifetime's number and origin, also where a return restarted them."""
        case_shows(
            "risk_dates",
            """
            | account_id | risk_date  | lifetime_number | origin     |
            | gap_longer | 2024-02-01 | 1               | 2024-02-01 |
            | gap_longer | 2024-03-01 | 1               | 2024-02-01 |
            | gap_longer | 2024-05-02 | 2               | 2024-05-02 |
            | gap_longer | 2024-06-01 | 2               | 2024-05-02 |
            | gap_longer | 2024-07-01 | 2               | 2024-05-02 |
            | merged     | 2024-02-01 | 1               | 2024-02-01 |
            | merged     | 2024-03-01 | 1               | 2024-02-01 |
            | merged     | 2024-04-01 | 1               | 2024-02-01 |
            """,
            *("gap_longer", "merged", "at_origin"),
        )

    @pytest.mark.parametrize("event_date", ["notice", "end"])
    def test_every_date_is_a_day_at_risk(self, event_date):
        found = cases(event_date).con.execute(
            "select count(*) from risk_dates where not exists (select 1 from risk_spells where risk_spells.lifetime_id = "
            "risk_dates.lifetime_id and risk_date >= risk_from and risk_date < risk_until)"
        )
        assert found.fetchone() == (0,)
