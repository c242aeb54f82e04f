"""Each champion covariate on one day, from facts few enough to work it out by hand.

The day is Monday, 1 July 2024; the baseline window [d - 91, d) begins on 1 April, the recent one on 3 June. Where a test
needs facts that come to be known after the day, the snapshot is a month later: else they would be cut away before the
query could see them.
"""

import functools
import math
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from look_ahead import LoadedSource
from one_day import OLD, OLD_AND_OTHER, covariates, day_shows, young
from random_source import BEGINS, ENDS, write_random_source

from analysis.declared.parameters import given_parameters, log_parameters
from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Time

AUGUST = "2024-08-01"
champion_shows = functools.partial(day_shows, "champion", snapshot=AUGUST)
CONTACTS = "| account_id | contact_id | role | department | started_on | ended_on | known_on | ended_known_on |\n"


def accounts_of(rows, started_on="2023-01-01"):
    """Return one subscription for each account named in the first cell of the rows."""
    accounts = [row.strip("| ").split("|")[0].strip() for row in rows.strip().splitlines()]
    return "| subscription_id | account_id | started_on |\n" + "".join(
        f"| s-{account} | {account} | {started_on} |\n" for account in dict.fromkeys(accounts)
    )


def contacts_of(rows):
    """Return the drawn contacts, each person's id behind that of the account: c1 of one is not c1 of another."""
    lines = [line.strip().strip("|").split("|", 2) for line in rows.strip().splitlines()]
    return CONTACTS + "".join(
        f"| {account} | {account.strip()}-{who.strip()} |{rest}|\n" for account, who, rest in lines
    )


def contacts_show(expected, rows, **begins):
    """Assert what the day shows of accounts that have these contacts and nothing else."""
    champion_shows(expected, subscriptions=accounts_of(rows), contacts=contacts_of(rows), **begins)


class TestRoles:
    def test_a_role_is_in_force_from_the_morning_after_it_is_known_to_one_after_its_end_is(self):
        rows = """
            | begun    | c1 | champion          | | 2024-02-01 |            |            |            |
            | told     | c1 | executive_sponsor | | 2024-02-01 |            | 2024-02-05 |            |
            | ahead    | c1 | buyer             | | 2024-02-01 |            | 2024-01-05 |            |
            | undated  | c1 | admin             | |            |            |            |            |
            | ended    | c1 | champion          | | 2024-02-01 | 2024-03-01 |            |            |
            | late     | c1 | champion          | | 2024-02-01 | 2024-03-01 |            | 2024-03-09 |
            | notified | c1 | champion          | | 2024-02-01 | 2024-03-01 |            | 2024-02-09 |
            | after    | c1 | champion          | | 2024-02-01 | 2024-03-01 | 2024-04-01 |            |
        """
        covariates(accounts_of(rows), contacts=contacts_of(rows)).shows(
            "contact_role",
            """
            | account_id | known_on   | end_known_on | in_force_from | in_force_until |
            | begun      | 2024-02-01 |              | 2024-02-02    | 9999-12-31     |
            | told       | 2024-02-05 |              | 2024-02-06    | 9999-12-31     |
            | ahead      | 2024-01-05 |              | 2024-02-02    | 9999-12-31     |
            | undated    | 1900-01-01 |              | 1900-01-02    | 9999-12-31     |
            | ended      | 2024-02-01 | 2024-03-01   | 2024-02-02    | 2024-03-02     |
            | late       | 2024-02-01 | 2024-03-09   | 2024-02-02    | 2024-03-10     |
            | notified   | 2024-02-01 | 2024-02-09   | 2024-02-02    | 2024-03-02     |
            | after      | 2024-04-01 | 2024-04-01   | 2024-04-02    | 2024-04-02     |
            """,
        )

    def test_a_sponsor_is_a_champion_and_a_decider_a_buyer_decides_only(self):
        rows = """
            | a | c1 | champion          | | | | | |
            | b | c1 | executive_sponsor | | | | | |
            | c | c1 | buyer             | | | | | |
            | d | c1 | admin             | | | | | |
        """
        covariates(accounts_of(rows), contacts=contacts_of(rows)).shows(
            "contact_role",
            """
            | account_id | is_champion | is_sponsor | is_decider |
            | a          | true        | false      | false      |
            | b          | true        | true       | true       |
            | c          | false       | false      | true       |
            | d          | false       | false      | false      |
            """,
        )


