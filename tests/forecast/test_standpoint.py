"""From which day a report looks ahead, whether that is preliminary, and when there is nothing to look at."""

import datetime as dt

import pandas as pd
import pytest

from analysis.declared.study_parts import Time
from analysis.errors import ModelError
from analysis.forecast.standpoint import refuse_without_churn, standpoint

FIRST, LAST = pd.Timestamp("2023-12-01"), pd.Timestamp("2024-01-01")


def landmarks(*, is_quarter_start: bool = True, out_on: str | None = None, of_both: bool = False) -> pd.DataFrame:
    """Return two lifetimes on two landmarks; the second, or both, may have gone since the last."""
    rows = [(1, FIRST, None), (2, FIRST, None), (1, LAST, out_on if of_both else None), (2, LAST, out_on)]
    table = pd.DataFrame(rows, columns=["lifetime_id", "risk_date", "out_on"])
    return table.assign(
        horizon_ends_on=table["risk_date"] + pd.DateOffset(months=3),
        horizon_days=91,
        out_on=pd.to_datetime(table["out_on"]),
        is_followed=False,
        believed_from=pd.NaT,
        believed_until=pd.NaT,
        unpaid_from=pd.NaT,
        believed_cause=None,
        is_quarter_start=is_quarter_start & (table["risk_date"] == LAST),
    )


@pytest.mark.parametrize("is_quarter_start", [True, False])
def test_a_report_is_preliminary_where_its_landmark_starts_no_quarter(is_quarter_start):
    found = standpoint(landmarks(is_quarter_start=is_quarter_start), dt.date(2024, 1, 5))
    assert (found.landmark, found.horizon_ends_on) == (LAST, pd.Timestamp("2024-04-01"))
    assert found.stands_on == pd.Timestamp("2024-01-05")
    assert found.is_preliminary is not is_quarter_start
    assert found.n_at_risk == 2


def test_whoever_has_left_since_or_is_under_notice_is_not_at_risk():
    gone = landmarks(out_on="2024-01-05")
    assert standpoint(gone, dt.date(2024, 1, 5)).n_at_risk == 1
    assert standpoint(gone, dt.date(2024, 1, 4)).n_at_risk == 2


@pytest.mark.parametrize(
    ("table", "snapshot"),
    [(landmarks(out_on="2024-01-02", of_both=True), dt.date(2024, 1, 5)), (landmarks(), dt.date(2024, 4, 1))],
    ids=["all are leaving", "the last landmark is too old"],
)
def test_where_nobody_is_at_risk_near_the_snapshot_there_is_none(table, snapshot):
    with pytest.raises(ModelError, match=rf"Nobody is at risk near the snapshot \({snapshot}\)"):
        standpoint(table, snapshot)


def test_a_landmark_nearly_three_months_before_the_snapshot_will_do():
    assert standpoint(landmarks(), dt.date(2024, 3, 31)).landmark == LAST


def test_without_churn_there_is_nothing_to_report_on():
    time = Time(observation_start=dt.date(2022, 1, 1), snapshot=dt.date(2024, 1, 1))
    with pytest.raises(ModelError, match="No account left among the 1,234 lifetimes observed from 2022-01-01"):
        refuse_without_churn(0, 1234, time)
    refuse_without_churn(1, 1234, time)
