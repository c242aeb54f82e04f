"""Censoring: what is known of each row at a horizon, and what the known ones weigh for those that are not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.cox.rows import refuse_rows
from analysis.curves.recurrent import label_codes
from analysis.curves.times import read_times
from analysis.errors import ModelError
from analysis.evaluation.measures.censoring_cox import cox_censoring
from analysis.evaluation.measures.censoring_steps import CensoringSteps, KaplanMeierCensoring, censoring_steps


class CensoringModel(Protocol):
    """G, the probability of not being censored, as a function of time."""

    def survival(self, counts: NDArray | None = None) -> NDArray[np.float64]:
        """Return each row's G at the end of its time at risk of censoring, shape (n,), or (n_resamples, n)."""
        ...

    def influence(self, sensitivity: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each row adds to a score by its part in G, shape (n,).

        `sensitivity` is the score's derivative by the log of each row's weight 1 / G, shape (n,).
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class KnownOutcome:
    """What is known of n rows at the horizon.

    Attributes
    ----------
    event : ndarray of bool, shape (n,)
        The event is known to have happened by the horizon. All other known rows are controls: those followed to the
        horizon without it, and those of which a competing end is known.
    is_known : ndarray of bool, shape (n,)
        False: censored before the horizon.
    weight : ndarray of float, shape (n,)
        1 / G of the known rows, the inverse probability of being known; 0 of the others. Exactly 1 where nobody of the
        row's group is censored before.
    group, cluster : ndarray of int, shape (n,)
        Codes from 0: rows that are compared with each other and share a G; rows that may be dependent.
    censoring : CensoringModel
    """

    event: NDArray[np.bool_]
    is_known: NDArray[np.bool_]
    weight: NDArray[np.float64]
    group: NDArray[np.intp]
    cluster: NDArray[np.intp]
    censoring: CensoringModel

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.event)

    def resampled(self, counts: NDArray) -> NDArray[np.float64]:
        """Return what each row weighs in resamples, G estimated anew in each, shape (n_resamples, n).

        The scores that take `weights` take these: ``auc(known.event, risk, known.resampled(counts), known.group)``.
        Where a Cox model can't be fitted to a resample no row of it weighs anything, and its scores are NaN.

        Parameters
        ----------
        counts : ndarray, shape (n_resamples, n)
            How often each row was drawn (`analysis.design.resampling.cluster_resamples`).
        """
        counts = np.asarray(counts)
        survival = self.censoring.survival(counts)
        has_weight = self.is_known & (counts > 0) & (survival > 0)
        return np.divide(counts, survival, out=np.zeros(counts.shape), where=has_weight)

    def with_censoring(self, influence: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add to the influence of rows on a score what they have by way of the estimated G, shape (n,).

        Parameters
        ----------
        influence : ndarray, shape (n,)
            Derivative of the score by each row's case weight with the weights 1 / G as they are; where the score takes
            the product of the two, that by the log of 1 / G as well.
        """
        return influence + self.censoring.influence(influence)


def known_at(
    time: ArrayLike,
    event: ArrayLike,
    horizon: float,
    *,
    competing: ArrayLike | None = None,
    group: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
    names: Sequence[str] | None = None,
) -> KnownOutcome:
    """Say what is known of each row at a horizon, and weigh the known ones for those that are not.

    Of landmark outcomes (`Outcome.from_landmarks`) ``outcome.stop`` is the time and `HORIZON_PARTS` the horizon.

    Parameters
    ----------
    time : array-like, shape (n,)
        When the row's event, competing end or censoring was, in any unit, since time 0, when all are at risk.
    event : array-like of bool, shape (n,)
        The event of interest is what happened at `time`.
    horizon : float
        In the unit of `time`. An event at the horizon counts. A row censored at the horizon was followed to it: it is
        known to be without event.
    competing : array-like of bool, shape (n,), optional
        Another end is what happened at `time`, after which the event can't come: known not to have had it.
    group : array-like, shape (n,), optional
        G is estimated in each group apart, and scores compare rows within groups (a landmark).
    cluster : array-like, shape (n,), optional
        Rows that may be dependent (a parent account's); every row by itself by default.
    covariates : array-like, shape (n, p), optional
        With them G is a Cox model's, with a baseline for each group; without, Kaplan-Meier's.
    names : sequence of str, optional
        Of the covariates, for messages.

    Returns
    -------
    KnownOutcome

    Raises
    ------
    ModelError
        If lengths differ, a value is missing, a row has both ends, or nobody of a group is known at the horizon for
        want of rows followed that long.

    Notes
    -----
    A known row weighs 1 / G(u-), u its end or the horizon, whichever is first: Graf, Schmoor, Sauerbrei and Schumacher
    (1999), Stat. Med. 18, 2529. At ties censoring follows events, so a row censored at the horizon has survived it, and
    the G that it needs is the one before. With Kaplan-Meier's G the weights of a group add up to its number of rows,
    and the weighted share of events is 1 - Kaplan-Meier, with competing ends Aalen-Johansen. R's
    ``riskRegression::Score`` does not count as known who is censored at the horizon itself; that is
    ``known_at(time, event, np.nextafter(horizon, np.inf))``.

    Examples
    --------
    Of four accounts one leaves on day 30, one is last seen on day 40, one leaves on day 60, one is there after 91 days.
    The second was as likely as the last two to stay: they stand for it.

    >>> known = known_at(time=[30, 40, 60, 91], event=[True, False, True, False], horizon=91)
    >>> known.weight.tolist()
    [1.0, 0.0, 1.5, 1.5]
    """
    times = _numbers(time, "time")
    n = len(times)
    happened, ended_otherwise = _flags(event, "event", n), _flags(competing, "competing", n)
    refuse_rows(happened & ended_otherwise, "a row has an event or a competing end, not both")
    refuse_rows(~(times > 0), "time must be positive: rows are at risk from time 0")
    if not horizon > 0:
        raise ModelError(f"horizon must be positive, in the unit of time; {horizon!r} arrived.")
    groups = row_codes(group, "group", np.zeros(n, dtype=np.intp))
    is_known = happened | ended_otherwise | (times >= horizon)
    steps = censoring_steps(times, ~is_known, groups)
    _refuse_unknown(steps, horizon, groups, group)
    model = _model(steps, groups, covariates, names)
    return KnownOutcome(
        event=happened & (times <= horizon),
        is_known=is_known,
        weight=np.divide(1.0, model.survival(), out=np.zeros(n), where=is_known),
        group=groups,
        cluster=row_codes(cluster, "cluster", np.arange(n)),
        censoring=model,
    )


def row_codes(labels: ArrayLike | None, name: str, default: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number the distinct labels of rows from 0, shape (n,); the default where there are none.

    Raises
    ------
    ModelError
        If there is not one label a row.
    """
    return default if labels is None else label_codes(np.asarray(labels), name, len(default))


def _model(
    steps: CensoringSteps, group: NDArray[np.intp], covariates: ArrayLike | None, names: Sequence[str] | None
) -> CensoringModel:
    """Choose the model of G: Kaplan-Meier's without covariates, and where nobody is censored."""
    if covariates is None or not steps.is_censored.any():
        return KaplanMeierCensoring(steps)
    return cox_censoring(steps, group, covariates, names)


def _refuse_unknown(steps: CensoringSteps, horizon: float, codes: NDArray[np.intp], group: ArrayLike | None) -> None:
    """Refuse groups whose last rows are all censored before the horizon: nothing is known of what came after."""
    broken = steps.all_censored_at_the_last
    if len(broken):
        labels = [] if group is None else [str(np.asarray(group)[np.argmax(codes == code)]) for code in broken[:5]]
        where = f" in {len(broken):,} groups, first: {', '.join(labels)}" if labels else ""
        raise ModelError(
            f"No row is followed to the horizon {horizon:g}, or to an end after the last censored one{where}. "
            "Score a shorter horizon, or leave these rows out."
        )


def _numbers(values: ArrayLike, name: str) -> NDArray[np.float64]:
    numbers, _ = read_times(values, name)
    if numbers.ndim != 1 or len(numbers) == 0:
        raise ModelError(f"{name} must have one value a row, and one row at least; its shape is {numbers.shape}.")
    refuse_rows(~np.isfinite(numbers), f"{name} must be finite, without missing values")
    return numbers


def _flags(values: ArrayLike | None, name: str, n: int) -> NDArray[np.bool_]:
    given = np.zeros(n, dtype=bool) if values is None else np.asarray(values)
    if given.shape != (n,):
        raise ModelError(f"{name} must have one value a row ({n:,}); its shape is {given.shape}.")
    refuse_rows((given != 0) & (given != 1), f"{name} must be 0 or 1")
    return given.astype(bool)