class TestChampionsInForce:
    def test_who_is_in_a_role_on_the_morning_of_the_day_as_far_as_is_known(self):
        contacts_show(
            """
            | account_id     | champions | no_champion | vacancy_days |
            | in_force       | 1         | 0           |              |
            | since_before   | 1         | 0           |              |
            | undated        | 1         | 0           |              |
            | sponsor        | 1         | 0           |              |
            | two            | 2         | 0           |              |
            | both_roles     | 1         | 0           |              |
            | since_today    |           |             |              |
            | announced      | 0         | 1           | 548          |
            | left           | 0         | 1           | 1            |
            | leaves_today   | 1         | 0           |              |
            | told_early     | 1         | 0           |              |
            | told_for_today | 1         | 0           |              |
            | told_late      | 1         | 0           |              |
            | told_today     | 1         | 0           |              |
            | never_told     | 1         | 0           |              |
            | not_yet_known  |           |             |              |
            | admin          |           |             |              |
            """,
            """
            | in_force      | c1 | champion          | it | 2024-06-30 |            |            |            |
            | since_before  | c1 | champion          | it | 2020-01-01 |            |            |            |
            | undated       | c1 | champion          | it |            |            |            |            |
            | sponsor       | c1 | executive_sponsor | it | 2023-01-01 |            |            |            |
            | two           | c1 | champion          | it | 2023-01-01 |            |            |            |
            | two           | c2 | executive_sponsor | it | 2023-01-01 |            |            |            |
            | both_roles    | c1 | champion          | it | 2023-01-01 |            |            |            |
            | both_roles    | c1 | executive_sponsor | it | 2023-01-01 |            |            |            |
            | since_today   | c1 | champion          | it | 2024-07-01 |            |            |            |
            | announced     | c1 | champion          | it | 2024-07-01 |            | 2024-06-20 |            |
            | left          | c1 | champion          | it | 2023-01-01 | 2024-06-30 |            |            |
            | leaves_today  | c1 | champion          | it | 2023-01-01 | 2024-07-01 |            |            |
            | told_early    | c1 | champion          | it | 2023-01-01 | 2024-07-10 |            | 2024-06-20 |
            | told_for_today | c1 | champion         | it | 2023-01-01 | 2024-07-01 |            | 2024-06-20 |
            | told_late     | c1 | champion          | it | 2023-01-01 | 2024-06-10 |            | 2024-07-20 |
            | told_today    | c1 | champion          | it | 2023-01-01 | 2024-06-10 |            | 2024-07-01 |
            | never_told    | c1 | champion          | it | 2023-01-01 | 2024-06-10 |            | 2024-12-01 |
            | not_yet_known | c1 | champion          | it | 2023-01-01 |            | 2024-07-01 |            |
            | admin         | c1 | admin             | it | 2023-01-01 |            |            |            |
            | admin         | c2 | buyer             | it | 2023-01-01 |            |            |            |
            """,
        )

    def test_nobody_recorded_is_unknown_and_not_none(self):
        """gone: one was recorded once; admin: only other roles; late: recorded from the day itself on."""
        contacts_show(
            """
            | account_id | champions | champion_departments | departures | no_champion | vacancy_days |
            | gone       | 0         | 0                    | 0          | 1           | 182          |
            | there      | 1         | 1                    | 0          | 0           |              |
            | admin      |           |                      |            |             |              |
            | late       |           |                      |            |             |              |
            """,
            """
            | gone  | c1 | champion | it | 2023-01-01 | 2024-01-01 |            |  |
            | there | c1 | champion | it | 2023-01-01 |            |            |  |
            | admin | c1 | admin    | it | 2023-01-01 |            |            |  |
            | late  | c1 | champion | it | 2023-01-01 |            | 2024-07-01 |  |
            """,
        )

    def test_departments_are_counted_once_and_only_where_given(self):
        contacts_show(
            """
            | account_id | champions | champion_departments |
            | same       | 2         | 1                    |
            | other      | 3         | 2                    |
            | one_given  | 2         | 1                    |
            | not_given  | 1         |                      |
            | gone       | 1         | 1                    |
            | to_come    | 1         | 1                    |
            | to_go      | 2         | 2                    |
            """,
            """
            | same      | c1 | champion          | it  | 2023-01-01 |            |  |  |
            | same      | c2 | executive_sponsor | it  | 2023-01-01 |            |  |  |
            | other     | c1 | champion          | it  | 2023-01-01 |            |  |  |
            | other     | c2 | champion          | hr  | 2023-01-01 |            |  |  |
            | other     | c3 | champion          | hr  | 2023-01-01 |            |  |  |
            | other     | c4 | admin             | law | 2023-01-01 |            |  |  |
            | one_given | c1 | champion          | it  | 2023-01-01 |            |  |  |
            | one_given | c2 | champion          |     | 2023-01-01 |            |  |  |
            | not_given | c1 | champion          |     | 2023-01-01 |            |  |  |
            | gone      | c1 | champion          | it  | 2023-01-01 |            |  |  |
            | gone      | c2 | champion          | hr  | 2023-01-01 | 2024-06-01 |  |  |
            | to_come   | c1 | champion          | it  | 2023-01-01 |            |  |  |
            | to_come   | c2 | champion          | hr  | 2024-07-01 |            | 2024-06-20 | |
            | to_go     | c1 | champion          | it  | 2023-01-01 |            |  |  |
            | to_go     | c2 | champion          | hr  | 2023-01-01 | 2024-07-01 |  | 2024-06-20 |
            """,
        )

    @pytest.mark.parametrize(
        ("begins", "shown"),
        [("2024-04-01", "1 | 0 | 0"), ("2024-04-02", "1 |  | 0"), ("2024-07-01", " | | ")],
    )
    def test_a_log_that_begins_later_says_nothing_of_before(self, begins, shown):
        """The state is known once a day is logged; what happened within the window once all of it is."""
        contacts_show(
            f"""
            | account_id | champions | departures | no_champion |
            | a          | {shown} |
            """,
            "| a | c1 | champion | it | 2023-01-01 | | | |",
            contacts_from=begins,
        )

    def test_on_the_first_day_the_state_is_known_but_nothing_has_happened_yet(self):
        """c1 was in her role before the contract; nothing can have happened within a window without days."""
        champion_shows(
            """
            | account_id | champions | no_champion | vacancy_days | departures | new_sponsor |
            | a          | 1         | 0           |              |            |             |
            """,
            subscriptions=young("2024-07-01"),
            contacts=CONTACTS + "| a | c1 | executive_sponsor | it | 2024-05-01 | | | |",
        )


