"""Groups of lifetimes by what was sold to them: by hand, beside lifelines' log-rank test, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from lifelines.statistics import multivariate_logrank_test

from analysis.design.outcome import Outcome
from analysis.engine.parsed import columns_read
from analysis.errors import StudyError
from analysis.lifetimes.compared import curves_differ
from analysis.lifetimes.labels import in_order
from analysis.lifetimes.sold import in_groups, refuse_unknown
from analysis.workbench import open_study

ACCOUNTS = "account_id,segment\na,small\nb,large\nc,small\nd,large\n"
SUBSCRIPTIONS = """subscription_id,account_id,started_on,ended_on,plan,seats,mrr
a1,a,2022-01-01,,basic,5,50
a2,a,2022-01-01,,pro,10,90
a2,a,2022-07-01,,basic,10,90
b1,b,2021-01-01,2021-12-01,basic,1,10
b1,b,2021-12-01,,pro,2,20
c1,c,2022-03-01,2022-09-01,basic,7,70
d1,d,2022-03-01,2023-02-01,,8,
"""
STUDY = """name = "sold"
title = "Sold"
[source]
kind = "contract"
path = "."
[time]
observation_start = 2022-01-01
snapshot = 2023-06-01
[report]
min_cell = 1
curve_from_at_risk = 1
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sold")
    for name, text in {"accounts.csv": ACCOUNTS, "subscriptions.csv": SUBSCRIPTIONS, "study.toml": STUDY}.items():
        (folder / name).write_text(text)
    return open_study(folder / "study.toml", out=folder / "out", progress=lambda step: None)


def labels(study, by):
    told = study._told_at_start(by)
    return {lifetime[0]: value for lifetime, value in told.values.items()}


def test_terms_are_those_of_the_first_observed_day(study):
    """Account a renews its pro as basic later; b changed to pro before it was observed; d has no plan."""
    assert labels(study, "plan") == {"a": "pro", "b": "pro", "c": "basic", "d": None}
    assert labels(study, "seats") == {"a": 15, "b": 2, "c": 7, "d": 8}
    assert labels(study, "seats >= 8 and segment = 'small'") == {"a": True, "b": False, "c": False, "d": False}


def test_groups_have_curves_and_say_what_they_are(study):
    shown = study.survival(by="segment")
    assert set(shown.frame()["group"]) == {"small", "large"}
    assert "As of the snapshot, not of that day: segment." in " ".join(shown.notes)
    assert study.survival(by="SEGMENT").notes == shown.notes, "names of columns match whatever their case"
    assert "snapshot" not in " ".join(study.survival(by="plan").notes)


def test_what_is_shown_as_one_group_and_what_has_no_curve_is_said(tmp_path):
    """Of four accounts two are of either segment; three make a group, and of five at once there would be a curve."""
    few = STUDY.replace("min_cell = 1", "min_cell = 3").replace("at_risk = 1", "at_risk = 5")
    for name, text in {"accounts.csv": ACCOUNTS, "subscriptions.csv": SUBSCRIPTIONS, "study.toml": few}.items():
        (tmp_path / name).write_text(text)
    few = open_study(tmp_path / "study.toml", out=tmp_path / "out", progress=lambda step: None)
    said = " ".join(few.survival(by="segment").notes)
    assert "'other' is all that is too small, or one too many, to be shown by itself: large, small." in said
    assert "No curve of other: at no age were 5 at risk at once." in said
    assert "Do the curves differ?" not in said


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("plans", "'plans' reads 'plans', which there is not. The nearest: plan."),
        ("region", "gives no column 'accounts.region'"),
        ("account_id", "tells each account from all others"),
        ("plan, seats", "several values for each lifetime"),
        ("plan =", "no expression in SQL"),
        ("seats + plan", "cannot be computed"),
        ("ended_on", "reads 'ended_on', which is known only once somebody leaves"),
        ("notice_on is null", "groups by it are groups by how they end. There are: "),
        ("year(started_on)", "'started_on', which there is not. The day on which a lifetime began is 'origin'."),
        (" ", "An empty text tells nothing apart"),
        ("random() > 0.5", "asks for random, which is another each time"),
        ("unnest([1, 2])", "several values for each lifetime"),
        ("row_number() over ()", "looks at other lifetimes than its own"),
        ("seats > avg(seats) over (partition by plan)", "looks at other lifetimes than its own"),
        ("max(seats)", "looks at other lifetimes than its own"),
        ("seats = (select max(seats) from rows_told)", "looks at other lifetimes than its own"),
    ],
)
def test_what_cannot_be_told_is_said(study, by, said):
    with pytest.raises(StudyError, match=said.replace("(", r"\(")):
        study.survival(by=by)


