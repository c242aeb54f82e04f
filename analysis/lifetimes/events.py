"""Events: how often lifetimes end in each phase, for which cause, and what changes in them without ending them."""

import numpy as np
import pandas as pd

from analysis.curves.incidence import aalen_johansen
from analysis.curves.rates import rates
from analysis.curves.recurrent import mean_cumulative_number
from analysis.curves.stretches import stretch_to_show
from analysis.declared.study_parts import Report
from analysis.declared.suppression import hidden_cells
from analysis.design.outcome import Outcome
from analysis.lifetimes.frames import CHANGE_CURVES, ENDS, RATES

PHASES = ("onboarding", "adoption", "mature")
CLOCKS = ("between", "deadline", "renewal", "no_term")
PARTS = {"phase": PHASES, "renewal_clock": CLOCKS}
"""By what rates are told, and the groups of each in the order in which they are lived through."""
CAUSES = ("churn", "involuntary", "merged")
CHANGES = {"contraction": ("contraction",), "expansion": ("upsell", "cross_sell")}
"""What each kind of change is made of."""


def churn_rates(intervals: pd.DataFrame, by: str, min_cell: int) -> pd.DataFrame:
    """Return churn per year at risk by phase or by renewal clock.

    Parameters
    ----------
    intervals
        The table ``phase_intervals``.
    by
        'phase' or 'renewal_clock'.
    min_cell
        The numbers of a group of fewer lifetimes are hidden, with those that would tell them (`hidden_cells`).

    Returns
    -------
    DataFrame
        As `RATES`, groups in the order in which they are lived through.
    """
    order = PARTS[by]
    table = rates(
        intervals["start"].to_numpy(np.float64),
        intervals["stop"].to_numpy(np.float64),
        intervals["event"].to_numpy(np.int64),
        intervals[by].to_numpy(object),
    )
    lifetimes = table["group"].map(intervals.groupby(by)["lifetime_id"].nunique()).to_numpy(np.int64)
    numbers = table.columns.drop("group")
    table = table.astype(dict.fromkeys(numbers, np.float64))
    table.loc[hidden_cells(lifetimes, min_cell), numbers] = np.nan
    return RATES.checked(table.sort_values("group", key=lambda groups: groups.map(order.index), ignore_index=True))


def ends_by_cause(counting_process: pd.DataFrame, report: Report) -> pd.DataFrame:
    """Return the cumulative incidence of every cause of ending by age, causes competing, as `ENDS`.

    Over the ages at which enough are at risk (`stretch_to_show`), of those who had stayed until the first of them; no
    rows where there is no such age, or nobody ended at it.

    Parameters
    ----------
    counting_process
    report
        From how many at risk on a curve begins, and the smallest cell.
    """
    outcome = Outcome.from_counting_process(counting_process)
    stretch = stretch_to_show(outcome.start, outcome.stop, report.curve_from_at_risk, report.min_cell)
    if stretch is None:
        return ENDS.empty()
    reaches, start, stop = stretch.clipped(outcome.start, outcome.stop)
    rows = outcome.take(reaches)
    cause = np.where(stretch.holds(rows.stop), rows.cause, "")
    present = [name for name in CAUSES if (cause == name).any()]
    if not present:
        return ENDS.empty()
    curves = aalen_johansen(start, stop, cause, present, subject=rows.lifetime, cluster=rows.cluster)
    return ENDS.checked(curves.assign(from_age=stretch.begin))


def changes_by_age(counting_process: pd.DataFrame, recurrent_events: pd.DataFrame, report: Report) -> pd.DataFrame:
    """Return the mean number of contractions and expansions of a lifetime by age, all ends competing.

    Over the ages at which enough are at risk (`stretch_to_show`), and counted from the first of them on.

    Parameters
    ----------
    counting_process
    recurrent_events
        The table of that name: changes of lifetimes at risk.
    report
        From how many at risk on a curve begins, and the smallest cell.

    Returns
    -------
    DataFrame
        As `CHANGE_CURVES`, group being the kind of change; kinds that never happened have no rows.
    """
    outcome = Outcome.from_counting_process(counting_process)
    stretch = stretch_to_show(outcome.start, outcome.stop, report.curve_from_at_risk, report.min_cell)
    if stretch is None:
        return CHANGE_CURVES.empty()
    reaches, start, stop = stretch.clipped(outcome.start, outcome.stop)
    rows = outcome.take(reaches)
    curves = []
    for kind, parts in CHANGES.items():
        of_kind = recurrent_events[recurrent_events["kind"].isin(parts)]
        of_kind = of_kind[stretch.holds(of_kind["age"].to_numpy(np.float64))]
        if of_kind.empty:
            continue
        curve = mean_cumulative_number(
            start,
            stop,
            (rows.cause != "") & stretch.holds(rows.stop),
            of_kind["age"].to_numpy(np.float64),
            of_kind["lifetime_id"].to_numpy(object),
            rows.lifetime,
            cluster=rows.cluster,
        )
        curves.append(curve.assign(group=kind, from_age=stretch.begin))
    return CHANGE_CURVES.checked(pd.concat(curves, ignore_index=True)) if curves else CHANGE_CURVES.empty()
