"""Verdicts: nothing is called not found that may yet be as large as matters."""

import math

import pytest

from analysis.audits.alarm import verdict


@pytest.mark.parametrize(
    ("is_found", "possible", "expected"),
    [
        (True, (0.1, 0.9), True),
        (False, (-0.1, 0.1), False),
        (False, (-0.1, 0.3), None),
        (False, (-0.3, 0.1), None),
        (False, (math.nan, math.nan), None),
    ],
)
def test_what_the_interval_leaves_open_cannot_be_told(is_found, possible, expected):
    assert verdict(is_found, 0.2, *possible) is expected
