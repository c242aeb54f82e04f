"""Clocks of simulated worlds: when accounts give notice, when they are gone then, and that the truth knows it."""

import numpy as np
import pytest
from worlds import World

from analysis.worlds.company.accounts.clocks import DAYS_TO_DECIDE, days_to_notice, gone_on
from analysis.worlds.company.accounts.terms import ANY_TIME, AT_ONCE, BY_DEADLINE, EVERGREEN, SPREAD, Terms, ends_after
from analysis.worlds.company.month import days_of
from analysis.worlds.company.setting.behaviours import Clocks
from analysis.worlds.company.setting.days import NEVER, as_dates

CLOCKS = Clocks(spread=1.0, spread_from=90, spread_until=36, spread_within=0.85)


def terms(clock: int, months: int, starts_on: str = "2024-01-10", notice_days: int = 30) -> Terms:
    begins = as_dates([starts_on])
    return Terms(
        months=np.array([months]),
        clock=np.array([clock]),
        notice_days=np.array([notice_days]),
        price=np.array([20.0]),
        starts_on=begins,
        ends_on=ends_after(begins, np.array([months])),
        seats=np.array([5]),
        rolled_out=np.array([False]),
    )


def counted(term: Terms, first: str, last: str) -> dict[str, float]:
    """Return what each day of some months counts."""
    found = {}
    for month in np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1):
        days = days_of(month)
        for day, weight in zip(days + 1, days_to_notice(term, days, CLOCKS)[0], strict=True):
            found[str(day)] = float(weight)
    return found


class TestDays:
    def test_before_a_deadline_each_day_of_its_month_counts_as_one(self):
        """A year's term from 10 January ends on 10 January 2025; the last day for notice is 11 December."""
        days = counted(terms(BY_DEADLINE, 12), "2024-01", "2025-01")
        assert [day for day, weight in days.items() if weight] == [f"2024-12-{k:02d}" for k in range(2, 12)]
        assert set(days.values()) == {0.0, 1.0}

    @pytest.mark.parametrize(("kind", "months"), [(SPREAD, 12), (SPREAD, 3), (ANY_TIME, 12), (AT_ONCE, 1)])
    def test_over_a_term_all_days_count_as_much_as_those_before_a_deadline_do(self, kind, months):
        total = sum(counted(terms(kind, months), "2024-01", "2025-01").values())
        assert abs(total - DAYS_TO_DECIDE) < 0.07 * DAYS_TO_DECIDE  # months have 28 to 31 days

    def test_spread_notices_come_mostly_in_their_weeks_whatever_the_notice_period(self):
        days = counted(terms(SPREAD, 12), "2024-01", "2025-01")
        ends = np.datetime64("2025-01-10")
        inside = sum(w for day, w in days.items() if 36 <= (ends - np.datetime64(day)).astype(int) <= 90)
        assert inside / sum(days.values()) == pytest.approx(0.85, abs=0.002)
        assert days == counted(terms(SPREAD, 12, notice_days=90), "2024-01", "2025-01")

    def test_nobody_decides_on_the_first_day_of_a_term_before_it_or_when_it_is_over(self):
        days = counted(terms(AT_ONCE, 1), "2024-01", "2024-03")
        assert [day for day, weight in days.items() if weight][::29] == ["2024-01-11", "2024-02-09"]

    def test_without_a_term_every_day_counts_alike(self):
        term = terms(EVERGREEN, 0)
        assert term.ends_on[0] == NEVER
        assert sum(counted(term, "2025-01", "2025-12").values()) == pytest.approx(DAYS_TO_DECIDE)

    @pytest.mark.parametrize(
        ("kind", "months", "notice_on", "gone"),
        [
            (BY_DEADLINE, 12, "2024-12-05", "2025-01-10"),
            (SPREAD, 12, "2024-11-05", "2025-01-10"),
            (ANY_TIME, 12, "2024-06-05", "2024-07-05"),
            (ANY_TIME, 12, "2025-01-05", "2025-01-10"),
            (AT_ONCE, 1, "2024-01-20", "2024-01-21"),
            (EVERGREEN, 0, "2024-06-05", "2024-07-05"),
        ],
    )
    def test_when_an_account_is_gone(self, kind, months, notice_on, gone):
        found = gone_on(terms(kind, months), np.array([0]), as_dates([notice_on]))
        assert found.tolist() == as_dates([gone]).tolist()


LEFT = """
    with left_by_choice as (
        select *, date_diff('day', notice_on, ended_on) as notice_days,
            date_diff('day', notice_on, term_ends_on) as early
        from subscriptions where end_reason = 'voluntary' and product = 'platform' and kind = 'paid')
"""


@pytest.mark.slow
class TestWorld:
    def test_every_clock_strikes(self, clocked: World):
        """Of those with a year's term some leave at its end, some 30 days after a notice, far from it."""
        kinds = clocked.ask(
            f"{LEFT} select coalesce(term_months, 0) as months, count(*) as n from left_by_choice group by 1"
        )
        assert set(kinds["months"]) == {0, 1, 3, 6, 12}
        assert kinds["n"].min() >= 3

    def test_who_has_no_term_has_no_end_of_it_and_leaves_30_days_after_a_notice(self, clocked: World):
        differing = "where kind = 'paid' and (term_months is null) <> (term_ends_on is null)"
        assert clocked.number(f"select count(*) from subscriptions {differing}") == 0
        days = clocked.ask(f"{LEFT} select notice_days from left_by_choice where term_months is null")["notice_days"]
        assert set(days) == {30}

    def test_a_monthly_term_may_end_at_once(self, clocked: World):
        days = clocked.ask(f"{LEFT} select notice_days, early from left_by_choice where term_months = 1")
        assert (days["notice_days"] == 1).mean() > 0.3
        assert (days.loc[days["notice_days"] != 1, "notice_days"] == days.loc[days["notice_days"] != 1, "early"]).all()

    def test_a_term_may_end_early(self, clocked: World):
        days = clocked.ask(f"{LEFT} select notice_days, early from left_by_choice where term_months >= 3")
        is_early = days["notice_days"] < days["early"]
        assert 0.05 < is_early.mean() < 0.6
        assert (days.loc[is_early, "notice_days"] == 30).all()

    def test_of_a_version_notice_is_given_once(self, clocked: World):
        """Else a withdrawn notice would be written over, and the past with it."""
        given = clocked.ask(
            "select notice_on, notice_withdrawn_on from subscriptions where notice_withdrawn_on is not null"
        )
        assert len(given) > 3
        assert (given["notice_withdrawn_on"] > given["notice_on"]).all()
        twice = "select count(*) from hazard inner join subscriptions using (account_id) "
        twice += "where term_months is null and product = 'platform' and kind = 'paid' and ended_on is null "
        twice += "and notice_withdrawn_on < month and probability > 0"
        assert clocked.number(twice) == 0

    def test_as_many_give_notice_as_the_truth_expects_and_nobody_without_deciding(self, clocked: World):
        decided = clocked.ask(
            """
            select distinct hazard.account_id, month, probability from subscriptions
            inner join hazard on subscriptions.account_id = hazard.account_id
                and notice_on > month and notice_on <= month + interval 1 month
            """
        )
        assert (decided["probability"] > 0).all()
        probability = clocked.ask("select probability from hazard")["probability"]
        spread = np.sqrt((probability * (1 - probability)).sum())
        assert len(decided) > 50
        assert abs(len(decided) - probability.sum()) < 3 * spread
