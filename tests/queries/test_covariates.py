"""Each covariate on one day, from facts few enough to work it out by hand.

The day is Monday, 1 July 2024. The recent window [d - 28, d) begins on 3 June, the baseline window [d - 91, d) on
1 April; between them lie 63 days. Facts on the edges of the windows are in every table.
"""

import functools
import math

import pytest
from drawn import drawn_book
from one_day import DAY, OLD, OLD_AND_OTHER, covariates, day_shows

usage_shows = functools.partial(day_shows, "usage")
contract_shows = functools.partial(day_shows, "contract")


class TestUsageByDay:
    EDGES = """
        | account_id | used_on    | feature | events |
        | a          | 2024-03-31 | x       | 50000  |
        | a          | 2024-04-01 | x       | 4000   |
        | a          | 2024-06-02 | x       | 300    |
        | a          | 2024-06-03 | x       | 20     |
        | a          | 2024-06-03 | y       | 6      |
        | a          | 2024-06-30 | x       | 2      |
        | a          | 2024-07-01 | z       | 600000 |
    """

    def test_events_per_seat_day_counts_the_28_days_before_the_day(self):
        """3 June (d - 28) is in, 2 June (d - 29) and the day itself are not."""
        usage_shows(
            """
            | account_id | events_per_seat_day      |
            | a          | (20 + 6 + 2) / (10 * 28) |
            """,
            usage_daily=self.EDGES,
        )

    def test_active_day_share_counts_days_not_rows(self):
        usage_shows(
            """
            | account_id | active_day_share |
            | a          | 2 / 28           |
            """,
            usage_daily=self.EDGES,
        )

    def test_active_week_share_counts_weeks_back_from_the_day(self):
        """30 June is in the last of 13 weeks, 3 June in the fourth, 2 June in the fifth, 1 April in the first."""
        usage_shows(
            """
            | account_id | active_week_share |
            | a          | 4 / 13            |
            """,
            usage_daily=self.EDGES,
        )

    def test_days_since_use_is_zero_for_use_on_the_day_before(self):
        usage_shows(
            """
            | account_id | days_since_use |
            | a          | 0              |
            """,
            usage_daily=self.EDGES,
        )

    def test_days_since_use_counts_whole_days_up_to_the_baseline_window(self):
        """21 to 30 June are 10 days without use; use before 1 April is out of sight, as if there had been none."""
        usage_shows(
            """
            | account_id | days_since_use |
            | june       | 10             |
            | april      | 90             |
            | march      | 91             |
            | never      | 91             |
            """,
            subscriptions="""
            | subscription_id | account_id | started_on |
            | s1              | june       | 2023-01-01 |
            | s2              | april      | 2023-01-01 |
            | s3              | march      | 2023-01-01 |
            | s4              | never      | 2023-01-01 |
            """,
            usage_daily="""
            | account_id | used_on    | events |
            | june       | 2024-06-20 | 1      |
            | april      | 2024-04-01 | 1      |
            | march      | 2024-03-31 | 1      |
            """,
        )

    @pytest.mark.parametrize("log", [{"usage_daily_from": "2024-05-01"}, {"usage_daily_hole": "2024-04-25/2024-05-01"}])
    @pytest.mark.parametrize(("used_on", "days"), [("2024-04-20", ""), ("2024-05-10", "51")])
    def test_use_before_days_that_are_not_logged_is_not_known_to_be_the_last(
        self, log: dict[str, str], used_on: str, days: str
    ):
        """After 20 April there may have been some: 10 May to 30 June are 51 whole days without, all of them logged."""
        usage_shows(
            f"""
            | account_id | days_since_use |
            | a          | {days}         |
            """,
            usage_daily=f"""
            | account_id | used_on    | feature | events |
            | a          | 2024-04-20 | x       | 3      |
            | a          | {used_on}  | y       | 3      |
            """,
            **log,
        )

    def test_features_used_counts_distinct_features_of_the_recent_window(self):
        """z was used on the day itself only, w before the window; use without a feature names none."""
        rows = self.EDGES + "| a | 2024-06-02 | w | 1 |\n| a | 2024-06-10 |  | 1 |\n"
        usage_shows(
            """
            | account_id | features_used |
            | a          | 2             |
            """,
            usage_daily=rows,
        )

    def test_feature_concentration_is_the_sum_of_squared_shares(self):
        """x has 22 of 28 events in the window, y 6."""
        usage_shows(
            """
            | account_id | feature_concentration     |
            | a          | (22 / 28)**2 + (6 / 28)**2 |
            """,
            usage_daily=self.EDGES,
        )

    def test_no_use_is_zero_and_leaves_only_concentration_without_a_value(self):
        usage_shows(
            """
            | account_id | events_per_seat_day | active_day_share | active_week_share | features_used | feature_concentration |
            | a          | 0                   | 0                | 0                 | 0             |                       |
            """
        )

    def test_without_seats_there_is_no_use_per_seat(self):
        usage_shows(
            """
            | account_id | events_per_seat_day | active_day_share |
            | a          |                     | 2 / 28           |
            """,
            subscriptions="""
            | subscription_id | account_id | started_on |
            | s1              | a          | 2023-01-01 |
            """,
            usage_daily=self.EDGES,
        )


