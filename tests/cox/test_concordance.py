from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lifelines.utils import concordance_index
from r_reference import numbers, table
from sksurv.metrics import concordance_index_censored

from analysis.cox.concordance import Concordance, concordance, concordance_of, pair_shares
from analysis.cox.fit import fit_cox
from analysis.cox.partial_likelihood import linear_predictor
from analysis.cox.rows import counting_rows
from analysis.errors import ModelError

CASES = numbers("concordance")["cases"]
FITS = [(case, ties) for case in CASES for ties in ("efron", "breslow") if ties in CASES[case]]
SCORES = [case for case in CASES if "score" in CASES[case]]

# start, stop, event, risk
BY_HAND = np.array(
    [
        (0, 2, 1, 3),  # a: event with b
        (0, 2, 1, 1),  # b
        (0, 2, 0, 2),  # c: censored at 2, at risk at 2
        (0, 4, 1, 2),  # d: event with f, and the same score
        (2, 5, 0, 3),  # e: enters at 2, not at risk at 2
        (1, 4, 1, 2),  # f
        (1, 6, 1, 1),  # g
        (4, 6, 0, 1),  # h: enters at 4, not at risk at 4
    ],
    dtype=float,
).T


def r_rows(case):
    entry, frame = CASES[case], table(CASES[case]["table"])
    named = {role: frame[entry[role]] for role in ("strata", "cluster") if role in entry}
    if "offset" in entry:
        named["offset"] = frame.eval(entry["offset"])
    if "weights" in entry:
        named["weights"] = 0.3 + np.arange(1, len(frame) + 1) % 7 / 10
    return frame, counting_rows(frame.get("start"), frame["stop"], frame["event"], **named)


def assert_equals_r(result, expected):
    assert astuple(result)[2:] == pytest.approx(expected["counts"], rel=1e-12)
    assert result.concordance == pytest.approx(expected["concordance"], abs=1e-13)
    assert result.std_error == pytest.approx(expected["std_error"], rel=1e-12)


def by_definition(rows, risk, weights):
    """Compare every event with every row; returns concordant, discordant, tied_risk, tied_time, tied_both."""
    total = dict.fromkeys(("concordant", "discordant", "tied_risk", "tied_time", "tied_both"), 0.0)
    for i in np.flatnonzero(rows.event):
        time = rows.stop[i]
        for j in range(len(rows)):
            if j == i or rows.stratum[j] != rows.stratum[i] or not rows.start[j] < time <= rows.stop[j]:
                continue
            if rows.event[j] and rows.stop[j] == time:
                # Met once from either side.
                total["tied_both" if risk[i] == risk[j] else "tied_time"] += weights[i] * weights[j] / 2
            elif risk[i] == risk[j]:
                total["tied_risk"] += weights[i] * weights[j]
            else:
                total["concordant" if risk[i] > risk[j] else "discordant"] += weights[i] * weights[j]
    return total


def share_right(rows, risk, weights):
    total = by_definition(rows, risk, weights)
    comparable = total["concordant"] + total["discordant"] + total["tied_risk"]
    return (total["concordant"] + total["tied_risk"] / 2) / comparable if comparable else np.nan


def std_error_by_derivative(rows, risk):
    """Change each weight a little, and see what becomes of the concordance."""
    step, influence = 1e-5, np.zeros(len(rows))
    for i, change in enumerate(np.eye(len(rows)) * step):
        up, down = (share_right(rows, risk, rows.weights + sign * change) for sign in (1, -1))
        influence[i] = rows.weights[i] * (up - down) / (2 * step)
    return np.sqrt(sum(influence[rows.cluster == c].sum() ** 2 for c in np.unique(rows.cluster)))


def random_rows(seed, n, **named):
    rng = np.random.default_rng(seed)
    start = rng.integers(0, 8, n).astype(float)
    return counting_rows(start, start + rng.integers(1, 12, n), rng.random(n) < 0.6, **named), rng.normal(size=n)


