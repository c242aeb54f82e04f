"""Hints: another name is proposed only where its values fit, too; and all that is missing is told in one run."""

from pathlib import Path

import pytest
from read_source import reading, write_source

USERS = "user_id,account_id\nu1,a1\nu2,a2\n"


def told(folder: Path, **tables: str | None) -> dict[str, str]:
    """Return what is said of a source, by table and name of the finding."""
    with reading(write_source(folder / "data", **tables)) as read:
        found = {f"{finding.table} {finding.name}": finding.message() for finding in read.findings}
        assert len(found) == len(read.findings)
    return found


@pytest.mark.parametrize(
    ("own", "values", "hint"),
    [
        ("customer_id", ["a1", "a2", "a1"], "account_id"),
        ("Client ID", ["a1", "a2", "a1"], "account_id"),
        ("companyId", ["a1", "a2", "a1"], "account_id"),
        ("org_id", ["a1", "a2", "a1"], "account_id"),
        ("customer_id", ["c1", "c2", "c1"], None),
        ("customer_id", ["a1", "a2", ""], None),
    ],
)
def test_the_field_s_words_for_an_account(tmp_path: Path, own: str, values: list[str], hint: str | None) -> None:
    text = f"ticket_id,{own},opened_on\n" + "".join(f"t{n},{key},2023-01-06\n" for n, key in enumerate(values))
    found = told(tmp_path, tickets=text)
    error = found["tickets required_columns_are_missing"]
    assert error.startswith("tickets: Table 'tickets' lacks its required column 'account_id'")
    assert (f"(rename {own!r}?)" in error) is (hint is not None)
    assert ("tickets unread_columns" in found) is (hint is None)


def test_accounts_themselves_under_another_word(tmp_path: Path) -> None:
    found = told(
        tmp_path,
        accounts="customer_id,company_name\na1,Ann\na2,Bob\n",
        subscriptions="id,customer_id,start_date\ns1,a1,2023-01-05\ns2,a1,2023-02-05\ns3,a2,2023-02-05\n",
    )
    assert "'account_id' (rename 'customer_id'?)" in found["accounts required_columns_are_missing"]
    assert "'company_name' ('name'?)" in found["accounts unread_columns"]
    assert (
        "'subscription_id' (rename 'id'?), 'account_id' (rename 'customer_id'?), 'started_on' (rename 'start_date'?)"
        in found["subscriptions required_columns_are_missing"]
    )


@pytest.mark.parametrize("users", [USERS, None], ids=["users given", "no users"])
def test_a_row_s_own_number_is_no_user(tmp_path: Path, users: str | None) -> None:
    usage = "usage_id,account_id,used_on,events\n" + "".join(f"x{n},a1,2023-01-06,1\n" for n in range(4))
    message = told(tmp_path, usage_daily=usage, users=users)["usage_daily unread_columns"]
    assert "nothing reads these columns of the source: 'usage_id'. " in message


@pytest.mark.parametrize(
    ("table", "own", "values"),
    [
        ("tickets", "resolved_at", ["2023-01-06"]),
        ("tickets", "first_response_minutes", ["5"]),
        ("tickets", "escalated_by", ["Ann"]),
        ("tickets", "severity_level", ["Ann"]),
        ("tickets", "sentiments", ["good"]),
        ("tickets", "categories", ["Billing"]),
        ("subscriptions", "arr", ["100"]),
        ("subscriptions", "term_years", ["1"]),
        ("subscriptions", "notice_period_months", ["1"]),
        ("subscriptions", "seat_price", ["1"]),
        ("subscriptions", "end_date", ["soon"]),
        ("subscriptions", "end_date", [""]),
        ("subscriptions", "auto_renewal", ["maybe"]),
    ],
)
def test_no_hint_where_the_values_or_the_units_are_others(
    tmp_path: Path, table: str, own: str, values: list[str]
) -> None:
    begins = {
        "tickets": ("ticket_id,account_id,opened_on,resolved_on", "t{n},a1,2023-01-06,"),
        "subscriptions": ("subscription_id,account_id,started_on", "s{n},a1,2023-01-06"),
    }
    header, row = begins[table]
    rows = "".join(f"{row.format(n=n)},{value}\n" for n, value in enumerate(values))
    message = told(tmp_path, **{table: f"{header},{own}\n{rows}"})[f"{table} unread_columns"]
    assert f"nothing reads these columns of the source: {own!r}. " in message


