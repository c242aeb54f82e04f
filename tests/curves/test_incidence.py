import numpy as np
import pandas as pd
import pytest
from lifelines import AalenJohansenFitter
from matplotlib.figure import Figure
from r_reference import numbers, table

from analysis.curves.incidence import aalen_johansen
from analysis.curves.nonparametric import kaplan_meier
from analysis.errors import ModelError
from analysis.figures.survival import draw_incidence

# Seven lifetimes: those of a and b end for different reasons on one day, on which e enters and c is censored.
#
#  a (0, 3] churn     c (0, 3]            e (3, 6] churn    g (1, 5]
#  b (0, 3] merged    d (0, 6] churn      f (0, 7]
START, STOP = [0, 0, 0, 0, 3, 0, 1], [3, 3, 3, 6, 6, 7, 5]
CAUSE = ["churn", "merged", "", "churn", "churn", "", ""]


def test_seven_lifetimes_by_hand():
    # At 3: of six at risk one churns, one merges: 1/6 each, and 4/6 go on.
    # At 6: of d, e and f two churn: 4/6 x 2/3 more.
    frame = aalen_johansen(START, STOP, CAUSE)
    assert frame["cause"].tolist() == ["churn"] * 4 + ["merged"] * 4
    assert frame["time"].tolist() == [0, 3, 6, 7] * 2
    assert frame["n_risk"].tolist() == [5, 6, 3, 1] * 2
    assert frame["n_event"].tolist() == [0, 1, 2, 0, 0, 1, 0, 0]
    assert frame["estimate"].tolist() == pytest.approx([0, 1 / 6, 1 / 6 + 4 / 9, 1 / 6 + 4 / 9, 0, 1 / 6, 1 / 6, 1 / 6])


def test_the_error_of_seven_lifetimes_by_hand():
    # At 3 each at risk moves the incidence of merging by (its merging - 1/6) / 6: 5/36 for b, -1/36 for five others.
    # At 6 each moves that of churn by (its churn - 2/3) / 3 of the 4/6 still there, 2/27 for d and e, -4/27 for f; and
    # by what it did to those still there at 3, -4/36 for a and b, 2/36 for c, d, f and g, times the 2/3 who churn.
    merged = aalen_johansen(START, STOP, CAUSE, causes=["merged"]).set_index("time")["std_error"]
    assert merged[3] == pytest.approx(np.sqrt(25 + 5) / 36)
    churn = aalen_johansen(START, STOP, CAUSE, causes=["churn"]).set_index("time")["std_error"]
    of_three = np.array([5, -1, -1, -1, 0, -1, -1]) / 36
    of_those_there = np.array([-4, -4, 2, 2, 0, 2, 2]) / 36 * 2 / 3
    of_six = np.array([0, 0, 0, 2, 2, -4, 0]) / 27
    assert churn[6] == pytest.approx(np.sqrt(((of_three + of_those_there + of_six) ** 2).sum()))


def at(frame: pd.DataFrame, cause: str, times: list[float]) -> pd.DataFrame:
    """Take the curve of one cause as it stands at given times."""
    curve = frame[frame["cause"] == cause]
    return curve.iloc[np.searchsorted(curve["time"], times, side="right") - 1]


def assert_equal_to_r(frame: pd.DataFrame, expected: dict) -> None:
    for cause in ("progression", "death"):
        ours = at(frame, cause, expected["time"])
        assert ours["n_risk"].tolist() == expected["n_risk"]
        assert ours["estimate"].to_numpy() == pytest.approx(expected["estimate"][cause], rel=1e-12)
        assert ours["std_error"].to_numpy() == pytest.approx(expected["std_error"][cause], rel=1e-11, abs=1e-15)
        for limit in ("conf_low", "conf_high"):
            theirs = [np.nan if value is None else value for value in expected[limit][cause]]
            assert ours[limit].to_numpy() == pytest.approx(theirs, rel=1e-11, nan_ok=True)