class TestUsageOfYoungLifetimes:
    """No window reaches before the origin; what is then too short to be compared is missing, not zero."""

    def young(self, origin):
        return f"""
            | subscription_id | account_id | started_on | seats |
            | s1              | a          | {origin}   | 10    |
        """

    def test_the_window_starts_at_the_origin(self):
        """11 to 30 June are 20 days; use in the trial before does not count."""
        usage_shows(
            """
            | account_id | events_per_seat_day | active_day_share | features_used | days_since_use |
            | a          | 4 / (10 * 20)       | 1 / 20           | 1             | 19             |
            """,
            subscriptions=self.young("2024-06-11"),
            usage_daily="""
            | account_id | used_on    | feature | events |
            | a          | 2024-06-10 | x       | 100    |
            | a          | 2024-06-11 | y       | 4      |
            """,
        )

    def test_never_used_since_the_origin_is_as_long_as_the_lifetime(self):
        usage_shows(
            """
            | account_id | days_since_use |
            | a          | 20             |
            """,
            subscriptions=self.young("2024-06-11"),
        )

    def test_on_the_first_day_everything_is_missing(self):
        usage_shows(
            """
            | account_id | events_per_seat_day | active_day_share | days_since_use | features_used | usage_surge | usage_drop |
            | a          |                     |                  |                |               |             |            |
            """,
            subscriptions=self.young("2024-07-01"),
        )

    def test_weeks_and_changes_need_two_recent_windows(self):
        """From 6 May to 30 June are 56 days, 8 weeks; from 7 May 55, too few."""
        expected = """
            | account_id | active_week_share | usage_surge is null | usage_drop is null |
            | a          | {weeks}           | {missing}           | {missing}          |
        """
        used = """
            | account_id | used_on    | events |
            | a          | 2024-05-07 | 1      |
            | a          | 2024-06-30 | 1      |
        """
        usage_shows(
            expected.format(weeks="2 / 8", missing="false"), subscriptions=self.young("2024-05-06"), usage_daily=used
        )
        usage_shows(expected.format(weeks="", missing="true"), subscriptions=self.young("2024-05-07"), usage_daily=used)


class TestUsageLogsThatBeginLater:
    def shown(self, begins, expected, subscriptions=OLD):
        usage_shows(
            expected,
            subscriptions=subscriptions,
            usage_daily_from=begins,
            usage_daily=TestUsageByDay.EDGES,
        )

    def test_a_recent_window_that_reaches_before_the_log_is_missing_not_zero(self):
        self.shown(
            "2024-06-04",
            """
            | account_id | events_per_seat_day | active_day_share | days_since_use | features_used | feature_concentration |
            | a          |                     |                  |                |               |                       |
            """,
        )

    def test_a_log_that_begins_with_the_recent_window_measures_it_but_no_change(self):
        self.shown(
            "2024-06-03",
            """
            | account_id | active_day_share | features_used | active_week_share | usage_surge | usage_drop |
            | a          | 2 / 28           | 2             |                   |             |            |
            """,
        )

    def test_a_log_that_begins_with_the_baseline_window_measures_everything(self):
        self.shown(
            "2024-04-01",
            """
            | account_id | active_week_share | usage_surge is null |
            | a          | 4 / 13            | false               |
            """,
        )

    def test_a_lifetime_that_began_after_the_log_is_measured_in_full(self):
        self.shown(
            "2024-06-04",
            """
            | account_id | active_day_share |
            | a          | 1 / 20           |
            """,
            subscriptions=TestUsageOfYoungLifetimes().young("2024-06-11"),
        )

    def test_days_before_the_log_began_are_not_days_without_use(self):
        """28 days are logged, all without use: that use was last seen 91 days ago is not known."""
        usage_shows(
            """
            | account_id | coalesce(days_since_use <= 28, true) |
            | a          | true                                 |
            """,
            usage_daily_from="2024-06-03",
        )


