"""Blind spots: cells by hand, intervals against Wilson's, suppression, and a planted cell."""

import numpy as np
import pandas as pd
import pytest
from family_predictors import FAMILIES, book_of, predictor_rows
from statsmodels.stats.proportion import proportion_confint

from analysis.contest.blind_spots import blind_spots, clustered_interval
from analysis.contest.effect_displays import drawn_cells
from analysis.errors import ModelError
from reports.messages import read_catalogue


def drawn(text: str) -> pd.DataFrame:
    """Read a table of rows: account, usage, champion, left."""
    cells = [line.split() for line in text.strip().splitlines()]
    frame = pd.DataFrame(cells, columns=["account_id", "usage", "champion", "event"])
    return frame.assign(
        landmark=pd.Timestamp("2024-01-01"), lifetime_id=frame["account_id"], cluster_id=frame["account_id"],
        usage=frame["usage"].astype(float), champion=frame["champion"].astype(float), event=frame["event"] == "left",
    )  # fmt: skip


BY_HAND = drawn(
    """
    a  1  1  stayed
    b  1  2  left
    c  2  1  stayed
    d  2  2  stayed
    e  1  2  left
    f  1  1  stayed
    g  2  2  left
    h  2  1  stayed
    """
)


def test_cells_are_the_halves_of_each_family_counted_by_hand():
    book = BY_HAND.drop(columns="event").assign(annual_revenue=[1.0, 2, 4, 8, 16, 32, np.nan, 128])
    table = blind_spots(BY_HAND, book, ["usage", "champion"]).table
    cells = table[["usage", "champion", "n_rows", "n_events", "estimate", "accounts_now", "revenue_now"]]
    # a and f; b and e, of whom both left; c and h; d and g, of whom one left and one pays what nobody knows.
    assert cells.values.tolist() == [
        [False, False, 2, 0, 0.0, 2, 33.0],
        [False, True, 2, 2, 1.0, 2, 18.0],
        [True, False, 2, 0, 0.0, 2, 132.0],
        [True, True, 2, 1, 0.5, 2, 8.0],
    ]
    assert table["difference"].tolist()[1:] == [1.0, 0.0, 0.5]


def test_halves_are_of_each_quarter_so_that_a_model_that_says_more_later_shifts_nobody():
    later = BY_HAND.assign(landmark=pd.Timestamp("2024-04-01"), usage=BY_HAND["usage"] + 10)
    both = pd.concat([BY_HAND, later], ignore_index=True)
    once, twice = (blind_spots(rows, BY_HAND, ["usage", "champion"]).table for rows in (BY_HAND, both))
    assert (twice["n_rows"] == 2 * once["n_rows"]).all()
    assert (twice["estimate"] == once["estimate"]).all()


def test_rows_on_the_median_go_where_they_make_halves():
    """Of seven rows, four at the highest value: these are the worse half, not nobody."""
    rows = BY_HAND[BY_HAND["account_id"] != "a"].reset_index(drop=True)
    table = blind_spots(rows, BY_HAND, ["usage"]).table
    assert table["n_rows"].tolist() == [3, 4]


def test_quarters_before_a_family_was_measured_are_in_no_cell_and_not_in_its_better_half():
    early = BY_HAND.assign(landmark=pd.Timestamp("2023-10-01"), champion=0.0, event=True)
    found = blind_spots(pd.concat([early, BY_HAND], ignore_index=True), BY_HAND, ["usage", "champion"])
    alone = blind_spots(BY_HAND, BY_HAND, ["usage", "champion"])
    pd.testing.assert_frame_equal(found.table, alone.table)
    assert "1 quarter is in no cell: one of the families says the same" in " ".join(map(str, found.notes))
    assert "contest.cells_mute" not in [note.code for note in alone.notes]
    never = pd.concat([early, BY_HAND.assign(usage=0.0)], ignore_index=True)
    with pytest.raises(ModelError, match="in no quarter that was scored do Usage, Champion all tell accounts apart"):
        blind_spots(never, BY_HAND, ["usage", "champion"])


def test_the_map_tells_leavers_of_rows_and_different_accounts_apart():
    """An account at risk in two quarters is two rows: 2 of 4, of 2 accounts, is a half, not all."""
    later = BY_HAND.assign(landmark=pd.Timestamp("2024-04-01"), event=False, lifetime_id=BY_HAND["account_id"] + "#2")
    found = blind_spots(pd.concat([BY_HAND, later], ignore_index=True), BY_HAND, ["usage", "champion"])
    drawn = [drawn_cells(found, read_catalogue(language)).set_index(["row", "column"]) for language in ("en", "ja")]
    assert [cells.loc[(0, 1), "share"] for cells in drawn] == ["50.0%", "50.0%"]
    assert [cells.loc[(0, 1), "of"] for cells in drawn] == ["2 of 4; 2 accounts", "4件中2件（2社）"]


def test_an_interval_of_independent_rows_is_wilsons():
    event = np.arange(4000) < 240
    low, high = clustered_interval(event, np.arange(4000))
    assert (low, high) == pytest.approx(proportion_confint(240, 4000, method="wilson"), rel=2e-3)