@pytest.mark.parametrize(
    ("own", "value", "name"),
    [
        ("resolved_at", "2023-01-06", "resolved_on"),
        ("SolvedDate", "2023-01-06 10:00", "resolved_on"),
        ("category ", "bug", None),
        ("ticket_category", "bug", "category"),
        ("sentimnt", "0.5", "sentiment"),
        ("first_response_hour", "5", "first_response_hours"),
    ],
)
def test_a_hint_where_they_fit(tmp_path: Path, own: str, value: str, name: str | None) -> None:
    text = f"ticket_id,account_id,opened_on,{own}\nt1,a1,2023-01-06,{value}\n"
    found = told(tmp_path, tickets=text)
    assert (f"{own!r} ({name!r}?)" in found["tickets unread_columns"]) if name else found == {}


def test_a_missing_date_is_not_another_one(tmp_path: Path) -> None:
    text = "ticket_id,account_id,resolved_at\nt1,a1,2023-01-06\n"
    found = told(tmp_path, tickets=text)
    assert "lacks its required column 'opened_on'. It has" in found["tickets required_columns_are_missing"]
    assert "'resolved_at' ('resolved_on'?)" in found["tickets unread_columns"]


@pytest.mark.parametrize(
    ("file", "text", "name"),
    [
        ("customers.csv", "customer_id,name\na1,Ann\n", "accounts.csv"),
        ("companies.csv", "account_id,name\na1,Ann\n", "accounts.csv"),
        ("customers.csv", "name,city\nAnn,Bonn\n", None),
        ("crm_accounts_export.csv", "Account_ID,name\na1,Ann\n", "accounts.csv"),
        ("members.csv", "name;city\nAnn;Bonn\n", None),
        ("whatever.csv", "subscription_id,account_id,started_on\ns,a1,2023-01-05\n", None),
        ("export (3).csv", "ticket_id,account_id,opened_on\ns,a1,2023-01-05\n", "tickets.csv"),
        ("ticket.tsv", "ticket_id\taccount_id\topened_on\ns\ta1\t2023-01-05\n", "tickets.tsv"),
    ],
)
def test_a_file_is_renamed_only_if_its_columns_fit(tmp_path: Path, file: str, text: str, name: str | None) -> None:
    tables = {"accounts": None} if name == "accounts.csv" else {}
    message = told(tmp_path, **tables, **{file: text})[f"{file} unread_file"]
    assert (
        (f"Rename it '{name}' if it is that table." in message)
        if name
        else ("is absent has a name and columns" in message)
    )


def test_all_that_is_missing_or_wrong_is_told_in_one_run(tmp_path: Path) -> None:
    found = told(
        tmp_path,
        accounts="name\nAnn\n",
        subscriptions="subscription_id,account_id,started_on,ended_on,seats\ns1,a1,05/01/23,45000,4.5\n",
        tickets="ticket_id\nt1\n",
        usage_daily="account_id,used_on,feature,events\na1,2023-01-06,search\n",
    )
    assert set(found) == {
        "accounts required_columns_are_missing",
        "subscriptions subscriptions.started_on_is_of_its_type",
        "subscriptions subscriptions.ended_on_is_of_its_type",
        "subscriptions subscriptions.seats_is_of_its_type",
        "tickets required_columns_are_missing",
        "usage_daily unreadable_file",
    }
    assert "lacks its required columns 'account_id', 'opened_on'." in found["tickets required_columns_are_missing"]
