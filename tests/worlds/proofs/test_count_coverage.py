"""Count coverage: the table of the full proof, a few worlds of it, and that a mistake would be seen."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from worlds import World, quiet

from analysis.forecast.past_quarters import held_intervals
from analysis.worlds.proofs.count_coverage import (
    ACCOUNTS,
    BOOKS,
    LEARNED_FROM,
    MODEL,
    QUARTERS,
    TIME,
    Book,
    held_in_books,
    held_in_companies,
    planted_forecasts,
    summarise_held,
)
from analysis.worlds.proofs.dealt_worlds import StudiedCompany

TABLE = Path(__file__).parents[3] / "benchmarks" / "count_coverage.csv"


def test_a_planted_book_is_forecast_from_settled_quarters_and_spreads_as_planted() -> None:
    """With 0.6 between quarters counts lie far off what is expected; the forecasts are right on average."""
    past, rows = planted_forecasts(Book(0.6), np.random.default_rng(1))
    quarters = list(past.quarters(MODEL).values())
    assert len(quarters) == QUARTERS - LEARNED_FROM
    assert len(rows) == QUARTERS * ACCOUNTS
    log_ratio = np.log([quarter.observed / quarter.expected for quarter in quarters])
    assert 0.3 < log_ratio.std() < 1.0
    assert abs(log_ratio.mean()) < 0.5


@pytest.mark.slow
def test_intervals_of_chance_fail_where_quarters_differ_and_the_others_hold() -> None:
    """Of 28 intervals; 95% of them are 26.6."""
    past = [planted_forecasts(Book(0.4), np.random.default_rng(seed)) for seed in (1, 2)]
    held = pd.concat([held_intervals(one, MODEL, TIME, rows.assign(seats=np.nan)) for one, rows in past])
    counts = held[(held["level"] == 0.95) & (held["of"] == "count")]
    assert len(counts) == 28
    assert counts["holds"].sum() >= 23
    assert counts["chance_holds"].sum() <= 19


def test_a_dealt_company_is_forecast_and_counted(short: World, tmp_path: Path) -> None:
    """One small world only; all of them: make study-worlds PROOFS=count_coverage."""
    company = StudiedCompany("short", "short", short.scenario, short.folder, short.opened(tmp_path))
    found = summarise_held(held_in_companies([company], 10_000, 2, quiet))
    assert set(found["world"]) == {"short"}
    assert found["quarters_seen"].eq("0 to 5").all()
    assert found["covered"].between(0, 1).all()


@pytest.mark.slow
def test_a_book_is_counted_by_how_much_of_the_past_was_seen() -> None:
    found = summarise_held(held_in_books([Book(0.0)], 1, quiet))
    assert found.groupby(["of", "level"])["intervals"].sum().eq(QUARTERS - LEARNED_FROM).all()
    assert found["quarters_seen"].tolist()[:4] == ["0 to 5"] * 4


class TestTheTable:
    TABLE = pd.read_csv(TABLE)

    def test_holds_every_book_and_the_simulated_worlds(self):
        assert set(self.TABLE["world"]) == {*(book.name for book in BOOKS), "base"}
        assert (self.TABLE["intervals"] >= 100).all()

    @pytest.mark.parametrize("level", [0.8, 0.95])
    def test_with_six_quarters_or_more_intervals_hold_as_often_as_they_say(self, level):
        seen = self.TABLE[(self.TABLE["quarters_seen"] == "6 and more") & (self.TABLE["level"] == level)]
        assert (seen["covered"] >= level - 3 * np.sqrt(level * (1 - level) / seen["intervals"])).all()
        assert seen["covered"].mean() == pytest.approx(level, abs=0.05)

    def test_chance_alone_does_not_where_quarters_differ(self):
        differ = self.TABLE[self.TABLE["world"].str.contains("0.15|0.3") & (self.TABLE["level"] == 0.95)]
        assert (differ["covered_by_chance"] < 0.91).all()
        assert (differ["covered"] > differ["covered_by_chance"]).all()
