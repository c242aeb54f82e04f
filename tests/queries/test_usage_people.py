"""Use by named users, over seats and departments, on Monday, 1 July 2024."""

import functools

import pytest
from drawn import drawn_book
from one_day import DAY, OLD, day_shows, young

from analysis.declared.study_parts import Windows

people_show = functools.partial(day_shows, "usage_people")


def used(*rows):
    """Return the log of rows ``account user day events``, with a day on which it became known or without."""
    cells = [[*row.split(), ""][:5] for row in rows]
    return "| account_id | user_id | used_on | events | known_on |\n" + "".join(
        f"| {account} | {'' if user == '-' else user} | 2024-{day} | {events} | {known_on} |\n"
        for account, user, day, events, known_on in cells
    )


def subscribed(seats="10", **accounts):
    """Return accounts with ten seats, or with what is said, since 2023."""
    return "| subscription_id | account_id | started_on | seats |\n" + "".join(
        f"| s-{name} | {name} | 2023-01-01 | {number} |\n" for name, number in accounts.items()
    )


class TestWorkingSeats:
    """The last four weeks are [3 June, 10), [10, 17), [17, 24) and [24 June, 1 July)."""

    def test_a_seat_works_where_its_user_came_in_two_of_the_last_four_weeks(self):
        people_show(
            """
            | account_id | working_seat_share |
            | a          | 2 / 10             |
            | one_week   | 0                  |
            | edges      | 1 / 4              |
            | outside    | 0                  |
            | unnamed    |                    |
            | nobody     | 0                  |
            | crowded    | 2 / 1              |
            | no_seats   |                    |
            """,
            subscriptions=subscribed(
                a=10, one_week=10, edges=4, outside=10, unnamed=10, nobody=10, crowded=1, no_seats=""
            ),
            usage_daily=used(
                *("a u1 06-09 1", "a u1 06-10 1", "a u2 06-05 1", "a u2 06-20 1", "a u2 06-25 1", "a u3 06-20 1"),
                *("one_week v1 06-10 1", "one_week v1 06-16 1"),
                *("edges w1 06-03 1", "edges w1 06-30 1"),
                *("outside x1 06-02 1", "outside x1 06-10 1", "outside x1 07-01 1", "outside x1 06-20 9 2024-07-01"),
                *("unnamed - 06-05 1", "unnamed - 06-20 1"),
                *("crowded y1 06-05 1", "crowded y1 06-12 1", "crowded y2 06-05 1", "crowded y2 06-12 1"),
                *("no_seats z1 06-05 1", "no_seats z1 06-12 1"),
            ),
            snapshot="2024-08-01",
        )

    @pytest.mark.parametrize(
        ("origin", "begins", "working", "gini"),
        [
            ("2024-06-03", "2024-01-01", "1 / 10", "9 / 10"),
            ("2024-06-04", "2024-01-01", "", "9 / 10"),
            ("2023-01-01", "2024-06-03", "1 / 10", "9 / 10"),
            ("2023-01-01", "2024-06-04", "", ""),
        ],
    )
    def test_a_lifetime_or_log_of_less_than_four_weeks_is_missing(self, origin, begins, working, gini):
        """Inequality asks only that what there is of the window is logged."""
        people_show(
            f"""
            | account_id | working_seat_share | seat_inequality |
            | a          | {working}          | {gini}          |
            """,
            subscriptions=young(origin),
            usage_daily=used("a u1 06-10 1", "a u1 06-20 1"),
            usage_daily_from=begins,
        )


class TestSeatInequality:
    """Half the mean difference between two seats drawn with replacement, over the mean: 0 if all do the same."""

    def test_it_is_the_gini_index_over_all_seats(self):
        """some: of 4 seats with 0, 0, 1, 3 events the sum of all 16 differences is 20, 20 / (2 * 16 * 1)."""
        people_show(
            """
            | account_id | seat_inequality |
            | equal      | 0               |
            | one_of_ten | 9 / 10          |
            | some       | 20 / 32         |
            | crowded    | 4 / 16          |
            | none       |                 |
            | no_seats   |                 |
            """,
            subscriptions=subscribed(equal=3, one_of_ten=10, some=4, crowded=1, none=10, no_seats=""),
            usage_daily=used(
                *("equal u1 06-10 2", "equal u2 06-10 1", "equal u2 06-30 1", "equal u3 06-03 2"),
                *("one_of_ten v1 06-10 7",),
                *("some w1 06-10 1", "some w2 06-10 3", "some w3 06-02 90", "some w3 07-01 90"),
                *("some w4 06-10 90 2024-07-01", "some - 06-10 4"),
                *("crowded x1 06-10 1", "crowded x2 06-10 3"),
                *("none y1 06-02 1",),
                *("no_seats z1 06-10 1",),
            ),
            snapshot="2024-08-01",
        )