class TestUsageChange:
    """The account's own change, ln((recent + 1) / 20) - ln((before + 1) / 45), less that of the whole book.

    Of the 28 recent days 20 are weekdays, and 45 of the 63 before them.
    """

    def test_a_surge_against_a_book_that_does_not_move(self):
        """a: (55 + 1) / 20 = 2.8 a day after (62 + 1) / 45 = 1.4; book: 56 / 40 after (62 + 63 + 1) / 90, no change."""
        usage_shows(
            """
            | account_id | usage_surge | usage_drop                   |
            | a          | ln(2)       | 0                            |
            | b          | 0           | ln(64 / 45) - ln((0 + 1) / 20) |
            """,
            subscriptions=OLD_AND_OTHER,
            usage_daily="""
            | account_id | used_on    | events |
            | a          | 2024-05-01 | 62     |
            | b          | 2024-05-01 | 63     |
            | a          | 2024-06-10 | 55     |
            """,
        )

    def test_the_windows_meet_without_gap_or_overlap(self):
        """2 June is before, 3 June recent; 31 March and the day itself are in neither, for account and book alike."""
        usage_shows(
            """
            | account_id | usage_surge                                                                   |
            | a          | ln((8 + 1) / 20) - ln((4 + 1) / 45) - (ln((8 + 1) / 40) - ln((10 + 1) / 90))  |
            | b          | 0                                                                             |
            """,
            subscriptions=OLD_AND_OTHER,
            usage_daily="""
            | account_id | used_on    | events |
            | a          | 2024-03-31 | 500    |
            | a          | 2024-04-01 | 3      |
            | a          | 2024-06-02 | 1      |
            | b          | 2024-06-02 | 6      |
            | a          | 2024-06-03 | 7      |
            | a          | 2024-06-30 | 1      |
            | a          | 2024-07-01 | 900    |
            """,
        )

    def test_a_drop_is_the_other_sign(self):
        """a: (13 + 1) / 20 = 0.7 a day after 1.4; book: (13 + 14 + 1) / 40 = 0.7 a day after 0.7, no change."""
        usage_shows(
            """
            | account_id | usage_surge                          | usage_drop |
            | a          | 0                                    | ln(2)      |
            | b          | ln((14 + 1) / 20) - ln((0 + 1) / 45) | 0          |
            """,
            subscriptions=OLD_AND_OTHER,
            usage_daily="""
            | account_id | used_on    | events |
            | a          | 2024-05-01 | 62     |
            | a          | 2024-06-10 | 13     |
            | b          | 2024-06-10 | 14     |
            """,
        )

    def test_a_whole_book_that_doubles_is_no_surge(self):
        """Each account goes from 1.4 to 2.8 events a day: what is left is the + 1 against zeros, under a thousandth."""
        own, book = "ln(57 / 20) - ln(64 / 45)", "ln(113 / 40) - ln(127 / 90)"
        usage_shows(
            f"""
            | account_id | usage_surge       | usage_drop |
            | a          | {own} - ({book})  | 0          |
            | b          | {own} - ({book})  | 0          |
            """,
            subscriptions=OLD_AND_OTHER,
            usage_daily="""
            | account_id | used_on    | events |
            | a          | 2024-05-01 | 63     |
            | b          | 2024-05-01 | 63     |
            | a          | 2024-06-10 | 56     |
            | b          | 2024-06-10 | 56     |
            """,
        )
        assert math.log(57 / 20) - math.log(64 / 45) - math.log(113 / 40) + math.log(127 / 90) < 0.001

    def test_an_account_that_is_the_whole_book_never_surges(self):
        usage_shows(
            """
            | account_id | usage_surge | usage_drop |
            | a          | 0           | 0          |
            """,
            usage_daily="""
            | account_id | used_on    | events |
            | a          | 2024-05-01 | 10     |
            | a          | 2024-06-10 | 999    |
            """,
        )

    def test_a_book_that_grows_by_new_accounts_is_no_surge(self):
        """Use is counted by the business days that are paid for: b pays and uses like a, but from 3 June on only."""
        usage_shows(
            """
            | account_id | usage_surge | usage_drop |
            | a          | 0           | 0          |
            """,
            subscriptions="""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2023-01-01 |            |
            | s2              | b          | 2024-06-03 | 2024-07-01 |
            """,
            usage_daily="""
            | account_id | used_on    | events |
            | a          | 2024-05-01 | 62     |
            | a          | 2024-06-10 | 27     |
            | b          | 2024-06-10 | 28     |
            """,
        )

    def test_a_wave_of_trials_is_no_surge_of_the_book(self):
        """a does not change; c, on trial, is no part of the paying book that a is compared with."""
        usage_shows(
            """
            | account_id | usage_surge | usage_drop |
            | a          | 0           | 0          |
            """,
            subscriptions="""
            | subscription_id | account_id | started_on | kind  |
            | s1              | a          | 2023-01-01 | paid  |
            | s2              | c          | 2024-06-03 | trial |
            """,
            usage_daily="""
            | account_id | used_on    | events |
            | a          | 2024-05-01 | 62     |
            | a          | 2024-06-10 | 27     |
            | c          | 2024-06-10 | 280    |
            """,
        )


