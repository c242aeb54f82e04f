"""Shapley shares: the axioms, an additive model's own contributions, and an interaction by hand."""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from analysis.design.matrix import Column, DesignMatrix
from analysis.forecast.peers import in_order, nearest_peers
from analysis.forecast.shapley import coalitions, family_shares, shapley_values

FAMILIES = ("usage", "relationship", "champion", "contract")
RNG = np.random.default_rng(2)


class Told:
    """A model whose probability is a function of the design's values, and that counts the rows it was asked about."""

    def __init__(self, risk):
        self.risk, self.asked = risk, 0

    def fit(self, design, outcome):
        return self

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        self.asked += len(design)
        return np.repeat(self.risk(design.values)[:, None], len(times), axis=1)


def book(n: int = 12) -> DesignMatrix:
    """Two columns a family; every fourth row lacks its usage, which the second column marks."""
    columns = tuple(
        Column(f"{family}: {k}", f"{family}_{k}", family, marks_missing=family == "usage" and k == 1)
        for family in FAMILIES
        for k in range(2)
    )
    values = RNG.normal(size=(n, 8))
    values[:, 1] = np.arange(n) % 4 == 0
    return DesignMatrix(values, columns, pd.DataFrame(index=range(n)))


EVERYONE = np.arange(12)
PEERS = np.array([[j for j in range(12) if j != i][:7] for i in range(12)])
MATRIX = book()
EFFECTS = np.array([0.02, 0.05, -0.03, 0.01, 0.04, 0.0, 0.02, -0.02])


def shares_by(risk, design: DesignMatrix = MATRIX, asked=EVERYONE, peers=PEERS) -> dict[str, NDArray[np.float64]]:
    return family_shares(Told(risk), design, risk(design.values), asked, peers)


def tangled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(2.0 - values[:, 0] * values[:, 4] - np.abs(values[:, 6]) + values[:, 2] * values[:, 1]))


class TestTheRule:
    def test_is_the_mean_over_all_orders_of_arrival(self):
        worth = {some: float(RNG.normal()) for some in coalitions(FAMILIES)}
        by_order = {name: [] for name in FAMILIES}
        for order in itertools.permutations(FAMILIES):
            for place, name in enumerate(order):
                before = frozenset(order[:place])
                by_order[name].append(worth[before | {name}] - worth[before])
        for name, value in shapley_values(worth).items():
            assert value == pytest.approx(np.mean(by_order[name]), abs=1e-12)

    def test_what_two_share_is_divided_evenly(self):
        """By hand: a adds 3 alone, b 1 alone, 2 of it in common (together 3 + 1 - 2); c nothing."""
        worth = {"": 0.0, "a": 3.0, "b": 1.0, "ab": 2.0, "c": 0.0, "ac": 3.0, "bc": 1.0, "abc": 2.0}
        values = shapley_values({frozenset(subset): gain for subset, gain in worth.items()})
        assert values == pytest.approx({"a": 2.0, "b": 0.0, "c": 0.0})

    def test_of_one_is_all_and_of_none_is_nothing(self):
        assert shapley_values({frozenset(): 1.0, frozenset({"a"}): 3.0}) == {"a": 2.0}
        assert shapley_values({frozenset(): 1.0}) == {}


