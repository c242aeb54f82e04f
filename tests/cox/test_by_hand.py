"""Seven and eight rows with ties, late entries, strata and weights: every answer worked out on paper.

r is exp(beta), the hazard ratio; answers are given at r = 1 (beta zero) and r = 2 (beta log 2).
"""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest

from analysis.cox.cumulative_hazard import baseline_cumulative_hazard
from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.hypothesis_tests import likelihood_ratio_test, score_test
from analysis.cox.residuals import martingale_residuals, schoenfeld_residuals, score_residuals
from analysis.cox.risk_sets import risk_sets
from analysis.cox.rows import CountingRows, counting_rows
from analysis.cox.sandwich import cluster_robust_covariance

# Seven rows.
#
# row  (start, stop]  event  x
#  1   (0, 3]         yes    1
#  2   (0, 3]         yes    1    tied with 1
#  3   (0, 5]         -      0
#  4   (3, 6]         yes    0    enters at the time of the first two events: not at risk at 3
#  5   (2, 6]         -      0    leaves at the time of an event: at risk at 6
#  6   (0, 2]         -      1    is gone before anything happens
#  7   (4, 8]         yes    1    alone at the end
#
# At risk at 3: rows 1, 2, 3, 5 with total 2r + 2; at 6: rows 4, 5, 7 with r + 2; at 8: row 7 with r.
# Efron lets half of each tied death go between two steps at 3: 2r + 2, then 2r + 2 - r = r + 2.
#
# Efron:   l = 2 beta - log(2r + 2) - log(r + 2) - log(r + 2) + beta - log(r)
#            = 2 beta - log 2 - log(r + 1) - 2 log(r + 2)
#          U = 2 - r/(r + 1) - 2r/(r + 2)
#          I = r/(r + 1)^2 + 4r/(r + 2)^2
#          U = 0 where r^2 - 2r - 4 = 0, so r = 1 + sqrt 5.
# Breslow: l = 2 beta - 2 log(2r + 2) - log(r + 2)
#          U = 2 - 2r/(r + 1) - r/(r + 2)
#          I = 2r/(r + 1)^2 + 2r/(r + 2)^2
#          U = 0 where r^2 - r - 4 = 0, so r = (1 + sqrt 17) / 2.
START = [0, 0, 0, 3, 2, 0, 4]
STOP = [3, 3, 5, 6, 6, 2, 8]
EVENT = [1, 1, 0, 1, 0, 0, 1]
X = [1, 1, 0, 0, 0, 1, 1]


def seven_rows(**more) -> CountingRows:
    return counting_rows(START, STOP, EVENT, **more)


def seven(ties: str = "efron", **more) -> CoxFit:
    return fit_cox(np.array(X, float)[:, None], seven_rows(**more), names=["x"], ties=ties)


# Eight rows in two strata, with weights.
#
# row  stratum  (start, stop]  event  x  weight
#  1   a        (0, 4]         yes    1  1
#  2   a        (0, 4]         yes    0  2       tied with 1
#  3   a        (1, 5]         -      1  1
#  4   a        (4, 7]         yes    0  1       enters at the time of an event; alone at its own
#  5   b        (0, 4]         yes    1  1       at 4, too, but never meets rows 1 to 4
#  6   b        (0, 6]         -      0  1
#  7   b        (2, 6]         yes    0  2
#  8   b        (5, 9]         -      1  1
#
# a, 4: rows 1, 2, 3, total r + 2 + r; the deaths' own r + 2; two steps of mean weight 3/2 each.
#       Efron: 2r + 2, then 2r + 2 - (r + 2)/2 = (3r + 2)/2.
# a, 7: row 4 alone tells nothing. b, 4: rows 5, 6, 7, total r + 3. b, 6: rows 6, 7, 8, total r + 3, weight 2.
#
# Efron:   l = 2 beta - 3/2 log(r + 1) - 3/2 log(3r + 2) - 3 log(r + 3)
#          U = 2 - 3/2 r/(r + 1) - 9/2 r/(3r + 2) - 3r/(r + 3)
#          I = 3/2 r/(r + 1)^2 + 9r/(3r + 2)^2 + 9r/(r + 3)^2
# Breslow: l = 2 beta - 3 log(2r + 2) - 3 log(r + 3)
#          U = 2 - 3r/(r + 1) - 3r/(r + 3)
#          I = 3r/(r + 1)^2 + 9r/(r + 3)^2
#          U = 0 where 2r^2 + 2r - 3 = 0, so r = (sqrt 7 - 1) / 2.
WEIGHTS = np.array([1, 2, 1, 1, 1, 1, 2, 1], float)