def test_columns_of_an_expression():
    assert columns_read("case when a.seats > 1 then plan else 'plan' end") == ("seats", "plan")
    refuse_unknown("x", ("x",), (), ["x"])
    with pytest.raises(StudyError, match=r"'departures', which these data do not measure: it needs contacts\.role"):
        refuse_unknown("departures >= 1", ("departures",), (), [])


def test_numbers_of_many_values_become_quarters():
    found = in_groups(pd.Series([*range(1, 9), None]))
    names = ("1: up to 2", "2: over 2 to 4", "3: over 4 to 6", "4: over 6")
    assert found.tolist()[:-1] == [name for name in names for _ in range(2)]
    assert found.iloc[-1] is None
    few = pd.Series([1, 12, 1])
    assert in_groups(few) is few


def test_what_is_divided_by_zero_is_unknown_and_so_is_an_empty_text(study):
    """Only b has 2 seats on its first observed day."""
    assert pd.isna(labels(study, "12 / (seats - 2)").pop("b"))
    assert labels(study, "case when seats = 2 then '' else 'more' end")["b"] is None
    assert set(study.survival(by="seats / (seats - seats)").frame()["group"]) == {"unknown"}


def test_many_days_become_years():
    days = pd.Series(pd.to_datetime([*(f"2022-0{k}-01" for k in range(1, 6)), "2023-01-01", "2024-12-31", None]))
    assert in_groups(days).tolist() == ["2022"] * 5 + ["2023", "2024", None]
    few = days[:5]
    assert in_groups(few) is few


def test_where_most_have_the_largest_value_the_others_are_a_group():
    found = in_groups(pd.Series([*range(1, 8), *[9] * 40]))
    assert found.value_counts().to_dict() == {"1: up to 7": 7, "2: over 7": 40}


def test_names_stand_in_order():
    assert in_order({"100", "5", "web", "-1.5"}) == ["-1.5", "5", "100", "web"]


@pytest.mark.slow
def test_the_test_of_curves_is_the_log_rank_test_where_lifetimes_are_independent():
    """Over many samples without a difference both have the same size; for each they nearly agree."""
    rng = np.random.default_rng(1)
    pairs = []
    for effect in [0.0] * 12 + [0.7] * 12:
        group = rng.integers(0, 2, 120)
        time = np.ceil(rng.exponential(200 / np.exp(effect * group))) + 1
        stop, event = np.minimum(time, 300), (time <= 300).astype(int)
        frame = pd.DataFrame(
            {"start": 0, "stop": stop, "event": event, "cause": np.where(event, "churn", None)}
        ).assign(lifetime_id=[f"l{k}" for k in range(120)])
        frame["account_id"] = frame["cluster_id"] = frame["lifetime_id"]
        ours = curves_differ(Outcome.from_counting_process(frame), group.astype(str).astype(object), 0).p_value
        pairs.append((ours, multivariate_logrank_test(stop, group, event).p_value))
    ours, theirs = np.array(pairs).T
    assert np.abs(ours - theirs).max() < 0.06
    assert np.corrcoef(ours, theirs)[0, 1] > 0.99
