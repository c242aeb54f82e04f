"""Moves of the calendar in a company of sixty accounts that all work alike, where every move is known exactly."""

import datetime as dt
import math
from pathlib import Path

import pytest
from small_source import write_small_source

from analysis.audits.alarm import Alarm
from analysis.audits.calendar_moves import ENOUGH, calendar_moves
from analysis.declared.study import read_study
from analysis.workbench import open_workbench

FIRST, LAST = dt.date(2023, 1, 1), dt.date(2023, 6, 30)
FOUR_WEEKS_OF_MAY = [dt.date(2023, 5, 4) + dt.timedelta(days) for days in range(28)]
"""The recent window of the landmark of 1 June."""


def moves(folder: Path, events_on: dict[dt.date, int], n_accounts: int = 60, slowed: int | None = None) -> list[Alarm]:
    """Let the first accounts, `slowed` of them or all, work otherwise on some days than the 20 events of every day.

    They are the accounts of the north.
    """
    accounts = [f"a{k:02d}" for k in range(n_accounts)]
    days = [FIRST + dt.timedelta(k) for k in range((LAST - FIRST).days + 1)]
    use = [
        f"{account},{day},search,{events_on.get(day, 20) if slowed is None or place < slowed else 20}"
        for place, account in enumerate(accounts)
        for day in days
    ]
    study = write_small_source(
        folder,
        accounts="\n".join(
            ["account_id,region"]
            + [
                f"{account},{'north' if slowed is None or place < slowed else 'south'}"
                for place, account in enumerate(accounts)
            ]
        ),
        subscriptions="\n".join(
            ["subscription_id,account_id,started_on,term_ends_on,mrr"]
            + [f"s{account},{account},2023-01-01,2024-01-01,100" for account in accounts]
        ),
        usage_daily="\n".join(["account_id,used_on,feature,events", *use]),
    )
    return calendar_moves(open_workbench(read_study(study), folder / "out", progress=lambda message: None))


def test_a_shutdown_of_all_is_measured_exactly_and_is_nothing_beside_the_book(tmp_path):
    book, beside = moves(tmp_path, dict.fromkeys(FOUR_WEEKS_OF_MAY, 10))
    assert (book.is_raised, book.estimate) == (True, pytest.approx(math.log(10 / 20)))
    assert (beside.is_raised, beside.estimate) == (False, pytest.approx(0, abs=0.002))


@pytest.mark.slow
def test_a_shorter_one_that_takes_less_than_a_quarter_raises_nothing(tmp_path):
    week = FOUR_WEEKS_OF_MAY[:7]
    book, _ = moves(tmp_path, dict.fromkeys(week, 2))
    taken = 7 * 18 / (28 * 20)
    assert (book.is_raised, book.estimate) == (False, pytest.approx(math.log(1 - taken)))


@pytest.mark.slow
def test_what_fewer_than_half_of_the_accounts_do_is_no_calendar(tmp_path):
    book, _ = moves(tmp_path, dict.fromkeys(FOUR_WEEKS_OF_MAY, 1), slowed=29)
    assert (book.is_raised, book.estimate) == (False, pytest.approx(0))


def test_too_few_accounts_cannot_tell(tmp_path):
    assert [alarm.is_raised for alarm in moves(tmp_path, {}, n_accounts=ENOUGH - 1)] == [None, None]


def test_a_shutdown_of_one_region_that_no_holiday_names_is_found_beside_the_book(tmp_path):
    """Of 120 accounts 50, of the north, stop for four weeks: the book falls by less, and the north beside it."""
    book, beside = moves(tmp_path, dict.fromkeys(FOUR_WEEKS_OF_MAY, 2), n_accounts=120, slowed=50)
    assert (book.is_raised, book.estimate) == (False, pytest.approx(0))
    of_book = (50 * 2 + 70 * 20) / (120 * 20)
    assert (beside.is_raised, beside.estimate) == (True, pytest.approx(math.log(2 / 20) - math.log(of_book), abs=0.02))
