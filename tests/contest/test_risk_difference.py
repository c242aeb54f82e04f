"""Risk differences: against statsmodels, a closed form, the delta method, and planted effects."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from family_predictors import FAMILIES, book_of, predictor_rows
from scipy.special import expit
from statsmodels.stats.multitest import multipletests

from analysis.contest.quarter_logit import fit_quarter_logit
from analysis.contest.risk_difference import risk_differences
from analysis.errors import ModelError

EFFECTS = {"usage": 1.0, "relationship": 0.5}
COLUMNS = ["contract", *FAMILIES]


@pytest.fixture(scope="module")
def rows():
    return predictor_rows(EFFECTS)


@pytest.fixture(scope="module")
def found(rows):
    return risk_differences(rows, book_of(rows), FAMILIES, n_resamples=200, seed=3)


def judge(rows: pd.DataFrame):
    """Return statsmodels' fit with an indicator for each quarter, errors clustered, and its design."""
    quarters = pd.get_dummies(rows["landmark"]).to_numpy(float)
    design = np.column_stack([rows[COLUMNS], quarters])
    groups = pd.factorize(rows["cluster_id"])[0]
    fit = sm.Logit(rows["event"].to_numpy(float), design).fit(
        disp=0, tol=1e-12, method="newton", cov_type="cluster", cov_kwds={"groups": groups}
    )
    return fit, design


def test_coefficients_are_those_of_statsmodels(rows):
    quarter = pd.factorize(rows["landmark"])[0]
    own = fit_quarter_logit(rows[COLUMNS].to_numpy(), rows["event"].to_numpy(), quarter)
    fit, _ = judge(rows)
    assert own.coefficients == pytest.approx(fit.params[:4], abs=1e-8)
    assert own.intercepts == pytest.approx(fit.params[4:], abs=1e-8)


def test_a_weight_counts_a_row_so_often(rows):
    some = rows.head(1200)
    weights = np.random.default_rng(0).integers(0, 4, len(some))
    quarter = np.arange(len(some)) % 3
    values, event = some[COLUMNS].to_numpy(), some["event"].to_numpy()
    repeated = np.repeat(np.arange(len(some)), weights)
    weighted = fit_quarter_logit(values, event, quarter, weights)
    assert weighted.coefficients == pytest.approx(
        fit_quarter_logit(values[repeated], event[repeated], quarter[repeated]).coefficients, abs=1e-7
    )


def test_one_mark_in_one_quarter_differs_as_the_two_observed_rates_do():
    """100 of 1,000 with the mark left, 90 of 3,000 without it: 10% less 3% are 7 points."""
    mark = np.repeat([1.0, 0.0], [1000, 3000])
    left = np.r_[np.arange(1000) < 100, np.arange(3000) < 90]
    rows = pd.DataFrame(
        {
            "landmark": pd.Timestamp("2024-01-01"),
            "lifetime_id": np.arange(4000),
            "account_id": np.arange(4000).astype(str),
            "cluster_id": np.arange(4000).astype(str),
            "event": left,
            "usage": mark,
        }
    )
    line = risk_differences(rows, book_of(rows), ["usage"], n_resamples=300).table.iloc[0]
    assert line["estimate"] == pytest.approx(7.0, abs=1e-8)
    assert (line["risk_low"], line["risk_high"]) == pytest.approx((0.03, 0.10), abs=1e-10)
    assert line["accounts"] == pytest.approx(0.07 * 4000)
    # The book leaves at the observed rate, so that its own differences are the same 7 points of each account.
    assert line["revenue"] == pytest.approx(0.07 * 4000 * 100)
    half = 1.96 * 100 * np.sqrt(0.1 * 0.9 / 1000 + 0.03 * 0.97 / 3000)
    assert (line["conf_low"], line["conf_high"]) == pytest.approx((7 - half, 7 + half), abs=0.35)


def test_intervals_agree_with_the_delta_method_and_clustered_errors(rows, found):
    """The mean difference's numerical gradient, times statsmodels' clustered covariance."""
    fit, design = judge(rows)
    centred = rows[COLUMNS] - rows.groupby("landmark")[COLUMNS].transform("mean")
    for place, family in enumerate(COLUMNS[1:], 1):
        ends = np.quantile(centred[family], [0.1, 0.9], method="inverted_cdf")

        def difference(params, place=place, family=family, ends=ends):
            log_odds = design @ params
            at = [expit(log_odds + params[place] * (end - centred[family])).mean() for end in ends]
            return 100 * (at[1] - at[0])

        step = 1e-5 * np.eye(len(fit.params))
        gradient = np.array([(difference(fit.params + e) - difference(fit.params - e)) / 2e-5 for e in step])
        error = np.sqrt(gradient @ fit.cov_params() @ gradient)
        line = found.table.set_index("family").loc[family]
        assert line["estimate"] == pytest.approx(difference(fit.params), abs=1e-8)
        assert line["conf_high"] - line["conf_low"] == pytest.approx(2 * 1.96 * error, rel=0.2)


def test_what_was_planted_is_found(found):
    shown = found.table.set_index("family")
    assert shown["shown"].to_dict() == {"usage": "more", "relationship": "more", "champion": "unsure"}
    assert (shown["coefficient_low"] < [1.0, 0.5, 0.0]).all()
    assert (shown["coefficient_high"] > [1.0, 0.5, 0.0]).all()
    assert shown["estimate"]["usage"] > shown["estimate"]["relationship"] > shown["estimate"]["champion"]
    assert found.notes[0].code == "contest.difference_held"