class TestAgainstR:
    @pytest.fixture
    def mgus2(self) -> pd.DataFrame:
        rows = table("mgus2")
        return rows.assign(start=0.0, cause=rows["cause"].map({0: "", 1: "progression", 2: "death"}))

    @pytest.fixture
    def mgus(self) -> pd.DataFrame:
        return table("mgus_causes").fillna({"cause": ""})

    def test_two_causes_in_months_with_many_ties(self, mgus2):
        frame = aalen_johansen(mgus2["start"], mgus2["stop"], mgus2["cause"])
        assert_equal_to_r(frame, numbers("competing_risks")["incidence"]["mgus2"])

    def test_by_sex(self, mgus2):
        sex = np.where(mgus2["male"] == 1, "male", "female")
        frame = aalen_johansen(mgus2["start"], mgus2["stop"], mgus2["cause"], group=sex)
        for name, of_sex in frame.groupby("group"):
            assert_equal_to_r(of_sex, numbers("competing_risks")["incidence"][f"mgus2_{name}"])

    def test_on_the_scale_of_age_with_two_at_risk_at_first(self, mgus):
        frame = aalen_johansen(mgus["start"], mgus["stop"], mgus["cause"])
        assert_equal_to_r(frame, numbers("competing_risks")["incidence"]["mgus_causes"])

    def test_from_age_sixty_on_in_yearly_rows(self, mgus):
        rows = from_60(mgus)
        years = pd.concat(
            [
                rows.assign(
                    start=np.maximum(rows["start"], year),
                    stop=np.minimum(rows["stop"], year + 1),
                    cause=rows["cause"].where(rows["stop"] <= year + 1, ""),
                )
                for year in range(60, 110)
            ]
        )
        years = years[years["start"] < years["stop"]]
        frame = aalen_johansen(years["start"], years["stop"], years["cause"], subject=years["id"])
        assert_equal_to_r(frame, numbers("competing_risks")["incidence"]["mgus_causes_from_60"])

    def test_in_clusters(self, mgus):
        rows = from_60(mgus)
        frame = aalen_johansen(rows["start"], rows["stop"], rows["cause"], cluster=rows["id"] % 40)
        expected = numbers("competing_risks")["incidence"]["mgus_causes_from_60_clustered"]
        for cause in ("progression", "death"):
            ours = at(frame, cause, expected["time"])["std_error"]
            assert ours.to_numpy() == pytest.approx(expected["std_error"][cause], rel=1e-11)


def from_60(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what was observed after the sixtieth birthday, as competing_risks.R does."""
    return rows[rows["stop"] > 60].assign(start=lambda kept: np.maximum(kept["start"], 60.0))


def drawn_rows(n: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw lifetimes with late entries, tied days and three causes."""
    rng = np.random.default_rng(11)
    start = np.where(rng.random(n) < 0.4, rng.integers(0, 20, n), 0)
    stop = start + rng.integers(1, 40, n)
    return start.astype(float), stop.astype(float), rng.choice(["", "churn", "involuntary", "merged"], n)


class TestWhatMustHold:
    def test_incidences_and_survival_sum_to_one(self):
        start, stop, cause = drawn_rows()
        survival = kaplan_meier(start, stop, cause != "")["estimate"].to_numpy()
        incidence = aalen_johansen(start, stop, cause).groupby("time")["estimate"].sum().to_numpy()
        assert incidence + survival == pytest.approx(np.ones(len(survival)), abs=1e-14)

    def test_one_cause_is_one_minus_kaplan_meier(self):
        start, stop, cause = drawn_rows()
        ended = cause != ""
        frame = aalen_johansen(start, stop, np.where(ended, "churn", ""))
        survival = kaplan_meier(start, stop, ended)
        for column in ("time", "n_risk", "n_event"):
            assert frame[column].tolist() == survival[column].tolist()
        assert frame["estimate"].to_numpy() == pytest.approx(1 - survival["estimate"].to_numpy(), abs=1e-14)

    def test_its_error_is_then_greenwoods_where_everyone_starts_at_zero(self):
        _, stop, cause = drawn_rows()
        frame = aalen_johansen(np.zeros(len(stop)), stop, np.where(cause == "", "", "churn"))
        greenwood = kaplan_meier(np.zeros(len(stop)), stop, cause != "")["std_error"]
        assert frame["std_error"].to_numpy() == pytest.approx(greenwood.to_numpy(), rel=1e-10, nan_ok=True)

    def test_where_nobody_is_censored_it_is_a_share_with_its_binomial_error(self):
        _, stop, cause = drawn_rows()
        stop, cause = stop[cause != ""], cause[cause != ""]
        for _, row in aalen_johansen(np.zeros(len(stop)), stop, cause).iterrows():
            share = ((cause == row["cause"]) & (stop <= row["time"])).mean()
            assert row["estimate"] == pytest.approx(share)
            assert row["std_error"] == pytest.approx(np.sqrt(share * (1 - share) / len(stop)), abs=1e-12)

    def test_equals_lifelines_where_nobody_enters_late_and_no_times_are_tied(self):
        rng = np.random.default_rng(3)
        stop = rng.exponential(10, 80)
        cause = rng.choice(["", "churn", "merged"], 80)
        frame = aalen_johansen(np.zeros(80), stop, cause)
        for code, name in enumerate(["churn", "merged"], start=1):
            events = np.select([cause == "churn", cause == "merged"], [1, 2], 0)
            theirs = AalenJohansenFitter(calculate_variance=False).fit(stop, events, event_of_interest=code)
            expected = theirs.cumulative_density_.iloc[:, 0]
            ours = at(frame, name, expected.index)["estimate"]
            assert ours.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)

    def test_splitting_and_shuffling_rows_change_nothing(self):
        start, stop, cause = drawn_rows()
        subject = np.arange(len(stop))
        long = stop - start > 5
        pieces = pd.DataFrame(
            {
                "start": np.r_[start, start[long] + 3],
                "stop": np.r_[np.where(long, start + 3, stop), stop[long]],
                "cause": np.r_[np.where(long, "", cause), cause[long]],
                "subject": np.r_[subject, subject[long]],
            }
        ).sample(frac=1, random_state=5)
        split = aalen_johansen(pieces["start"], pieces["stop"], pieces["cause"], subject=pieces["subject"])
        pd.testing.assert_frame_equal(split, aalen_johansen(start, stop, cause), rtol=1e-10)

    def test_a_cause_that_is_not_reported_competes_all_the_same(self):
        frame = aalen_johansen(START, STOP, CAUSE)
        alone = aalen_johansen(START, STOP, CAUSE, causes=["churn"])
        pd.testing.assert_frame_equal(alone, frame[frame["cause"] == "churn"])

    def test_a_cause_that_never_happened_has_an_incidence_of_zero_and_no_interval_after_the_start(self):
        frame = aalen_johansen(START, STOP, CAUSE, causes=["involuntary", "churn"])
        assert frame["cause"].unique().tolist() == ["involuntary", "churn"]
        never = frame[frame["cause"] == "involuntary"]
        assert (never[["n_event", "estimate", "std_error"]] == 0).all(axis=None)
        assert never["conf_low"].isna().tolist() == never["conf_high"].isna().tolist() == [False, True, True, True]

    def test_once_all_have_ended_by_one_cause_there_is_no_interval(self):
        frame = aalen_johansen([0, 0], [1, 2], ["churn", "churn"])
        assert frame["estimate"].tolist() == [0, 1 / 2, 1]
        assert frame[["std_error", "conf_low", "conf_high"]].iloc[-1].isna().all()

    def test_of_one_cluster_there_is_no_error(self):
        """The influences of all rows add up to zero: as an error that is rounding, and no knowledge."""
        frame = aalen_johansen(START, STOP, CAUSE, causes=["churn"], cluster=["parent"] * 7)
        assert frame["estimate"].tolist() == aalen_johansen(START, STOP, CAUSE, causes=["churn"])["estimate"].tolist()
        assert frame[["std_error", "conf_low", "conf_high"]].iloc[1:].isna().all(axis=None)

    def test_ends_may_be_missing_instead_of_empty(self):
        missing = [None if cause == "" else cause for cause in CAUSE]
        pd.testing.assert_frame_equal(aalen_johansen(START, STOP, missing), aalen_johansen(START, STOP, CAUSE))