def eight(ties: str = "efron") -> CoxFit:
    rows = counting_rows(
        [0, 0, 1, 4, 0, 0, 2, 5],
        [4, 4, 5, 7, 4, 6, 6, 9],
        [1, 1, 0, 1, 1, 0, 1, 0],
        strata=list("aaaabbbb"),
        weights=WEIGHTS,
    )
    return fit_cox(np.array([1, 0, 1, 0, 1, 0, 0, 1], float)[:, None], rows, names=["x"], ties=ties)


def at(fit: CoxFit, r: float) -> CoxFit:
    """Move a fit to the hazard ratio r, where nothing is at a maximum."""
    beta = np.array([np.log(r)])
    end = fit.likelihood.evaluate(beta * fit.scale)
    information = fit.likelihood.information(end)
    maximum = dataclasses.replace(fit.maximum, end=end, information=information)
    return dataclasses.replace(
        fit,
        coefficients=beta,
        log_likelihood=end.log_likelihood,
        maximum=maximum,
        covariance=1 / (information * fit.scale**2),
    )


def score(fit: CoxFit) -> float:
    return fit.maximum.end.score[0] * fit.scale[0]


def information(fit: CoxFit) -> float:
    return fit.maximum.information[0, 0] * fit.scale[0] ** 2


def fractions(text: str) -> list[Fraction]:
    return [Fraction(number) for number in text.split()]


def approx(values, rel=1e-13):
    numbers = [float(value) for value in values] if isinstance(values, list) else values
    return pytest.approx(numbers, rel=rel, abs=1e-14)


# Which case, at which r: log-likelihood, score, information.
SEVEN = {
    ("efron", 1): (-np.log(36), "5/6", "25/36"),
    ("efron", 2): (-np.log(24), "1/3", "13/18"),
    ("breslow", 1): (-np.log(48), "2/3", "13/18"),
    ("breslow", 2): (-np.log(36), "1/6", "25/36"),
}
EIGHT = {
    ("efron", 1): (-1.5 * np.log(10) - 6 * np.log(2), "-2/5", "519/400"),
    ("efron", 2): (2 * np.log(2) - 1.5 * np.log(24) - 3 * np.log(5), "-53/40", "3203/2400"),
    ("breslow", 1): (-12 * np.log(2), "-1/4", "21/16"),
    ("breslow", 2): (2 * np.log(2) - 3 * np.log(30), "-6/5", "104/75"),
}
EVERY = [(ties, r) for ties in ("efron", "breslow") for r in (1, 2)]


@pytest.mark.parametrize(("ties", "r"), EVERY)
@pytest.mark.parametrize(("rows", "answers"), [(seven, SEVEN), (eight, EIGHT)])
def test_log_likelihood_score_and_information(rows, answers, ties, r):
    fit = at(rows(ties), r)
    expected = answers[ties, r]
    assert fit.log_likelihood == approx(expected[0])
    assert score(fit) == approx(float(Fraction(expected[1])))
    assert information(fit) == approx(float(Fraction(expected[2])))


def test_who_is_at_risk_when():
    rows = seven_rows()
    sets = risk_sets(rows)
    assert sets.time.tolist() == [3, 6, 8]
    assert sets.deaths.tolist() == [2, 1, 1]
    assert sets.first.tolist() == [0, 0, 0, 1, 0, 0, 1]
    assert sets.last.tolist() == [1, 1, 1, 2, 2, 0, 3]  # row 3 leaves at 5, between two events
    assert sets.sums(np.ones((7, 1)), np.ones(7), rows)[:, 0].tolist() == [4, 3, 1]