def test_rows_of_a_cluster_that_say_the_same_tell_no_more_than_one():
    event = np.random.default_rng(1).random(300) < 0.2
    once = clustered_interval(event, np.arange(300))
    five_times = clustered_interval(np.repeat(event, 5), np.repeat(np.arange(300), 5))
    assert five_times == pytest.approx(once, rel=1e-9)


def test_where_nobody_left_the_interval_is_of_as_many_rows_as_there_are_clusters():
    low, high = clustered_interval(np.zeros(400, dtype=bool), np.repeat(np.arange(100), 4))
    assert low == pytest.approx(0, abs=1e-12)
    assert high == pytest.approx(proportion_confint(0, 100, method="wilson")[1], rel=0.05)
    assert np.isnan(clustered_interval(np.zeros(0, dtype=bool), np.zeros(0))).all()


def test_an_interval_of_none_or_all_ends_there_exactly():
    """Wilson's limit is 0 or 1 then; of some numbers rounding leaves 1e-17 of it, which a table would show."""
    for number in range(2, 60):
        assert clustered_interval(np.zeros(number, dtype=bool), np.arange(number))[0] == 0
        assert clustered_interval(np.ones(number, dtype=bool), np.arange(number))[1] == 1


def test_intervals_hold_where_accounts_of_a_parent_leave_together():
    """Beta-binomial clusters of four, mean 8%: of 400 worlds about 95% cover it (binomial error 1.1%)."""
    rng, covered = np.random.default_rng(5), 0
    for _ in range(400):
        share = rng.beta(0.8, 9.2, size=60)
        event = rng.random((60, 4)) < share[:, None]
        low, high = clustered_interval(event.ravel(), np.repeat(np.arange(60), 4))
        covered += low <= 0.08 <= high
    assert 0.92 <= covered / 400 <= 0.985


def test_best_usage_and_champion_gone_is_found_where_it_was_planted():
    rows = predictor_rows({}, seed=4)
    worse = rows["champion"] > rows["champion"].groupby(rows["landmark"]).transform("median")
    leaves = np.random.default_rng(2).random(len(rows)) < np.where(worse, 0.16, 0.06)
    found = blind_spots(rows.assign(event=leaves), book_of(rows), FAMILIES, min_cell=5)
    assert len(found.table) == 8
    cells = found.table.iloc[list(found.spots)]
    assert len(cells) == 2
    assert cells["champion"].all()
    assert not cells["usage"].any()
    assert (cells["difference_low"] > 0).all()
    spots = [note for note in found.notes if note.code == "contest.blind_spot"]
    assert any("but in the worse half by Champion, " in str(spot) for spot in spots)
    assert found.table["accounts_now"].sum() == len(book_of(rows))


@pytest.mark.parametrize(("currency", "en", "ja"), [("EUR", "€8.23M", "823万ユーロ"), (None, "8.23M", "823万")])
def test_what_accounts_in_a_blind_spot_pay_is_told_in_its_currency(currency: str | None, en: str, ja: str) -> None:
    rows = predictor_rows({}, seed=4)
    worse = rows["champion"] > rows["champion"].groupby(rows["landmark"]).transform("median")
    leaves = np.random.default_rng(2).random(len(rows)) < np.where(worse, 0.16, 0.06)
    book = book_of(rows, revenue=27_800.0)
    found = blind_spots(rows.assign(event=leaves), book, ["usage", "champion"], currency=currency)
    (spot,) = [note for note in found.notes if note.code == "contest.blind_spot"]
    cell = found.table.loc[found.spots[0]]
    assert cell["revenue_now"] == 27_800.0 * cell["accounts_now"]
    assert f"accounts are there now, paying {en} a year." in str(spot)
    assert f"社で、年間{ja}を支払っています。" in spot.in_words(read_catalogue("ja"))


@pytest.mark.slow
def test_where_no_family_matters_a_spot_is_called_in_few_worlds():
    """Holm over seven cells at 5%: of 40 worlds without any effect at most 7 (by a binomial 1 in 500)."""
    called = 0
    for seed in range(40):
        rows = predictor_rows({}, n_clusters=150, seed=100 + seed)
        called += bool(blind_spots(rows, book_of(rows), FAMILIES).spots)
    assert called <= 7


def test_cells_of_few_accounts_are_hidden_with_what_would_tell_of_them():
    rows = BY_HAND[BY_HAND["account_id"] != "a"].reset_index(drop=True)
    found = blind_spots(rows, BY_HAND, ["usage", "champion"], min_cell=2)
    hidden = found.table[found.table["is_hidden"]]
    assert len(hidden) >= 2
    assert hidden[["n_rows", "n_accounts", "n_events", "estimate", "conf_low", "difference"]].isna().all(axis=None)
    # What is compared with the hidden cell would tell of it.
    assert found.table["difference"].isna().all()
    assert not found.spots
    assert "contest.cells_hidden" in [note.code for note in found.notes]


def test_a_family_that_says_the_same_of_all_cuts_nothing():
    rows = predictor_rows({"usage": 1.0}).assign(relationship=0.0, champion=1.0)
    found = blind_spots(rows, book_of(rows), FAMILIES)
    assert found.families == ("usage",)
    assert found.silent == ("relationship", "champion")
    assert len(found.table) == 2
    assert not found.spots
    with pytest.raises(ModelError, match="There are no cells to show: Relationship, Champion say the same"):
        blind_spots(rows, book_of(rows), ["relationship", "champion"])
