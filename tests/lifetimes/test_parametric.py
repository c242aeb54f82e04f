"""Distributions of lifetime length: likelihood with late entries, held to closed forms and to what was planted."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from samples import SAMPLE
from scipy import stats
from scipy.integrate import trapezoid

from analysis.curves.rates import DAYS_A_YEAR, rates
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.figures.survival import draw_distributions
from analysis.lifetimes.displays import show_distributions
from analysis.lifetimes.parametric import fit_parametric_survival
from analysis.workbench import open_study

WEIBULL = stats.weibull_min(1.4, scale=700)


def outcome_of(start, stop, event) -> Outcome:
    n = len(stop)
    lifetimes = {"lifetime_id": range(n), "account_id": [f"a{number}" for number in range(n)]}
    return Outcome.from_counting_process(pd.DataFrame(lifetimes | {"start": start, "stop": stop, "event": event}))


@pytest.fixture(scope="module")
def late() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """3,000 lifetimes of a Weibull; half would be seen from a later day on, and only those that last so long are."""
    rng = np.random.default_rng(11)
    length = WEIBULL.rvs(3000, random_state=rng)
    entry = np.where(rng.random(3000) < 0.5, 0, rng.uniform(0, 1200, 3000)).round()
    start, length = entry[length > entry + 1], length[length > entry + 1]
    stop = np.minimum(np.ceil(length), start + 900)
    return start, stop, np.ceil(length) <= start + 900


@pytest.fixture(scope="module")
def fitted(late):
    return fit_parametric_survival(outcome_of(*late), horizon=1500, breaks=(365, 90))


@pytest.fixture(scope="module")
def table(fitted):
    return fitted.table.set_index("distribution")


def log_likelihood(distribution, start, stop, event) -> float:
    """Of lifetimes that are seen because they lasted until they entered."""
    return float(
        np.where(event, distribution.logpdf(stop), distribution.logsf(stop)).sum() - distribution.logsf(start).sum()
    )


def test_the_exponential_is_events_per_day_at_risk(late, table):
    start, stop, event = late
    rate = event.sum() / (stop - start).sum()
    assert table.loc["exponential", "median"] == pytest.approx(np.log(2) / rate, rel=1e-6)
    assert table.loc["exponential", "mean"] == pytest.approx((1 - np.exp(-1500 * rate)) / rate, rel=1e-6)
    expected = event.sum() * (np.log(rate) - 1)
    assert table.loc["exponential", "log_likelihood"] == pytest.approx(expected, rel=1e-9)


def test_each_piece_of_the_piecewise_exponential_has_the_rate_of_its_days(late, fitted, table):
    start, stop, event = late
    pieces = []
    for number, (low, high) in enumerate([(0, 90), (90, 365), (365, np.inf)]):
        inside = (start < high) & (stop > low)
        part = np.maximum(start, low)[inside], np.minimum(stop, high)[inside], (event & (stop <= high))[inside]
        pieces.append(rates(*part, np.full(inside.sum(), number)))
    exact = pd.concat(pieces)
    daily = exact["rate"].to_numpy() / DAYS_A_YEAR
    expected = (exact["events"] * np.log(daily) - daily * exact["exposure"]).sum()
    assert table.loc["piecewise exponential", "log_likelihood"] == pytest.approx(expected, abs=1e-3)
    curve = fitted.curves[fitted.curves["distribution"] == "piecewise exponential"]
    time = curve["time"].to_numpy()
    days = np.column_stack([np.minimum(time, 90), np.clip(time - 90, 0, 275), np.maximum(time - 365, 0)])
    assert curve["estimate"].to_numpy() == pytest.approx(np.exp(-days @ daily), rel=1e-4)


@pytest.mark.parametrize("name", ["weibull", "log-normal", "log-logistic"])
def test_no_other_curve_of_the_kind_is_likelier_given_late_entry(late, fitted, table, name):
    """The likelihood is scipy's own of truncated data, at the fitted curve, and falls to every side of it."""
    median, highest = table.loc[name, "median"], table.loc[name, "log_likelihood"]
    curve = fitted.curves[fitted.curves["distribution"] == name].iloc[60]
    # Two points of the curve give the two parameters back.
    shape, log = np.log(np.log(1 / curve["estimate"]) / np.log(2)), np.log(curve["time"] / median)
    odds = np.log(1 / curve["estimate"] - 1)
    kinds = {
        "weibull": lambda m, k: stats.weibull_min(k, scale=m / np.log(2) ** (1 / k)),
        "log-normal": lambda m, k: stats.lognorm(1 / k, scale=m),
        "log-logistic": lambda m, k: stats.fisk(k, scale=m),
    }
    steepness = {
        "weibull": shape / log,
        "log-normal": stats.norm.isf(curve["estimate"]) / log,
        "log-logistic": odds / log,
    }[name]
    at = log_likelihood(kinds[name](median, steepness), *late)
    assert highest == pytest.approx(at, abs=1e-3)
    sides = [(1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99)]
    assert all(log_likelihood(kinds[name](median * m, steepness * k), *late) < at for m, k in sides)


