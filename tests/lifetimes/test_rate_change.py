"""The change of a rate in mix and rate: statsmodels' decomposition, a case by hand, and groups of one side only."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.oaxaca import OaxacaBlinder

from analysis.lifetimes.rate_change import rate_change

DAYS = pd.to_datetime(["2024-01-01", "2024-04-01", "2024-07-01", "2024-10-01"])


def rows_of(cells: list[tuple[int, int, int, int]]) -> pd.DataFrame:
    """Rows of cells of (quarter, group, rows, events), each account its own parent."""
    lines = [
        {"risk_date": DAYS[quarter], "notice_deadline_in_horizon": float(group), "event": int(number < events)}
        for quarter, group, rows, events in cells
        for number in range(rows)
    ]
    found = pd.DataFrame(lines)
    return found.assign(
        account_id=[f"a{n}" for n in range(len(found))], cluster_id=[f"p{n}" for n in range(len(found))]
    )


CELLS = [
    (0, 0, 40, 2), (0, 1, 10, 4), (1, 0, 30, 3), (1, 1, 20, 8),
    (2, 0, 20, 2), (2, 1, 30, 15), (3, 0, 25, 5), (3, 1, 25, 9),
]  # fmt: skip


def test_the_parts_are_those_worked_out_by_hand() -> None:
    """Before: 70 rows at 5/70, 30 at 12/30; after: 45 at 7/45, 55 at 24/55."""
    found = rate_change(rows_of(CELLS), seed=1)
    assert found is not None
    low, high = (5 / 70, 7 / 45), (12 / 30, 24 / 55)
    assert found.n_quarters == 2
    assert (found.rate_before, found.rate_after) == (0.17, 0.31)
    mix = (0.45 - 0.70) * (low[0] + low[1]) / 2 + (0.55 - 0.30) * (high[0] + high[1]) / 2
    assert found.mix.estimate == pytest.approx(100 * mix)
    assert found.mix.estimate + found.within.estimate == pytest.approx(found.total.estimate) == pytest.approx(14.0)


def test_the_parts_are_those_of_statsmodels() -> None:
    """Coefficients of both sides taken half and half (Reimers) make Kitagawa's parts, where columns mark groups."""
    rows = rows_of(CELLS)
    is_after = (rows["risk_date"] >= DAYS[2]).astype(int).to_numpy()
    columns = np.column_stack([rows["notice_deadline_in_horizon"], is_after])
    unexplained, explained, gap = (
        OaxacaBlinder(rows["event"].to_numpy(float), columns, 1, hasconst=False)
        .two_fold(two_fold_type="reimers")
        .params
    )
    found = rate_change(rows, seed=1)
    assert found is not None
    assert abs(found.total.estimate) == pytest.approx(100 * abs(gap))
    assert abs(found.mix.estimate) == pytest.approx(100 * abs(explained))
    assert abs(found.within.estimate) == pytest.approx(100 * abs(unexplained))


def test_a_group_that_came_new_is_mix_alone() -> None:
    """The new group has the rate before that it has after: nothing of it is a changed rate."""
    found = rate_change(rows_of([(0, 0, 50, 5), (1, 0, 50, 5), (2, 0, 40, 4), (2, 1, 10, 6), (3, 0, 50, 5)]), seed=1)
    assert found is not None
    assert found.within.estimate == pytest.approx(0, abs=1e-9)
    assert found.mix.estimate == pytest.approx(found.total.estimate) == pytest.approx(100 * (15 / 100 - 0.1))


def test_accounts_of_one_parent_make_the_interval_wider() -> None:
    rows = rows_of(CELLS)
    together = rows.assign(cluster_id=np.arange(len(rows)) // 10)
    alone, by_parent = rate_change(rows, seed=1), rate_change(together, seed=1)
    assert alone is not None and by_parent is not None  # noqa: PT018
    assert by_parent.total.conf_high - by_parent.total.conf_low > 1.5 * (alone.total.conf_high - alone.total.conf_low)
    assert by_parent.total.estimate == alone.total.estimate


def test_names_and_order_of_rows_change_nothing() -> None:
    rows = rows_of(CELLS)
    other = rows.sample(frac=1, random_state=3).assign(cluster_id=lambda f: "z" + f["cluster_id"])
    assert rate_change(rows, seed=1) == rate_change(other.reset_index(drop=True), seed=1)


def test_three_quarters_are_too_few() -> None:
    assert rate_change(rows_of(CELLS[:6]), seed=1) is None