@pytest.mark.parametrize(("ties", "r"), [("efron", 1 + np.sqrt(5)), ("breslow", (1 + np.sqrt(17)) / 2)])
def test_the_maximum_has_a_closed_form(ties, r):
    fit = seven(ties)
    expected = {
        "efron": r / (r + 1) ** 2 + 4 * r / (r + 2) ** 2,
        "breslow": 2 * r / (r + 1) ** 2 + 2 * r / (r + 2) ** 2,
    }
    assert fit.coefficients == approx([np.log(r)], rel=1e-10)
    assert fit.covariance == approx(np.array([[1 / expected[ties]]]), rel=1e-10)


def test_the_maximum_of_a_stratified_weighted_fit_has_a_closed_form():
    r = (np.sqrt(7) - 1) / 2
    fit = eight("breslow")
    assert fit.coefficients == approx([np.log(r)], rel=1e-10)
    assert fit.covariance == approx(np.array([[1 / (3 * r / (r + 1) ** 2 + 9 * r / (r + 3) ** 2)]]), rel=1e-10)


def test_an_offset_of_log_two_where_x_is_one_leaves_the_golden_ratio():
    fit = seven(offset=np.log(2) * np.array(X))  # 2 exp(beta) = 1 + sqrt 5
    assert fit.coefficients == approx([np.log((1 + np.sqrt(5)) / 2)], rel=1e-10)
    assert fit.null_log_likelihood == approx(-np.log(24))  # that of r = 2


def test_the_score_test_divides_the_squared_score_by_the_information_at_zero():
    assert score_test(seven()).statistic == approx(1.0)  # (5/6)^2 / (25/36)
    assert score_test(seven("breslow")).statistic == approx(8 / 13)  # (2/3)^2 / (13/18)


def test_the_likelihood_ratio_test_is_twice_the_gain():
    r = 1 + np.sqrt(5)
    gain = 2 * np.log(r) - np.log(2) - np.log(r + 1) - 2 * np.log(r + 2) + np.log(36)
    assert likelihood_ratio_test(seven()).statistic == approx(2 * gain)


@pytest.mark.parametrize(
    ("ties", "r", "increments"),
    [
        # Efron at 3: 1/4 + 1/3, then 1/6 + 1/4.
        ("efron", 1, "7/12 1/3 1"),
        ("efron", 2, "5/12 1/4 1/2"),
        ("breslow", 1, "2/4 1/3 1"),
        ("breslow", 2, "2/6 1/4 1/2"),
    ],
)
def test_the_baseline_steps_by_one_over_the_risk_total(ties, r, increments):
    curve = baseline_cumulative_hazard(at(seven(ties), r))
    assert curve["time"].tolist() == [3, 6, 8]
    assert curve["n_at_risk"].tolist() == [4, 3, 1]
    assert curve["n_events"].tolist() == [2, 1, 1]
    assert curve["cumulative_hazard"].to_numpy() == approx(np.cumsum(fractions(increments)).tolist())


@pytest.mark.parametrize(
    ("ties", "variances"),
    [
        # Efron at 3: 1/16 + 1/9 of its own; its slope in beta is 1/2 1/4 + 1/3 1/3 = 17/72, and beta has the variance
        # 36/25: 25/144 + (17/72)^2 36/25. At 6 1/9 more, and the slope is 25/72; at 8 1 more, and it is 97/72.
        ("efron", "457/1800 11/24 2339/600"),
        # Breslow at 3: 2/16; slope 1/2 1/2; variance 18/13: 1/8 + 1/16 18/13. Slopes at 6 and 8: 13/36 and 49/36.
        ("breslow", "11/52 5/12 593/156"),
    ],
)
def test_the_variance_of_the_baseline_has_a_part_of_its_own_and_one_of_the_coefficient(ties, variances):
    curve = baseline_cumulative_hazard(at(seven(ties), 1))
    assert curve["std_error"].to_numpy() ** 2 == approx(fractions(variances))


