"""Silence: what a fit does not say of itself: rows that code the future, a hazard that vanishes, ratios that drift."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.cox.fit import CoxFit
from analysis.cox.proportional_hazards import GLOBAL, score_tests
from analysis.cox.rows import CountingRows
from analysis.curves.vanishing import vanishing
from analysis.errors import ModelError
from analysis.wording.remarks import Remark, remark

SHOWN = 0.05
"""Of the test of proportional hazards."""
LEVEL = 0.001
FEW_CLUSTERS = 50
"""With fewer that have an event the sandwich is too small; see `analysis.cox.cluster_errors`."""
NEARLY_ALL = 0.5
"""Share of the log-likelihood explained from which on a fit is nearly separated."""
AT_MOST = 0.5
"""Share of its later ratio that the early ratio of those who have something must be below, to be told."""


@dataclass(frozen=True, slots=True)
class EarlyAndLate:
    """Events of those with the higher of a column's two values, early and late, beside those due.

    Attributes
    ----------
    time
        The median event, which parts early from late.
    early, late
        Events of theirs.
    early_due, late_due
        By the rate of the others, at each moment.
    p_value
        Of the early ratio being as far below the late one, if one ratio held throughout (one-sided).
    """

    time: float
    early: int
    late: int
    early_due: float
    late_due: float
    p_value: float

    @property
    def is_shown(self) -> bool:
        """Whether they are shown to be nearly free of the event at first, as if they had to live long to get it."""
        if self.p_value >= LEVEL or self.late_due == 0:
            return False
        return self.early * self.late_due < AT_MOST * self.late * self.early_due


def silent_notes(fit: CoxFit, *, robust: bool | None = None) -> tuple[Remark, ...]:
    """Say what the coefficients of a fit keep to themselves, as far as its rows can tell.

    Parameters
    ----------
    fit : CoxFit
    robust : bool, optional
        Which errors stand beside them (`CoxFit.is_robust`).

    Returns
    -------
    tuple of Remark
        Columns that never change within a subject though subjects have several rows; those of two values of which the
        higher is nearly free of events at first (immortal time); whether the hazard vanishes; whether ratios drift, by
        the test of all columns together; whether those with the event nearly always stand at one end (separation), and
        whether robust errors rest on few clusters.
    """
    rows, values = fit.rows, fit.likelihood.values
    constant = constant_within(rows, values)
    several = int((np.bincount(rows.subject) > 1).sum())
    notes = []
    if several and constant.any():
        names = tuple(name for name, is_constant in zip(fit.names, constant, strict=True) if is_constant)
        notes.append(remark("cox.constant_within", columns=names, subjects=several))
    for name, column in zip(fit.names, values.T, strict=True):
        if constant[fit.names.index(name)] and (found := early_and_late(rows, column)) and found.is_shown:
            notes.append(_immortal(name, found))
    return (*notes, *_vanished(rows), *_drift(fit), *_nearly_separated(fit), *_few_clusters(fit, robust))


def constant_within(rows: CountingRows, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the columns that have one value in all rows of each subject, shape (p,)."""
    order = np.argsort(rows.subject, kind="stable")
    same = np.diff(rows.subject[order]) == 0
    changes = np.diff(values[order], axis=0) != 0
    return ~(changes & same[:, None]).any(axis=0)


def early_and_late(rows: CountingRows, column: NDArray[np.float64]) -> EarlyAndLate | None:
    """Compare those with the higher of two values with the others before and after the median event.

    What is due at an event time of the others is their hazard there times those at risk who have the higher value, as
    in the log-rank test, stratum by stratum. If one hazard ratio holds, events over events due are as many early as
    late. Whoever must live for some time to get something, and counts as having it from the start, is nearly free of
    events at first (Suissa 2008, Am. J. Epidemiol. 167, 492).

    Returns
    -------
    EarlyAndLate or None
        None where the column has other than two values, or there is nothing to compare.

    Notes
    -----
    The log of the ratio of both ratios has variance 1 / early + 1 / late events of either side, half an event added to
    each of those who have the value.
    """
    levels = np.unique(column)
    if len(levels) != 2 or not rows.event.any():
        return None
    has = column == levels[1]
    time = float(np.sort(rows.stop[rows.event])[(rows.n_events - 1) // 2])
    due, others = np.zeros(2), np.zeros(2)
    for stratum in np.unique(rows.stratum[rows.event]):
        own = rows.stratum == stratum
        times, deaths = np.unique(rows.stop[own & rows.event & ~has], return_counts=True)
        if not len(times):
            continue
        n_has, n_others = (_at_risk(rows, own & chosen, times) for chosen in (has, ~has))
        is_late = (times > time).astype(int)
        due += np.bincount(is_late, deaths * n_has / n_others, 2)
        others += np.bincount(is_late, deaths, 2)
    came = np.bincount((rows.stop[rows.event & has] > time).astype(int), minlength=2)
    if (due == 0).any() or (others == 0).any():
        return None
    early, late = (came + 0.5) / due
    error = np.sqrt((1 / (came + 0.5)).sum() + (1 / others).sum())
    p_value = float(stats.norm.cdf(np.log(early / late) / error))
    return EarlyAndLate(time, int(came[0]), int(came[1]), float(due[0]), float(due[1]), p_value)


def _at_risk(rows: CountingRows, chosen: NDArray[np.bool_], times: NDArray[np.float64]) -> NDArray[np.int64]:
    """Count the chosen rows at risk at each time: start < time <= stop."""
    begun = np.searchsorted(np.sort(rows.start[chosen]), times, side="left")
    over = np.searchsorted(np.sort(rows.stop[chosen]), times, side="left")
    return begun - over


def _immortal(name: str, found: EarlyAndLate) -> Remark:
    return remark(
        "cox.immortal",
        column=name,
        time=f"{found.time:.4g}",
        early=found.early,
        early_due=found.early_due,
        late=found.late,
        late_due=found.late_due,
    )


def _vanished(rows: CountingRows) -> tuple[Remark, ...]:
    found = vanishing(rows.start, rows.stop, rows.event, subject=rows.subject, stratum=rows.stratum)
    if found is None or not found.is_shown:
        return ()
    return (
        remark(
            "cox.vanished",
            last=f"{found.last:.4g}",
            subjects=found.n_after,
            time=f"{found.time_after:.4g}",
            expected=found.expected,
        ),
    )


def _drift(fit: CoxFit) -> tuple[Remark, ...]:
    """Put the test of all columns together into words; nothing where it cannot be made."""
    try:
        table, _ = score_tests(fit)
    except ModelError:
        return ()
    p_value = float(table.loc[table["term"] == GLOBAL, "p_value"].iloc[0])
    return (remark("cox.drifting" if p_value < SHOWN else "cox.not_drifting", p=p_value),)


def _nearly_separated(fit: CoxFit) -> tuple[Remark, ...]:
    """Say whether the fit explains so much that it all but knows who has the event next (McFadden's share)."""
    if fit.null_log_likelihood == 0:
        return ()
    share = 1 - fit.log_likelihood / fit.null_log_likelihood
    if share < NEARLY_ALL:
        return ()
    reach = np.abs(fit.maximum.end.coefficients)
    return (remark("cox.nearly_separated", column=fit.names[int(reach.argmax())], share=share),)


def _few_clusters(fit: CoxFit, robust: bool | None) -> tuple[Remark, ...]:
    clusters = fit.rows.n_clusters_with_event
    if not (fit.rows.has_clusters and fit.is_robust(robust) and clusters < FEW_CLUSTERS):
        return ()
    return (remark("cox.few_clusters", clusters=clusters, least=FEW_CLUSTERS),)
