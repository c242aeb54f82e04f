"""Departures as they were known on one day: 1 July 2024, from contacts few enough to see the answer.

A half year back from it the log must reach, so 183 days: 31 December 2023.
"""

from one_day import DAY, covariates, each_its_account

from analysis.cohort.queries import ASKED
from analysis.engine.query import read_query

AUGUST = "2024-08-01"
CONTACTS = "| account_id | contact_id | role | department | started_on | ended_on | known_on | ended_known_on |"
NAMES = ["account_id", "is_recorded", "is_known", "days_known", "others"]


def shown(rows, started_on="2023-01-01", **begins):
    cells = [line.strip().strip("|").split("|", 2) for line in rows.strip().splitlines()]
    own = "\n".join(f"| {account} | {account.strip()}-{who.strip()} |{rest}|" for account, who, rest in cells)
    subscriptions, contacts = each_its_account(CONTACTS, own, started_on)
    book = covariates(subscriptions, contacts=contacts, snapshot=AUGUST, **begins)
    answer = book.engine.ask(read_query(f"{ASKED}/departures_known"), {**book.parameters, "most_days": 183})
    accounts = book.con.sql("select lifetime_id, account_id from lifetimes").df()
    day = answer[answer["risk_date"] == DAY.split("'")[1]].merge(accounts, on="lifetime_id")
    lines = day.sort_values("account_id")[NAMES].astype(object)
    return [tuple(line) for line in lines.where(lines.notna(), None).to_numpy().tolist()]


def test_a_departure_is_known_from_the_day_after_it_was_told_and_not_before():
    found = shown(
        """
        | announced  | c1 | champion          | | 2023-02-01 | 2024-07-20 |            | 2024-06-20 |
        | changed    | c1 | champion          | | 2023-02-01 | 2024-03-01 |            |            |
        | changed    | c1 | executive_sponsor | | 2024-03-01 |            |            |            |
        | left       | c1 | champion          | | 2023-02-01 | 2024-06-30 |            |            |
        | left_today | c1 | champion          | | 2023-02-01 | 2024-07-01 |            |            |
        | replaced   | c1 | champion          | | 2023-02-01 | 2024-06-01 |            |            |
        | replaced   | c2 | executive_sponsor | | 2024-06-10 |            |            |            |
        | told_late  | c1 | champion          | | 2023-02-01 | 2024-03-01 |            | 2024-06-21 |
        | told_today | c1 | champion          | | 2023-02-01 | 2024-03-01 |            | 2024-07-01 |
        | two        | c1 | champion          | | 2023-02-01 | 2024-04-01 |            |            |
        | two        | c2 | champion          | | 2023-02-01 | 2024-05-01 |            |            |
        | two        | c3 | champion          | | 2023-02-01 |            |            |            |
        """
    )
    assert found == [
        ("announced", True, True, 11, 0),  # still in force, but known to go: nobody who stays
        ("changed", True, True, None, 1),  # from one role to the other is no departure
        ("left", True, True, 1, 0),
        ("left_today", True, True, None, 1),
        ("replaced", True, True, 30, 1),
        ("told_late", True, True, 10, 0),
        ("told_today", True, True, None, 1),
        ("two", True, True, 61, 1),  # since the last of them
    ]


def test_who_was_never_recorded_or_went_in_an_earlier_stay_is_no_departure():
    found = shown(
        """
        | admin  | c1 | admin    | | 2023-02-01 | 2024-05-01 | | |
        | before | c1 | champion | | 2022-02-01 | 2022-12-01 | | |
        """
    )
    assert found == [("admin", False, True, None, 0), ("before", True, True, None, 0)]


def test_that_none_went_is_known_only_where_the_log_reaches_back_half_a_year_or_to_the_origin():
    rows = """
        | stays | c1 | champion | | 2023-02-01 |            | | |
        | went  | c1 | champion | | 2023-02-01 | 2024-05-02 | | |
    """
    assert shown(rows, contacts_from="2024-01-01") == [("stays", True, False, None, 1), ("went", True, True, 60, 0)]
    assert shown(rows, contacts_from="2023-12-31") == [("stays", True, True, None, 1), ("went", True, True, 60, 0)]
    young = shown(rows, started_on="2024-02-01", contacts_from="2024-01-01")
    assert young == [("stays", True, True, None, 1), ("went", True, True, 60, 0)]
