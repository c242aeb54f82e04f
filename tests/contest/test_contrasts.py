"""Contrasts of two losses: what they show that the overlap of intervals does not, and when they show nothing."""

import numpy as np
import pytest

from analysis.contest.contrasts import family_contrasts, two_sided
from analysis.design.resampling import percentile_interval


def drawn(*means: float, apart: float = 0.05, together: float = 1.0, n: int = 500) -> dict[str, np.ndarray]:
    """Return losses of families that rise and fall together from resample to resample, and little by themselves."""
    rng = np.random.default_rng(3)
    shared = together * rng.normal(size=n)
    names = ("usage", "relationship", "champion")[: len(means)]
    return {
        name: np.r_[mean, mean + shared + apart * rng.normal(size=n)] for name, mean in zip(names, means, strict=True)
    }


def test_a_sure_difference_is_found_though_the_intervals_overlap():
    losses = drawn(2.0, 1.5)
    (_, first_high), (second_low, _) = (percentile_interval(loss[1:])[::-1] for loss in losses.values())
    assert max(second_low, first_high) > 1.5  # far into one another
    (line,) = family_contrasts({("cox", "ipa"): losses}).itertuples()
    assert (line.family, line.versus) == ("usage", "relationship")
    assert line.estimate == pytest.approx(0.5)
    assert 0.3 < line.conf_low < line.conf_high < 0.7
    assert line.p_value == pytest.approx(2 / 501)


def test_no_difference_is_found_where_each_varies_by_itself():
    (line,) = family_contrasts({("cox", "ipa"): drawn(2.0, 1.5, apart=1.0)}).itertuples()
    assert line.conf_low < 0 < line.conf_high
    assert line.adjusted_p_value > 0.5


def test_p_values_are_adjusted_over_the_pairs_of_each_model_and_metric():
    """Three pairs: the smallest p value, 2 / 501, is taken three times."""
    table = family_contrasts({("cox", "ipa"): drawn(3.0, 2.0, 1.0), ("forest", "ipa"): drawn(2.0, 1.0)})
    assert table["model"].tolist() == ["cox"] * 3 + ["forest"]
    assert table["adjusted_p_value"].tolist() == pytest.approx([6 / 501] * 3 + [2 / 501])


def test_the_control_is_contrasted_with_nothing():
    losses = drawn(2.0, 1.5)
    table = family_contrasts({("cox", "ipa"): {"contract": losses["usage"], **losses}})
    assert set(table["family"]) | set(table["versus"]) == {"usage", "relationship"}


def test_one_family_alone_gives_no_line():
    assert family_contrasts({("cox", "ipa"): drawn(2.0)}).empty


def test_p_values_count_both_sides_and_leave_out_what_is_unknown():
    assert two_sided(np.array([1.0, np.nan, 2.0, -1.0])) == pytest.approx(1.0)  # 2 x (1 + 1) / (1 + 3)
    assert two_sided(np.zeros(9)) == 1.0
    assert np.isnan(two_sided(np.array([np.nan])))
