"""Intermittent use, use out of hours, and surge and drop by business day, on Monday, 1 July 2024.

Of the 28 days from 3 June on 20 are weekdays, and 45 of the 63 before them, from 1 April on.
"""

import datetime as dt
import functools

import pytest
from one_day import OLD, covariates, day_shows, young

usage_shows = functools.partial(day_shows, "usage")

WEEKS = [str(dt.date(2024, 4, 1) + dt.timedelta(weeks=number)) for number in range(13)]
"""Their Mondays, oldest first."""


class TestIntermittent:
    """Use in some, but at most 75 of a hundred weeks: in 1 to 9 of 13, for 9.75 would be 75 of a hundred."""

    def used_in(self, account, weeks):
        return "".join(f"| {account} | {day} | 1 |\n" for day in weeks)

    def test_some_weeks_but_at_most_three_of_four(self):
        names = {"nine": 9, "ten": 10, "one": 1, "none": 0, "all": 13}
        usage_shows(
            """
            | account_id | intermittent |
            | nine       | 1            |
            | ten        | 0            |
            | one        | 1            |
            | none       | 0            |
            | all        | 0            |
            """,
            subscriptions="| subscription_id | account_id | started_on |\n"
            + "".join(f"| s-{name} | {name} | 2023-01-01 |\n" for name in names),
            usage_daily="| account_id | used_on | events |\n"
            + "".join(self.used_in(name, WEEKS[::-1][:number]) for name, number in names.items())
            + "| none | 2024-03-31 | 1 |\n| none | 2024-07-01 | 1 |\n| nine | 2024-03-31 | 1 |\n",
        )

    @pytest.mark.parametrize(("weeks", "shown"), [(6, 1), (7, 0)])
    def test_exactly_three_of_four_weeks_is_intermittent(self, weeks, shown):
        """The lifetime has 8 weeks: 6 of them are 75 of a hundred."""
        usage_shows(
            f"""
            | account_id | intermittent |
            | a          | {shown}      |
            """,
            subscriptions=young("2024-05-06"),
            usage_daily="| account_id | used_on | events |\n" + self.used_in("a", WEEKS[-weeks:]),
        )

    def test_use_before_the_origin_does_not_count(self):
        usage_shows(
            """
            | account_id | intermittent |
            | a          | 0            |
            """,
            subscriptions=young("2024-05-06"),
            usage_daily="| account_id | used_on | events |\n" + self.used_in("a", WEEKS[:5]),
        )

    @pytest.mark.parametrize(("origin", "begins"), [("2024-05-07", "2024-01-01"), ("2023-01-01", "2024-04-02")])
    def test_a_young_lifetime_or_a_log_that_begins_later_is_missing_not_zero(self, origin, begins):
        usage_shows(
            """
            | account_id | intermittent |
            | a          |              |
            """,
            subscriptions=young(origin),
            usage_daily_from=begins,
            usage_daily="| account_id | used_on | events |\n" + self.used_in("a", WEEKS[-2:]),
        )