class TestUsageByUser:
    """Weeks begin on Mondays: those of 3, 10, 17 and 24 June are recent, nine before them (1 April to 27 May) baseline."""

    WEEKS = """
        | account_id | user_id | period_start | period_days | events |
        | a          | u1      | 2024-03-25   | 7           | 9      |
        | a          | u1      | 2024-04-01   | 7           | 9      |
        | a          | u1      | 2024-05-27   | 7           | 9      |
        | a          | u2      | 2024-05-27   | 7           | 9      |
        | a          | u1      | 2024-06-03   | 7           | 3      |
        | a          | u2      | 2024-06-03   | 7           | 1      |
        | a          | u1      | 2024-06-24   | 7           | 2      |
        | a          | u9      | 2024-06-25   | 7           | 50     |
        """
    EVERY_WEEK = "".join(
        f"| b | w | {day} | 7 | 1 |\n"
        for day in [
            "2024-04-01",
            "2024-04-08",
            "2024-04-15",
            "2024-04-22",
            "2024-04-29",
            "2024-05-06",
            "2024-05-13",
            "2024-05-20",
            "2024-05-27",
            "2024-06-03",
            "2024-06-10",
            "2024-06-17",
            "2024-06-24",
        ]
    )

    def shown(self, expected, subscriptions=OLD_AND_OTHER, **begins):
        book = covariates(subscriptions, user_activity=self.WEEKS + self.EVERY_WEEK, **begins)
        book.shows("usage", expected, where=f"{DAY} and account_id = 'a'")

    def test_active_seat_share_is_the_mean_over_all_weeks_that_are_over(self):
        """Users of the four weeks: 2, 0, 0, 1. The week that began on 25 June is not over on 1 July."""
        self.shown("""
            | account_id | active_seat_share          |
            | a          | (2 + 0 + 0 + 1) / (10 * 4) |
        """)

    def test_active_seat_trend_compares_users_per_week(self):
        """Before: 1 user in the week of 1 April, 2 in that of 27 May, in 9 weeks; that of 25 March lies before."""
        self.shown("""
            | account_id | active_seat_trend                       |
            | a          | ln((3 + 1) / 4) - ln((1 + 2 + 1) / 9)   |
        """)

    def test_user_concentration_is_within_weeks(self):
        """3 and 1 of 4 events, then 2 of 2: (9 + 1 + 4) / (16 + 4); a week without use says nothing."""
        self.shown("""
            | account_id | user_concentration                      |
            | a          | (3**2 + 1**2 + 2**2) / (4**2 + 2**2)    |
        """)

    def test_a_week_that_began_before_the_origin_is_left_out(self):
        """A lifetime from 4 June on has three whole weeks, and use in the last of them."""
        self.shown(
            """
            | account_id | active_seat_share | active_seat_trend | user_concentration |
            | a          | 1 / (10 * 3)      |                   | 1                  |
            """,
            subscriptions=OLD_AND_OTHER.replace("| s1              | a          | 2023-01-01", "| s1 | a | 2024-06-04"),
        )

    def test_before_a_whole_week_is_over_all_of_it_is_missing(self):
        self.shown(
            """
            | account_id | active_seat_share | active_seat_trend | user_concentration |
            | a          |                   |                   |                    |
            """,
            subscriptions=OLD_AND_OTHER.replace("| s1              | a          | 2023-01-01", "| s1 | a | 2024-06-25"),
        )

    def test_a_log_that_begins_within_the_baseline_window_is_missing_not_zero(self):
        self.shown(
            """
            | account_id | active_seat_share | active_seat_trend | user_concentration |
            | a          |                   |                   |                    |
            """,
            user_activity_from="2024-04-02",
        )

    def test_nobody_active_in_logged_weeks_is_zero(self):
        covariates(OLD_AND_OTHER, user_activity=self.WEEKS + self.EVERY_WEEK).shows(
            "usage",
            """
            | account_id | active_seat_share | active_seat_trend | user_concentration |
            | b          | 4 / (10 * 4)      | ln(5 / 4) - ln(10 / 9) | 1             |
            """,
            where=f"{DAY} and account_id = 'b'",
        )