class TestPicture:
    def test_shows_each_cause_of_each_group_as_it_stands_in_the_frame(self):
        group = np.array(["small", "large"] * 3 + ["large"])
        frame = aalen_johansen(START, STOP, CAUSE, group=group)
        ax = Figure().add_subplot()
        draw_incidence(ax, frame, {"churn": "red", "merged": "blue"}, {"churn": "Left"})
        drawn = {line.get_label(): line for line in ax.get_lines()}
        assert list(drawn) == ["Left, large", "merged, large", "Left, small", "merged, small"]
        small = frame[(frame["group"] == "small") & (frame["cause"] == "churn")]
        assert drawn["Left, small"].get_ydata().tolist() == small["estimate"].tolist()
        assert drawn["Left, small"].get_color() == drawn["Left, large"].get_color() == "red"
        assert drawn["Left, small"].get_linestyle() != drawn["Left, large"].get_linestyle()

    def test_one_group_needs_no_name(self):
        ax = Figure().add_subplot()
        draw_incidence(ax, aalen_johansen(START, STOP, CAUSE), {"churn": "red", "merged": "blue"})
        assert {text.get_text() for text in ax.texts} >= {"churn", "merged"}


class TestBadInput:
    def test_rows_in_which_nothing_ended_need_named_causes(self):
        with pytest.raises(ModelError, match="none of the rows ended; name them"):
            aalen_johansen([0, 0], [1, 2], ["", ""])
        assert (aalen_johansen([0, 0], [1, 2], ["", ""], causes=["churn"])["estimate"] == 0).all()

    def test_a_lifetime_ends_once(self):
        with pytest.raises(ModelError, match="must not go on after its end"):
            aalen_johansen([0, 2], [2, 4], ["churn", ""], subject=[1, 1])

    def test_a_lifetime_is_in_one_place_at_a_time(self):
        with pytest.raises(ModelError, match="must not overlap"):
            aalen_johansen([0, 1], [2, 4], ["", "churn"], subject=[1, 1])

    def test_every_row_has_a_cause(self):
        with pytest.raises(ModelError, match=r"one value for each of 2 rows; its shape is \(1,\)"):
            aalen_johansen([0, 1], [2, 4], ["churn"])

    def test_an_interval_without_length_is_refused(self):
        with pytest.raises(ModelError, match="Cumulative incidence needs rows with start < stop"):
            aalen_johansen([2], [2], ["churn"])