def test_concordance_by_hand():
    # At 2, a, b, c, d, f, g are at risk. a (3) is above c, d, f, g: 4 right. b (1) is below c, d, f: 3 wrong, and tied
    # with g. At 4, d, f, e, g: d and f (2) are each below e, above g: 2 right, 2 wrong. At 6, g is tied with h.
    # Shares of right and of comparable pairs: a 4 of 4, b 1/2 of 4, c 1 of 2, d and f 2 of 4, e 0 of 2, g 4 of 5,
    # h 1/2 of 1. Less 7/13 of the latter, times 13: 24, -21.5, -1, -2 (d), -14, -2, 17, -0.5; squares sum to 1532.5.
    start, stop, event, risk = BY_HAND
    assert concordance(counting_rows(start, stop, event), risk) == Concordance(
        concordance=pytest.approx(7 / 13, abs=1e-15),
        std_error=pytest.approx(np.sqrt(1532.5) / 13**2, abs=1e-15),
        concordant=6,
        discordant=5,
        tied_risk=2,
        tied_time=1,  # a and b
        tied_both=1,  # d and f
    )


def test_std_error_by_hand_sums_within_clusters():
    # a and b together: 24 - 21.5 = 2.5.
    start, stop, event, risk = BY_HAND
    rows = counting_rows(start, stop, event, cluster=list("aacdefgh"))
    assert concordance(rows, risk).std_error == pytest.approx(np.sqrt(1532.5 - 24**2 - 21.5**2 + 2.5**2) / 13**2)


def test_rows_of_different_strata_are_not_compared():
    # 1 against 2 in stratum x is right; y has a lone event, z none.
    rows = counting_rows(None, [1, 2, 1, 1, 3], [1, 1, 1, 0, 0], strata=list("xxyzz"))
    result = concordance(rows, [5, 4, 0, 9, 9])
    assert (result.concordant, result.discordant, result.tied_risk, result.tied_time) == (1, 0, 0, 0)


row = st.tuples(
    st.sampled_from([-np.inf, 0, 1, 2, 3, 4]),
    st.integers(1, 4),
    st.booleans(),
    st.integers(0, 3),
    st.sampled_from([0.3, 1, 2.7]),
    st.integers(0, 1),
    st.integers(0, 3),
)