class TestDepartures:
    def test_departures_count_by_the_day_they_became_known(self):
        contacts_show(
            """
            | account_id   | departures |
            | first_day    | 1          |
            | day_before   | 0          |
            | yesterday    | 1          |
            | today        | 0          |
            | told_late    | 1          |
            | told_later   | 0          |
            | told_early   | 1          |
            | row_late     | 1          |
            | two          | 2          |
            | admin        | 0          |
            """,
            """
            | first_day  | c1 | champion          | it | 2023-01-01 | 2024-04-01 |            |            |
            | day_before | c1 | champion          | it | 2023-01-01 | 2024-03-31 |            |            |
            | yesterday  | c1 | champion          | it | 2023-01-01 | 2024-06-30 |            |            |
            | today      | c1 | champion          | it | 2023-01-01 | 2024-07-01 |            |            |
            | told_late  | c1 | champion          | it | 2023-01-01 | 2024-01-01 |            | 2024-05-01 |
            | told_later | c1 | champion          | it | 2023-01-01 | 2024-06-01 |            | 2024-07-01 |
            | told_early | c1 | champion          | it | 2023-01-01 | 2024-07-10 |            | 2024-06-20 |
            | row_late   | c1 | champion          | it | 2023-01-01 | 2024-01-01 | 2024-05-01 |            |
            | two        | c1 | champion          | it | 2023-01-01 | 2024-06-01 |            |            |
            | two        | c2 | executive_sponsor | it | 2023-01-01 | 2024-06-02 |            |            |
            | admin      | c1 | champion          | it | 2023-01-01 |            |            |            |
            | admin      | c2 | admin             | it | 2023-01-01 | 2024-06-01 |            |            |
            """,
        )

    def test_who_changes_from_champion_to_sponsor_or_returns_has_not_departed(self):
        contacts_show(
            """
            | account_id | champions | departures | no_champion | vacancy_days |
            | promoted   | 1         | 0          | 0           |              |
            | returned   | 1         | 0          | 0           |              |
            | gave_up    | 0         | 1          | 1           | 21           |
            """,
            """
            | promoted | c1 | champion          | it | 2023-01-01 | 2024-06-01 |  |  |
            | promoted | c1 | executive_sponsor | it | 2024-06-01 |            |  |  |
            | returned | c1 | champion          | it | 2023-01-01 | 2024-05-01 |  |  |
            | returned | c1 | champion          | it | 2024-06-01 |            |  |  |
            | gave_up  | c1 | champion          | it | 2023-01-01 | 2024-06-01 |  |  |
            | gave_up  | c1 | executive_sponsor | it | 2023-01-01 | 2024-06-10 |  |  |
            """,
        )

    def test_a_vacancy_counts_from_the_day_it_was_known_until_someone_replaces_them(self):
        """told_early: known on 1 June, gone after 10 June; told_late: gone in January, known on 10 June.

        Where there is one, there is no vacancy, and so no length of it.
        """
        contacts_show(
            """
            | account_id            | vacancy_days |
            | yesterday             | 1            |
            | last_of_two           | 11           |
            | replaced              |              |
            | one_stays             |              |
            | told_late             | 21           |
            | told_early            | 21           |
            | replacement_not_known | 30           |
            """,
            """
            | yesterday   | c1 | champion          | it | 2023-01-01 | 2024-06-30 |            |            |
            | last_of_two | c1 | champion          | it | 2023-01-01 | 2024-05-01 |            |            |
            | last_of_two | c2 | executive_sponsor | it | 2023-01-01 | 2024-06-20 |            |            |
            | replaced    | c1 | champion          | it | 2023-01-01 | 2024-06-01 |            |            |
            | replaced    | c2 | champion          | it | 2024-06-20 |            |            |            |
            | one_stays   | c1 | champion          | it | 2023-01-01 | 2024-06-01 |            |            |
            | one_stays   | c2 | champion          | it | 2023-01-01 |            |            |            |
            | told_late   | c1 | champion          | it | 2023-01-01 | 2024-01-01 |            | 2024-06-10 |
            | told_early  | c1 | champion          | it | 2023-01-01 | 2024-06-10 |            | 2024-06-01 |
            | replacement_not_known | c1 | champion | it | 2023-01-01 | 2024-06-01 |          |            |
            | replacement_not_known | c2 | champion | it | 2024-06-10 |            | 2024-07-01 |          |
            """,
        )

    def test_a_vacancy_is_never_longer_than_the_lifetime(self):
        """Vacant since 2023, but the contract began on 11 June: 20 days, and the first of them counts as one."""
        champion_shows(
            """
            | account_id | departures | vacancy_days |
            | a          | 0          | 21           |
            """,
            subscriptions=young("2024-06-11"),
            contacts=CONTACTS + "| a | c1 | champion | it | 2022-01-01 | 2023-01-01 | | |",
        )