def test_of_several_families_one_is_shown_by_holm_and_not_by_its_own_interval(found):
    """An effect so small that its interval, taken alone, just leaves none out: among three families that is chance."""
    rows = predictor_rows({"usage": 0.25})
    small = risk_differences(rows, book_of(rows), FAMILIES, n_resamples=50, seed=3)
    usage = small.table.set_index("family").loc["usage"]
    assert usage["conf_low"] > 0
    assert usage["p_value"] < 0.05 < usage["adjusted_p_value"] == pytest.approx(3 * usage["p_value"])
    assert usage["shown"] == "unsure"
    (note,) = [note for note in small.notes if note.code == "contest.difference_by_chance"]
    assert str(note).startswith("Usage: the interval alone lies on one side of none. Among 3 families")
    for table in (small.table, found.table):
        judged = multipletests(table["p_value"], method="holm")[1]
        assert table["adjusted_p_value"].to_numpy() == pytest.approx(judged)


def test_accounts_are_the_points_of_those_at_risk_now(rows, found):
    assert found.table["accounts"].to_numpy() == pytest.approx(found.table["estimate"] / 100 * len(book_of(rows)))
    assert found.n_now == found.n_priced == len(book_of(rows))


def test_revenue_weighs_each_account_by_what_it_pays_and_leaves_out_what_nobody_knows(rows, found):
    book = book_of(rows).assign(annual_revenue=200.0)
    twice = risk_differences(rows, book, FAMILIES, n_resamples=2).table
    assert twice["revenue"].to_numpy() == pytest.approx(2 * found.table["revenue"].to_numpy())
    unknown = risk_differences(rows, book.drop(columns="annual_revenue"), FAMILIES, n_resamples=2)
    assert unknown.table["revenue"].isna().all()
    assert unknown.n_priced == 0


def test_a_family_that_turned_is_shown_as_it_is(rows):
    turned = risk_differences(rows.assign(usage=-rows["usage"]), book_of(rows), FAMILIES, n_resamples=50)
    line = turned.table.set_index("family").loc["usage"]
    assert line["shown"] == "less"
    assert line["conf_high"] < 0
    assert "contest.difference_turned" in [note.code for note in turned.notes]


def test_a_family_that_says_the_same_of_all_differs_by_nothing_and_it_is_said(rows):
    silent = risk_differences(rows.assign(champion=0.7), book_of(rows), FAMILIES, n_resamples=20)
    line = silent.table.set_index("family").loc["champion"]
    assert line["shown"] == "silent"
    assert line["estimate"] == line["accounts"] == line["revenue"] == 0
    assert "contest.difference_silent" in [note.code for note in silent.notes]
    # Said quarter by quarter alone, it says nothing of accounts either.
    by_quarter = rows.assign(champion=rows["landmark"].dt.month.astype(float))
    assert risk_differences(by_quarter, book_of(rows), FAMILIES, n_resamples=2).table["shown"].iloc[2] == "silent"


def test_quarters_before_a_family_was_measured_do_not_bring_its_ends_together(rows, found):
    """Of as many rows again that it says nothing of, the 10th and 90th percentile of what it says are as before."""
    early = rows.assign(landmark=rows["landmark"] - pd.Timedelta(days=1000), champion=0.0)
    both = pd.concat([early, rows], ignore_index=True)
    line = risk_differences(both, book_of(rows), FAMILIES, n_resamples=2).table.set_index("family").loc["champion"]
    alone = found.table.set_index("family").loc["champion"]
    assert line["reach"] == pytest.approx(alone["reach"], rel=1e-9)
    assert line["coefficient"] == pytest.approx(alone["coefficient"], abs=0.1)


def test_units_ids_and_the_order_of_rows_change_nothing(rows):
    first = risk_differences(rows, book_of(rows), FAMILIES, n_resamples=20, seed=3).table
    other = rows.assign(usage=3 * rows["usage"] - 5, cluster_id="z" + rows["cluster_id"].str[::-1])
    again = risk_differences(other, book_of(other), FAMILIES, n_resamples=20, seed=3).table
    held = ["estimate", "accounts", "revenue", "risk_low", "risk_high"]
    assert again[held].to_numpy() == pytest.approx(first[held].to_numpy(), rel=1e-7)
    shuffled = rows.sample(frac=1, random_state=2).reset_index(drop=True)
    mixed = risk_differences(shuffled, book_of(rows), FAMILIES, n_resamples=20, seed=3).table
    numbers = mixed.columns.drop(["family", "shown"])
    assert mixed[numbers].to_numpy() == pytest.approx(first[numbers].to_numpy(), rel=1e-7)


def test_where_nobody_left_there_is_nothing_to_compare(rows):
    with pytest.raises(ModelError, match="of 4,800 held-out rows 0 churned"):
        risk_differences(rows.assign(event=False), book_of(rows), FAMILIES)


def test_a_family_that_tells_all_leavers_has_no_difference(rows):
    telling = rows.assign(usage=np.where(rows["event"], 5.0, -5.0))
    with pytest.raises(ModelError, match="the likelihood has no maximum"):
        risk_differences(telling, book_of(rows), FAMILIES)


def test_two_families_that_say_the_same_are_refused(rows):
    with pytest.raises(ModelError, match="Two families say the same"):
        risk_differences(rows.assign(champion=rows["usage"]), book_of(rows), FAMILIES)


def test_a_quarter_in_which_nobody_left_counts_as_one(rows):
    """Its risk is none at either end; the others' coefficients do not hear of it."""
    calm = rows["landmark"] == rows["landmark"].min()
    some = risk_differences(rows.assign(event=rows["event"] & ~calm), book_of(rows), FAMILIES, n_resamples=2).table
    others = risk_differences(rows[~calm].reset_index(drop=True), book_of(rows), FAMILIES, n_resamples=2).table
    assert some["coefficient"].to_numpy() == pytest.approx(others["coefficient"].to_numpy(), abs=1e-7)
    assert (some["risk_high"] < others["risk_high"]).all()
