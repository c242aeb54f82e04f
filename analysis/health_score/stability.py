"""Stability: are the implied weights of a score the same in each half year, and does each verdict lean the same way?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import ModelError
from analysis.health_score.definition import FULL
from analysis.health_score.weight_frames import DRIFTS, PERIODS
from analysis.health_score.weight_rows import LEAST_LEAVERS, WeightRows
from analysis.health_score.weights import implied_weight
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm
from analysis.wording.remarks import Remark, remark


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """Implied weights over time.

    Attributes
    ----------
    table : DataFrame
        As `PERIODS`, a line for each component and period.
    tests : DataFrame
        As `DRIFTS`: whether a component's part beyond the score in use differs between periods.
    notes : tuple of Remark
    """

    table: pd.DataFrame
    tests: pd.DataFrame
    notes: tuple[Remark, ...]


def weights_over_time(rows: WeightRows) -> Stability:
    """Fit the weights in each half year, joined with the next ones until thirty lifetimes left in it.

    Raises
    ------
    ModelError
        If there are too few leavers for two periods, or no period can be fitted.

    Notes
    -----
    The test is a robust score test, of as many degrees of freedom as there are periods less one, of the component in
    each period beyond a model in which the score in use has a slope of its own in each, and the component one for
    all; by Holm over the components.
    """
    number, starts = half_years(rows)
    if len(starts) < 2:
        leavers = rows.outcome.n_lifetimes_with_event
        raise ModelError(remark("health_score.one_period", leavers=leavers, needed=LEAST_LEAVERS))
    lines, unfitted = [], []
    for period in range(len(starts)):
        own = rows.take(number == period)
        try:
            lines += _of_period(own, starts[period])
        except ModelError:
            unfitted.append(starts[period])
    if not lines:
        raise ModelError(remark("health_score.no_maximum", rows=len(rows.event), events=int(rows.event.sum())))
    tests = DRIFTS.checked(_tests(rows, number))
    drifts = tuple(tests.loc[tests["adjusted_p_value"] < SHOWN, "component"])
    notes = [remark("health_score.weights_drift", components=drifts) if drifts else
             remark("health_score.no_drift_shown", periods=len(starts))]  # fmt: skip
    if unfitted:
        notes.append(remark("health_score.periods_unfitted", days=tuple(unfitted)))
    return Stability(PERIODS.checked(pd.DataFrame(lines)), tests, tuple(notes))


def half_years(rows: WeightRows) -> tuple[NDArray[np.intp], list[pd.Timestamp]]:
    """Return the period of each row, shape (n,), and the day on which each begins.

    Calendar halves; one in which fewer than thirty lifetimes left is joined with those after it, and what is left at
    the end with the one before.
    """
    month = rows.rows["risk_date"].to_numpy("datetime64[M]").astype(np.int64)
    half = month // 6
    lifetime, event = rows.outcome.lifetime, rows.event
    periods: list[list[int]] = [[]]
    for one in np.unique(half):
        if _leavers(lifetime, event & np.isin(half, periods[-1])) >= LEAST_LEAVERS:
            periods.append([])
        periods[-1].append(int(one))
    if len(periods) > 1 and _leavers(lifetime, event & np.isin(half, periods[-1])) < LEAST_LEAVERS:
        last = periods.pop()
        periods[-1] += last
    number = np.zeros(len(half), dtype=np.intp)
    for place, own in enumerate(periods):
        number[np.isin(half, own)] = place
    return number, [pd.Timestamp(np.datetime64(own[0] * 6, "M")) for own in periods]


def _leavers(lifetime: NDArray[np.object_], marked: NDArray[np.bool_]) -> int:
    return len(pd.unique(lifetime[marked]))


def _of_period(rows: WeightRows, start: pd.Timestamp) -> list[dict[str, object]]:
    full, null = rows.fit(rows.points / FULL), rows.fit(rows.score[:, None] / FULL)
    lines: list[dict[str, object]] = []
    for place, name in enumerate(rows.names):
        raw, low, high = implied_weight(full, place, len(rows.names))
        test = null.score_test(rows.points[:, place] / FULL)
        leans = "" if not np.isfinite(test.step) else "raise" if test.step < 0 else "lower"
        lines.append(
            {
                "period_from": start,
                "component": name,
                "published": float(rows.published[place]),
                "implied": float(np.clip(raw, 0.0, FULL)),
                "conf_low": low,
                "conf_high": high,
                "effect": -float(full.coefficients[place]),
                "std_error": float(np.sqrt(full.covariance[place, place])),
                "leans": leans,
                "n_events": rows.outcome.n_lifetimes_with_event,
            }
        )
    return lines


def _tests(rows: WeightRows, number: NDArray[np.intp]) -> pd.DataFrame:
    own = number[:, None] == np.arange(1, number.max() + 1)
    score = rows.score / FULL
    lines = []
    for place, name in enumerate(rows.names):
        points = rows.points[:, place] / FULL
        is_new = not np.allclose(rows.published[place], FULL)
        held = [score, score[:, None] * own, *([points] if is_new else [])]
        try:
            test = rows.fit(np.column_stack(held)).score_test(points[:, None] * own)
            lines.append((name, test.statistic, test.df, test.p_value))
        except ModelError:
            lines.append((name, np.nan, own.shape[1], np.nan))
    table = pd.DataFrame(lines, columns=["component", "statistic", "df", "p_value"])
    return table.assign(adjusted_p_value=holm(table["p_value"].to_numpy(np.float64)))
