"""What a Cox fit keeps to itself is said: immortal time, a hazard that vanishes, ratios that drift."""

import numpy as np
import pandas as pd
import pytest

from analysis.cox.estimator import CoxPH
from analysis.cox.rows import counting_rows
from analysis.cox.silence import constant_within, early_and_late
from analysis.errors import ModelError

FOLLOWED = 20.0


def lives(seed: int, n: int = 900, followed: float = FOLLOWED) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return stops, events, and when each subject gets something that has no effect."""
    rng = np.random.default_rng(seed)
    lasts, gets = rng.exponential(10, n), rng.exponential(10, n)
    return np.minimum(lasts, followed), lasts <= followed, gets


def from_the_start(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Code whoever ever got it as having had it from time 0."""
    stop, event, gets = lives(seed)
    return pd.DataFrame({"ever": (gets < stop) * 1.0}), pd.DataFrame({"start": 0.0, "stop": stop, "event": event})


def from_its_day(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Cut the rows where it begins."""
    rows = []
    for who, (stop, event, gets) in enumerate(zip(*lives(seed), strict=True)):
        if gets < stop:
            rows += [(who, 0.0, gets, False, 0.0), (who, gets, stop, event, 1.0)]
        else:
            rows.append((who, 0.0, stop, event, 0.0))
    table = pd.DataFrame(rows, columns=["who", "start", "stop", "event", "ever"])
    return table[["ever"]], table[["start", "stop", "event"]], table["who"]


def codes(model: CoxPH) -> str:
    return "\n".join(model.summary().notes)


class TestImmortalTime:
    def test_by_hand(self):
        """Others fail at 1 and 4, those who have it at 2, 3 and 5; the median event is at 3.

        At 1 one of the 3 others fails, and all 3 who have it are at risk: 1 is due. At 4 one of 2 others fails, and 1
        who has it is left: 1 / 2 is due.
        """
        stop = [1, 4, 6, 2, 3, 5]
        rows = counting_rows([0] * 6, stop, [1, 1, 0, 1, 1, 1])
        found = early_and_late(rows, np.array([0.0, 0, 0, 1, 1, 1]))
        assert (found.time, found.early, found.late) == (3.0, 2, 1)
        assert (found.early_due, found.late_due) == pytest.approx((1.0, 0.5))

    @pytest.mark.parametrize("seed", range(3))
    def test_ever_had_from_the_start_is_told(self, seed: int):
        """It has no effect, but seems to protect, and surely so."""
        model = CoxPH().fit(*from_the_start(seed))
        line = model.summary().frame().iloc[0]
        assert line["hazard_ratio_high"] < 0.6
        assert "'ever': of those with its higher value" in codes(model)
        assert "immortal time" in codes(model)

    @pytest.mark.parametrize("seed", range(3))
    def test_cut_where_it_begins_it_is_not(self, seed: int):
        X, y, who = from_its_day(seed)
        model = CoxPH().fit(X, y, subject=who)
        line = model.summary().frame().iloc[0]
        assert line["conf_low"] < 0 < line["conf_high"]
        assert "immortal" not in codes(model)

    def test_a_trait_with_a_constant_effect_is_not(self):
        def is_told(seed: int) -> bool:
            rng = np.random.default_rng(seed)
            has = rng.random(500) < 0.5
            lasts = rng.exponential(np.where(has, 20.0, 8.0))
            rows = counting_rows(np.zeros(500), np.minimum(lasts, FOLLOWED), lasts <= FOLLOWED)
            return early_and_late(rows, has * 1.0).is_shown

        assert sum(is_told(seed) for seed in range(100)) <= 1

    def test_what_never_changes_within_a_subject_that_has_several_rows_is_named(self):
        X, y, who = from_its_day(0)
        sex = (who % 2).astype(float)
        model = CoxPH().fit(X.assign(sex=sex), y, subject=who)
        assert "'sex' never changes within any of the" in codes(model)
        rows = model.fit_.rows
        assert constant_within(rows, np.column_stack([X["ever"], sex])).tolist() == [False, True]

    def test_where_each_row_is_a_subject_of_its_own_nothing_is_said_of_change(self):
        X, y, _ = from_its_day(0)
        assert "never changes" not in codes(CoxPH().fit(X, y))


class TestVanishing:
    def test_a_cured_share_is_told_with_its_numbers(self):
        rng = np.random.default_rng(2)
        lasts = np.where(rng.random(400) < 0.5, np.inf, rng.exponential(5, 400))
        y = pd.DataFrame({"start": 0.0, "stop": np.minimum(lasts, 100), "event": lasts <= 100})
        model = CoxPH().fit(pd.DataFrame({"x": rng.normal(size=400)}), y)
        last = y.loc[y["event"], "stop"].max()
        assert f"No event after time {last:.4g}, though {np.isinf(lasts).sum()} subjects were at risk" in codes(model)

    def test_a_hazard_that_goes_on_is_not(self):
        X, y = from_the_start(1)
        assert "No event after" not in codes(CoxPH().fit(X, y))


class TestDrift:
    def test_the_test_of_all_columns_is_put_into_words(self):
        """The words follow the number: that of `proportional_hazards`."""
        model = CoxPH().fit(*from_the_start(0))
        p_value = model.proportional_hazards().frame().set_index("term").loc["GLOBAL", "p_value"]
        assert p_value < 0.001
        assert "Taken together the hazard ratios change over time" in codes(model)
        X, y, who = from_its_day(2)
        steady = CoxPH().fit(X, y, subject=who)
        p_value = steady.proportional_hazards().frame().set_index("term").loc["GLOBAL", "p_value"]
        assert p_value > 0.05
        assert f"p = {p_value:.3f}" in codes(steady)

    def test_whatever_a_column_is_called(self):
        """The pictures of residuals have columns x, time and stratum of their own; words need none of them."""
        X, y = from_the_start(0)
        for name in ("x", "time", "stratum"):
            model = CoxPH().fit(X.rename(columns={"ever": name}), y)
            assert "Taken together" in codes(model)
            with pytest.raises(ModelError, match=f"Rename the covariate '{name}'"):
                model.proportional_hazards()

    def test_where_nothing_can_be_tested_nothing_is_said(self):
        y = pd.DataFrame({"start": 0.0, "stop": [2.0, 2.0, 3.0, 3.0, 3.0], "event": [True, True, False, False, False]})
        model = CoxPH(ridge=1.0).fit(pd.DataFrame({"x": [1.0, 2.0, 1.0, 0.0, 3.0]}), y)
        assert "test of proportional hazards" not in codes(model)


def test_the_notes_are_shown_in_text_and_in_a_notebook():
    shown = CoxPH().fit(*from_the_start(0)).summary()
    assert shown.notes
    assert all(note in repr(shown) for note in shown.notes)
    assert "immortal time" in shown._repr_html_()