class TestNewSponsor:
    def test_one_who_is_not_the_first_of_the_role_and_became_known_within_the_window(self):
        contacts_show(
            """
            | account_id  | new_sponsor |
            | new         | 1           |
            | first_day   | 1           |
            | day_before  | 0           |
            | today       | 0           |
            | known_late  | 1           |
            | first_only  | 0           |
            | together    | 0           |
            | other_role  | 0           |
            | buyer       | 1           |
            | same_person | 0           |
            | champion    |             |
            | undated     | 1           |
            """,
            """
            | new         | c1 | executive_sponsor | it | 2023-01-01 | 2024-06-01 |            |  |
            | new         | c2 | executive_sponsor | it | 2024-06-20 |            |            |  |
            | first_day   | c1 | executive_sponsor | it | 2023-01-01 |            |            |  |
            | first_day   | c2 | executive_sponsor | it | 2024-04-01 |            |            |  |
            | day_before  | c1 | executive_sponsor | it | 2023-01-01 |            |            |  |
            | day_before  | c2 | executive_sponsor | it | 2024-03-31 |            |            |  |
            | today       | c1 | executive_sponsor | it | 2023-01-01 |            |            |  |
            | today       | c2 | executive_sponsor | it | 2024-07-01 |            |            |  |
            | known_late  | c1 | executive_sponsor | it | 2023-01-01 |            |            |  |
            | known_late  | c2 | executive_sponsor | it | 2024-01-01 |            | 2024-06-01 |  |
            | first_only  | c1 | executive_sponsor | it | 2024-06-01 |            |            |  |
            | together    | c1 | executive_sponsor | it | 2023-01-01 |            | 2024-06-01 |  |
            | together    | c2 | executive_sponsor | it | 2024-06-01 |            |            |  |
            | other_role  | c1 | buyer             | it | 2023-01-01 |            |            |  |
            | other_role  | c2 | executive_sponsor | it | 2024-06-01 |            |            |  |
            | buyer       | c1 | buyer             | it | 2023-01-01 |            |            |  |
            | buyer       | c2 | buyer             | it | 2024-06-01 |            |            |  |
            | same_person | c1 | executive_sponsor | it | 2023-01-01 | 2024-01-01 |            |  |
            | same_person | c1 | executive_sponsor | it | 2024-06-01 |            |            |  |
            | champion    | c1 | champion          | it | 2023-01-01 |            |            |  |
            | champion    | c2 | champion          | it | 2024-06-01 |            |            |  |
            | undated     | c1 | executive_sponsor | it |            |            |            |  |
            | undated     | c2 | executive_sponsor | it | 2024-06-01 |            |            |  |
            """,
        )

    def test_the_window_begins_at_the_origin(self):
        rows = """
            | before | c1 | buyer | it | 2023-01-01 | | | |
            | before | c2 | buyer | it | 2024-06-10 | | | |
            | since  | c1 | buyer | it | 2023-01-01 | | | |
            | since  | c2 | buyer | it | 2024-06-11 | | | |
        """
        champion_shows(
            """
            | account_id | new_sponsor |
            | before     | 0           |
            | since      | 1           |
            """,
            subscriptions=accounts_of(rows, "2024-06-11"),
            contacts=contacts_of(rows),
        )

    @pytest.mark.parametrize(("begins", "shown"), [("2024-04-01", "1"), ("2024-04-02", "")])
    def test_a_window_that_reaches_before_the_log_is_missing(self, begins, shown):
        contacts_show(
            f"""
            | account_id | new_sponsor |
            | a          | {shown}     |
            """,
            """
            | a | c1 | buyer | it | 2023-01-01 | | | |
            | a | c2 | buyer | it | 2024-06-10 | | | |
            """,
            contacts_from=begins,
        )


