"""Verdicts: nothing is called not found that may yet be as large as matters."""

import math

import pandas as pd
import pytest

from analysis.audits.alarm import Alarm, Verdict, as_frame, found_if, from_frame, verdict
from analysis.audits.frames import ALARMS


@pytest.mark.parametrize(
    ("is_found", "possible", "expected"),
    [
        (True, (0.1, 0.9), Verdict.FOUND),
        (False, (-0.1, 0.1), Verdict.NOT_FOUND),
        (False, (-0.1, 0.3), Verdict.CANNOT_TELL),
        (False, (-0.3, 0.1), Verdict.CANNOT_TELL),
        (False, (math.nan, math.nan), Verdict.CANNOT_TELL),
        (False, (0.1, math.nan), Verdict.CANNOT_TELL),
    ],
)
def test_what_the_interval_leaves_open_cannot_be_told(is_found, possible, expected):
    assert verdict(is_found, 0.2, *possible) is expected


@pytest.mark.parametrize(("is_found", "expected"), [(True, Verdict.FOUND), (False, Verdict.NOT_FOUND)])
def test_what_can_be_told_for_sure_is_found_or_not(is_found, expected):
    assert found_if(is_found) is expected


def test_a_table_of_alarms_leaves_open_what_cannot_be_told():
    alarms = [Alarm("one_stay", "", told, 0.8) for told in Verdict] + [
        Alarm("rewritten_score", "", Verdict.CANNOT_TELL)
    ]
    table = ALARMS.checked(as_frame(alarms))
    assert table["is_raised"].tolist() == [True, False, pd.NA, pd.NA]
    assert repr(from_frame(table)) == repr(tuple(alarms))  # as text: nothing equals a missing number
    assert [alarm.is_measured for alarm in alarms] == [True, True, True, False]
    assert not any(alarm.has_interval for alarm in alarms)
