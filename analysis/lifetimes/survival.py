"""Survival: curves of the share still customers, with the numbers at risk beneath them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.curves.nonparametric import kaplan_meier, numbers_at_risk
from analysis.curves.stretches import stretch_to_show
from analysis.declared.study_parts import Report
from analysis.declared.suppression import hidden_cells
from analysis.design.outcome import Outcome
from analysis.lifetimes.frames import AT_RISK, CURVES
from analysis.lifetimes.labels import ALL, in_order

DAYS_A_YEAR = 365
"""As the ages at which the number at risk is told."""


def survival_tables(
    outcome: Outcome, report: Report, group: NDArray | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return survival curves, and the numbers at risk at a few round times.

    A curve begins at the age from which on enough are at risk, and is conditional on having stayed so long; it ends
    where fewer than the smallest cell are left (`stretch_to_show`). A group in which there never are enough has none.

    Parameters
    ----------
    outcome : Outcome, n rows
    report : Report
        From how many at risk on a curve begins, and the smallest cell.
    group : ndarray, shape (n,), optional
        Labels; a curve for each.

    Returns
    -------
    curves : DataFrame
        As `CURVES`.
    at_risk : DataFrame
        As `AT_RISK`, every group in it.
    """
    of = np.full(len(outcome), ALL, dtype=object) if group is None else group
    names = np.array(in_order(set(of)), dtype=object)
    parts = [(name, _curve(outcome.take(of == name), report)) for name in names]
    curves = [curve.assign(group=name) for name, curve in parts if curve is not None]
    table = CURVES.checked(pd.concat(curves, ignore_index=True)) if curves else CURVES.empty()
    return table, _at_risk(outcome, of, names, report.min_cell)


@dataclass(frozen=True, slots=True)
class Beginning:
    """From which age on the curve of a group is drawn: of those who had stayed so many days; None: there is none."""

    group: str
    from_age: float | None


def beginnings(curves: pd.DataFrame, at_risk: pd.DataFrame) -> tuple[Beginning, ...]:
    """Return where the curve of each group begins, in the order of the groups.

    Parameters
    ----------
    curves, at_risk
        As `survival_tables` returns them.
    """
    from_age = dict(zip(curves["group"], curves["from_age"], strict=True))
    return tuple(Beginning(str(name), from_age.get(name)) for name in dict.fromkeys(at_risk["group"]))


def _curve(outcome: Outcome, report: Report) -> pd.DataFrame | None:
    stretch = stretch_to_show(outcome.start, outcome.stop, report.curve_from_at_risk, report.min_cell)
    if stretch is None:
        return None
    reaches, start, stop = stretch.clipped(outcome.start, outcome.stop)
    event = outcome.event[reaches] & stretch.holds(outcome.stop[reaches])
    return kaplan_meier(start, stop, event).assign(from_age=stretch.begin)


def _at_risk(outcome: Outcome, of: NDArray, names: NDArray, min_cell: int) -> pd.DataFrame:
    """Count those at risk of each group at round times, small cells hidden, and those that would give them away."""
    last = int(outcome.stop.max())
    times = np.arange(0, last + 1, next((step for step in (7, 28, 91) if last <= 11 * step), 365))
    at = np.maximum(times, 0.5)
    counts = np.stack([numbers_at_risk(outcome.start[of == name], outcome.stop[of == name], at) for name in names])
    hidden = np.column_stack([hidden_cells(cells, min_cell) for cells in counts.T])
    table = pd.DataFrame(
        {
            "group": np.repeat(names, len(times)),
            "time": np.tile(times, len(names)),
            "at_risk": np.where(hidden, np.nan, counts).ravel(),
        }
    )
    return AT_RISK.checked(table)


@dataclass(frozen=True, slots=True)
class Stay:
    """The share of a group still there after some years, with its interval; of those who had stayed `from_age` days.

    Where nobody had left by then the interval is not known: NaN.
    """

    group: str
    years: int
    estimate: float
    conf_low: float
    conf_high: float
    from_age: float


def stays(curves: pd.DataFrame, at_risk: pd.DataFrame, years: Sequence[int] = (1, 2, 3)) -> tuple[Stay, ...]:
    """Read off the curves which share is still there after whole years, as far as each curve reaches.

    Parameters
    ----------
    curves, at_risk
        As `survival_tables` returns them; a year at which the number at risk is none or hidden is not read off.
    years
        After which to look.
    """
    found = []
    for group, curve in curves.groupby("group", sort=False):
        from_age, told = float(curve["from_age"].iloc[0]), at_risk[at_risk["group"] == group]
        reaches = float(told.loc[told["at_risk"] > 0, "time"].max())
        for number in years:
            day = number * DAYS_A_YEAR
            before = curve[curve["time"] <= day]
            if from_age < day <= reaches and len(before):
                last = before.iloc[-1]
                known = float(last["estimate"]) < 1  # the interval of the curve's first row is that of its first day
                ends = (float(last["conf_low"]), float(last["conf_high"])) if known else (np.nan, np.nan)
                found.append(Stay(str(group), number, float(last["estimate"]), *ends, from_age))
    return tuple(found)
