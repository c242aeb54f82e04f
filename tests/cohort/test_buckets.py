"""Buckets of accounts: whatever their number, the cohort is the one that is built whole."""

import dataclasses
from pathlib import Path

import pytest
from cohort_content import rows_and_digests
from samples import SAMPLE
from small_source import SUBSCRIPTIONS, USAGE, write_small_source
from worlds import SHORT, shared_world

from analysis.cohort.buckets import is_by_account
from analysis.cohort.build import FOLDERS, build_cohort
from analysis.cohort.queries import queries_of
from analysis.cohort.runners import stretches
from analysis.declared.own_queries import own_query
from analysis.declared.study import read_study
from analysis.engine.query import Query
from analysis.progress import quiet
from analysis.worlds.proofs.study_worlds import study_of_world

CHAIN = tuple(
    Query(name, "", sql)
    for name, sql in {
        "days": "select 1 as day",
        "use": "select * from log",
        "late": "select * from use",
        "book": "select sum(n) as n from late",
        "share": "select * from use cross join book",
        "faults": "select * from share",
    }.items()
)
RANKED = own_query(
    "rank_of_seats",
    "select account_id, risk_date, rank() over (partition by risk_date order by seats) as rank_of_seats from contract "
    "inner join risk_dates using (lifetime_id, risk_date)",
    {"family": "contract", "rank_of_seats": {"label_en": "Rank by seats"}},
    "mine/rank_of_seats",
)


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ("use late share", ["days", "USE LATE", "book", "SHARE", "faults"]),
        ("use share", ["days", "USE", "late book", "SHARE", "faults"]),
        ("days use", ["DAYS USE", "late book share faults"]),
        ("", ["days use late book share faults"]),
    ],
)
def test_stretches_are_as_few_as_what_queries_read_allows(taken: str, expected: list[str]) -> None:
    found = stretches(CHAIN, lambda query: query.name in taken.split())
    told = [" ".join(query.name for query in queries) for _, queries in found]
    assert [names.upper() if is_taken else names for (is_taken, _), names in zip(found, told, strict=True)] == expected


def test_all_that_has_rows_for_each_account_and_date_goes_in_buckets() -> None:
    by_date = {query.name for query in queries_of(FOLDERS) if "lifetime_id, risk_date" in query.sql.split("\n")[0]}
    others = {"landmark_dates", "risk_dates", "risk_windows"}
    taken = {query.name for query in queries_of(FOLDERS) if is_by_account(query)}
    assert by_date - taken == others & by_date
    assert {"book_day", "book_window", "log_periods", "contact_role"}.isdisjoint(taken)
    assert [is_taken for is_taken, _ in stretches(list(queries_of(FOLDERS)), is_by_account)].count(True) == 2


def test_one_who_uses_two_accounts_and_a_subscription_that_moves_are_in_either_bucket(tmp_path: Path) -> None:
    """User u is of a1 and of a2; subscription s1 went from a1 to a3."""
    tables = {
        "subscriptions": SUBSCRIPTIONS + "s1,a3,2023-05-01,2024-05-01,,12,25,450\n",
        "users": "user_id,account_id,created_on\nu,a1,2023-01-05\nv,a2,2023-01-10\nw,a3,2023-02-01\n",
        "usage_daily": USAGE.replace("events", "events,user_id").replace(",search,3", ",search,3,u")
        .replace(",search,2", ",search,2,v").replace(",search,1", ",search,1,u").replace(",quote,7", ",quote,7,w")
        .replace(",quote,2", ",quote,2,u"),
    }  # fmt: skip
    study = read_study(write_small_source(tmp_path, **tables))
    alone = rows_and_digests(build_cohort(study, tmp_path / "whole", quiet).path)
    said: list[str] = []
    found = build_cohort(study.with_log_on(buckets=5), tmp_path / "buckets", said.append)
    assert rows_and_digests(found.path) == alone
    assert any("bucket 3 of 3 of accounts" in line for line in said), "an empty one would cost as much as any"
    assert alone["user_counts"][0] > 0


@pytest.mark.slow
@pytest.mark.parametrize("buckets", [3, 60])
def test_so_is_the_sample(tmp_path: Path, built_sample: Path, buckets: int) -> None:
    said: list[str] = []
    found = build_cohort(read_study(SAMPLE).with_log_on(buckets=buckets), tmp_path, said.append)
    (own,) = (built_sample / "crm5").glob("cohort-*.duckdb")
    assert found.path.name == own.name
    assert rows_and_digests(found.path) == rows_and_digests(own)
    assert sum(" of accounts: " in line for line in said) == 2 * buckets


@pytest.mark.slow
def test_so_is_a_company_with_all_that_a_source_can_have(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Parents and subsidiaries, users, features, touches, tickets, contacts, goals; and a covariate that ranks."""
    world = shared_world(tmp_path_factory, "short", SHORT, 150, 3)
    study = dataclasses.replace(study_of_world(world.folder, world.scenario), own=RANKED)
    whole = build_cohort(study, tmp_path / "whole", quiet).path
    found = build_cohort(study.with_log_on(buckets=7), tmp_path / "buckets", quiet)
    assert rows_and_digests(found.path) == rows_and_digests(whole)
    assert {"rank_of_seats", "covariates"} <= rows_and_digests(whole).keys()