class TestOutOfHours:
    HEADER = "| account_id | used_on | feature | events | out_of_hours_events | known_on |\n"

    def shown(self, share, rows, subscriptions=OLD, **begins):
        usage_shows(
            f"""
            | account_id | out_of_hours_share |
            | a          | {share}            |
            """,
            subscriptions=subscriptions,
            usage_daily=self.HEADER + rows,
            snapshot="2024-08-01",
            **begins,
        )

    def test_it_is_the_share_of_the_events_of_the_recent_window(self):
        """3 June is in it, 2 June and the day itself are not; 9 June became known on the day itself."""
        self.shown(
            "(1 + 0 + 2) / (4 + 5 + 2)",
            """
            | a | 2024-06-02 | x | 100 | 100 |            |
            | a | 2024-06-03 | x | 4   | 1   |            |
            | a | 2024-06-03 | y | 5   | 0   |            |
            | a | 2024-06-30 | x | 2   | 2   |            |
            | a | 2024-06-09 | x | 100 | 100 | 2024-07-01 |
            | a | 2024-07-01 | x | 100 | 100 |            |
            """,
        )

    def test_events_of_which_the_hours_are_not_known_are_in_neither_part(self):
        self.shown("1 / 4", "| a | 2024-06-10 | x | 4 | 1 | |\n| a | 2024-06-10 | y | 90 | | |\n")

    def test_none_out_of_hours_is_zero_and_hours_not_known_are_missing(self):
        self.shown("0", "| a | 2024-06-10 | x | 4 | 0 | |\n")
        self.shown("", "| a | 2024-06-10 | x | 4 | | |\n")

    def test_without_use_in_the_window_it_is_missing(self):
        self.shown("", "| a | 2024-06-02 | x | 4 | 1 | |\n")

    def test_the_window_begins_at_the_origin(self):
        rows = "| a | 2024-06-10 | x | 4 | 4 | |\n| a | 2024-06-11 | x | 5 | 1 | |\n"
        self.shown("1 / 5", rows, subscriptions=young("2024-06-11"))

    @pytest.mark.parametrize(("begins", "share"), [("2024-06-03", "1 / 4"), ("2024-06-04", "")])
    def test_a_window_that_reaches_before_the_log_is_missing(self, begins, share):
        self.shown(share, "| a | 2024-06-10 | x | 4 | 1 | |\n", usage_daily_from=begins)


class TestBusinessDays:
    """Japan closes for four days of Golden Week, one of them a Saturday, the United States for a Wednesday in June."""

    GOLDEN_WEEK = """
        | region | day        |
        | jp     | 2024-04-29 |
        | jp     | 2024-05-03 |
        | jp     | 2024-05-04 |
        | jp     | 2024-05-06 |
        | us     | 2024-06-19 |
    """

    def test_they_are_weekdays_without_the_holidays_of_the_region(self):
        """4 May is a Saturday, and no business day anyway; '' is for accounts whose region has no holidays."""
        covariates(holidays=self.GOLDEN_WEEK).shows(
            "business_day",
            """
            | region | day        | is_business_day |
            | jp     | 2024-05-03 | 0               |
            | jp     | 2024-05-04 | 0               |
            | jp     | 2024-05-05 | 0               |
            | jp     | 2024-05-06 | 0               |
            | jp     | 2024-05-07 | 1               |
            | us     | 2024-05-03 | 1               |
            | us     | 2024-05-04 | 0               |
            | us     | 2024-05-05 | 0               |
            | us     | 2024-05-06 | 1               |
            | us     | 2024-05-07 | 1               |
            |        | 2024-05-03 | 1               |
            |        | 2024-05-04 | 0               |
            |        | 2024-05-05 | 0               |
            |        | 2024-05-06 | 1               |
            |        | 2024-05-07 | 1               |
            """,
            where="day between '2024-05-03' and '2024-05-07'",
        )

    def test_an_accounts_windows_count_those_of_its_own_region(self):
        """Japan has three holidays on weekdays before June, the US one in June; nowhere and norway have none."""
        regions = {"japan": "jp", "america": "us", "norway": "no", "nowhere": ""}
        covariates(
            "| subscription_id | account_id | started_on |\n"
            + "".join(f"| s-{name} | {name} | 2023-01-01 |\n" for name in regions),
            accounts="| account_id | region |\n" + "".join(f"| {name} | {code} |\n" for name, code in regions.items()),
            holidays=self.GOLDEN_WEEK,
        ).shows(
            "business_window",
            """
            | account_id | recent_business_days | baseline_business_days |
            | japan      | 20                   | 45 - 3                 |
            | america    | 20 - 1               | 45                     |
            | norway     | 20                   | 45                     |
            | nowhere    | 20                   | 45                     |
            """,
            where="risk_date = date '2024-07-01'",
        )

    def test_the_region_is_the_one_known_on_each_day(self):
        """Dated first, else today's where it is declared constant; a day counts by the region before it, as known then.

        Golden Week lies in the baseline, the American holiday in the recent window. Who moves on 15 June counts with
        America from the 16th on; who says so a week late, from the 23rd; what was learned of an older move changes
        nothing.
        """
        dated = {
            "always": [("jp", "2023-01-01", "")],
            "moves": [("jp", "2023-01-01", ""), ("us", "2024-06-15", "")],
            "late": [("jp", "2023-01-01", ""), ("us", "2024-06-15", "2024-06-22")],
            "older": [("us", "2024-03-01", ""), ("jp", "2023-01-01", "2024-05-05")],
            "arrives": [("jp", "2024-05-03", "")],
            "today": [],
        }
        rows = [
            f"| {who} | region | {where} | {day} | {known} |\n" for who, of in dated.items() for where, day, known in of
        ]
        tables = {
            "subscriptions": "| subscription_id | account_id | started_on |\n"
            + "".join(f"| s-{name} | {name} | 2023-01-01 |\n" for name in dated),
            "accounts": "| account_id | region |\n" + "".join(f"| {name} | us |\n" for name in dated),
            "account_attributes": "| account_id | attribute | value | valid_from | known_on |\n" + "".join(rows),
            "holidays": self.GOLDEN_WEEK,
        }
        expected = """
            | account_id | recent_business_days | baseline_business_days |
            | always     | 20                   | 45 - 3                 |
            | moves      | 20 - 1               | 45 - 3                 |
            | late       | 20                   | 45 - 3                 |
            | older      | 20 - 1               | 45                     |
            | arrives    | 20                   | 45 - 1                 |
            | today      | {today}              | 45                     |
        """
        for constant, today in [((), "20"), (("region",), "20 - 1")]:
            covariates(constant=constant, **tables).shows(
                "business_window", expected.format(today=today), where="risk_date = date '2024-07-01'"
            )

    def test_windows_begin_at_the_origin(self):
        """From Saturday, 11 May, to 2 June are 15 weekdays; an account of 27 June has Thursday and Friday."""
        for origin, recent, before in [("2024-05-11", 20, 15), ("2024-06-27", 2, 0), ("2024-07-01", 0, 0)]:
            covariates(young(origin)).shows(
                "business_window",
                f"""
                | account_id | recent_business_days | baseline_business_days |
                | a          | {recent}             | {before}               |
                """,
                where="risk_date = date '2024-07-01'",
            )


