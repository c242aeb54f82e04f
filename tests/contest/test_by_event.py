"""By event: what was planted on churn and on contraction, their paired difference, and refusals."""

import numpy as np
import pytest
from family_predictors import FAMILIES, predictor_rows
from scipy.special import expit

from analysis.contest.adjusted_displays import drawn_events, show_by_event
from analysis.contest.by_event import effects_by_event
from analysis.contest.risk_difference import risk_differences
from analysis.errors import ModelError
from analysis.wording.remarks import english


def shrunk(rows, effects, seed=7, level=-3.0):
    """Draw who shrinks among those that do not leave."""
    rng = np.random.default_rng(seed)
    log_odds = level + sum(effect * rows[name].to_numpy() for name, effect in effects.items())
    return (rng.random(len(rows)) < expit(log_odds)) & ~rows["event"].to_numpy()


@pytest.fixture(scope="module")
def rows():
    return predictor_rows({"usage": 1.0, "champion": 1.0}, n_clusters=900)


@pytest.fixture(scope="module")
def found(rows):
    return effects_by_event(rows, shrunk(rows, {"usage": 1.0, "relationship": 1.0}), FAMILIES, n_resamples=100)


def test_a_family_that_goes_with_one_event_alone_is_told(found):
    contraction = found.table[found.table["event"] == "contraction"].set_index("family")
    assert contraction.loc["champion", "difference_low"] > 0
    assert contraction.loc["relationship", "difference_high"] < 0
    assert contraction.loc["usage", "adjusted_p_value"] > 0.01
    assert {"contest.more_with_churn", "contest.more_with_contraction"} <= {note.code for note in found.notes}


def test_events_are_drawn_beside_each_other(found):
    drawn = drawn_events(found, english())
    assert drawn["label"].tolist()[:2] == ["Usage: leaving", "Usage: shrinking"]
    assert drawn["below"].iloc[1].startswith("differs from leaving: p = ")
    assert "Champion: shrinking" in show_by_event(found, dict.fromkeys(FAMILIES, "#336699"))._repr_html_()


def test_churn_is_told_as_it_is_everywhere(rows, found):
    own = risk_differences(rows, rows, FAMILIES, n_resamples=100).table
    churn = found.table[found.table["event"] == "churn"]
    assert churn["estimate"].to_numpy() == pytest.approx(own["estimate"].to_numpy())
    assert churn["conf_low"].to_numpy() == pytest.approx(own["conf_low"].to_numpy())
    assert churn["coefficient"].to_numpy() == pytest.approx((own["coefficient"] * own["reach"]).to_numpy())


def test_the_same_event_twice_does_not_differ_from_itself(rows):
    twice = effects_by_event(rows, rows["event"].to_numpy(), FAMILIES, n_resamples=20).table
    assert twice["difference"].dropna().to_numpy() == pytest.approx(np.zeros(3), abs=1e-9)


def test_too_few_contractions_are_refused_and_counted(rows):
    few = shrunk(rows, {}, level=-6.0)
    with pytest.raises(ModelError, match=f"{few.sum()} accounts shrank within three months; 30, of as many parent"):
        effects_by_event(rows, few, FAMILIES, least_events=30)