def test_what_was_planted_is_chosen_and_found_though_many_were_never_seen(late, fitted, table):
    assert fitted.table["distribution"].iloc[0] == "weibull"
    assert show_distributions(fitted).frame()["distribution"].iloc[0] == "Weibull", "a name, where it is shown"
    assert table.loc["weibull", "aic_above"] == 0
    assert table.loc["weibull", "median"] == pytest.approx(WEIBULL.median(), rel=0.03)
    within = np.linspace(0, 1500, 5000)
    assert table.loc["weibull", "mean"] == pytest.approx(trapezoid(WEIBULL.sf(within), within), rel=0.03)
    _, stop, event = late
    blind = fit_parametric_survival(outcome_of(np.zeros(len(stop)), stop, event)).table.set_index("distribution")
    assert blind.loc["weibull", "median"] > 1.08 * WEIBULL.median()


def test_curves_follow_what_was_observed(fitted):
    best = fitted.curves[fitted.curves["distribution"] == "weibull"]
    km = fitted.observed
    step = np.searchsorted(km["time"], best["time"], side="right") - 1
    inside = best["time"].to_numpy() < km["time"].max()
    assert np.abs(best["estimate"] - km["estimate"].to_numpy()[step])[inside].max() < 0.03


@pytest.mark.slow
def test_cutting_lifetimes_into_intervals_changes_nothing(late, table):
    start, stop, event = late
    middle = np.ceil((start + stop) / 2)
    cut = middle < stop
    halves = outcome_of(
        np.r_[start, middle[cut]], np.r_[np.where(cut, middle, stop), stop[cut]], np.r_[event & ~cut, event[cut]]
    )
    lifetimes = np.arange(len(stop))
    together = Outcome(
        halves.start, halves.stop, halves.event, halves.cause, np.r_[lifetimes, lifetimes[cut]], halves.account,
        halves.cluster, halves.content, halves.clock,
    )  # fmt: skip
    found = fit_parametric_survival(together, horizon=1500, breaks=(90, 365)).table.set_index("distribution")
    assert (found.loc[table.index] == table).all(axis=None)


def test_days_of_a_pause_are_not_at_risk():
    """Three events in 100, 50.5 (to day 30, and from 80 on) and 120 days."""
    frame = pd.DataFrame(
        {
            "lifetime_id": [1, 2, 2, 3],
            "account_id": list("abbc"),
            "start": [0, 0, 80, 0],
            "stop": [100, 30, 100.5, 120],
            "event": [1, 0, 1, 1],
        }
    )
    found = fit_parametric_survival(Outcome.from_counting_process(frame)).table.set_index("distribution")
    assert found.loc["exponential", "median"] == pytest.approx(np.log(2) * (100 + 50.5 + 120) / 3)


def test_a_median_beyond_the_horizon_is_not_known(late):
    found = fit_parametric_survival(outcome_of(*late), horizon=200).table
    assert found["median"].isna().all()
    assert (found["mean"] < 200).all()


@pytest.mark.slow
def test_breaks_without_events_on_both_sides_are_left_out():
    outcome = outcome_of([0, 0, 0, 0], [100, 120, 140, 900], [1, 1, 1, 0])
    names = [
        fit_parametric_survival(outcome, breaks=breaks).table["distribution"].tolist()
        for breaks in [(), (90,), (500,), (110,)]
    ]
    assert [("piecewise exponential" in found) for found in names] == [False, False, False, True]


def test_a_distribution_that_finds_no_maximum_is_said_to_have_none():
    """Each of three lifetimes is seen on the one day on which it leaves: a log-logistic gets ever steeper."""
    found = fit_parametric_survival(outcome_of([499, 500, 501], [500, 501, 502], [1, 1, 1]))
    (line,) = found.table[found.table["aic"].isna()].to_dict("records")
    assert line["distribution"] == "log-logistic"
    assert found.table["distribution"].iloc[-1] == "log-logistic"
    assert "log-logistic" not in set(found.curves["distribution"])


@pytest.mark.parametrize(
    ("events", "horizon", "message"),
    [
        ([1, 1, 0, 0], 100, "events at 3 or more different ages; there are 2. See the Kaplan-Meier curve"),
        ([1, 1, 1, 1], 0, "horizon must be a positive number of days, but is 0"),
        ([1, 1, 1, 1], float("nan"), "but is nan"),
    ],
)
def test_what_no_curve_can_be_made_of_is_refused(events, horizon, message):
    with pytest.raises(ModelError, match=message):
        fit_parametric_survival(outcome_of([0] * 4, [10, 20, 30, 40], events), horizon)


def test_the_picture_draws_every_curve_dashed_where_nobody_was_observed(late):
    found = fit_parametric_survival(outcome_of(*late), horizon=4000)
    ax = Figure().subplots()
    draw_distributions(ax, found.curves, found.observed)
    lines = [line for line in ax.lines if line.get_label() != "observed (Kaplan-Meier)"]
    last = found.observed["time"].max()
    solid = [line for line in lines if line.get_linestyle() == "-"]
    assert [line.get_label() for line in solid] == found.table["distribution"].tolist()
    assert all(line.get_xdata().max() <= last for line in solid)
    assert all(line.get_xdata().min() >= last for line in lines if line.get_linestyle() != "-")
    assert len(lines) == 2 * len(solid)


@pytest.mark.slow
def test_a_study_has_a_rate_for_each_of_its_phases(sample_report):
    tenure = open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None)
    shown = tenure.parametric_survival(horizon_days=365)
    table = shown.frame().set_index("distribution")
    assert table.loc["piecewise exponential", "n_parameters"] == 3
    assert table["mean"].between(300, 365).all()
    assert "Length of lifetimes, and its mean within 365 days" in repr(shown)
    assert "observed (Kaplan-Meier)" in shown._repr_html_()