class TestKeyUsers:
    """Key users are chosen in [1 April, 3 June), and looked at in [3 June, 1 July)."""

    HEADER = "| account_id | user_id | used_on | events | known_on |\n"

    def shown(self, expected, rows, subscriptions=OLD, **begins):
        champion_shows(expected, subscriptions=subscriptions, usage_daily=self.HEADER + rows, **begins)

    def some(self, of, account="a"):
        """Return use in April by so many users, the first of them most, so that the number of key users is known."""
        return "".join(f"| {account} | {account}{n:02d} | 2024-04-10 | {100 - n} | |\n" for n in range(of))

    def test_the_key_user_is_the_one_with_most_use_before_the_recent_window(self):
        """u1 has 4 + 5 events on the first and the last day of it; u2 has more only outside it."""
        self.shown(
            """
            | account_id | key_user_share  | key_user_silence |
            | a          | 3 / (3 + 7 + 2) | 0                |
            """,
            """
            | a | u1 | 2024-04-01 | 4   | |
            | a | u1 | 2024-06-02 | 5   | |
            | a | u2 | 2024-03-31 | 500 | |
            | a | u2 | 2024-05-01 | 8   | |
            | a | u1 | 2024-06-03 | 3   | |
            | a | u2 | 2024-06-03 | 7   | |
            | a | u3 | 2024-06-30 | 2   | |
            | a | u1 | 2024-07-01 | 900 | |
            """,
        )

    def test_a_tenth_of_the_users_rounded_up_are_key_users(self):
        """All are back in June with one event each; one more came only then, and is no user of before."""
        key_users = {1: 1, 9: 1, 10: 1, 11: 2, 20: 2, 21: 3}
        rows = "".join(self.some(of=users, account=f"of{users}-") for users in key_users)
        back = "".join(f"| of{n}- | of{n}-{u:02d} | 2024-06-10 | 1 | |\n" for n in key_users for u in range(n))
        new = "".join(f"| of{n}- | new-{n} | 2024-06-10 | 5 | |\n" for n in key_users)
        expected = "".join(f"| of{n}- | {key} / ({n} + 5) | 0 |\n" for n, key in key_users.items())
        self.shown(
            "| account_id | key_user_share | key_user_silence |\n" + expected,
            rows + back + new,
            subscriptions=accounts_of(new),
        )

    def test_of_users_with_the_same_use_all_are_taken_whatever_their_ids(self):
        """One of the three is the tenth, rounded up: two have most use, and both are key users."""
        self.shown(
            """
            | account_id | key_user_share    |
            | a          | (1 + 3) / (4 + 5) |
            """,
            """
            | a | u2 | 2024-05-01 | 8 | |
            | a | u1 | 2024-05-02 | 8 | |
            | a | u3 | 2024-05-02 | 7 | |
            | a | u1 | 2024-06-10 | 1 | |
            | a | u2 | 2024-06-10 | 3 | |
            | a | u3 | 2024-06-10 | 5 | |
            """,
        )

    def test_silence_is_the_share_of_key_users_without_an_event(self):
        """Of 11 users two are key users: a00 is seen on the day itself only, a01 in June."""
        self.shown(
            """
            | account_id | key_user_share | key_user_silence |
            | a          | 6 / 10         | 1 / 2            |
            """,
            self.some(of=11)
            + "| a | a00 | 2024-07-01 | 9 | |\n| a | a01 | 2024-06-03 | 6 | |\n| a | a09 | 2024-06-10 | 4 | |\n",
        )

    def test_the_trend_is_that_of_the_key_users_alone_by_the_day(self):
        """u1 is the key user: 5 events in 28 days after 8 in 63. Of 56 days, both windows are 28."""
        use = """
            | {} | u1 | 2024-05-07 | 8  | |
            | {} | u2 | 2024-05-08 | 3  | |
            | {} | u1 | 2024-06-03 | 1  | |
            | {} | u1 | 2024-06-30 | 4  | |
            | {} | u2 | 2024-06-10 | 90 | |
        """
        self.shown(
            """
            | account_id | key_user_trend                        |
            | a          | ln((5 + 1) / 28) - ln((8 + 1) / 63)   |
            | b          | ln((5 + 1) / 28) - ln((8 + 1) / 28)   |
            """,
            use.replace("{}", "a") + use.replace("{}", "b"),
            subscriptions="""
            | subscription_id | account_id | started_on |
            | s1              | a          | 2023-01-01 |
            | s2              | b          | 2024-05-06 |
            """,
        )

    def test_without_any_recent_use_all_are_silent_and_there_is_nothing_to_share(self):
        """The key user had 100 events before."""
        self.shown(
            """
            | account_id | key_user_share | key_user_silence | key_user_trend            |
            | a          |                | 1                | ln(1 / 28) - ln(101 / 63) |
            | b          |                |                  |                           |
            """,
            self.some(of=10),
            subscriptions=OLD_AND_OTHER,
        )

    def test_without_use_before_there_are_no_key_users(self):
        self.shown(
            """
            | account_id | key_user_share | key_user_silence |
            | a          |                |                  |
            """,
            "| a | u1 | 2024-06-10 | 4 | |",
        )

    def test_use_that_names_no_user_is_left_out_of_the_share(self):
        self.shown(
            """
            | account_id | key_user_share |
            | a          | 1 / (1 + 3)    |
            """,
            """
            | a | u1 | 2024-05-01 | 8  | |
            | a |    | 2024-05-01 | 8  | |
            | a | u1 | 2024-06-10 | 1  | |
            | a | u2 | 2024-06-10 | 3  | |
            | a |    | 2024-06-10 | 4  | |
            """,
        )

    def test_use_that_became_known_later_is_not_seen(self):
        """u2's May is known on the day itself only, u1's June the day before."""
        self.shown(
            """
            | account_id | key_user_share | key_user_silence |
            | a          | 1 / (1 + 3)    | 0                |
            """,
            """
            | a | u1 | 2024-05-01 | 8   |            |
            | a | u2 | 2024-05-01 | 900 | 2024-07-01 |
            | a | u1 | 2024-06-10 | 1   | 2024-06-30 |
            | a | u2 | 2024-06-10 | 3   |            |
            | a | u3 | 2024-06-10 | 90  | 2024-07-01 |
            """,
        )

    USED = """
        | a | u1 | 2024-05-07 | 8 | |
        | a | u1 | 2024-06-10 | 1 | |
    """

    @pytest.mark.parametrize(("origin", "share"), [("2024-05-06", "1"), ("2024-05-07", "")])
    def test_a_lifetime_of_less_than_two_recent_windows_has_none(self, origin, share):
        self.shown(
            f"""
            | account_id | key_user_share | key_user_silence is null |
            | a          | {share}        | {str(not share).lower()} |
            """,
            self.USED,
            subscriptions=young(origin),
        )

    def test_the_window_begins_at_the_origin(self):
        """u2's events of the trial do not make a key user."""
        self.shown(
            """
            | account_id | key_user_share |
            | a          | 1              |
            """,
            self.USED + "| a | u2 | 2024-05-05 | 99 | |\n",
            subscriptions=young("2024-05-06"),
        )

    @pytest.mark.parametrize(("begins", "share"), [("2024-04-01", "1"), ("2024-04-02", "")])
    def test_a_window_that_reaches_before_the_log_is_missing(self, begins, share):
        self.shown(
            f"""
            | account_id | key_user_share | key_user_silence is null |
            | a          | {share}        | {str(not share).lower()} |
            """,
            self.USED,
            usage_daily_from=begins,
        )