@pytest.mark.parametrize(
    ("ties", "r", "increments"),
    [
        # Efron in a at 4: 3/8 + 3/5, then 1/4 + 3/8.
        ("efron", 1, "39/40 1 1/4 1/2"),
        ("efron", 2, "5/8 1 1/5 2/5"),
        ("breslow", 1, "3/4 1 1/4 1/2"),
        ("breslow", 2, "3/6 1 1/5 2/5"),
    ],
)
def test_every_stratum_has_a_baseline_of_its_own_in_which_weights_count(ties, r, increments):
    curve = baseline_cumulative_hazard(at(eight(ties), r))
    assert list(zip(curve["stratum"], curve["time"], strict=True)) == [("a", 4), ("a", 7), ("b", 4), ("b", 6)]
    by_stratum = [*np.cumsum(fractions(increments)[:2]), *np.cumsum(fractions(increments)[2:])]
    assert curve["cumulative_hazard"].to_numpy() == approx(by_stratum)


def test_the_curve_at_a_pattern_is_the_baseline_times_its_hazard_ratio():
    curve = baseline_cumulative_hazard(at(seven(), 2), at=[3.0])
    assert curve["cumulative_hazard"].to_numpy() == approx(8 * np.cumsum([5 / 12, 1 / 4, 1 / 2]))


@pytest.mark.parametrize(
    ("ties", "r", "expected"),
    [
        # A tied death passes through the first step at 3 and half of the second: at r = 1 1/4 + 1/6 = 5/12; at r = 2
        # 1/6 + 1/8 = 7/24. Row 7, at r = 2, passes through 1/4 and 1/2, twice as hard: 1 - 3/2.
        ("efron", 1, "7/12 7/12 -7/12 2/3 -11/12 0 -1/3"),
        ("efron", 2, "5/12 5/12 -5/12 3/4 -2/3 0 -1/2"),
        ("breslow", 1, "1/2 1/2 -1/2 2/3 -5/6 0 -1/3"),
        ("breslow", 2, "1/3 1/3 -1/3 3/4 -7/12 0 -1/2"),
    ],
)
def test_martingale_residuals_are_events_less_hazard_passed_through(ties, r, expected):
    assert martingale_residuals(at(seven(ties), r)) == approx(fractions(expected))
    assert sum(fractions(expected)) == 0


@pytest.mark.parametrize(
    ("ties", "r", "expected"),
    [
        # Tied deaths in a pass through 3/8 + 3/10 = 27/40 at r = 1, through 1/4 + 3/16 = 7/16 at r = 2.
        ("efron", 1, "13/40 13/40 -39/40 0 3/4 -3/4 1/4 -1/2"),
        ("efron", 2, "1/8 9/16 -5/4 0 3/5 -3/5 2/5 -4/5"),
        ("breslow", 1, "1/4 1/4 -3/4 0 3/4 -3/4 1/4 -1/2"),
        ("breslow", 2, "0 1/2 -1 0 3/5 -3/5 2/5 -4/5"),
    ],
)
def test_weighted_martingale_residuals_add_up_to_zero_in_each_stratum(ties, r, expected):
    residuals = martingale_residuals(at(eight(ties), r))
    assert residuals == approx(fractions(expected))
    weighted = residuals * WEIGHTS
    assert [weighted[:4].sum(), weighted[4:].sum()] == pytest.approx([0, 0], abs=1e-14)


@pytest.mark.parametrize(
    ("ties", "r", "expected"),
    [
        # Efron, r = 1: mean of x at 3 is 1/2, then 1/3, of both steps 5/12; at 6 it is 1/3; at 8 it is 1.
        # Row 1: 7/12 - (1/2 1/4 + 1/2 2/3 1/3) = 25/72. Row 3: 1/2 1/4 + 1/3 1/3 = 17/72; row 5 the same + 1/3 1/3.
        ("efron", 1, "25/72 25/72 17/72 -2/9 25/72 0 -2/9"),
        # r = 2: 2/3, then 1/2, of both 7/12; 1/2; 1. Row 1: 5/12 - 2 (1/3 1/6 + 1/2 1/2 1/4) = 13/72.
        ("efron", 2, "13/72 13/72 17/72 -3/8 13/36 0 -1/4"),
        ("breslow", 1, "1/4 1/4 1/4 -2/9 13/36 0 -2/9"),
        ("breslow", 2, "1/9 1/9 2/9 -3/8 25/72 0 -1/4"),
    ],
)
def test_score_residuals_add_up_to_the_score(ties, r, expected):
    assert score_residuals(at(seven(ties), r))[:, 0] == approx(fractions(expected))
    assert sum(fractions(expected)) == Fraction(SEVEN[ties, r][1])


