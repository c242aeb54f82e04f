"""Prediction: hazard ratios of new rows, and the probability of the event in the time after now."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.cox import partial_likelihood
from analysis.cox.cumulative_hazard import hazard_interval, passage_between
from analysis.cox.fit import CoxFit
from analysis.cox.identifiability import refuse_not_finite
from analysis.cox.rows import refuse_rows
from analysis.cox.times_at_risk import times_at_risk, why_unknown_of, windows
from analysis.curves.stretches import lies_in_one
from analysis.errors import ModelError

_LARGEST_LOG = float(np.log(np.finfo(np.float64).max))
_CERTAIN = 700.0
"""Log hazard from which on leaving is certain."""
_CHUNK = 2_000
"""Rows whose cumulative incidence is added up at a time: bounds memory, changes no number."""


def linear_predictor(fit: CoxFit, values: ArrayLike) -> NDArray[np.float64]:
    """Return the log hazard ratio of each row against a row with all columns zero, shape (n,)."""
    return partial_likelihood.linear_predictor(_columns(fit, values), fit.coefficients)


def log_partial_hazard(fit: CoxFit, values: ArrayLike) -> NDArray[np.float64]:
    """Return the log hazard ratio of each row against a row at the means of the rows fitted, shape (n,)."""
    return partial_likelihood.linear_predictor(_standardised(fit, values), fit.maximum.end.coefficients)


def partial_hazard(fit: CoxFit, values: ArrayLike) -> NDArray[np.float64]:
    """Return the hazard ratio of each row against a row at the means of the rows fitted, shape (n,).

    Raises
    ------
    ModelError
        If a ratio is larger than a float holds (its log is above 709); the message names the rows.
    """
    log_ratio = log_partial_hazard(fit, values)
    refuse_rows(
        log_ratio > _LARGEST_LOG,
        f"hazard ratios must be below 1e308, but reach exp({log_ratio.max(initial=0):.0f}), far from the rows fitted. "
        "Use their logs (CoxPH.predict, log_partial_hazard), which order rows alike",
    )
    return np.exp(log_ratio)


def event_probability(
    fit: CoxFit,
    values: ArrayLike,
    start: ArrayLike,
    horizon: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    level: float = 0.95,
    robust: bool | None = None,
) -> pd.DataFrame:
    """Estimate the probability of the event in ``(start, start + horizon]``.

    Conditional on being at risk at `start`, on covariates (and stratum) staying as they are then, and on no other kind
    of end coming first; where other ends compete, use `cumulative_incidence`. Times that differ by rounding from those
    of the rows fitted are theirs: what is asked from .7 for .1 includes an event at .8.

    Parameters
    ----------
    fit : CoxFit
    values : array-like, shape (n, p)
    start : float or array-like, shape (n,)
        On the clock of the fit: the age of each row, say.
    horizon : float or array-like, shape (n,), (1, h) or (n, h)
        One for all, one a row; or several for all, or several a row.
    strata : array-like, shape (n,) or (n, k), optional
        Labels as in the fit; needed where it has strata.
    level : float
        Of the interval, symmetric for the log of the cumulative hazard.
    robust : bool, optional
        Robust errors of the coefficients or model-based ones; by default those that the rows call for
        (`CoxFit.is_robust`).

    Returns
    -------
    DataFrame
        probability, conf_low, conf_high; each with a column a horizon (its length, or where rows have their own its
        number) if there are several: ``frame["probability"]`` has the shape (n, h). NaN where on some of ``(start,
        start + horizon]`` nobody of the stratum was at risk: nothing is known there, and `why_unknown` says why. Where
        nobody at risk had the event the probability is 0, and its interval NaN.

    Raises
    ------
    ModelError
        If shapes do not fit, a stratum is unknown or missing, or the horizon is not positive.
    """
    patterns = _standardised(fit, values)
    codes = _stratum_codes(fit, strata, len(patterns))
    begin, end = windows([fit], start, horizon, len(patterns))
    row = np.repeat(np.arange(len(patterns)), end[:1].size)
    first, last = _position(fit, codes, begin)[row], _position(fit, codes[row], end.ravel())
    passage = passage_between(fit, patterns[row], first, last, robust=robust)
    low, high = hazard_interval(passage, level, "log")
    is_known = why_unknown_of(fit, codes[row], begin[row], end.ravel()) == ""
    hazards = {"probability": passage.hazard, "conf_low": low, "conf_high": high}
    found = {name: np.where(is_known, -np.expm1(-own), np.nan) for name, own in hazards.items()}
    if end.ndim == 1:
        return pd.DataFrame(found)
    lengths = np.asarray(horizon)
    labels = lengths[0] if len(lengths) == 1 else np.arange(end.shape[1])
    return pd.concat(
        {name: pd.DataFrame(own.reshape(end.shape), columns=labels) for name, own in found.items()}, axis=1
    )


def why_unknown(
    fit: CoxFit, start: ArrayLike, horizon: ArrayLike, *, strata: ArrayLike | None = None
) -> NDArray[np.object_]:
    """Say why nothing is known of ``(start, start + horizon]``: an `Unknown`, or '' where it is known.

    Parameters
    ----------
    fit : CoxFit
    start, horizon : float or array-like
    strata : array-like, shape (n,) or (n, k), optional
        As in `event_probability`.

    Returns
    -------
    ndarray of object, shape (n,), or (n, h) where there are several horizons

    Raises
    ------
    ModelError
        As `event_probability`.
    """
    n = max(len(given) for given in map(np.atleast_1d, (start, horizon, 0 if strata is None else strata)))
    begin, end = windows([fit], start, horizon, n)
    row = np.repeat(np.arange(n), end[:1].size)
    return why_unknown_of(fit, _stratum_codes(fit, strata, n)[row], begin[row], end.ravel()).reshape(end.shape)


def cumulative_incidence(
    fits: Mapping[str, CoxFit],
    values: ArrayLike,
    start: ArrayLike,
    horizons: Sequence[float],
    *,
    strata: ArrayLike | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Estimate the probability of each kind of end by each horizon after `start`, all kinds competing.

    Conditional on being at risk at `start` and on covariates (and stratum) staying as they are then.

    Parameters
    ----------
    fits : mapping of str to CoxFit
        The cause-specific fit of every kind of end, on the same clock and columns: other ends are censorings in each.
    values : array-like, shape (n, p)
    start : float or array-like, shape (n,)
    horizons : sequence of float
        Times after `start`.
    strata : array-like, shape (n,) or (n, k), optional
        As in `event_probability`; every fit has it.

    Returns
    -------
    dict of str to ndarray, shape (n, len(horizons))
        By cause; NaN as in `event_probability`.

    Raises
    ------
    ModelError
        As `event_probability`; if the fits have different columns, or there is none.

    Notes
    -----
    Aalen and Johansen (1978), Scandinavian Journal of Statistics 5, 141, with the transition of each event time as the
    exponential of its hazards, so that a single cause gives `event_probability` exactly.
    """
    _require_same_columns(fits)
    any_fit = next(iter(fits.values()))
    columns = _columns(any_fit, values)
    after = np.asarray(horizons, dtype=np.float64)
    if after.ndim != 1 or len(after) == 0 or not (after > 0).all():
        raise ModelError(f"horizons must be positive times after start; {horizons!r} arrived.")
    begin, end = windows(list(fits.values()), start, after[None, :], len(columns))
    found = {cause: np.full((len(columns), len(after)), np.nan) for cause in fits}
    codes = {cause: _stratum_codes(fit, strata, len(columns)) for cause, fit in fits.items()}
    labels = codes[next(iter(fits))]
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        for chunk in np.array_split(members, -(-len(members) // _CHUNK)):
            own = {cause: int(codes[cause][chunk[0]]) for cause in fits}
            known = np.all(
                [
                    lies_in_one(times_at_risk(fit, own[cause]), begin[chunk, None], end[chunk])
                    for cause, fit in fits.items()
                ],
                axis=0,
            )
            for cause, incidence in _incidence(fits, columns[chunk], own, begin[chunk], end[chunk]).items():
                found[cause][chunk] = np.where(known, incidence, np.nan)
    return found


def _incidence(
    fits: Mapping[str, CoxFit],
    columns: NDArray[np.float64],
    stratum: Mapping[str, int],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
) -> dict[str, NDArray[np.float64]]:
    """Add up the incidence of each cause over the event times of all causes in one stratum."""
    times = np.unique(np.concatenate([_of_stratum(fit, stratum[cause])[0] for cause, fit in fits.items()]))
    at_risk = times > begin[:, None]
    log_hazards = []
    for cause, fit in fits.items():
        own_times, increments = _of_stratum(fit, stratum[cause])
        spread = np.full(len(times), -np.inf)
        spread[np.searchsorted(times, own_times)] = np.log(increments)
        shift = fit.maximum.end.shift
        log_risk = (
            partial_likelihood.linear_predictor(_standardised(fit, columns), fit.maximum.end.coefficients) - shift
        )
        log_hazards.append(np.where(at_risk, log_risk[:, None] + spread, -np.inf))
    # Logs: the risk of a row far from those fitted may be more than a float holds, its probabilities are known anyway.
    log_total = np.logaddexp.reduce(log_hazards, axis=0)
    total = np.exp(np.minimum(log_total, _CERTAIN))
    before = np.exp(-np.pad(np.cumsum(total, axis=1)[:, :-1], ((0, 0), (1, 0))))
    # Those still there who leave at a time, divided among causes as their hazards.
    leaving = before * -np.expm1(-total)
    apart = np.where(np.isfinite(log_total), log_total, 0.0)
    parts = {cause: leaving * np.exp(own - apart) for cause, own in zip(fits, log_hazards, strict=True)}
    by = np.searchsorted(times, end, side="right")
    return {
        cause: np.take_along_axis(np.pad(np.cumsum(part, axis=1), ((0, 0), (1, 0))), by, axis=1)
        for cause, part in parts.items()
    }


def _of_stratum(fit: CoxFit, stratum: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the event times of a stratum and the increments of the baseline hazard there."""
    pairs = slice(*fit.likelihood.sets.openings[stratum : stratum + 2])
    return fit.likelihood.sets.time[pairs], fit.maximum.end.steps.hazard[pairs]


def _position(fit: CoxFit, stratum: NDArray[np.intp], time: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the position in cumulated arrays of each stratum at each time, inclusive."""
    position = np.empty(len(time), dtype=np.intp)
    for code in np.unique(stratum):
        mine = stratum == code
        passed = np.searchsorted(_of_stratum(fit, code)[0], time[mine], side="right")
        position[mine] = fit.likelihood.sets.openings[code] + code + passed
    return position


def _stratum_codes(fit: CoxFit, strata: ArrayLike | None, n: int) -> NDArray[np.intp]:
    if strata is None:
        if len(fit.rows.strata) > 1:
            raise ModelError(f"The fit has {len(fit.rows.strata)} strata: say to which each row belongs.")
        return np.zeros(n, dtype=np.intp)
    columns = np.asarray(strata)
    labels = columns[:, 0] if columns.ndim == 2 and columns.shape[1] == 1 else columns
    wanted = [label if not isinstance(label, np.ndarray) else tuple(label) for label in labels]
    known = {label: code for code, label in enumerate(fit.rows.strata)}
    codes = np.array([known.get(label, -1) for label in wanted], dtype=np.intp)
    if len(codes) != n:
        raise ModelError(f"strata must have one label a row ({n:,}); {len(codes):,} arrived.")
    refuse_rows(codes < 0, "the stratum of every row must be one of the fit")
    return codes


def _columns(fit: CoxFit, values: ArrayLike) -> NDArray[np.float64]:
    columns = np.asarray(values, dtype=np.float64)
    if columns.ndim != 2 or columns.shape[1] != len(fit.names):
        raise ModelError(f"The fit has {len(fit.names)} columns; the shape that arrived is {columns.shape}.")
    refuse_not_finite(columns, fit.names)
    return columns


def _standardised(fit: CoxFit, values: ArrayLike) -> NDArray[np.float64]:
    return (_columns(fit, values) - fit.centre) / fit.scale


def _require_same_columns(fits: Mapping[str, CoxFit]) -> None:
    if not fits:
        raise ModelError("Cumulative incidence needs the fit of every kind of end; none arrived.")
    if len({fit.names for fit in fits.values()}) > 1:
        raise ModelError("The fits of all kinds of end must have the same columns in the same order.")