class TestShares:
    def test_add_up_to_the_difference_from_the_peers(self):
        total = sum(shares_by(tangled).values())
        risk = tangled(MATRIX.values)
        np.testing.assert_allclose(total, risk - risk[PEERS].mean(axis=1), rtol=0, atol=1e-12)

    def test_of_an_additive_model_are_its_contributions_less_their_mean_among_the_peers(self):
        found = shares_by(lambda values: 0.3 + values @ EFFECTS)
        for family in FAMILIES:
            own = MATRIX.family_columns(family)
            part = MATRIX.values[:, own] @ EFFECTS[own]
            np.testing.assert_allclose(found[family], part - part[PEERS].mean(axis=1), rtol=0, atol=1e-12)

    def test_a_family_that_makes_no_difference_has_none(self):
        found = shares_by(lambda values: 0.1 + 0.05 * values[:, 0] * values[:, 4])
        for family in ("contract", "relationship"):
            np.testing.assert_allclose(found[family], 0, atol=1e-15)

    def test_two_families_that_do_the_same_have_the_same(self):
        twin = MATRIX.values.copy()
        twin[:, 2] = twin[:, 4]
        found = shares_by(lambda values: np.tanh(values[:, 2] + values[:, 4]) / 4 + 0.5, MATRIX.with_values(twin))
        np.testing.assert_allclose(found["relationship"], found["champion"], rtol=0, atol=1e-12)

    def test_of_an_interaction_by_hand(self):
        """Risk .2 where both are 1, else 0; the peer has neither: each carries half."""
        columns = (Column("a", "a", "usage"), Column("b", "b", "champion"))
        design = DesignMatrix(np.array([[1.0, 1.0], [0.0, 0.0]]), columns, pd.DataFrame(index=range(2)))
        found = shares_by(lambda values: 0.2 * values[:, 0] * values[:, 1], design, np.array([0]), np.array([[1]]))
        assert {family: share.tolist() for family, share in found.items()} == {
            "usage": [pytest.approx(0.1)], "champion": [pytest.approx(0.1)],
        }  # fmt: skip

    def test_a_value_and_its_mark_move_together(self):
        """Never is a filled value asked about without its mark: the two columns come from one and the same row."""
        rows = {tuple(row) for row in MATRIX.values[:, :2]}
        seen = []
        shares_by(lambda values: seen.extend(map(tuple, values[:, :2])) or values[:, 0] * 0.01)
        assert set(seen) <= rows

    def test_ask_the_model_about_fourteen_coalitions_and_no_more(self):
        model = Told(tangled)
        family_shares(model, MATRIX, tangled(MATRIX.values), EVERYONE, PEERS)
        assert model.asked == 14 * PEERS.size

    def test_do_not_depend_on_how_many_are_asked_about_at_once(self, monkeypatch):
        whole = shares_by(tangled)
        monkeypatch.setattr("analysis.forecast.shapley._ROWS_AT_ONCE", 20)
        for family, share in shares_by(tangled).items():
            np.testing.assert_allclose(share, whole[family], rtol=0, atol=1e-15)


class TestPeers:
    ROWS = pd.DataFrame(
        {
            "term_kind": ["yearly"] * 5 + ["monthly"] * 3,
            "days_to_renewal": [10.0, 20.0, 200.0, np.nan, 25.0, 12.0, 10.0, 10.0],
            "days_to_deadline": [5.0, 40.0, 190.0, np.nan, np.nan, 2.0, 1.0, 2.0],
            "account_id": list("abcdefgh"),
            "risk_date": pd.Timestamp("2024-01-01"),
        }
    )

    def test_are_of_the_same_kind_and_near_on_both_dates(self):
        found = nearest_peers(self.ROWS, np.array([0]), 7)[0].tolist()
        assert found[:4] == [1, 2, 4, 3]  # whoever has a deadline ahead first, then without one, then without a renewal
        assert found[4:] == [7, 6, 5]  # then the other kind

    def test_nobody_is_a_peer_of_itself(self):
        found = nearest_peers(self.ROWS, np.arange(8), 30)
        assert found.shape == (8, 7)
        assert all(place not in own for place, own in enumerate(found))

    def test_without_a_clock_the_first_rows_are_as_near_as_any(self):
        assert nearest_peers(self.ROWS[["account_id", "risk_date"]], np.array([1]), 2).tolist() == [[0, 2]]

    def test_are_one_row_of_an_account_each_and_rather_a_later_one(self):
        ago = pd.Timestamp("2023-12-01")
        same_day = self.ROWS.iloc[[1, 1]].assign(
            days_to_renewal=[20.0, 10.0], days_to_deadline=[40.0, 5.0], risk_date=ago
        )
        rows = pd.concat([self.ROWS, same_day], ignore_index=True)
        found = nearest_peers(rows, np.array([0]), 7)[0].tolist()
        assert found[0] == 9  # where a stands now b stood a month ago: two days away, not 45
        assert sorted(rows["account_id"].iloc[found]) == list("bcdefgh")

    def test_their_order_is_that_of_what_they_say(self):
        mixed = self.ROWS.iloc[[3, 0, 7, 2, 1, 6, 5, 4]]
        told = ["term_kind", "days_to_renewal", "days_to_deadline"]
        pd.testing.assert_frame_equal(
            in_order(self.ROWS)[told].reset_index(drop=True), in_order(mixed)[told].reset_index(drop=True)
        )
