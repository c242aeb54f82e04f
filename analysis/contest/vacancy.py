"""Vacancy: the hazard of leaving by weeks since a champion's departure became known, filled or not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.cohort.cohort_tables import CohortTables
from analysis.contest.departures import LAST_WEEKS, Champion, Departures, departures_of
from analysis.contest.effect_frames import VACANCY
from analysis.cox.cluster_errors import ClusterErrors, cluster_errors
from analysis.cox.coefficient_table import coefficient_table
from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.identifiability import NotEstimableError
from analysis.curves.rates import DAYS_A_YEAR
from analysis.declared.suppression import hidden_cells
from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.inference.clock import clock_strata
from analysis.inference.fit import Inference, least_needed
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm
from analysis.wording.remarks import Remark, remark

WEEKS = (0, 4, 8, 13, LAST_WEEKS)
CHAMPION = "champion"
"""The family that is left out: what it says is asked of the departures here."""
FEWEST_CLUSTERS = 2
"""With event: the ratio of a bar with fewer is carried by one parent account alone."""
_UNKNOWN = "departures unknown"


@dataclass(frozen=True, slots=True)
class Contrast:
    """The hazard with nobody in place over that with another in place, as many weeks after the departure.

    Attributes
    ----------
    estimate, conf_low, conf_high
        Log hazard ratio, averaged over the weeks by the account-years without anybody, and its 95% interval.
    p_value
    """

    estimate: float
    conf_low: float
    conf_high: float
    p_value: float


@dataclass(frozen=True, slots=True, eq=False)
class Vacancy:
    """What follows on a champion's departure.

    Attributes
    ----------
    champion : Champion
    table : DataFrame
        As `VACANCY`.
    contrast : Contrast or None
        None where no weeks have a ratio of both.
    n_reference : int
        Lifetimes that left while no departure was known.
    n_unknown : int
        Lifetimes that left while it was unknown whether there was one.
    notes : tuple of Remark
    """

    champion: Champion
    table: pd.DataFrame
    contrast: Contrast | None
    n_reference: int
    n_unknown: int
    notes: tuple[Remark, ...]


def vacancy_of(tenure: CohortTables, inference: Inference) -> Vacancy:
    """Return what follows on a champion's departure in a study.

    Parameters
    ----------
    tenure
        The cohort.
    inference
        Its time-varying Cox model of all families.

    Raises
    ------
    ModelError
        If neither roles nor key users are recorded, no departure is, or nothing can be estimated.
    """
    return vacancy(tenure.counting_process, departures_of(tenure), inference, tenure.study.report.min_cell)


def vacancy(intervals: pd.DataFrame, departures: Departures, inference: Inference, min_cell: int = 1) -> Vacancy:
    """Fit the time-varying Cox model with bars of weeks since a departure in place of the champion family.

    Contract, usage and relationship are in the model as in `inference`, shrunk as far as there; the bars are not. The
    reference is that no departure is known; intervals of which that is unknown have a column of their own. Bars in
    which fewer than `FEWEST_CLUSTERS` parents left, or whose ratio has no maximum, are set aside with their intervals.

    Parameters
    ----------
    intervals
        As the table ``counting_process``.
    departures
        Of the same rows.
    inference
        Fitted to the same rows.
    min_cell
        The study's ``report.min_cell``: bars of fewer lifetimes are hidden.

    Raises
    ------
    ModelError
        If no departure is known of anybody, or nothing can be estimated.
    """
    bars = _bars()
    bar = _bar_of(departures)
    if not (bar >= 0).any():
        raise ModelError(remark("contest.no_departure"))
    left = intervals["event"].to_numpy(np.int64) == 1
    table = pd.DataFrame([one | _counted(intervals, bar == place, left) for place, one in enumerate(bars)])
    parents = intervals["cluster_id"].to_numpy(object)
    shown = [place for place in range(len(bars)) if len(set(parents[(bar == place) & left])) >= FEWEST_CLUSTERS]
    fitted = _fitted(intervals, bar, departures.is_known, shown, inference)
    contrast = None
    if fitted is not None:
        fit, errors, shown = fitted
        found = coefficient_table(fit, errors=errors).set_index("term").loc[[_name(place) for place in shown]]
        names = ["estimate", "std_error", "conf_low", "conf_high", "p_value"]
        names += ["hazard_ratio", "hazard_ratio_low", "hazard_ratio_high"]
        table = table.join(found[names].set_axis(shown))
        contrast = _contrast(table, errors)
    table["is_hidden"] = hidden_cells(table["n_lifetimes"].to_numpy(), min_cell)
    numbers = [name for name in table.columns if name not in ("weeks_from", "weeks_to", "is_filled", "is_hidden")]
    table = table.astype(dict.fromkeys(numbers, np.float64))
    table.loc[table["is_hidden"], numbers] = np.nan
    table = table.reindex(columns=VACANCY.columns)
    table["adjusted_p_value"] = holm(table["p_value"].to_numpy(np.float64))
    table = VACANCY.checked(table)
    lifetimes = intervals["lifetime_id"]
    no_departure = departures.is_known & (bar < 0)
    n_unknown = int(lifetimes[~departures.is_known & left].nunique())
    return Vacancy(
        departures.champion,
        table,
        contrast,
        int(lifetimes[no_departure & left].nunique()),
        n_unknown,
        _notes(departures.champion, table, contrast, n_unknown),
    )


def _bars() -> list[dict[str, object]]:
    """Return the bars in order of display: first those with nobody in place."""
    ends = [*WEEKS[1:], None]
    return [
        {"weeks_from": start, "weeks_to": end, "is_filled": is_filled}
        for is_filled in (False, True)
        for start, end in zip(WEEKS, ends, strict=True)
    ]


def _bar_of(departures: Departures) -> NDArray[np.intp]:
    """Return the bar of each interval, -1 where no departure is known, shape (n,)."""
    days = departures.days
    week = np.searchsorted(7 * np.array(WEEKS[1:]), np.nan_to_num(days, nan=1.0), side="left")
    there = departures.is_known & np.isfinite(days)
    return np.where(there, week + len(WEEKS) * departures.is_filled, -1)


def _counted(intervals: pd.DataFrame, own: NDArray[np.bool_], left: NDArray[np.bool_]) -> dict[str, float]:
    days = (intervals["stop"] - intervals["start"]).to_numpy(np.float64)
    return {
        "n_lifetimes": intervals.loc[own, "lifetime_id"].nunique(),
        "n_events": intervals.loc[own & left, "lifetime_id"].nunique(),
        "years": float(days[own].sum()) / DAYS_A_YEAR,
    }


def _name(place: int) -> str:
    return f"departure {place}"


def _fitted(
    intervals: pd.DataFrame,
    bar: NDArray[np.intp],
    is_known: NDArray[np.bool_],
    shown: Sequence[int],
    inference: Inference,
) -> tuple[CoxFit, ClusterErrors, list[int]] | None:
    """Fit bars beside contract and other families, setting aside what cannot be estimated; None if no bar can."""
    beside = inference.matrix(intervals)
    beside = beside.without(column.name for column in beside.columns if column.family == CHAMPION)
    ridge = dict(zip(inference.fit.names, inference.fit.ridge, strict=True))
    outcome, strata = Outcome.from_counting_process(intervals), clock_strata(intervals)
    shown, has_unknown = list(shown), bool((~is_known).any())
    while shown:
        kept = np.isin(bar, [-1, *shown])
        marks = {_name(place): bar == place for place in shown}
        if has_unknown:
            marks[_UNKNOWN] = ~is_known
        values = np.column_stack([beside.values, *marks.values()])[kept]
        names = [*beside.names, *marks]
        rows = outcome.take(kept).counting_rows(strata[kept])
        try:
            fit = fit_cox(values, rows, names=names, ridge=[ridge.get(name, 0.0) for name in names])
        except NotEstimableError as error:
            shown, beside, has_unknown = _without(error, shown, beside, has_unknown)
            continue
        return fit, cluster_errors(fit), shown
    return None


def _without(
    error: NotEstimableError, shown: list[int], beside: DesignMatrix, has_unknown: bool
) -> tuple[list[int], DesignMatrix, bool]:
    """Set aside one of the columns that a fit refuses: one beside the bars, the mark of the unknown, or a bar."""
    named = [column for column in beside.columns if column.name in error.columns]
    if named:
        return shown, beside.without([least_needed(named, error).name]), has_unknown
    if _UNKNOWN in error.columns:
        return shown, beside, False
    guilty = next((place for place in reversed(shown) if _name(place) in error.columns), None)
    if guilty is None:
        raise error
    return [place for place in shown if place != guilty], beside, has_unknown


def _contrast(table: pd.DataFrame, errors: ClusterErrors) -> Contrast | None:
    """Compare vacant with filled, as many weeks after the departure."""
    vacant, filled = table[~table["is_filled"]], table[table["is_filled"]]
    both = np.isfinite(vacant["estimate"].to_numpy(np.float64)) & np.isfinite(filled["estimate"].to_numpy(np.float64))
    if not both.any():
        return None
    share = vacant["years"].to_numpy(np.float64) * both
    share /= share.sum()
    weights = np.zeros(len(errors.fit.names))
    for sign, rows in ((1.0, vacant), (-1.0, filled)):
        for place, part in zip(rows.index, share, strict=True):
            if part > 0:
                weights[errors.fit.names.index(_name(place))] = sign * part
    estimate, error, df = errors.of_sum(weights)
    half = float(stats.t.isf(0.025, df) * error)
    p_value = float(2 * stats.t.sf(abs(estimate) / error, df))
    return Contrast(estimate, estimate - half, estimate + half, p_value)


def _notes(champion: Champion, table: pd.DataFrame, contrast: Contrast | None, n_unknown: int) -> tuple[Remark, ...]:
    """Say what a reader must know: whose departures, which are shown to matter, and whether filling the place does."""
    notes = [remark("contest.vacancy_roles" if champion is Champion.ROLE else "contest.vacancy_key_users")]
    most = most_surely_raised(table)
    if most is None:
        notes.append(remark("contest.vacancy_not_shown"))
    else:
        code = "contest.vacancy_shown_filled" if most["is_filled"] else "contest.vacancy_shown"
        ratios = {"ratio": most["hazard_ratio"], "low": most["hazard_ratio_low"], "high": most["hazard_ratio_high"]}
        notes.append(remark(code, weeks=weeks_remark(most), **ratios, events=int(most["n_events"])))
    if contrast is not None:
        low, high = float(np.exp(contrast.conf_low)), float(np.exp(contrast.conf_high))
        code = "contest.vacancy_filling" if contrast.p_value < SHOWN else "contest.vacancy_filling_unsure"
        notes.append(remark(code, ratio=float(np.exp(contrast.estimate)), low=low, high=high))
    if n_unknown:
        notes.append(remark("contest.vacancy_unknown", events=n_unknown))
    if (table["estimate"].isna() & ~table["is_hidden"] & (table["n_lifetimes"] > 0)).any():
        notes.append(remark("contest.vacancy_set_aside"))
    if table["is_hidden"].any():
        notes.append(remark("contest.vacancy_hidden"))
    return tuple(notes)


def most_surely_raised(table: pd.DataFrame) -> pd.Series | None:
    """Return the bar whose ratio is surely the highest, of those shown to be raised; None where none is.

    By the lower end of its interval: the highest ratio is all too often that of the fewest leavers.
    """
    shown = table[(table["adjusted_p_value"] < SHOWN) & (table["estimate"] > 0)]
    return None if shown.empty else shown.loc[shown["conf_low"].idxmax()]


def weeks_remark(row: pd.Series) -> Remark:
    """Return what the weeks of a row of the table are called."""
    if pd.isna(row["weeks_to"]):
        return remark("contest.weeks_from", start=int(row["weeks_from"]))
    return remark("contest.weeks", start=int(row["weeks_from"]), end=int(row["weeks_to"]))