@pytest.mark.parametrize(
    ("ties", "r", "expected"),
    [
        # Efron, r = 1, in a: means 1/2 and 3/5, of both 11/20; steps 3/8 and 3/5.
        # Row 1: 9/20 - (1/2 3/8 + 1/2 2/5 3/5) = 57/400; row 2: -11/20 + (1/2 3/8 + 1/2 3/5 3/5) = -73/400;
        # row 3: -(1/2 3/8 + 2/5 3/5) = -171/400. In b the mean is 1/4 at both times, the steps 1/4 and 1/2.
        ("efron", 1, "57/400 -73/400 -171/400 0 9/16 3/16 -1/16 -3/8"),
        # r = 2: means 2/3 and 3/4, of both 17/24; steps 1/4 and 3/8. In b 2/5; steps 1/5 and 2/5.
        ("efron", 2, "1/32 -77/192 -17/48 0 9/25 6/25 -4/25 -12/25"),
        ("breslow", 1, "1/8 -1/8 -3/8 0 9/16 3/16 -1/16 -3/8"),
        ("breslow", 2, "0 -1/3 -1/3 0 9/25 6/25 -4/25 -12/25"),
    ],
)
def test_score_residuals_times_weights_add_up_to_the_score(ties, r, expected):
    assert score_residuals(at(eight(ties), r))[:, 0] == approx(fractions(expected))
    weighted = [int(weight) * value for weight, value in zip(WEIGHTS, fractions(expected), strict=True)]
    assert sum(weighted) == Fraction(EIGHT[ties, r][1])


@pytest.mark.parametrize(
    ("ties", "r", "expected"),
    [
        ("efron", 1, "7/12 7/12 -1/3 0"),
        ("efron", 2, "5/12 5/12 -1/2 0"),
        ("breslow", 1, "1/2 1/2 -1/3 0"),
        ("breslow", 2, "1/3 1/3 -1/2 0"),
    ],
)
def test_schoenfeld_residuals_are_covariates_less_their_mean_among_those_at_risk(ties, r, expected):
    residuals = schoenfeld_residuals(at(seven(ties), r))
    assert residuals["time"].tolist() == [3, 3, 6, 8]
    assert residuals["x"].to_numpy() == approx(fractions(expected))
    assert sum(fractions(expected)) == Fraction(SEVEN[ties, r][1])


def test_schoenfeld_residuals_of_strata_are_theirs_alone():
    residuals = schoenfeld_residuals(at(eight(), 1))
    assert residuals["stratum"].tolist() == ["a", "a", "a", "b", "b"]
    assert residuals["time"].tolist() == [4, 4, 7, 4, 6]
    assert residuals["x"].to_numpy() == approx(fractions("9/20 -11/20 0 3/4 -1/4"))


def test_the_sandwich_squares_score_residuals_summed_by_cluster():
    # At r = 1 in 72nds, by row: 25, 25, 17, -16, 25, 0, -16; by the clusters 1-2, 3-4-5 and 6-7: 50, 26, -16.
    # Information 25/36 = 50/72, so that each 72nd moves the coefficient by 1/50.
    fit = at(seven(), 1)
    assert _sandwich(fit, seven_rows()) == approx((3 * 25**2 + 17**2 + 2 * 16**2) / 50**2)
    assert _sandwich(fit, seven_rows(cluster=[1, 1, 2, 2, 2, 3, 3])) == approx((50**2 + 26**2 + 16**2) / 50**2)


def _sandwich(fit: CoxFit, rows: CountingRows) -> float:
    likelihood = dataclasses.replace(fit.likelihood, rows=rows)
    bread = 1 / fit.maximum.information
    return cluster_robust_covariance(likelihood, fit.maximum.end, bread)[0, 0] / fit.scale[0] ** 2
