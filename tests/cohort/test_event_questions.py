"""What looks like no leaving of a business is asked about, each kind by its own code; ordinary books are not."""

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.cohort.source_check import check_source
from analysis.declared.study import read_study
from analysis.workbench import Workbench

STUDY = """
name = "asked"

[source]
kind = "contract"
path = "data"

[time]
observation_start = 2020-01-01
snapshot = 2024-01-01
"""
QUESTIONS = {
    *("everybody_left", "quarter_of_leavers", "ends_in_last_quarter", "none_lately"),
    *("ends_with_terms", "same_length", "nobody_after_an_age"),
}
LAST = dt.date(2024, 1, 1)
Version = tuple[dt.date, dt.date | None, dt.date | None]
"""When it starts, when its term ends, and when it ended."""


def days(number: float) -> dt.timedelta:
    return dt.timedelta(days=int(number))


def asked(folder: Path, book: dict[str, list[Version]]) -> set[str]:
    """Return the questions that are asked of a book: versions of the one subscription of each account."""
    (folder / "data").mkdir()
    accounts = "".join(f"{name}\n" for name in book)
    (folder / "data" / "accounts.csv").write_text(f"account_id\n{accounts}")
    lines = [
        ",".join([name, name, *("" if day is None else str(day) for day in version)])
        for name, versions in book.items()
        for version in versions
    ]
    header = "subscription_id,account_id,started_on,term_ends_on,ended_on"
    (folder / "data" / "subscriptions.csv").write_text("\n".join([header, *lines]) + "\n")
    (folder / "study.toml").write_text(STUDY)
    found = check_source(read_study(folder / "study.toml"), folder, lambda message: None).findings
    return {finding.name for finding in found} & QUESTIONS


def started(rng: random.Random, until: dt.date = dt.date(2023, 12, 1)) -> dt.date:
    return dt.date(2020, 1, 1) + days(rng.random() * (until - dt.date(2020, 1, 1)).days)


def any_day(rng: random.Random) -> list[Version]:
    """Leave on any day, after three years on average."""
    start = started(rng)
    end = start + days(1 + rng.expovariate(1 / 1100))
    return [(start, None, end if end < LAST else None)]


def with_terms(rng: random.Random, length: int, leave: float) -> list[Version]:
    """Renew term after term, and leave at the end of one of them alone."""
    start, versions = started(rng), []
    while start < LAST:
        ends = start + days(length)
        leaves = rng.random() < leave and ends < LAST
        versions.append((start, ends, ends if leaves else None))
        if leaves:
            break
        start = ends
    return versions


def first_term_only(rng: random.Random) -> list[Version]:
    """Export the first term of each account, which ends with it."""
    start = started(rng)
    ends = start + days(365)
    return [(start, ends, ends if ends < LAST else None)]


def book_of(
    make: Callable[[random.Random], list[Version]], number: int = 400, seed: int = 1
) -> dict[str, list[Version]]:
    rng = random.Random(seed)
    return {f"a{k}": make(rng) for k in range(number)}


@pytest.mark.parametrize(
    "make",
    [
        any_day,
        lambda rng: with_terms(rng, 30, 0.04),
        lambda rng: with_terms(rng, 365, 0.25),
        lambda rng: with_terms(rng, 730, 0.4),
        lambda rng: any_day(rng) if rng.random() < 0.5 else with_terms(rng, 365, 0.3),
    ],
    ids=["any day", "monthly", "yearly", "two years", "mixed"],
)
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 4))])
def test_an_ordinary_book_is_not_asked_about(tmp_path: Path, make: Callable, seed: int) -> None:
    assert asked(tmp_path, book_of(make, seed=seed)) == set()


def test_the_sample_is_not_asked_about(sample_tenure: Workbench) -> None:
    assert set(sample_tenure.table("rule_findings")["rule"]) & QUESTIONS == set()


def test_terms_that_end_and_are_never_followed_by_another(tmp_path: Path) -> None:
    """Each account left when its term did, after a year to the day, and none is older."""
    assert {"ends_with_terms", "same_length"} <= asked(tmp_path, book_of(first_term_only))


def test_terms_that_ran_out_on_accounts_that_stay_are_followed_by_another(tmp_path: Path) -> None:
    """Renewals that the source does not date: half stay after the end of the only term that it gives."""

    def make(rng: random.Random) -> list[Version]:
        start, ends, ended = first_term_only(rng)[0]
        return [(start, ends, ended if rng.random() < 0.5 else None)]

    found = asked(tmp_path, book_of(make))
    assert "ends_with_terms" not in found
    assert "nobody_after_an_age" in found, "but those who stay never leave again"


def test_nobody_who_leaves_after_an_age(tmp_path: Path) -> None:
    def make(rng: random.Random) -> list[Version]:
        start = started(rng)
        end = start + days(1 + rng.random() * 360)
        return [(start, None, end if rng.random() < 0.4 and end < LAST else None)]

    assert asked(tmp_path, book_of(make)) == {"nobody_after_an_age"}


def test_everybody_left(tmp_path: Path) -> None:
    def make(rng: random.Random) -> list[Version]:
        start = started(rng, dt.date(2021, 1, 1))
        return [(start, None, start + days(10 + rng.random() * 900))]

    assert "everybody_left" in asked(tmp_path, book_of(make))


def test_half_of_all_leave_in_a_quarter(tmp_path: Path) -> None:
    def make(rng: random.Random) -> list[Version]:
        start = started(rng)
        end = start + days(1 + rng.expovariate(1 / 120))
        return [(start, None, end if end < LAST else None)]

    assert asked(tmp_path, book_of(make)) == {"quarter_of_leavers"}


def test_ends_that_are_kept_for_a_quarter_only(tmp_path: Path) -> None:
    """Whoever left earlier is no longer in the export, or has lost the end."""

    def make(rng: random.Random) -> list[Version]:
        (start, _, end), *_ = any_day(rng)
        return [(start, None, end if end and end > dt.date(2023, 10, 1) else None)]

    assert asked(tmp_path, book_of(make, 800)) == {"ends_in_last_quarter"}


def test_ends_that_stop_before_the_export_does(tmp_path: Path) -> None:
    def make(rng: random.Random) -> list[Version]:
        (start, _, end), *_ = any_day(rng)
        return [(start, None, end if end and end < dt.date(2023, 9, 20) else None)]

    assert asked(tmp_path, book_of(make, 800)) == {"none_lately"}
