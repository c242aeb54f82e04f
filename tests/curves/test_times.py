"""Dates and durations are days, in whatever unit and by whatever library they are stored."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from analysis.cox.estimator import CoxPH
from analysis.cox.rows import counting_rows
from analysis.cox.tables import counting_process_outcome
from analysis.curves.nonparametric import kaplan_meier
from analysis.curves.times import read_times
from analysis.errors import ModelError

MOMENTS = [dt.datetime(2024, 1, 5, 6, 30, 1), dt.datetime(1999, 12, 31, 23, 59, 59, 5)]
DAYS = [dt.date(2024, 1, 5), dt.date(1969, 12, 31), None]

OF_MOMENTS = {
    "objects": lambda: MOMENTS,
    **{unit: (lambda unit=unit: np.array(MOMENTS, f"datetime64[{unit}]")) for unit in ("us", "ns")},
    "pandas": lambda: pd.Series(MOMENTS),
    "pandas us": lambda: pd.Series(MOMENTS).astype("datetime64[us]"),
    "pandas zone": lambda: pd.Series(MOMENTS).dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"),
    "index": lambda: pd.DatetimeIndex(MOMENTS),
    "polars": lambda: pl.Series(MOMENTS),
    "polars ns": lambda: pl.Series(MOMENTS).cast(pl.Datetime("ns")),
    "arrow": lambda: pa.array(MOMENTS),
    "arrow chunked": lambda: pa.chunked_array([MOMENTS]),
}
OF_DAYS = {
    "objects": lambda: DAYS,
    **{unit: (lambda unit=unit: np.array(DAYS, f"datetime64[{unit}]")) for unit in ("D", "s", "ms", "us", "ns")},
    "pandas": lambda: pd.Series(pd.to_datetime(DAYS)),
    "polars": lambda: pl.Series(DAYS),
    "arrow": lambda: pa.array(DAYS),
}


@pytest.mark.parametrize("kind", OF_MOMENTS)
def test_moments_are_days_since_1970(kind):
    seconds = (MOMENTS[0] - dt.datetime(1970, 1, 1)).total_seconds()
    found, is_date = read_times(OF_MOMENTS[kind](), "stop")
    assert is_date
    assert found.tolist() == read_times(MOMENTS, "stop")[0].tolist()
    assert found[0] == pytest.approx(seconds / 86_400, rel=1e-15)


@pytest.mark.parametrize("kind", OF_DAYS)
def test_days_are_whole_and_missing_ones_are_nan(kind):
    found, _ = read_times(OF_DAYS[kind](), "stop")
    assert found[:2].tolist() == [19_727, -1]
    assert np.isnan(found[2])


@pytest.mark.parametrize("of", [list, pd.Series, pl.Series, pa.array, lambda spans: np.array(spans, "timedelta64[s]")])
def test_durations_are_days(of):
    assert read_times(of([dt.timedelta(days=400, hours=6)]), "stop")[0].tolist() == [400.25]


def test_what_is_neither_is_refused():
    for values in (["2024-01-01"], [1, dt.date(2024, 1, 1)], np.array([3], "timedelta64[M]"), [1j]):
        with pytest.raises(ModelError, match="stop must be numbers, dates or durations"):
            read_times(values, "stop")


class TestOutcomes:
    ENTRY = pd.to_datetime(["2024-01-01", "2024-01-05", "2024-01-01", "2024-02-01", "2024-01-20", "2024-01-01"])
    EXIT = pd.to_datetime(["2024-03-01", "2024-02-10", "2024-04-05", "2024-04-01", "2024-05-01", "2024-03-20"])
    EVENT = (1, 1, 0, 1, 0, 1)
    X = ((0.3,), (1.2,), (0.1,), (0.9,), (-0.5,), (0.0,))

    @pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
    def test_the_unit_of_dates_changes_no_digit(self, unit):
        whole = counting_process_outcome(self.ENTRY.date, self.EXIT.date, self.EVENT)
        found = counting_process_outcome(self.ENTRY.as_unit(unit), self.EXIT.as_unit(unit), self.EVENT)
        assert (found == whole).all()
        arrays = counting_rows(self.ENTRY.as_unit(unit).to_numpy(), self.EXIT.as_unit(unit).to_numpy(), self.EVENT)
        assert arrays.stop.tolist() == whole["stop"].tolist()

    def test_every_way_to_a_fit_gives_the_same_probability(self):
        frame = pd.DataFrame({"start": self.ENTRY, "stop": self.EXIT, "event": self.EVENT})
        fields = np.empty(6, dtype=[("start", "M8[us]"), ("stop", "M8[us]"), ("event", bool)])
        fields["start"], fields["stop"], fields["event"] = self.ENTRY, self.EXIT, self.EVENT
        outcomes = [frame, pl.from_pandas(frame), pa.Table.from_pandas(frame), fields]
        outcomes.append(counting_process_outcome(self.ENTRY, self.EXIT, self.EVENT))
        first = counting_process_outcome(self.ENTRY, self.EXIT, self.EVENT)["start"].min()
        found = [
            CoxPH().fit(self.X, outcome).predict_event_probability(self.X, first, 60)["probability"].to_numpy()
            for outcome in outcomes
        ]
        for other in found[1:]:
            assert other.tolist() == found[0].tolist()
        assert (found[0] > 0).all()

    def test_a_curve_takes_dates_too(self):
        curve = kaplan_meier(self.ENTRY, self.EXIT, self.EVENT)
        days = (self.EXIT - pd.Timestamp("1970-01-01")).days
        assert curve["time"].iloc[1:].tolist() == sorted(set(days[np.array(self.EVENT) == 1]) | {days.max()})

    def test_what_does_not_go_together_is_refused(self):
        with pytest.raises(ModelError, match="start holds numbers, stop dates"):
            counting_process_outcome([0, 1], DAYS[:2], [1, 0])
        with pytest.raises(ModelError, match=r"stop must not be missing; broken in 1 of 3 rows \(positions 2\)"):
            counting_process_outcome([dt.date(1960, 1, 1)] * 3, DAYS, [1, 0, 1])
        with pytest.raises(ModelError, match=r"event must be 0 or 1; broken in 1 of 2 rows \(positions 1\)"):
            counting_process_outcome([0, 1], [2, 3], [1, 2])
        with pytest.raises(ModelError, match="2, 2 and 1 arrived"):
            counting_process_outcome([0, 1], [2, 3], [1])
        with pytest.raises(ModelError, match="weights must be numbers"):
            counting_rows([0, 1], [2, 3], [1, 0], weights=np.array(DAYS[:2], "M8[D]"))

    def test_without_start_all_are_at_risk_from_the_beginning(self):
        assert counting_process_outcome(None, [2, 3], [1, 0])["start"].tolist() == [-np.inf, -np.inf]