class TestUsageByUserOfTheDailyLog:
    """Where only the daily log names users, weeks from Monday to Sunday are made of it."""

    DAYS = """
        | account_id | user_id | used_on    | feature | events | known_on   |
        | a          | u1      | 2024-06-03 | x       | 2      |            |
        | a          | u1      | 2024-06-09 | x       | 1      |            |
        | a          | u2      | 2024-06-09 | y       | 1      |            |
        | a          | u2      | 2024-06-10 | y       | 5      |            |
        | a          |         | 2024-06-10 | y       | 9      |            |
        | a          | u3      | 2024-06-11 | y       | 4      | 2024-07-01 |
        | b          | u4      | 2024-06-17 | x       | 1      |            |
        | b          | u4      | 2024-05-27 | x       | 1      |            |
        """

    def test_a_user_counts_once_a_week_on_whichever_days(self):
        """a: u1 and u2 in the week of 3 June, u2 in that of 10 June (u3 is not known yet); three weeks have use at all."""
        usage_shows(
            """
            | account_id | active_seat_share | active_seat_trend               | user_concentration                    |
            | a          | (2 + 1) / (10 * 3) | ln((3 + 1) / 3) - ln((0 + 1) / 1) | (3**2 + 1**2 + 5**2) / (4**2 + 5**2) |
            | b          | 1 / (10 * 3)       | ln((1 + 1) / 3) - ln((1 + 1) / 1) | 1                                    |
            """,
            subscriptions=OLD_AND_OTHER,
            usage_daily=self.DAYS,
            snapshot="2024-08-01",
        )

    def test_where_periods_by_user_are_given_the_daily_log_is_not_added_to_them(self):
        usage_shows(
            """
            | account_id | active_seat_share | user_concentration |
            | a          | 1 / (10 * 1)      | 1                  |
            | b          | 0                 |                    |
            """,
            subscriptions=OLD_AND_OTHER,
            usage_daily=self.DAYS,
            user_activity="""
            | account_id | user_id | period_start | period_days | events |
            | a          | u1      | 2024-06-03   | 7           | 3      |
            """,
        )

    def test_a_log_that_names_no_user_measures_none(self):
        usage_shows(
            """
            | account_id | active_seat_share | active_seat_trend | user_concentration | active_day_share |
            | a          |                   |                   |                    | 1 / 28           |
            """,
            usage_daily="""
            | account_id | used_on    | events |
            | a          | 2024-06-10 | 5      |
            """,
        )

    def test_a_log_that_begins_within_the_baseline_window_is_missing_not_zero(self):
        """The other log's beginning says nothing: there is no such log."""
        for begins, share in {"2024-04-01": "3 / (10 * 3)", "2024-04-02": ""}.items():
            usage_shows(
                f"""
                | account_id | active_seat_share |
                | a          | {share}           |
                | b          | {share and "1 / (10 * 3)"} |
                """,
                subscriptions=OLD_AND_OTHER,
                usage_daily_from=begins,
                user_activity_from="2024-06-30",
                usage_daily=self.DAYS,
                snapshot="2024-08-01",
            )

    def test_a_week_that_is_not_over_is_not_counted(self):
        """On Thursday, 1 August, the last week is that of 22 July; u2 of the week begun is not seen, nor is that week."""
        covariates(
            snapshot="2024-08-01",
            usage_daily="""
            | account_id | user_id | used_on    | events |
            | a          | u1      | 2024-07-22 | 1      |
            | a          | u2      | 2024-07-31 | 1      |
            """,
        ).shows(
            "usage",
            """
            | account_id | active_seat_share |
            | a          | 1 / (10 * 1)      |
            """,
            where="risk_date = date '2024-08-01'",
        )

    def test_a_week_that_became_known_in_parts_is_on_each_day_what_was_known_then(self):
        """The week of 10 June: u1 at first; u2 and more of u1 from 21 June on; u3 from 2 July on. July's dates see it all."""
        book = covariates(
            snapshot="2024-08-01",
            usage_daily="""
            | account_id | user_id | used_on    | feature | events | known_on   |
            | a          | u1      | 2024-06-10 | x       | 2      |            |
            | a          | u1      | 2024-06-11 | x       | 1      | 2024-06-20 |
            | a          | u2      | 2024-06-11 | x       | 1      | 2024-06-20 |
            | a          | u3      | 2024-06-11 | x       | 4      | 2024-07-01 |
            """,
        )
        book.shows(
            "user_period",
            """
            | account_id | period_start | known_on   | known_until | users | events | squared_events     |
            | a          | 2024-06-10   | 2024-06-16 | 2024-06-20  | 1     | 2      | 2**2               |
            | a          | 2024-06-10   | 2024-06-20 | 2024-07-01  | 2     | 4      | 3**2 + 1**2        |
            | a          | 2024-06-10   | 2024-07-01 | 9999-12-31  | 3     | 8      | 3**2 + 1**2 + 4**2 |
            """,
        )
        book.shows(
            "usage",
            """
            | account_id | active_seat_share | user_concentration  |
            | a          | 2 / (10 * 1)      | (3**2 + 1**2) / 4**2 |
            """,
            where=DAY,
        )