class TestNewUsers:
    """Users created from 1 April on, on or after the origin."""

    HEADER = "| account_id | user_id | created_on | department | known_on |\n"
    USERS = (
        HEADER
        + """
        | a       | u1 | 2024-03-31 | |            |
        | a       | u2 | 2024-04-01 | |            |
        | a       | u3 | 2024-06-30 | |            |
        | a       | u4 | 2024-07-01 | |            |
        | late    | v1 | 2024-05-01 | | 2024-06-30 |
        | late    | v2 | 2024-05-01 | | 2024-07-01 |
        | planned | w1 | 2024-07-01 | | 2024-06-01 |
        | planned | w2 | 2024-06-01 | | 2024-05-01 |
        | undated | x1 |            | |            |
        | unheard | y1 | 2024-07-01 | |            |
    """
    )

    def test_those_created_within_the_baseline_window_and_known_by_the_day(self):
        """Without a known user, or a day of most of them, it is not known whether there are new ones."""
        people_show(
            """
            | account_id | new_user_share |
            | a          | 2 / 10         |
            | late       | 1 / 5          |
            | planned    | 1 / 10         |
            | undated    |                |
            | unheard    |                |
            | nobody     |                |
            | no_seats   |                |
            """,
            subscriptions=subscribed(a=10, late=5, planned=10, undated=10, unheard=10, nobody=10, no_seats=""),
            users=self.USERS + "| no_seats | z1 | 2024-06-01 | | |\n",
            snapshot="2024-08-01",
        )

    @pytest.mark.parametrize(
        ("origin", "begins", "share"),
        [
            ("2024-05-10", "2024-01-01", "2 / 10"),
            ("2024-05-11", "2024-01-01", "1 / 10"),
            ("2024-07-01", "2024-01-01", ""),
            ("2023-01-01", "2024-04-01", "2 / 10"),
            ("2023-01-01", "2024-04-02", ""),
        ],
    )
    def test_the_window_begins_at_the_origin_and_is_missing_where_the_register_begins_later(
        self, origin, begins, share
    ):
        people_show(
            f"""
            | account_id | new_user_share |
            | a          | {share}        |
            """,
            subscriptions=young(origin),
            users=self.HEADER + "| a | u1 | 2024-05-10 | | |\n| a | u2 | 2024-06-10 | | |\n",
            users_from=begins,
        )


class TestActiveDepartments:
    USERS = """
        | account_id | user_id | department | created_on | known_on   |
        | a          | u1      | it         | 2023-01-01 |            |
        | a          | u2      | it         | 2023-01-01 |            |
        | a          | u3      | hr         |            |            |
        | a          | u4      |            | 2023-01-01 |            |
        | a          | u5      | law        | 2023-01-01 |            |
        | a          | u6      | sales      | 2024-07-01 |            |
        | a          | u7      | plant      | 2023-01-01 | 2024-07-01 |
        | a          | u8      | finance    | 2023-01-01 |            |
        | b          | v1      |            | 2023-01-01 |            |
        | c          | w1      | it         | 2023-01-01 |            |
    """
    LOG = used(
        *("a u1 06-03 1", "a u2 06-10 1", "a u3 06-30 1", "a u4 06-10 1", "a u5 06-02 1", "a u5 07-01 1"),
        *("a u6 06-30 1", "a u7 06-10 1", "a u8 06-10 1 2024-07-01", "a - 06-10 1"),
        *("b v1 06-10 1", "b nobody 06-10 1"),
        *("c w1 06-02 1",),
    )

    def test_departments_of_known_users_with_use_in_the_recent_window(self):
        """a: it and hr. b has use, but not by anyone whose department is known; c has no use."""
        people_show(
            """
            | account_id | active_departments |
            | a          | 2                  |
            | b          |                    |
            | c          | 0                  |
            """,
            subscriptions=subscribed(a=10, b=10, c=10),
            users=self.USERS,
            usage_daily=self.LOG,
            snapshot="2024-08-01",
        )

    def test_a_user_is_of_a_department_only_in_the_account_that_has_the_user(self):
        """The log of b names a's u1; of b's own users no department is known."""
        people_show(
            """
            | account_id | active_departments |
            | a          | 1                  |
            | b          |                    |
            """,
            subscriptions=subscribed(a=10, b=10),
            users=self.USERS,
            usage_daily=used("a u1 06-10 1", "b u1 06-10 1", "b v1 06-10 1"),
            snapshot="2024-08-01",
        )

    @pytest.mark.parametrize(
        ("origin", "begins", "shown"),
        [
            ("2024-06-11", "2024-01-01", "1"),
            ("2024-07-01", "2024-01-01", ""),
            ("2023-01-01", "2024-06-03", "2"),
            ("2023-01-01", "2024-06-04", ""),
        ],
    )
    def test_the_window_begins_at_the_origin_and_is_missing_where_the_log_begins_later(self, origin, begins, shown):
        people_show(
            f"""
            | account_id | active_departments |
            | a          | {shown}            |
            """,
            subscriptions=young(origin),
            users=self.USERS,
            usage_daily=self.LOG,
            usage_daily_from=begins,
            snapshot="2024-08-01",
        )


