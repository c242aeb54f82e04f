"""Stories and their base rates, by hand: who fits, who is beside them, and what became of both."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.story.base_rates import MOST_EXAMPLES, _lines, windows_of
from analysis.story.patterns import LEFT_OR_SHRANK, PATTERNS, STAYED, Condition, Pattern, marked

MARCH = pd.Timestamp("2023-03-01")
NAN = np.nan


def rows(**columns) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    names = [f"a{number}" for number in range(n)]
    own = {"lifetime_id": names, "account_id": names, "cluster_id": names, "risk_date": MARCH}
    return pd.DataFrame(own | columns)


def test_a_row_fits_is_beside_those_that_do_or_is_of_neither_where_a_value_is_missing():
    pattern = Pattern("", fits=(Condition("drop", "at least", 0.5),), among=(Condition("seats", "at least", value=10),))
    fits, others, definition = marked(pattern, rows(drop=[1.0, 2, 3, NAN, 3], seats=[10, 10, 20, 20, NAN]))
    assert fits.tolist() == [False, False, True, False, False]
    assert others.tolist() == [True, True, False, False, False]
    assert definition == "drop at least 2.5 (p50); among seats at least 10"


def test_leaving_and_shrinking_count_within_the_months_and_only_where_these_are_settled():
    lifetimes = pd.DataFrame(
        {
            "lifetime_id": ["a0", "a1", "a2", "a3"],
            "leaves_on": pd.to_datetime(["2023-06-01", "2023-06-02", None, "2023-04-01"]),
            "cause": ["churn", "churn", None, "involuntary"],
        }
    )
    changes = pd.DataFrame(
        {
            "lifetime_id": ["a1", "a2", "a2"],
            "changed_on": pd.to_datetime(["2023-05-01", "2023-03-01", "2023-04-01"]),
            "kind": ["contraction", "contraction", "upsell"],
        }
    )
    tables = {"lifetimes": lifetimes, "recurrent_events": changes}
    tenure = SimpleNamespace(table=tables.__getitem__, settled_until=pd.Timestamp("2023-06-01"))
    found = windows_of(tenure, rows(seats=[1, 1, 1, 1]), 3)
    assert found.is_settled.all()
    assert found.has_left.tolist() == [True, False, False, False]
    assert found.has_shrunk.tolist() == [False, True, False, False]
    assert found.outcome(LEFT_OR_SHRANK).tolist() == [True, True, False, False]
    assert not windows_of(tenure, rows(seats=[1, 1, 1, 1]), 4).is_settled.any()


@pytest.fixture
def book() -> tuple[pd.DataFrame, dict]:
    """Ten accounts with much use, of which four left, and ten with little, of which one did."""
    table = rows(use=[*np.arange(20, 10, -1.0), *np.arange(10, 0, -1.0)])
    left = np.isin(np.arange(20), [1, 2, 3, 8, 15])
    window = SimpleNamespace(is_settled=np.ones(20, bool), outcome=lambda name: left)
    return table, {3: window, 6: window}


def test_shares_stand_beside_those_of_the_others_with_the_difference(book):
    fits, others, *later = _lines(Pattern("much use", (Condition("use", "at least", 0.5),)), *book, min_cell=5)
    assert (fits["estimate"], others["estimate"]) == (0.4, 0.1)
    assert fits["difference"] == pytest.approx(0.3)
    assert fits["difference_low"] < 0.3 < fits["difference_high"]
    assert np.isnan(others["difference"])
    assert (fits["accounts"], fits["rows"], len(later)) == (10, 10, 2)


@pytest.mark.parametrize(
    ("ending", "examples"),
    [
        ("left", "a1 (2023-03-01), a2 (2023-03-01), a3 (2023-03-01)"),
        (STAYED, "a0 (2023-03-01), a4 (2023-03-01), a5 (2023-03-01)"),
    ],
)
def test_examples_went_as_the_story_is_told_the_clearest_first(book, ending, examples):
    fits, others, *_ = _lines(Pattern("", (Condition("use", "at least", 0.5),), (), ending), *book, min_cell=5)
    assert fits["examples"] == examples
    assert examples.count("(") == MOST_EXAMPLES
    assert others["examples"] is None


def test_of_few_accounts_no_rate_is_told(book):
    fits, others, *_ = _lines(Pattern("", (Condition("use", "at least", 0.9),)), *book, min_cell=5)
    assert np.isnan([fits["estimate"], fits["difference"], others["estimate"]]).all()


def test_a_story_names_the_covariates_that_it_lacks():
    assert PATTERNS[1].lacking({"departures"}) == ["events_per_seat_day"]
