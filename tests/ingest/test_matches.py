"""Matches: each column that refers to another is counted, and what it does not find there is named by key."""

from pathlib import Path

import pytest
from small_source import write_small_source

from analysis.cohort.source_check import SourceCheck, check_source
from analysis.declared.study import read_study
from analysis.ingest.rules.matches import Match
from analysis.progress import quiet

USERS = "user_id,account_id\nu1,a1\nu2,a2\n"
USAGE = (
    "account_id,used_on,user_id,events\na1,2023-02-01,u1,3\na1,2023-02-02,u9,3\na1,2023-02-03,u2,3\na1,2023-02-04,,3\n"
)


@pytest.fixture
def checked(tmp_path: Path) -> SourceCheck:
    study = write_small_source(tmp_path, users=USERS, usage_daily=USAGE)
    return check_source(read_study(study), tmp_path, quiet)


def test_rows_filled_in_and_found_are_counted(checked: SourceCheck) -> None:
    assert Match("usage_daily.user_id", "users.user_id", rows=3, matched=2) in checked.matches
    assert Match("usage_daily.account_id", "accounts.account_id", rows=4, matched=4) in checked.matches


def test_a_column_without_the_table_that_it_refers_to_is_not_judged(checked: SourceCheck) -> None:
    assert "usage_daily.feature" not in {match.column for match in checked.matches}


def test_what_is_not_found_is_named_by_key_and_so_is_what_belongs_to_another_account(checked: SourceCheck) -> None:
    named = {finding.name: (finding.severity, finding.examples) for finding in checked.findings}
    assert named["usage_daily.user_id_is_known"] == ("notice", ("account_id=a1, used_on=2023-02-02, user_id=u9",))
    assert named["usage_daily.user_id_is_of_its_account"] == (
        "notice",
        ("account_id=a1, used_on=2023-02-03, user_id=u2",),
    )