class TestKnownUserSurge:
    """Of those with use in [1 April, 3 June): (recent + 1) / 20 after (before + 1) / 45, less the book's change.

    The book of five accounts has 19 events in June after 30 before, whoever's they are.
    """

    BOOK = "(ln((11 + 5 + 3 + 1) / (5 * 20)) - ln((8 + 1 + 17 + 4 + 1) / (5 * 45)))"
    LOG = used(
        *("a u1 04-01 3", "a u1 06-02 5", "a u1 06-03 8", "a u2 06-30 3", "a u1 03-31 99", "a u1 07-01 99"),
        *("b v1 05-01 1", "b v1 06-10 5 2024-06-30", "b v2 05-01 99 2024-07-01"),
        *("c w1 05-01 17",),
        *("d - 05-01 4", "d - 06-10 3"),
    )

    def test_it_is_the_surge_of_those_who_were_there_before(self):
        """u2 is new, so that a's three events more in June are no surge of known users; d's users are not named."""
        people_show(
            f"""
            | account_id | known_user_surge                               |
            | a          | ln((8 + 1) / 20) - ln((8 + 1) / 45) - {self.BOOK} |
            | b          | ln((5 + 1) / 20) - ln((1 + 1) / 45) - {self.BOOK} |
            | c          | 0                                              |
            | d          |                                                |
            | e          |                                                |
            """,
            subscriptions=subscribed(a=10, b=10, c=10, d=10, e=10),
            usage_daily=self.LOG,
            snapshot="2024-08-01",
        )

    @pytest.mark.parametrize(
        ("origin", "begins", "missing"),
        [
            ("2024-05-06", "2024-01-01", "false"),
            ("2024-05-07", "2024-01-01", "true"),
            ("2023-01-01", "2024-04-01", "false"),
            ("2023-01-01", "2024-04-02", "true"),
        ],
    )
    def test_less_than_two_recent_windows_of_lifetime_or_log_are_missing(self, origin, begins, missing):
        people_show(
            f"""
            | account_id | known_user_surge is null |
            | a          | {missing}                |
            """,
            subscriptions=young(origin),
            usage_daily=used("a u1 05-20 1", "a u1 06-20 1"),
            usage_daily_from=begins,
        )

    def test_it_is_by_business_day(self):
        """Half of Japan's weekdays in June are holidays: 2 events a business day as before; the book, too, has 2."""
        people_show(
            """
            | account_id | known_user_surge |
            | a          | 0                |
            | b          | ln(41/20) - ln(91/45) |
            """,
            subscriptions=subscribed(a=10, b=10),
            accounts="| account_id | region |\n| a | jp |\n| b | us |\n",
            holidays="| region | day |\n" + "".join(f"| jp | 2024-06-{day} |\n" for day in range(17, 29)),
            usage_daily=used("a u1 05-01 89", "a u1 06-05 19", "b v1 05-01 90", "b v1 06-05 40"),
        )


def test_without_users_or_named_use_what_needs_them_is_missing():
    people_show(
        """
        | account_id | seat_inequality | new_user_share | known_user_surge | active_departments |
        | a          |                 |                |                  |                    |
        """,
        subscriptions=OLD,
        usage_daily="| account_id | used_on | events |\n| a | 2024-06-10 | 5 |\n",
    )


def test_four_weeks_may_be_longer_than_the_baseline_window():
    """Of a study whose windows begin on 24 and 17 June: use from 3 June on tells of working seats, and of nothing else."""
    book = drawn_book(
        "5_covariates",
        windows=Windows(recent_days=7, baseline_days=14),
        snapshot="2024-07-01",
        observation_start="2024-06-01",
        tables={
            "subscriptions": subscribed(a=10, b=10),
            "features": "| feature | released_on |\n| x | 2024-06-01 |\n| y | 2024-06-01 |\n",
            "usage_daily": """
                | account_id | user_id | used_on    | feature | events |
                | a          | u1      | 2024-06-03 | x       | 1      |
                | a          | u1      | 2024-06-16 | y       | 1      |
                | b          | v1      | 2024-06-02 | x       | 1      |
                | b          | v1      | 2024-06-17 | y       | 1      |
            """,
        },
    )
    book.shows(
        "usage_people",
        """
        | account_id | working_seat_share | known_user_surge is null |
        | a          | 1 / 10             | true                     |
        | b          | 0                  | false                    |
        """,
        where=DAY,
    )
    book.shows(
        "usage_features",
        """
        | account_id | released_features_tried |
        | a          | 0                       |
        | b          | 1 / 2                   |
        """,
        where=DAY,
    )