class TestGoldenWeek:
    """The whole of Japan closes for two weeks from 17 June on, ten weekdays; elsewhere everybody works.

    Both accounts have 2 events a business day, in Japan 20 of June and 90 before, elsewhere 40 and 90, but for the one
    that is added to the counts of Japan and the book.
    """

    CLOSED = "| region | day |\n" + "".join(f"| jp | 2024-06-{day} |\n" for day in range(17, 29))
    USED = """
        | account_id | used_on    | events |
        | japan      | 2024-05-01 | 89     |
        | japan      | 2024-06-05 | 19     |
        | elsewhere  | 2024-05-01 | 90     |
        | elsewhere  | 2024-06-05 | 40     |
    """
    PAID = """
        | subscription_id | account_id | started_on |
        | s1              | japan      | 2023-01-01 |
        | s2              | elsewhere  | 2023-01-01 |
    """

    def shown(self, expected, **tables):
        usage_shows(expected, subscriptions=self.PAID, usage_daily=self.USED, **tables)

    def test_it_is_no_signal_in_a_book_where_others_work(self):
        """Book: (19 + 40 + 1) / (10 + 20) after (89 + 90 + 1) / (45 + 45), 2 and 2."""
        self.shown(
            """
            | account_id | usage_surge             | usage_drop |
            | japan      | 0                       | 0          |
            | elsewhere  | ln(41 / 20) - ln(91/45) | 0          |
            """,
            accounts="| account_id | region |\n| japan | jp |\n| elsewhere | us |\n",
            holidays=self.CLOSED,
        )

    def test_where_no_holidays_are_given_it_is_a_drop_there_and_a_surge_elsewhere(self):
        """All weekdays count: 20 / 20 after 2, less the book's 60 / 40 after 2."""
        self.shown(
            """
            | account_id | usage_surge                         | usage_drop |
            | japan      | 0                                   | ln(3 / 2)  |
            | elsewhere  | ln(41 / 20) - ln(91/45) + ln(4 / 3) | 0          |
            """,
            accounts="| account_id | region |\n| japan | jp |\n| elsewhere | us |\n",
        )

    def test_an_account_without_a_region_has_no_holidays(self):
        self.shown(
            """
            | account_id | usage_drop |
            | japan      | ln(3 / 2)  |
            | elsewhere  | 0          |
            """,
            accounts="| account_id | region |\n| japan | |\n| elsewhere | us |\n",
            holidays=self.CLOSED,
        )

    def test_todays_region_has_none_where_it_is_not_declared_to_be_constant(self):
        self.shown(
            """
            | account_id | usage_drop |
            | japan      | ln(3 / 2)  |
            | elsewhere  | 0          |
            """,
            accounts="| account_id | region |\n| japan | jp |\n| elsewhere | us |\n",
            holidays=self.CLOSED,
            constant=(),
        )

    def test_a_window_without_any_business_day_is_missing(self):
        self.shown(
            """
            | account_id | usage_surge | usage_drop                                      |
            | japan      |             |                                                 |
            | elsewhere  | 0           | ln(60 / 20) - ln(180 / 90) - ln(41/20) + ln(91/45) |
            """,
            accounts="| account_id | region |\n| japan | jp |\n| elsewhere | us |\n",
            holidays="| region | day |\n" + "".join(f"| jp | 2024-06-{day:02} |\n" for day in range(3, 31)),
        )