@settings(deadline=None, derandomize=True)
@given(st.lists(row, min_size=2, max_size=14))
def test_concordance_equals_its_definition(drawn):
    start, length, event, risk, weights, strata, cluster = map(np.array, zip(*drawn, strict=True))
    assume(event.any())
    rows = counting_rows(start, np.maximum(start, 0) + length, event, strata=strata, weights=weights, cluster=cluster)
    expected = by_definition(rows, risk, rows.weights)
    if expected["concordant"] + expected["discordant"] + expected["tied_risk"] == 0:
        with pytest.raises(ModelError, match="at least one comparable pair"):
            concordance(rows, risk)
        return
    result = concordance(rows, risk)
    assert astuple(result)[2:] == pytest.approx(tuple(expected.values()), abs=1e-12)
    assert result.concordance == pytest.approx(share_right(rows, risk, rows.weights), abs=1e-14)
    assert result.std_error == pytest.approx(std_error_by_derivative(rows, risk), abs=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_concordance_equals_its_definition_with_many_scores(seed):
    rows, risk = random_rows(seed, 60, weights=np.random.default_rng(seed).uniform(0.1, 3, 60))
    result = concordance(rows, risk)
    assert astuple(result)[2:] == pytest.approx(tuple(by_definition(rows, risk, rows.weights).values()), abs=1e-11)
    assert result.std_error == pytest.approx(std_error_by_derivative(rows, risk), abs=1e-8)


@pytest.mark.parametrize(("case", "ties"), FITS)
def test_concordance_of_r_coefficients_equals_r(case, ties):
    frame, rows = r_rows(case)
    score = frame[CASES[case]["covariates"]].to_numpy(float) @ np.array(CASES[case][ties]["coef"]) + rows.offset
    assert_equals_r(concordance(rows, score), CASES[case][ties])


@pytest.mark.parametrize(("case", "ties"), FITS)
def test_concordance_of_a_fit_equals_r(case, ties):
    frame, rows = r_rows(case)
    fit = fit_cox(frame[CASES[case]["covariates"]].to_numpy(float), rows, ties=ties)
    assert_equals_r(concordance_of(fit), CASES[case][ties])


@pytest.mark.parametrize("case", SCORES)
def test_concordance_of_a_tied_score_equals_r(case):
    frame, rows = r_rows(case)
    assert_equals_r(concordance(rows, frame.eval(CASES[case]["score"]["risk"])), CASES[case]["score"])


def test_concordance_equals_scikit_survival_and_lifelines_without_tied_times():
    rng = np.random.default_rng(1)
    stop, event, risk = rng.permutation(300) + 1.0, rng.random(300) < 0.5, rng.normal(size=300).round(1)
    result = concordance(counting_rows(None, stop, event), risk)
    expected = concordance_index_censored(event, stop, risk)
    assert (result.concordance, result.concordant, result.discordant, result.tied_risk) == pytest.approx(expected[:4])
    assert result.concordance == pytest.approx(concordance_index(stop, -risk, event), abs=1e-14)


def test_cutting_lifetimes_into_rows_changes_nothing_when_they_are_the_clusters():
    whole, cut = (table(name) for name in ("veteran", "veteran_split91"))
    rows = counting_rows(cut["start"], cut["stop"], cut["event"], cluster=cut["id"])
    expected = astuple(concordance(counting_rows(None, whole["stop"], whole["event"]), -whole["karno"]))
    assert astuple(concordance(rows, -cut["karno"])) == pytest.approx(expected, rel=1e-12)


def test_whole_weights_are_copies_of_rows():
    rows, risk = random_rows(4, 50)
    weights = np.random.default_rng(4).integers(1, 4, 50)
    again = np.repeat(np.arange(50), weights)
    weighted = concordance(replace(rows, weights=weights.astype(float)), risk)
    copied = concordance(
        counting_rows(rows.start[again], rows.stop[again], rows.event[again], cluster=again), risk[again]
    )
    # Copies of an event are tied with one another in time and score, which a weight is not.
    assert astuple(weighted)[:6] == pytest.approx(astuple(copied)[:6], rel=1e-12)


def test_order_of_rows_does_not_matter():
    rows, risk = random_rows(5, 200, weights=np.linspace(0.1, 2, 200), strata=np.arange(200) % 3)
    order = np.random.default_rng(5).permutation(200)
    shuffled = counting_rows(
        *(values[order] for values in (rows.start, rows.stop, rows.event)),
        weights=rows.weights[order],
        strata=rows.stratum[order],
    )
    assert astuple(concordance(shuffled, risk[order])) == pytest.approx(astuple(concordance(rows, risk)), rel=1e-12)


def test_only_the_order_of_scores_matters_and_reversing_it_takes_the_complement():
    rows, risk = random_rows(6, 100)
    result = concordance(rows, risk)
    assert concordance(rows, np.exp(risk)) == result
    reverse = concordance(rows, -risk)
    assert (reverse.concordance, reverse.std_error) == pytest.approx((1 - result.concordance, result.std_error))


def test_rows_that_left_leave_no_rounding_behind():
    rows, _ = random_rows(7, 300, weights=np.random.default_rng(7).uniform(0, 1, 300), strata=np.arange(300) % 3)
    # Who ends first is higher, events before censored; one stratum lies above another.
    result = concordance(rows, rows.event - 2 * rows.stop + 100 * rows.stratum)
    assert (result.concordance, result.discordant, result.tied_risk) == (1.0, 0.0, 0.0)
    assert result.std_error == pytest.approx(0, abs=1e-15)


def test_linear_predictors_that_differ_by_rounding_are_tied():
    rows, _ = random_rows(8, 90)
    values = (np.arange(90) % 2)[:, None]
    plain = concordance_of(fit_cox(values, rows))
    fit = fit_cox(values, replace(rows, offset=1e-15 * (np.arange(90) % 3)))
    assert astuple(concordance_of(fit)) == pytest.approx(astuple(plain), rel=1e-12)
    score = linear_predictor(fit.likelihood.values, fit.maximum.end.coefficients) + fit.rows.offset
    assert concordance(fit.rows, score).tied_risk < plain.tied_risk


@pytest.mark.parametrize("enters", [-np.inf, 0.0])
def test_an_event_weight_counts_with_every_pair_of_its_row(enters):
    """From the start in one way of counting; in the other some rows enter late, and pairs are weighed in another."""
    rng = np.random.default_rng(8)
    start = np.where(rng.random(80) < 0.2, rng.integers(1, 4, 80), 0.0) if enters == 0 else np.full(80, -np.inf)
    stop = np.maximum(start, 0) + rng.integers(1, 9, 80)
    rows = counting_rows(
        start, stop, rng.random(80) < 0.6, strata=rng.integers(0, 3, 80), weights=rng.choice([0.3, 1, 2.7], 80)
    )
    risk, event_weights = rng.integers(0, 6, 80), rng.choice([1.0, 0.4, 3.0], 80)
    right, comparable = np.zeros((2, 80)), np.zeros((2, 80))
    for i in np.flatnonzero(rows.event):
        for j in range(80):
            at_risk = rows.start[j] < rows.stop[i] <= rows.stop[j] and rows.stratum[i] == rows.stratum[j]
            if i != j and at_risk and not (rows.event[j] and rows.stop[j] == rows.stop[i]):
                pair = event_weights[i] * rows.weights[i] * rows.weights[j]
                right[[0, 1], [i, j]] += pair * ((risk[i] > risk[j]) + (risk[i] == risk[j]) / 2)
                comparable[[0, 1], [i, j]] += pair
    shares = pair_shares(rows, risk, event_weights)
    assert shares.right == pytest.approx(right, abs=1e-12)
    assert shares.comparable == pytest.approx(comparable, abs=1e-12)
    assert shares.totals.sum() == pytest.approx(comparable[0].sum(), rel=1e-14)
    assert shares.concordance == pytest.approx(right[0].sum() / comparable[0].sum(), rel=1e-14)


def test_interval_is_on_the_scale_of_the_concordance_and_kept_within_it():
    result = Concordance(0.9, 0.04, 9, 1, 0, 0, 0)
    assert result.interval() == pytest.approx((0.9 - 1.959963984540054 * 0.04, 0.9 + 1.959963984540054 * 0.04))
    assert result.interval(0.999) == (pytest.approx(0.9 - 3.290526731491926 * 0.04), 1.0)
    assert replace(result, concordance=0.05).interval()[0] == 0.0


@pytest.mark.parametrize("level", [0, 1, 95, np.nan])
def test_interval_refuses_a_level_that_is_no_share(level):
    with pytest.raises(ModelError, match="level must be between 0 and 1"):
        Concordance(0.9, 0.04, 9, 1, 0, 0, 0).interval(level)


@pytest.mark.parametrize(
    ("risk", "message"),
    [
        ([1, 2], r"one score a row \(3\); its shape is \(2,\)"),
        ([[1], [2], [3]], "one score a row"),
        ([1, np.nan, 3], r"finite.*1 of 3 rows \(positions 1\)"),
        ([1, 2, np.inf], "finite"),
    ],
)
def test_bad_scores_are_refused(risk, message):
    with pytest.raises(ModelError, match=message):
        concordance(counting_rows(None, [1, 2, 3], [1, 1, 0]), risk)


def test_no_comparable_pair_is_refused():
    # Events at one time; a row censored before; one that enters at the event; one at risk then in another stratum.
    rows = counting_rows([0, 0, 0, 3, 0], [3, 3, 2, 4, 4], [1, 1, 0, 0, 0], strata=list("xxxxy"))
    with pytest.raises(ModelError, match="at least one comparable pair of rows; at the time of none of the 2 events"):
        concordance(rows, [1, 2, 3, 4, 5])


def test_rows_without_an_event_are_refused():
    rows = counting_rows(None, [1, 2], [1, 0])
    with pytest.raises(ModelError, match="none of the 2 rows has an event"):
        concordance(replace(rows, event=np.zeros(2, bool)), [1, 2])
