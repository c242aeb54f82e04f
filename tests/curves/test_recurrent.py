import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from r_reference import numbers, table

from analysis.curves.recurrent import mean_count, mean_cumulative_number
from analysis.errors import ModelError
from analysis.figures.survival import draw_mean_number

# Six lifetimes; * an event (two stars: two of them on one day), | left, > still observed.
#
#  1  0 . * . *|             at risk (0, 4], leaves on the day of its second event
#  2  0 . * . . . >          (0, 6]
#  3  0 . . . . |            (0, 5]
#  4  0 . . . . . ** . >     (0, 8]
#  5      . . . * . . >      (2, 8]: enters late, not yet at risk at 2
#  6  0 . . >                (0, 3]
START, STOP = [0, 0, 0, 0, 2, 0], [4, 6, 5, 8, 8, 3]
LEFT = [1, 0, 1, 0, 0, 0]
SUBJECT = [1, 2, 3, 4, 5, 6]
EVENT_TIME, EVENT_SUBJECT = [2, 4, 2, 6, 6, 5], [1, 1, 2, 4, 4, 5]


def six(**more) -> pd.DataFrame:
    return mean_cumulative_number(START, STOP, LEFT, EVENT_TIME, EVENT_SUBJECT, SUBJECT, **more)


def test_six_lifetimes_by_hand():
    # At 2: two events among five at risk, nobody has left:       2/5
    # At 4: one among five; lifetime 1 leaves, its event counts:  2/5 + 1/5
    # At 5: one among four, of the 4/5 still there:               3/5 + 4/5 x 1/4
    # At 6: two among three, of the 3/5 still there:              4/5 + 3/5 x 2/3
    curve = six()
    assert curve["time"].tolist() == [0, 2, 4, 5, 6, 8]
    assert curve["n_risk"].tolist() == [5, 5, 5, 4, 3, 2]
    assert curve["n_event"].tolist() == [0, 2, 1, 1, 2, 0]
    assert curve["estimate"].tolist() == pytest.approx([0, 2 / 5, 3 / 5, 4 / 5, 6 / 5, 6 / 5])


def test_the_error_of_six_lifetimes_by_hand():
    # How much each lifetime's weight moves the estimate. At 2: (its events - 2/5) / 5 if at risk: 3/25, 3/25, -2/25
    # three times. At 4 more: (its events - 1/5) / 5: 4/25 for lifetime 1, -1/25 for 2 to 5.
    # At 5 more: 4/5 (its events - 1/4) / 4 for 2 to 5, and 1/4 of what its weight did to the share still there at 4,
    # which is minus (its leaving - 1/5) / 5: -4/25 for lifetime 1, 1/25 for 2 to 5.
    at_2 = np.array([3, 3, -2, -2, 0, -2]) / 25
    at_4 = at_2 + np.array([4, -1, -1, -1, -1, 0]) / 25
    at_5 = at_4 + np.array([0, -1, -1, -1, 3, 0]) / 20 + np.array([-4, 1, 1, 1, 1, 0]) / 100
    expected = [0] + [np.sqrt((influence**2).sum()) for influence in (at_2, at_4, at_5)]
    assert six()["std_error"].tolist()[:4] == pytest.approx(expected)


def test_limits_are_on_the_log_scale():
    curve = six().iloc[2]
    reach = np.exp(1.959963984540054 * curve["std_error"] / curve["estimate"])
    assert curve["conf_low"] == pytest.approx(curve["estimate"] / reach)
    assert curve["conf_high"] == pytest.approx(curve["estimate"] * reach)


def test_where_nobody_is_censored_it_is_the_mean_of_the_counts():
    rng = np.random.default_rng(20261101)
    n = 40
    stop = rng.integers(1, 12, n)
    subject = np.repeat(np.arange(n), rng.poisson(1.5, n))
    when = rng.integers(1, stop[subject] + 1)
    curve = mean_cumulative_number(np.zeros(n), stop, np.ones(n), when, subject, np.arange(n))
    for _, row in curve.iterrows():
        counts = np.bincount(subject[when <= row["time"]], minlength=n)
        assert row["estimate"] == pytest.approx(counts.mean())
        assert row["std_error"] == pytest.approx(counts.std() / np.sqrt(n))