class TestLateArrivals:
    """A fact that reached the log later than it happened was not known in between (rule 1 of queries/rules_of_time.md)."""

    def test_use_that_became_known_later_is_not_seen_before(self):
        book = drawn_book(
            "5_covariates",
            snapshot="2024-08-01",
            observation_start="2024-06-01",
            tables={
                "subscriptions": OLD,
                "usage_daily": """
                    | account_id | used_on    | events | known_on   |
                    | a          | 2024-06-10 | 5      | 2024-07-20 |
                """,
            },
        )
        book.shows(
            "usage",
            """
            | account_id | active_day_share |
            | a          | 0                |
            """,
            where=DAY,
        )

    def test_user_activity_that_became_known_later_is_not_seen_before(self):
        book = drawn_book(
            "5_covariates",
            snapshot="2024-08-01",
            observation_start="2024-06-01",
            tables={
                "subscriptions": OLD_AND_OTHER,
                "user_activity": """
                    | account_id | user_id | period_start | period_days | events | known_on   |
                    | a          | u1      | 2024-06-10   | 7           | 5      | 2024-07-20 |
                    | b          | u2      | 2024-06-10   | 7           | 5      |            |
                """,
            },
        )
        book.shows(
            "usage",
            """
            | account_id | active_seat_share |
            | a          | 0                 |
            | b          | 1 / 10            |
            """,
            where=DAY,
        )

    def test_a_week_that_became_known_in_two_deliveries_is_one_week(self):
        """u1 has 3 and u2 1 of the week's 4 events, both known by 1 July: (9 + 1) / 16."""
        usage_shows(
            """
            | account_id | user_concentration | active_seat_share |
            | a          | (3**2 + 1**2) / 16 | 2 / 10            |
            """,
            user_activity="""
            | account_id | user_id | period_start | period_days | events | known_on   |
            | a          | u1      | 2024-06-10   | 7           | 3      |            |
            | a          | u2      | 2024-06-10   | 7           | 1      | 2024-06-20 |
            """,
        )


class TestTerms:
    def test_term_names_the_usual_lengths(self):
        lengths = {"m": 1, "q": 3, "h": 6, "y": 12, "l": 24, "o": 2, "n": ""}
        rows = "".join(f"| s{name} | {name} | 2024-01-01 | {months} |\n" for name, months in lengths.items())
        contract_shows(
            """
            | account_id | term        |
            | m          | monthly     |
            | q          | quarterly   |
            | h          | half-yearly |
            | y          | yearly      |
            | l          | longer      |
            | o          | other       |
            | n          |             |
            """,
            "| subscription_id | account_id | started_on | term_months |\n" + rows,
        )

    def test_seats_and_prices_of_all_subscriptions_in_force_are_added_up(self):
        """s3 has ended on the day itself and s4 begins on it: contract states hold from the morning of their day."""
        contract_shows(
            """
            | account_id | seats       | mrr_per_seat                           |
            | a          | 10 + 5 + 40 | (300 + 100.5 + 99.5) / (10 + 5 + 40)   |
            """,
            """
            | subscription_id | account_id | started_on | ended_on   | seats | mrr   |
            | s1              | a          | 2024-01-01 |            | 10    | 300   |
            | s2              | a          | 2024-02-01 |            | 5     | 100.5 |
            | s3              | a          | 2024-02-01 | 2024-07-01 | 1000  | 9000  |
            | s4              | a          | 2024-07-01 |            | 40    | 99.5  |
            | s5              | a          | 2024-07-02 |            | 500   | 7000  |
            """,
        )

    def test_there_is_no_price_per_seat_without_seats(self):
        contract_shows(
            """
            | account_id | seats | mrr_per_seat |
            | a          | 0     |              |
            | b          |       |              |
            """,
            """
            | subscription_id | account_id | started_on | seats | mrr |
            | s1              | a          | 2024-01-01 | 0     | 300 |
            | s2              | b          | 2024-01-01 |       | 300 |
            """,
        )


