"""Green rates: leaving among accounts called green, flagged against not, by hand, by others' numbers, and as known."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from analysis.claims.asked import Asked
from analysis.claims.estimates import flagged_estimate
from analysis.claims.grades import Weakness, weaknesses
from analysis.claims.green_rates import green_as_believed, green_ratio
from analysis.claims.verdicts import Verdict, judge
from analysis.declared.claims import read_claims
from analysis.declared.study_parts import Report
from analysis.errors import ModelError
from analysis.wording.remarks import remark

REPORT = Report()


def asked() -> Asked:
    claim = next(one for one in read_claims() if one.name == "C14")
    return Asked(claim, 1, claim.tests[0])


def green(n: int, seed: int, risk_flagged: float = 0.1, risk: float = 0.1, per_cluster: int = 1) -> pd.DataFrame:
    """Three quarters, of which the later ones are the more dangerous, and flag the more."""
    rng = np.random.default_rng(seed)
    quarter = rng.integers(3, size=n)
    flags = rng.random(n) < 0.1 + 0.1 * quarter
    event = rng.random(n) < np.where(flags, risk_flagged, risk) * (0.6 + 0.4 * quarter)
    names = [f"c{place // per_cluster}" for place in range(n)]
    return pd.DataFrame(
        {
            "landmark": pd.to_datetime(["2024-01-01", "2024-04-01", "2024-07-01"])[quarter],
            "lifetime_id": [f"l{place}" for place in range(n)],
            "cluster_id": names,
            "event": event,
            "relationship": flags & (rng.random(n) < 0.7),
            "champion": flags,
        }
    )


def test_by_hand():
    """One quarter: two of four flagged leave, and one of six others: the ratio is 1/2 to 1/6."""
    rows = pd.DataFrame({
        "landmark": pd.Timestamp("2024-01-01"), "lifetime_id": list("abcdefghij"), "cluster_id": list("abcdefghij"),
        "event": [True, True, False, False, True, *[False] * 5], "champion": [True] * 4 + [False] * 6,
    })  # fmt: skip
    found = green_ratio(rows, ["champion"])
    assert math.exp(found.found.estimate) == pytest.approx(3.0)
    assert (found.n_flagged, found.n_left) == (2, 3)
    # variance of the log of a risk ratio: 1/2 - 1/4 + 1/1 - 1/6, here times 10 / 9 clusters
    assert found.found.std_error == pytest.approx(math.sqrt((1 / 2 - 1 / 4 + 1 - 1 / 6) * 10 / 9))


def test_is_mantel_and_haenszels_ratio_and_its_error_that_of_clusters_left_out():
    rows = green(600, 1, 0.2, per_cluster=4)
    tables = [pd.crosstab(~own["champion"], ~own["event"]).to_numpy(np.float64) for _, own in rows.groupby("landmark")]
    found = green_ratio(rows, ["relationship", "champion"]).found
    assert math.exp(found.estimate) == pytest.approx(StratifiedTable(tables).riskratio_pooled)
    clusters = rows["cluster_id"].unique()
    without = [green_ratio(rows[rows["cluster_id"] != one], ["champion"]).found.estimate for one in clusters]
    jackknife = math.sqrt((len(clusters) - 1) / len(clusters) * np.square(without - np.mean(without)).sum())
    assert found.std_error == pytest.approx(jackknife, rel=0.03)


def test_intervals_hold_what_was_planted():
    """Twice the risk where flagged, quarters of unlike danger, accounts of one parent alike in nothing."""
    held = []
    for seed in range(200):
        found = green_ratio(green(800, seed, 0.16, 0.08), ["champion"]).found
        held.append(found.conf_low < math.log(2.0) < found.conf_high)
    assert 0.9 < np.mean(held) <= 0.99


def test_what_is_planted_is_supported_and_nothing_else():
    shown, open_ = (flagged_estimate(asked(), green(2000, 3, risk, 0.08), REPORT) for risk in (0.3, 0.08))
    assert [one.verdict for one in judge([shown, open_])] == [Verdict.SUPPORTED, Verdict.INCONCLUSIVE]
    assert shown.n_exposed < shown.n_events
    assert Weakness.LATE not in weaknesses(shown, [], frozenset({"departures"}))[0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda rows: rows.assign(relationship=False, champion=False), "claims.nobody_flagged"),
        (lambda rows: rows.drop(columns=["relationship", "champion"]), "claims.nobody_flagged"),
        (lambda rows: rows[~(rows["event"] & rows["champion"])], "claims.none_left_green"),
        (lambda rows: rows.head(60), "declared.too_few_for_family"),
        (lambda rows: remark("health_score.none", path="health_score.toml"), "health_score.none"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(change, code):
    found = flagged_estimate(asked(), change(green(1500, 4)), REPORT)
    assert found.refused.code == code
    assert judge([found])[0].verdict is Verdict.NOT_MEASURABLE


def test_a_family_that_flags_nobody_makes_the_comparison_a_part_of_what_is_meant():
    found = flagged_estimate(asked(), green(1500, 4).drop(columns="relationship"), REPORT)
    assert found.is_partial
    assert "Relationship flags nobody" in str(found.notes[0])


def test_one_parent_alone_says_nothing():
    with pytest.raises(ModelError, match="One parent account alone"):
        green_ratio(green(200, 5).assign(cluster_id="c"), ["champion"])


def test_on_an_earlier_day_nothing_is_known_of_later():
    """Two quarters over by the day, the third not; who had given notice then counts as gone, whatever came later."""
    days = pd.to_datetime(["2024-01-01", "2024-04-01", "2024-07-01"])
    none = pd.NaT
    landmarks = pd.DataFrame({
        "lifetime_id": ["a", "b", "c"], "risk_date": days, "horizon_ends_on": days + pd.DateOffset(months=3),
        "horizon_days": 91, "is_followed": True, "out_on": none, "event": [0, 1, 1], "cause": [None, "churn", "churn"],
        "followed_days": 91, "believed_from": [pd.Timestamp("2024-02-01"), none, none], "believed_until": [
            pd.Timestamp("2024-12-01"), none, none], "unpaid_from": none, "believed_cause": ["churn", None, None],
    }).astype({"out_on": "datetime64[ns]", "unpaid_from": "datetime64[ns]"})  # fmt: skip
    rows = pd.DataFrame({
        "landmark": days[::-1], "lifetime_id": ["c", "b", "a"], "cluster_id": ["c", "b", "a"],
        "event": [True, True, False], "champion": [True, False, True],
    })  # fmt: skip
    then = green_as_believed(rows, pd.Timestamp("2024-07-15"), landmarks, allowed_gap_days=0)
    assert then[["lifetime_id", "event", "champion"]].to_numpy().tolist() == [["b", True, False], ["a", True, True]]
    assert green_as_believed(rows, pd.Timestamp("2024-07-15"), landmarks, 30)["lifetime_id"].tolist() == ["a"]
    later = green_as_believed(rows, pd.Timestamp("2025-01-01"), landmarks, 0)
    assert later["event"].tolist() == [True, True, False]


def test_the_floor_is_that_of_a_family():
    few = dataclasses.replace(REPORT, family_from_events=10_000)
    assert flagged_estimate(asked(), green(1500, 4), few).refused.code == "declared.too_few_for_family"