@pytest.mark.parametrize("case", ["bladder2", "bladder2_late"])
def test_without_an_end_it_is_the_mean_cumulative_function_of_r(case):
    rows = table("bladder2")
    if case == "bladder2_late":
        rows = entering_late(rows)
    happened = rows["event"] == 1
    curve = mean_cumulative_number(
        rows["start"], rows["stop"], np.zeros(len(rows)), rows["stop"][happened], rows["id"][happened], rows["id"]
    )
    expected = numbers("competing_risks")["recurrent"][case]
    at = curve.set_index("time").loc[expected["time"]]
    assert at["n_risk"].tolist() == expected["n_risk"]
    assert at["estimate"].to_numpy() == pytest.approx(expected["cumulative_hazard"], rel=1e-12)
    assert at["std_error"].to_numpy() == pytest.approx(expected["std_error"], rel=1e-12)


@pytest.mark.parametrize("case", ["bladder1", "bladder1_late"])
def test_with_death_as_an_end_it_is_composed_of_the_curves_and_influences_of_r(case):
    rows = table("bladder1")
    if case == "bladder1_late":
        rows = entering_late(rows)
    happened = rows["status"] == 1
    curve = mean_cumulative_number(
        rows["start"], rows["stop"], rows["status"] >= 2, rows["stop"][happened], rows["id"][happened], rows["id"]
    )
    expected = numbers("competing_risks")["recurrent"][case]
    at = curve.set_index("time").loc[expected["time"]]
    assert at["estimate"].to_numpy() == pytest.approx(expected["estimate"], rel=1e-12)
    assert at["std_error"].to_numpy() == pytest.approx(expected["std_error"], rel=1e-12)


def entering_late(rows: pd.DataFrame) -> pd.DataFrame:
    """Let every second subject come under observation at 5.25 months only, as competing_risks.R does."""
    rows = rows.assign(start=np.where(rows["id"] % 2 == 1, np.maximum(rows["start"], 5.25), rows["start"]))
    return rows[rows["start"] < rows["stop"]]


def slow_mean(weight, start, stop, left, cluster, event_time, event_cluster, times) -> list[complex]:
    """Write the definition out, each row and event counting as much as its cluster's weight."""
    still, total, curve = 1.0, 0.0, []
    for time in times:
        at_risk = weight[cluster][(start < time) & (time <= stop)].sum()
        total = total + still * weight[event_cluster][event_time == time].sum() / at_risk
        ending = left & (stop == time)
        still = 0.0 if np.array_equal(ending, (start < time) & (time <= stop)) else still * (
            1 - weight[cluster][ending].sum() / at_risk
        )  # fmt: skip
        curve.append(total)
    return curve