def test_days_before_the_log_begins_count_for_nobody_in_the_book():
    """Of the baseline's 45 weekdays 23 come after 1 May, when the log begins; an account that paid all along has those.

    What it did before is in the log, and no use of these days.
    """
    covariates(
        OLD,
        usage_daily="| account_id | used_on | events |\n"
        + "".join(f"| a | {day} | {n} |\n" for day, n in (("2024-04-30", 700), ("2024-05-01", 2), ("2024-06-10", 1))),
        usage_daily_from="2024-05-01",
    ).shows(
        "book_window",
        """
        | recent_account_days | baseline_account_days | recent_events | baseline_events |
        | 20                  | 23                    | 1             | 2               |
        """,
        where="risk_date = date '2024-07-01'",
    )


class TestWhoseUseIsLogged:
    """Nobody writes down what "never" does, what "late" does since 15 June only, and of "before" from long ago on."""

    NAMES = ("never", "late", "before")
    ACCOUNTS = """
        | account_id | use_logged_from |
        | never      |                 |
        | late       | 2024-06-15      |
        | before     | 2023-01-01      |
    """

    @pytest.mark.parametrize("is_said", [True, False])
    def test_of_whom_nothing_is_logged_the_use_is_missing_not_zero(self, is_said):
        """Where nothing is said of any account, none that has no row used anything."""
        none, unknown = "| 0 | 0 | 91 |\n", "|  |  |  |\n"
        usage_shows(
            "| account_id | events_per_seat_day | active_day_share | days_since_use |\n"
            + f"| before {none}"
            + "".join(f"| {name} {unknown if is_said else none}" for name in self.NAMES[:2]),
            subscriptions="| subscription_id | account_id | started_on | seats |\n"
            + "".join(f"| s-{name} | {name} | 2023-01-01 | 10 |\n" for name in self.NAMES),
            usage_daily="| account_id | used_on | user_id | events |\n| before | 2024-03-01 | u | 1 |\n",
            **({"accounts": self.ACCOUNTS} if is_said else {}),
        )

    def test_the_book_is_that_of_accounts_with_a_log(self):
        """Of 20 recent weekdays "late" has 10, from 17 June on, and of the baseline none; what it did before is not counted."""
        covariates(
            "| subscription_id | account_id | started_on | seats |\n"
            + "".join(f"| s-{name} | {name} | 2023-01-01 | 10 |\n" for name in self.NAMES),
            usage_daily="| account_id | used_on | events |\n| before | 2024-06-10 | 1 |\n| late | 2024-06-10 | 5 |\n",
            usage_daily_from="2023-01-01",
            accounts=self.ACCOUNTS,
        ).shows(
            "book_window",
            """
            | recent_events | recent_account_days | baseline_account_days |
            | 1             | 30                  | 45                    |
            """,
            where="risk_date = date '2024-07-01'",
        )