class TestRenewalClock:
    def test_the_first_term_to_end_after_the_day_sets_the_clock(self):
        """A term that ended on the day itself was due yesterday's interval; the next one is s2's, 31 days ahead."""
        contract_shows(
            """
            | account_id | days_to_renewal | renewal_in_horizon |
            | a          | 31              | 1                  |
            | none       |                 |                    |
            """,
            """
            | subscription_id | account_id | started_on | term_ends_on |
            | s1              | a          | 2024-01-01 | 2024-07-01   |
            | s2              | a          | 2024-01-01 | 2024-08-01   |
            | s3              | a          | 2024-01-01 | 2024-12-01   |
            | s4              | none       | 2024-01-01 |              |
            """,
        )

    def test_a_renewal_on_the_last_day_of_the_horizon_is_in_it(self):
        contract_shows(
            """
            | account_id | days_to_renewal | renewal_in_horizon |
            | a          | 31 + 31 + 30    | 1                  |
            | b          | 31 + 31 + 31    | 0                  |
            """,
            """
            | subscription_id | account_id | started_on | term_ends_on |
            | s1              | a          | 2024-01-01 | 2024-10-01   |
            | s2              | b          | 2024-01-01 | 2024-10-02   |
            """,
        )

    def test_an_end_inside_the_term_does_not_touch_the_clock(self):
        book = drawn_book(
            "5_covariates",
            observation_start="2024-06-01",
            tables={
                "subscriptions": """
                    | subscription_id | account_id | started_on | term_ends_on | ended_on   |
                    | s1              | a          | 2024-01-01 | 2025-01-01   | 2024-08-01 |
                """
            },
        )
        book.shows(
            "contract",
            """
            | account_id | days_to_renewal | renewal_in_horizon |
            | a          | 184             | 0                  |
            """,
            where=DAY,
        )

    def test_a_notice_deadline_is_the_period_before_the_end_of_the_term(self):
        """60 days before 30 November is 1 October, the horizon's last day; a deadline on the day itself has come."""
        contract_shows(
            """
            | account_id | notice_deadline_in_horizon | renewal_in_horizon | days_to_deadline |
            | last_day   | 1                          | 0                  | 92               |
            | day_after  | 0                          | 0                  | 93               |
            | today      | 0                          | 1                  |                  |
            | tomorrow   | 1                          | 1                  | 1                |
            | none       |                            | 1                  |                  |
            """,
            """
            | subscription_id | account_id | started_on | term_ends_on | notice_period_days |
            | s1              | last_day   | 2024-01-01 | 2024-11-30   | 60                 |
            | s2              | day_after  | 2024-01-01 | 2024-12-01   | 60                 |
            | s3              | today      | 2024-01-01 | 2024-07-31   | 30                 |
            | s4              | tomorrow   | 2024-01-01 | 2024-08-01   | 30                 |
            | s5              | none       | 2024-01-01 | 2024-08-01   |                    |
            """,
        )

    def test_horizons_belong_to_landmarks_only(self):
        book = covariates(
            """
            | subscription_id | account_id | started_on | term_ends_on | notice_period_days |
            | s1              | a          | 2024-06-10 | 2024-08-01   | 10                 |
            """,
            snapshot="2024-07-11",
        )
        book.shows(
            "contract",
            """
            | account_id | risk_date  | renewal_in_horizon | notice_deadline_in_horizon |
            | a          | 2024-06-10 |                    |                            |
            | a          | 2024-07-01 | 1                  | 1                          |
            """,
        )