def test_key_users_of_random_use_are_those_that_plain_counting_finds(tmp_path):
    """On every risk date of a random source: blocks of days, by which the query joins, must not show."""
    path = tmp_path / "source.duckdb"
    write_random_source(path, seed=7)
    study = Study("random", Source("contract", Path()), Time(observation_start=BEGINS, snapshot=ENDS))
    source = LoadedSource(path, study.query_parameters() | log_parameters({}) | given_parameters({}))
    con = source.as_known(ENDS).con
    logged = con.execute(
        "select account_id, user_id, used_on, coalesce(known_on, used_on), events from usage_daily"
    ).fetchall()
    use_of = defaultdict(list)
    for account, *use in logged:
        use_of[account].append(use)
    rows = con.execute(
        "select account_id, origin, risk_date, key_user_share, key_user_silence, key_user_trend from champion "
        "inner join risk_dates using (lifetime_id, risk_date)"
    ).fetchall()
    found = {(account, day): covariates for account, _, day, *covariates in rows}
    for account, origin, day, *_ in rows:
        plain = plain_key_users(use_of[account], origin, day)
        assert found[account, day] == pytest.approx(plain, abs=1e-12), (account, day)
    assert len({share for share, *_ in found.values()}) > 100


def plain_key_users(use, origin, day):
    """Return share, silence and trend of an account's key users on a day, counted one event after the other."""
    recent, before = Counter(), Counter()
    for user, used_on, known_on, events in use:
        if origin <= used_on < day and known_on < day and (day - used_on).days <= 91:
            (recent if (day - used_on).days <= 28 else before)[user] += events
    unnamed = [(window.pop(None, 0), window.total()) for window in (recent, before)]
    if (day - origin).days < 56 or not before or any(without > named for without, named in unnamed):
        return [None] * 3
    *_, last = sorted(before.values(), reverse=True)[: math.ceil(len(before) / 10)]
    key_users = [user for user, events in before.items() if events >= last]
    share = sum(recent[user] for user in key_users) / recent.total() if recent else None
    silence = sum(recent[user] == 0 for user in key_users) / len(key_users)
    n_recent, n_before = (sum(events[user] for user in key_users) for events in (recent, before))
    days_before = min((day - origin).days, 91) - 28
    return [share, silence, math.log((n_recent + 1) / 28) - math.log((n_before + 1) / days_before)]
