"""Reasons: of the model that is quoted, beside peers; what is not known of an account raises nothing."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from simulated_landmarks import Declared

from analysis.design.matrix import Column, Design, DesignMatrix, learn_matrix
from analysis.forecast.peers import nearest_peers, possible_peers
from analysis.forecast.reasons import MOST_EXPLAINED, Explanations, explain

NOW, BEFORE, LONG_AGO = pd.Timestamp("2024-01-01"), pd.Timestamp("2023-10-01"), pd.Timestamp("2022-10-01")


class Linear:
    """A model whose probability is a sum of columns times coefficients; columns that are not named have none."""

    def __init__(self, base: float, **effects: float) -> None:
        self.base, self.effects = base, effects

    def fit(self, design, outcome):
        return self

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        coefficients = [self.effects.get(name.replace(": ", "__").replace(" ", "_"), 0.0) for name in design.names]
        risk = self.base + np.array([float(np.dot(row, coefficients)) for row in design.values])
        return np.repeat(risk[:, None], len(times), axis=1)


def accounts(**values: Sequence) -> pd.DataFrame:
    frame = pd.DataFrame(values)
    names = [f"L{k}" for k in range(len(frame))]
    return frame.assign(lifetime_id=names, account_id=names, risk_date=NOW)


def explained(
    frame: pd.DataFrame, covariates: list[Declared], model: Linear, history: pd.DataFrame | None = None
) -> Explanations:
    learned, _ = learn_matrix(frame, covariates)
    return explain(model, learned, frame, frame if history is None else history)


def named(found: Explanations) -> list[list[tuple[str, list[tuple[str, str]]]]]:
    """Return, for each account, its families, and of each the covariates with their direction."""
    return [
        [(reason.family, [(c.covariate, c.direction) for c in reason.carriers]) for reason in one.reasons]
        for one in found.accounts
        if one is not None
    ]


RENEWAL = Declared("days_to_renewal", "contract")


class TestWhatIsNotKnown:
    FRAME = accounts(days_to_renewal=[10, 20, 30, 400, 800, np.nan, np.nan, np.nan])

    @pytest.mark.parametrize("mark", [0.0, 0.3, -0.3])
    @pytest.mark.parametrize("effect", [0.1, -0.1])
    def test_is_no_reason_whatever_filled_it_and_whatever_its_mark_is_worth(self, effect, mark):
        model = Linear(0.5, days_to_renewal=effect, days_to_renewal__missing=mark)
        found = explained(self.FRAME, [RENEWAL], model)
        assert named(found)[5:] == [[], [], []]
        assert any(named(found)[:5]) == (effect > 0 or mark <= 0)  # else all peers without a date are above the known

    def test_of_its_peers_is_no_value_that_others_are_held_against(self):
        found = explained(self.FRAME, [RENEWAL], Linear(0.5, days_to_renewal=0.1, days_to_renewal__missing=0.3))
        (reason,) = found.accounts[4].reasons
        assert reason.carriers[0].peers in (
            20.0,
            30.0,
        )  # of 10, 20, 30 and 400; the filling would be one of 30 too often
        assert (reason.carriers[0].value, reason.carriers[0].direction) == (800.0, "high")

    def test_does_not_hide_what_is_known(self):
        frame = self.FRAME.assign(age=[1.0, 2.0, 3.0, 4.0, 5.0, 60.0, 1.0, 2.0])
        model = Linear(0.5, days_to_renewal__missing=0.3, age=0.1)
        found = explained(frame, [RENEWAL, Declared("age", "contract")], model)
        assert named(found)[5] == [("contract", [("age", "high")])]

    def test_is_no_reason_as_a_level(self):
        frame = accounts(plan=["basic"] * 4 + ["gold"] * 2 + [None] * 2)
        model = Linear(0.1, **{"plan__(missing)": 0.3, "plan__gold": 0.2})
        assert named(explained(frame, [Declared("plan", "contract", "category")], model)) == [
            [], [], [], [], [("contract", [("plan", "")])], [("contract", [("plan", "")])], [], [],
        ]  # fmt: skip

    def test_of_all_accounts_is_no_reason_of_any(self):
        learned, _ = learn_matrix(self.FRAME, [RENEWAL])
        now = self.FRAME.assign(days_to_renewal=np.nan)
        assert named(explain(Linear(0.5, days_to_renewal=0.1), learned, now, now)) == [[]] * 8


class TestDirections:
    def test_a_number_is_high_or_low_beside_its_peers(self):
        frame = accounts(seats=[1.0, 5.0, 6.0, 7.0, 20.0])
        low = explained(frame, [Declared("seats", "usage")], Linear(0.5, seats=-0.05))
        assert named(low)[0] == [("usage", [("seats", "low")])]
        high = explained(frame, [Declared("seats", "usage")], Linear(0.5, seats=0.05))
        assert named(high)[4] == [("usage", [("seats", "high")])]

    def test_what_only_is_or_is_not_raises_by_being_or_by_not_being(self):
        frame = accounts(seats_added=[1.0, 0.0, 0.0, 1.0, 1.0, 0.0, np.nan])
        added = [Declared("seats_added", "contract")]
        protects, harms = (named(explained(frame, added, Linear(0.5, seats_added=by))) for by in (-0.2, 0.2))
        assert [("contract", [("seats_added", "no")])] in protects
        assert [("contract", [("seats_added", "yes")])] in harms
        assert protects[6] == harms[6] == []

    def test_of_several_columns_there_is_none_as_their_sum_may_rise_and_fall(self):
        columns = tuple(Column(f"clock: {k}", "clock", "contract") for k in range(2))

        class Curve:
            """A design of two columns for one covariate."""

            def __init__(self) -> None:
                self.columns = columns

            def apply(self, rows: pd.DataFrame) -> DesignMatrix:
                clock = rows["clock"].to_numpy(np.float64)
                return DesignMatrix(
                    np.column_stack([(3 - clock) / 2, 5 / clock]), columns, pd.DataFrame(index=rows.index)
                )

        frame = accounts(clock=[3.0, 2.0, 1.0])
        found = named(explain(Linear(0.1, clock__0=0.4), Curve(), frame, frame))
        assert found == [[], [], [("contract", [("clock", "")])]]


class TestCarriers:
    FRAME = accounts(a=[0.0, 0.1, 0.2, 0.3, 5.0], b=[0.0, 0.3, 0.1, 0.2, 5.0], c=[0.1, 0.0, 0.1, 0.2, 5.0])
    COVARIATES = [Declared(name, "usage") for name in "abc"]  # noqa: RUF012

    def test_the_largest_come_first_and_no_more_than_two(self):
        found = explained(self.FRAME, self.COVARIATES, Linear(0.2, a=0.05, b=0.1, c=0.04))
        assert named(found)[4] == [("usage", [("b", "high"), ("a", "high")])]

    def test_one_that_carries_little_beside_the_first_is_not_named(self):
        found = explained(self.FRAME, self.COVARIATES, Linear(0.2, a=0.01, b=0.1, c=-0.05))
        assert named(found)[4] == [("usage", [("b", "high")])]

    def test_the_effect_in_an_additive_model_is_the_difference_from_the_middle_peer(self):
        learned, design = learn_matrix(self.FRAME, self.COVARIATES)
        (reason,) = explain(Linear(0.2, b=0.1), learned, self.FRAME, self.FRAME).accounts[4].reasons
        b = design.values[:, design.names.index("b")]
        middle = sorted(b[:4])[1:3]
        assert min(abs(reason.carriers[0].effect - 0.1 * (b[4] - peer)) for peer in middle) < 1e-12

    def test_of_an_interaction_inside_a_family_each_carries_half(self):
        class Both(Linear):
            def predict_incidence(self, design, times, cause="churn"):
                both = (design.values[:, 0] > 1) & (design.values[:, 1] > 1)
                return np.repeat(np.where(both, 0.4, 0.1)[:, None], len(times), axis=1)

        (reason,) = explained(self.FRAME, self.COVARIATES, Both(0.0)).accounts[4].reasons
        assert [(c.covariate, c.effect) for c in reason.carriers] == [
            ("a", pytest.approx(0.15)), ("b", pytest.approx(0.15)),
        ]  # fmt: skip

    def test_beside_the_value_stands_what_was_usual_in_the_year_before(self):
        past = pd.concat(
            [
                self.FRAME.assign(risk_date=BEFORE, b=[1.0, 1.0, 1.0, 1.0, 2.0]),
                self.FRAME.assign(risk_date=BEFORE - pd.DateOffset(months=1), b=[1.0, 1.0, 1.0, 1.0, 4.0]),
                self.FRAME.assign(risk_date=LONG_AGO, b=99.0),
                self.FRAME.assign(risk_date=NOW + pd.DateOffset(months=1), b=77.0),
                self.FRAME,
            ]
        )
        found = explained(self.FRAME, self.COVARIATES, Linear(0.2, b=0.1), past)
        (reason,) = found.accounts[4].reasons
        assert (reason.carriers[0].value, reason.carriers[0].usual) == (5.0, 3.0)
        alone = explained(self.FRAME, self.COVARIATES, Linear(0.2, b=0.1))
        assert alone.accounts[4].reasons[0].carriers[0].usual is None


class TestWhatIsExplained:
    RNG = np.random.default_rng(4)
    FRAME = accounts(
        a=RNG.normal(size=60), b=RNG.normal(size=60), c=RNG.normal(size=60), term_kind=["yearly", "monthly"] * 30,
        days_to_renewal=RNG.integers(1, 365, 60).astype(float), days_to_deadline=RNG.integers(1, 300, 60).astype(float),
    )  # fmt: skip
    COVARIATES = [Declared("a", "usage"), Declared("b", "champion"), Declared("c", "contract")]  # noqa: RUF012
    MODEL = Linear(0.4, a=0.05, b=-0.04, c=0.03)

    def test_shares_add_up_and_reasons_are_the_families_that_raise(self):
        for one in explained(self.FRAME, self.COVARIATES, self.MODEL).accounts:
            assert one is not None
            assert sum(share for _, share in one.shares) == pytest.approx(one.forecast - one.peers, abs=1e-12)
            shares = dict(one.shares)
            assert [reason.share for reason in one.reasons] == sorted((r.share for r in one.reasons), reverse=True)
            assert all(reason.share == shares[reason.family] >= 0.005 for reason in one.reasons)

    def test_a_deadline_that_peers_have_too_is_no_reason(self):
        """All that drives the model is the clock: beside others at the same place there is nothing to explain."""
        clocked = self.FRAME.assign(
            days_to_renewal=np.repeat([5.0, 300.0], 30), days_to_deadline=1.0, term_kind="yearly"
        )
        covariates = [*self.COVARIATES, Declared("days_to_renewal", "contract")]
        found = explained(clocked, covariates, Linear(0.4, days_to_renewal=-0.2))
        assert found.n_peers == 30
        near = [one for one in found.accounts[:30] if one]
        assert near[0].forecast == pytest.approx(0.6, abs=0.01)
        apart = near[0].forecast - found.accounts[59].forecast
        # 29 others stand at the same place; the thirtieth peer is one of those far away
        assert all(dict(one.shares)["contract"] == pytest.approx(apart / 30) for one in near)

    def test_who_stood_there_in_the_year_before_is_a_peer(self):
        """One account near its renewal, and nobody beside it now: the same account a year ago is none, others are."""
        now = self.FRAME.head(3).assign(
            days_to_renewal=[5.0, 200.0, 300.0], days_to_deadline=np.nan, term_kind="yearly"
        )
        before = pd.concat(
            [
                self.FRAME.iloc[3:8].assign(days_to_renewal=5.0, days_to_deadline=np.nan, term_kind="yearly"),
                self.FRAME.head(1).assign(days_to_renewal=5.0, days_to_deadline=np.nan, term_kind="yearly"),
            ]
        ).assign(risk_date=BEFORE)
        history = pd.concat([now, before, before.assign(risk_date=LONG_AGO)], ignore_index=True)
        pool = possible_peers(now, history)
        assert len(pool) == 9
        first = int(np.flatnonzero(pool["lifetime_id"] == "L0")[0])
        found = pool.iloc[nearest_peers(pool, np.array([first]), 5)[0]]
        assert set(found["lifetime_id"]) == {f"L{k}" for k in range(3, 8)}

    def test_neither_names_nor_the_order_of_rows_change_a_bit(self):
        past = self.FRAME.assign(risk_date=BEFORE, a=self.FRAME["a"] + 0.1)
        learned, _ = learn_matrix(self.FRAME, self.COVARIATES)
        first = explain(self.MODEL, learned, self.FRAME, pd.concat([past, self.FRAME]))
        mixed = np.random.default_rng(1).permutation(60)
        other_names = {f"L{k}": f"Z{(k * 7) % 60}" for k in range(60)}
        rows, earlier = (
            frame.iloc[mixed].reset_index(drop=True).assign(
                lifetime_id=lambda own: own["lifetime_id"].map(other_names),
                account_id=lambda own: own["account_id"].map(other_names),
            )
            for frame in (self.FRAME, past)
        )  # fmt: skip
        other = explain(self.MODEL, learned, rows, pd.concat([rows, earlier]))
        assert other.accounts == tuple(first.accounts[place] for place in mixed)

    def test_only_the_most_likely_to_leave_are_explained_in_a_large_book(self, monkeypatch):
        monkeypatch.setattr("analysis.forecast.reasons.MOST_EXPLAINED", 10)
        found = explained(self.FRAME, self.COVARIATES, self.MODEL)
        told = [place for place, one in enumerate(found.accounts) if one]
        _, design = learn_matrix(self.FRAME, self.COVARIATES)
        risk = self.MODEL.predict_incidence(design, [13])[:, 0]
        assert sorted(told) == sorted(np.argsort(-risk)[:10])
        assert MOST_EXPLAINED >= 600

    def test_one_account_alone_has_no_peers_and_no_reasons(self):
        learned, _ = learn_matrix(self.FRAME, self.COVARIATES)
        alone = self.FRAME.head(1)
        found = explain(self.MODEL, learned, alone, alone)
        assert found == Explanations((None,), 0, 0, None)


class TestSteadiness:
    FRAME, COVARIATES = TestWhatIsExplained.FRAME, TestWhatIsExplained.COVARIATES

    def explained(self, *earlier: Linear) -> Explanations:
        learned, _ = learn_matrix(self.FRAME, self.COVARIATES)
        fits: list[tuple[Design, Linear]] = [(learned, model) for model in earlier]
        return explain(Linear(0.4, a=0.05, b=0.01), learned, self.FRAME, self.FRAME, fits)

    def test_the_same_model_gives_the_same_first_reason_always(self):
        assert self.explained(Linear(0.4, a=0.05, b=0.01), Linear(0.4, a=0.05, b=0.01)).kept_first == 1.0

    def test_a_model_by_other_columns_seldom_does(self):
        found = self.explained(Linear(0.4, a=0.05, b=0.01), Linear(0.4, c=0.05))
        assert found.n_refits == 2
        assert found.kept_first is not None
        assert 0.5 <= found.kept_first < 0.8
        assert {one.kept_first for one in found.accounts if one} == {1, 2}

    def test_nothing_is_said_without_a_refit(self):
        assert self.explained().kept_first is None
