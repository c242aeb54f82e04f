"""Key forms: one identifier that tools write differently is one; two that differ stay two."""

from pathlib import Path

import duckdb
import pytest
from read_source import reading, write_source

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def source(folder: Path, accounts: list[str], subscriptions: list[str]) -> Path:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    return write_source(
        folder / "data",
        accounts="account_id,name\n" + "".join(f"{cell(key)},Ann\n" for key in accounts),
        subscriptions="subscription_id,account_id,started_on\n"
        + "".join(f"s{n},{cell(key)},2023-01-05\n" for n, key in enumerate(subscriptions)),
    )


def keys(folder: Path) -> tuple[list[str], list[str], list[str], list[str]]:
    with reading(folder) as read:
        own = [key for (key,) in read.rows("select account_id from accounts")]
        theirs = [key for (key,) in read.rows("select account_id from subscriptions order by subscription_id")]
        return own, theirs, read.errors, read.notices


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("7.0", "7"),
        ("7.00", "7"),
        (" 7 ", "7"),
        ("\u00a07", "7"),
        ("7\u3000", "7"),
        ("\u200b7", "7"),
        ("7\t", "7"),
        ('="7"', "7"),
        (" 7.0 ", "7"),
        ("-7.0", "-7"),
        ("0.0", "0"),
        ("Cafe\u0301", "Café"),
        (UUID.upper(), UUID),
        ("{" + UUID.upper() + "}", UUID),
    ],
)
def test_one_key_written_in_two_ways(tmp_path: Path, written: str, form: str) -> None:
    own, theirs, errors, notices = keys(source(tmp_path, [form, "a2"], [written, form, "a2"]))
    assert (own, theirs, errors) == ([form, "a2"], [form, form, "a2"], [])
    assert all(notice.startswith("subscriptions: account_id was written ") for notice in notices)
    assert ": 1 row, among them " in notices[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("007", "7"),
        ("7.0", "8"),
        ("7.5", "7"),
        ("A1", "a1"),
        ("7.10", "7.1"),
        ("07.0", "7"),
        ("1.0", "01"),
        ("1,0", "1"),
    ],
)
def test_two_keys_stay_two(tmp_path: Path, one: str, other: str) -> None:
    assert keys(source(tmp_path, [one, other], [other, one])) == ([one, other], [other, one], [], [])


def test_decimals_that_all_have_are_left_alone(tmp_path: Path) -> None:
    assert keys(source(tmp_path, ["7.0", "8.0"], ["8.0"])) == (["7.0", "8.0"], ["8.0"], [], [])


@pytest.mark.parametrize(("one", "other"), [("7", "7.0"), ("7", "7 "), (UUID, UUID.upper())])
def test_two_keys_of_one_table_never_become_one(tmp_path: Path, one: str, other: str) -> None:
    own, theirs, (error,), _ = keys(source(tmp_path, [one, other], [other]))
    assert (own, theirs) == ([one, other], [other])
    both = ", ".join(repr(key) for key in sorted((one, other)))
    assert error.startswith(
        "accounts: several values of account_id are one and the same as other tables write them: 1 row"
    )
    assert f"among them {both}." in error


def test_numbers_of_parquet_are_written_without_decimals(tmp_path: Path) -> None:
    """A column of whole numbers with gaps comes as decimals from many tools."""
    folder = source(tmp_path, ["7", "12345678901"], [])
    (folder / "subscriptions.csv").unlink()
    duckdb.sql(
        "copy (select n as subscription_id, cast(key as double) as account_id, date '2023-01-05' as started_on from "
        f"(values (1.00, 7), (2.00, 12345678901), (3.50, null)) as t(n, key)) to '{folder}/subscriptions.parquet'"
    )
    with reading(folder) as read:
        found = read.rows("select subscription_id, account_id from subscriptions order by all")
        assert found == [("1", "7"), ("2", "12345678901"), ("3.50", None)]


def test_parents_users_and_features_are_brought_to_one_form_in_all_tables(tmp_path: Path) -> None:
    folder = write_source(
        tmp_path / "data",
        accounts="account_id,parent_account_id\n7,\n8,7.0\n",
        subscriptions="subscription_id,account_id,started_on\ns1,7.0,2023-01-05\n",
        users="user_id,account_id\n1,7\n2,8.0\n",
        usage_daily="account_id,used_on,user_id,feature,events\n"
        "7,2023-01-06,1.0,search ,1\n8,2023-01-06,2.0,search,1\n",
        features="feature\n search\n",
    )
    with reading(folder) as read:
        assert read.rows("select parent_account_id from accounts where account_id = '8'") == [("7",)]
        assert read.rows("select account_id, user_id, feature from usage_daily order by all") == [
            ("7", "1", "search"),
            ("8", "2", "search"),
        ]
        assert read.rows("select feature from features") == [("search",)]
        told = {(finding.name, finding.table, finding.rows) for finding in read.findings}
    assert told == {
        ("key_has_decimals", "accounts", 1),
        ("key_has_decimals", "subscriptions", 1),
        ("key_has_decimals", "users", 1),
        ("key_has_decimals", "usage_daily", 2),
        ("key_is_tidied", "usage_daily", 1),
        ("key_is_tidied", "features", 1),
    }


def test_keys_that_a_spreadsheet_cut_short_are_told(tmp_path: Path) -> None:
    own, _, errors, (notice,) = keys(source(tmp_path, ["1.23457E+12", "a2"], ["a2"]))
    assert (own, errors) == (["1.23457E+12", "a2"], [])
    assert notice.startswith(
        "accounts: account_id was cut to a few digits by a spreadsheet: 1 row, among them '1.23457E+12'"
    )