class TestSeatChanges:
    """Seats on the day against those of 91 days before, 1 April, or at the origin of a younger lifetime."""

    def test_a_cut_is_to_at_most_four_fifths(self):
        """8 of 10, 800 of 1000 and 4 of 5 are exactly 0.8; what 0 seats grow from or to is no share."""
        contract_shows(
            """
            | account_id | seats | seats_cut | seats_added |
            | a          | 8     | 1         | 0           |
            | b          | 9     | 0         | 0           |
            | c          | 800   | 1         | 0           |
            | d          | 801   | 0         | 0           |
            | e          | 4     | 1         | 0           |
            | f          | 10    | 0         | 0           |
            | g          | 11    | 0         | 1           |
            | h          | 5     |           |             |
            | i          | 0     | 1         | 0           |
            """,
            """
            | subscription_id | account_id | started_on | seats |
            | sa              | a          | 2024-01-01 | 10    |
            | sa              | a          | 2024-05-01 | 8     |
            | sb              | b          | 2024-01-01 | 10    |
            | sb              | b          | 2024-05-01 | 9     |
            | sc              | c          | 2024-01-01 | 1000  |
            | sc              | c          | 2024-05-01 | 800   |
            | sd              | d          | 2024-01-01 | 1000  |
            | sd              | d          | 2024-05-01 | 801   |
            | se              | e          | 2024-01-01 | 5     |
            | se              | e          | 2024-05-01 | 4     |
            | sf              | f          | 2024-01-01 | 10    |
            | sf              | f          | 2024-05-01 | 10    |
            | sg              | g          | 2024-01-01 | 10    |
            | sg              | g          | 2024-05-01 | 11    |
            | sh              | h          | 2024-01-01 | 0     |
            | sh              | h          | 2024-05-01 | 5     |
            | si              | i          | 2024-01-01 | 5     |
            | si              | i          | 2024-05-01 | 0     |
            """,
        )

    def test_changes_after_the_first_day_of_the_window_up_to_the_day_itself_count(self):
        """A state in force on 1 April is what the later one is compared with; one of 1 July holds from its morning."""
        contract_shows(
            """
            | account_id | seats | seats_cut |
            | first      | 5     | 0         |
            | second     | 5     | 1         |
            | today      | 5     | 1         |
            | tomorrow   | 10    | 0         |
            """,
            """
            | subscription_id | account_id | started_on | seats |
            | s1              | first      | 2024-01-01 | 10    |
            | s1              | first      | 2024-04-01 | 5     |
            | s2              | second     | 2024-01-01 | 10    |
            | s2              | second     | 2024-04-02 | 5     |
            | s3              | today      | 2024-01-01 | 10    |
            | s3              | today      | 2024-07-01 | 5     |
            | s4              | tomorrow   | 2024-01-01 | 10    |
            | s4              | tomorrow   | 2024-07-02 | 5     |
            """,
        )

    def test_a_young_lifetime_is_compared_with_its_origin(self):
        contract_shows(
            """
            | account_id | seats_cut | seats_added |
            | a          | 0         | 1           |
            """,
            """
            | subscription_id | account_id | started_on | seats |
            | s1              | a          | 2024-06-20 | 10    |
            | s1              | a          | 2024-06-25 | 12    |
            """,
        )

    def test_a_second_subscription_adds_seats(self):
        contract_shows(
            """
            | account_id | seats | seats_added |
            | a          | 12    | 1           |
            """,
            """
            | subscription_id | account_id | started_on | seats |
            | s1              | a          | 2024-01-01 | 10    |
            | s2              | a          | 2024-05-01 | 2     |
            """,
        )


class TestTenure:
    def test_tenure_counts_days_since_the_origin_of_this_lifetime(self):
        """a stopped paying from 1 February to 1 June; 30 days have passed since, and one lifetime before."""
        contract_shows(
            """
            | account_id | tenure_days | earlier_lifetimes |
            | a          | 30          | 1                 |
            | b          | 366         | 0                 |
            | c          | 0           | 0                 |
            """,
            """
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2023-01-01 | 2024-02-01 |
            | s2              | a          | 2024-06-01 |            |
            | s3              | b          | 2023-07-01 |            |
            | s4              | c          | 2024-07-01 |            |
            """,
        )

    def test_phases_change_on_days_90_and_365(self):
        """90 days before 1 July is 2 April; 365 days before it, across the leap day, 2 July 2023."""
        contract_shows(
            """
            | account_id | tenure_days | phase      |
            | day_89     | 89          | onboarding |
            | day_90     | 90          | adoption   |
            | day_364    | 364         | adoption   |
            | day_365    | 365         | mature     |
            """,
            """
            | subscription_id | account_id | started_on |
            | s1              | day_89     | 2024-04-03 |
            | s2              | day_90     | 2024-04-02 |
            | s3              | day_364    | 2023-07-03 |
            | s4              | day_365    | 2023-07-02 |
            """,
        )

    def test_adoption_begins_the_day_after_onboarding_was_completed(self):
        """What happened on the day itself is not seen on it."""
        contract_shows(
            """
            | account_id | phase      |
            | eve        | adoption   |
            | today      | onboarding |
            """,
            """
            | subscription_id | account_id | started_on |
            | s1              | eve        | 2024-06-01 |
            | s2              | today      | 2024-06-01 |
            """,
            accounts="""
            | account_id | onboarding_completed_on |
            | eve        | 2024-06-30              |
            | today      | 2024-07-01              |
            """,
        )
