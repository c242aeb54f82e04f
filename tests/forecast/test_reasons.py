"""Reasons: what is not known of an account raises nothing; what is known is high or low beside those that have it."""

import numpy as np
import pandas as pd
import pytest
from simulated_landmarks import Declared

from analysis.design.matrix import Column, DesignMatrix, learn_matrix
from analysis.forecast.reasons import Reason, name_reasons
from analysis.models.landmark_cox import LandmarkCox


def named(frame: pd.DataFrame, covariates: list[Declared], effects: dict[str, float]) -> list[list[Reason]]:
    """Name the reasons under a model whose coefficients, by column, are given."""
    _, design = learn_matrix(frame, covariates)
    return [list(found) for found in name_reasons(design, model(design, effects), frame)]


def model(design: DesignMatrix, effects: dict[str, float]) -> LandmarkCox:
    assert effects.keys() <= set(design.names)
    cox = LandmarkCox()
    cox.columns_ = design.columns
    cox.coefficients_ = np.array([effects.get(name, 0.0) for name in design.names])
    return cox


RENEWAL = Declared("days_to_renewal", "contract")


class TestWhatIsNotKnown:
    FRAME = pd.DataFrame({"days_to_renewal": [10, 20, 30, 400, 800, np.nan, np.nan, np.nan]})

    @pytest.mark.parametrize("mark", [0.0, 3.0, -3.0])
    @pytest.mark.parametrize("effect", [1.0, -1.0])
    def test_is_no_reason_whatever_filled_it_and_whatever_its_mark_is_worth(self, effect, mark):
        effects = {"days_to_renewal": effect, "days_to_renewal: missing": mark}
        assert named(self.FRAME, [RENEWAL], effects)[5:] == [[], [], []]

    def test_is_no_part_of_the_mean_that_others_are_held_against(self):
        # the mean of the five known is 252; with three medians of 30 it would be 169, and 200 would pass for high
        frame = pd.DataFrame({"days_to_renewal": [10, 20, 30, 200, 1000, np.nan, np.nan, np.nan]})
        found = named(frame, [RENEWAL], {"days_to_renewal": 5.0})
        assert found[4] == [Reason("days_to_renewal", "high")]
        assert found[3] == []

    def test_is_no_reason_where_its_mark_was_dropped_as_the_copy_of_another(self):
        frame = self.FRAME.assign(age=self.FRAME["days_to_renewal"] ** 2)
        found = named(frame, [RENEWAL, Declared("age", "contract")], {"age": -2.0, "days_to_renewal: missing": 5.0})
        assert found[5:] == [[], [], []]
        assert found[0] == [Reason("age", "low")]

    def test_is_no_reason_as_a_level(self):
        frame = pd.DataFrame({"plan": ["basic"] * 4 + ["gold"] * 2 + [None] * 2})
        effects = {"plan: (missing)": 3.0, "plan: gold": 2.0}
        found = named(frame, [Declared("plan", "contract", "category")], effects)
        assert found == [[]] * 4 + [[Reason("plan", "")]] * 2 + [[]] * 2

    def test_of_all_accounts_is_no_reason_of_any(self):
        _, design = learn_matrix(self.FRAME, [RENEWAL])
        now = self.FRAME.assign(days_to_renewal=np.nan)
        assert name_reasons(design, model(design, {"days_to_renewal": 9.0}), now) == ((),) * 8


class TestDirections:
    def test_a_number_is_high_or_low(self):
        frame = pd.DataFrame({"seats": [1.0, 2.0, 9.0]})
        found = named(frame, [Declared("seats", "contract")], {"seats": -1.0})
        assert found == [[Reason("seats", "low")], [Reason("seats", "low")], []]

    def test_what_only_is_or_is_not_raises_by_being_or_by_not_being(self):
        # 'seats added' was named for the account that had added none, as if adding had been the danger
        frame = pd.DataFrame({"seats_added": [1.0, 0.0, 1.0, 0.0, np.nan]})
        added = [Declared("seats_added", "contract")]
        protects = named(frame, added, {"seats_added": -1.0})
        assert protects == [[], [Reason("seats_added", "no")], [], [Reason("seats_added", "no")], []]
        harms = named(frame, added, {"seats_added": 1.0})
        assert harms == [[Reason("seats_added", "yes")], [], [Reason("seats_added", "yes")], [], []]

    def test_of_several_columns_there_is_none_as_their_sum_may_rise_and_fall(self):
        columns = tuple(Column(f"clock: {k}", "clock", "contract") for k in range(2))
        design = DesignMatrix(np.array([[0.0, 1.0], [0.5, 2.0], [1.0, 5.0]]), columns, pd.DataFrame(index=range(3)))
        cox = model(design, {"clock: 0": 4.0, "clock: 1": -0.1})
        found = name_reasons(design, cox, pd.DataFrame({"clock": [3.0, 2.0, 1.0]}))
        assert found == ((), (), (Reason("clock", ""),))

    def test_no_more_are_named_than_asked_for_the_largest_first(self):
        frame = pd.DataFrame({name: [0.0, 1.0, 5.0] for name in "ab"} | {"b": [0.0, 2.0, 5.0]})
        _, design = learn_matrix(frame, [Declared("a", "usage"), Declared("b", "usage")])
        cox = model(design, {"a": 1.0, "b": 2.0})
        assert name_reasons(design, cox, frame, most=1)[2] == (Reason("b", "high"),)