def adversarial_rows(seed: int) -> tuple[np.ndarray, ...]:
    """Draw rows with few distinct times, late entries, pauses, clusters of several lifetimes, and events in them."""
    rng = np.random.default_rng(seed)
    start, stop, left, lifetime, event_time, event_lifetime = [], [], [], [], [], []
    for one in range(rng.integers(3, 14)):
        cuts = np.sort(rng.choice(12, size=2 * rng.integers(1, 4), replace=False))
        ends = rng.random() < 0.6
        for row, (a, b) in enumerate(zip(cuts[::2], cuts[1::2], strict=True)):
            start.append(a), stop.append(b), lifetime.append(one), left.append(ends and row == len(cuts) // 2 - 1)
            events = rng.integers(a + 1, b + 1, rng.poisson(0.8))
            event_time.extend(events), event_lifetime.extend([one] * len(events))
    as_float = (np.array(values, dtype=float) for values in (start, stop, event_time))
    start, stop, event_time = as_float
    return start, stop, np.array(left), np.array(lifetime), event_time, np.array(event_lifetime, dtype=int)


@pytest.mark.parametrize("seed", range(60))
def test_equals_the_definition_and_its_derivatives_whatever_the_rows(seed):
    start, stop, left, lifetime, event_time, event_lifetime = adversarial_rows(seed)
    parent = np.arange(lifetime.max() + 1) // (1 + seed % 3)  # lifetimes of one parent overlap
    cluster, event_cluster = parent[lifetime], parent[event_lifetime]
    curve = mean_count(start, stop, left, cluster, event_time, event_cluster)
    arguments = (start, stop, left, cluster, event_time, event_cluster, curve.time)
    assert curve.estimate == pytest.approx(np.array(slow_mean(np.ones(parent.max() + 1), *arguments), float), abs=1e-14)
    if parent.max() == 0:  # nothing tells how parents differ
        assert np.isnan(curve.std_error).all()
        return
    # A complex step: the derivative with respect to one cluster's weight, without a difference of near numbers.
    influence = []
    for one in range(parent.max() + 1):
        weight = np.ones(parent.max() + 1, dtype=complex)
        weight[one] += 1e-30j
        influence.append(np.imag(slow_mean(weight, *arguments)) / 1e-30)
    assert curve.std_error**2 == pytest.approx((np.array(influence) ** 2).sum(axis=0), rel=1e-11, abs=1e-15)


def test_splitting_and_shuffling_rows_change_nothing():
    start, stop, left, subject = (
        [0, 0, 0, 3, 0, 2, 0],
        [4, 6, 3, 5, 8, 8, 3],
        [1, 0, 0, 1, 0, 0, 0],
        [1, 2, 3, 3, 4, 5, 6],
    )
    split = mean_cumulative_number(start, stop, left, EVENT_TIME, EVENT_SUBJECT, subject)
    pd.testing.assert_frame_equal(split, six(), rtol=1e-12)
    order, events = [4, 2, 0, 6, 1, 5, 3], [5, 0, 3, 1, 2, 4]
    shuffled = mean_cumulative_number(
        *(np.array(values)[order] for values in (start, stop, left)),
        np.array(EVENT_TIME)[events], np.array(EVENT_SUBJECT)[events], np.array(subject)[order],
    )  # fmt: skip
    pd.testing.assert_frame_equal(shuffled, six(), rtol=1e-12)


def test_an_event_belongs_to_the_group_of_its_row():
    # One lifetime: small until 4, then large; its events at 3 and 6.
    curve = mean_cumulative_number([0, 4], [4, 9], [0, 0], [6, 3], [1, 1], [1, 1], group=np.array(["small", "large"]))
    assert curve["group"].tolist() == ["large"] * 3 + ["small"] * 3
    assert curve["time"].tolist() == [4, 6, 9, 0, 3, 4]
    assert curve["estimate"].tolist() == [0, 1, 1, 0, 1, 1]


def test_clusters_of_accounts_that_move_together_widen_the_interval():
    # Each lifetime twice: the estimate stays, and with the pair as cluster so does the error.
    twice = [np.tile(values, 2) for values in (START, STOP, LEFT, EVENT_TIME)]
    who, of_event, pair = (
        np.r_[SUBJECT, np.add(SUBJECT, 6)],
        np.r_[EVENT_SUBJECT, np.add(EVENT_SUBJECT, 6)],
        SUBJECT * 2,
    )
    together = mean_cumulative_number(*twice, of_event, who, cluster=pair)
    apart = mean_cumulative_number(*twice, of_event, who)
    assert together["estimate"].tolist() == pytest.approx(six()["estimate"].tolist())
    assert together["std_error"].tolist() == pytest.approx(six()["std_error"].tolist())
    assert (together["std_error"] / np.sqrt(2)).tolist() == pytest.approx(apart["std_error"].tolist())


def test_without_events_the_number_is_zero_and_has_no_interval():
    curve = mean_cumulative_number(START, STOP, LEFT, [], [], SUBJECT)
    assert curve["time"].tolist() == [0, 4, 5, 8]
    assert (curve[["n_event", "estimate", "std_error"]] == 0).all(axis=None)
    assert curve[["conf_low", "conf_high"]].iloc[1:].isna().all(axis=None)


@pytest.mark.slow
def test_intervals_cover_the_truth_where_lifetimes_differ():
    """Frail lifetimes have more events and leave sooner; a third enters late; half is censored."""
    rng = np.random.default_rng(20261122)
    event_rate, end_rate, spread, until, repeats, n = 2.0, 0.6, 0.5, 2.0, 400, 120
    # E integral of U a exp(-U b t) dt over a gamma U of mean 1 and variance `spread`.
    truth = event_rate / end_rate * (1 - (1 + spread * end_rate * until) ** (-1 / spread))
    covered, estimates, errors = 0, [], []
    for _ in range(repeats):
        frailty = rng.gamma(1 / spread, spread, n)
        end, censored = rng.exponential(1 / (end_rate * frailty)), rng.uniform(1.0, 4.0, n)
        start = np.where(rng.random(n) < 1 / 3, rng.uniform(0, 0.8, n), 0.0)
        stop = np.minimum(end, censored)
        kept = start < stop
        subject = np.repeat(np.arange(n), rng.poisson(event_rate * frailty * 4.0))
        when = rng.uniform(0, 4.0, len(subject))
        seen = (start[subject] < when) & (when <= stop[subject])
        curve = mean_cumulative_number(
            start[kept], stop[kept], (end <= censored)[kept], when[seen], subject[seen], np.arange(n)[kept]
        )
        last = curve[curve["time"] <= until].iloc[-1]
        covered += last["conf_low"] <= truth <= last["conf_high"]
        estimates.append(last["estimate"])
        errors.append(last["std_error"])
    assert np.mean(estimates) == pytest.approx(truth, abs=3 * np.std(estimates) / np.sqrt(repeats))
    assert np.mean(errors) == pytest.approx(np.std(estimates), rel=0.08)
    assert 0.92 <= covered / repeats <= 0.98


def test_the_picture_shows_the_numbers_of_the_frame():
    ax = Figure().add_subplot()
    draw_mean_number(ax, six())
    (line,) = ax.get_lines()
    assert line.get_ydata().tolist() == six()["estimate"].tolist()
    assert ax.get_legend() is None
    assert ax.get_ylim()[1] > six()["conf_high"].max()


def test_the_picture_names_groups():
    ax = Figure().add_subplot()
    draw_mean_number(ax, six(group=np.array(["b", "a"] * 3)))
    assert {text.get_text() for text in ax.texts} >= {"a", "b"}


class TestBadInput:
    def test_an_event_outside_its_subjects_rows_is_refused(self):
        # On the day of entry, in a pause, after leaving, of a stranger; the fifth is in order.
        with pytest.raises(ModelError, match=r"start < time <= stop; 4 of 5 do not, at positions \[0, 1, 2, 3\]"):
            mean_cumulative_number([0, 5], [3, 7], [0, 1], [0, 4, 8, 2, 3], [1, 1, 1, 2, 1], [1, 1])

    def test_a_time_without_a_subject_is_refused(self):
        with pytest.raises(ModelError, match=r"\(2,\) times and \(1,\) subjects"):
            mean_cumulative_number([0], [3], [0], [1, 2], [1], [1])

    def test_overlapping_rows_of_a_subject_are_refused(self):
        with pytest.raises(ModelError, match=r"must not overlap; 1 of 3 do, at positions \[1\]"):
            mean_cumulative_number([0, 2, 0], [3, 5, 4], [0, 0, 0], [], [], [1, 1, 2])

    def test_a_row_after_the_end_is_refused(self):
        with pytest.raises(ModelError, match=r"must not go on after its end; 1 of 2 do, at positions \[0\]"):
            mean_cumulative_number([3, 0], [5, 3], [0, 1], [], [], [1, 1])

    def test_rows_without_a_subject_are_refused(self):
        with pytest.raises(ModelError, match=r"subject must have one label for each of 2 rows; .* \[1\]"):
            mean_cumulative_number([0, 0], [5, 3], [0, 1], [], [], np.array(["a", None], dtype=object))

    def test_an_interval_without_length_is_refused(self):
        with pytest.raises(ModelError, match="start < stop; 1 rows arrived"):
            mean_cumulative_number([2], [2], [0], [], [], [1])
