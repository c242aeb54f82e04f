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
from analysis.cox.times_at_risk import times_at_risk, why_unknown_of
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
    stratum: ArrayLike | None = None,
    level: float = 0.95,
    robust: bool = False,
) -> pd.DataFrame:
    """Estimate the probability of the event in ``(start, start + horizon]``.

    Conditional on being at risk at `start`, on covariates (and stratum) staying as they are then, and on no other kind
    of end coming first; where other ends compete, use `cumulative_incidence`.

    Parameters
    ----------
    fit : CoxFit
    values : array-like, shape (n, p)
    start : float or array-like, shape (n,)
        On the clock of the fit: the age of each row, say.
    horizon : float or array-like, shape (n,)
    stratum : array-like, shape (n,), optional
        Labels as in the fit; needed where it has strata.
    level : float
        Of the interval, symmetric for the log of the cumulative hazard.
    robust : bool
        Let the uncertainty of the coefficients be the cluster-robust one.

    Returns
    -------
    DataFrame
        probability, conf_low, conf_high; NaN where on some of ``(start, start + horizon]`` nobody of the stratum was
        at risk: nothing is known there, and `why_unknown` says why.

    Raises
    ------
    ModelError
        If shapes do not fit, a stratum is unknown or missing, or the horizon is not positive.
    """
    patterns = _standardised(fit, values)
    codes = _stratum_codes(fit, stratum, len(patterns))
    begin, end = _window(start, horizon, len(patterns))
    passage = passage_between(fit, patterns, _position(fit, codes, begin), _position(fit, codes, end), robust=robust)
    low, high = hazard_interval(passage, level, "log")
    frame = pd.DataFrame(
        {"probability": -np.expm1(-passage.hazard), "conf_low": -np.expm1(-low), "conf_high": -np.expm1(-high)}
    )
    frame.loc[why_unknown_of(fit, codes, begin, end) != ""] = np.nan
    return frame


def why_unknown(
    fit: CoxFit, start: ArrayLike, horizon: ArrayLike, *, stratum: ArrayLike | None = None
) -> NDArray[np.object_]:
    """Say why nothing is known of ``(start, start + horizon]``: an `Unknown`, or '' where it is known; shape (n,).

    Parameters
    ----------
    fit : CoxFit
    start, horizon : float or array-like, shape (n,)
    stratum : array-like, shape (n,), optional
        As in `event_probability`.

    Raises
    ------
    ModelError
        As `event_probability`.
    """
    n = np.broadcast_shapes(np.shape(start), np.shape(horizon), (1,) if stratum is None else np.shape(stratum))[0]
    return why_unknown_of(fit, _stratum_codes(fit, stratum, n), *_window(start, horizon, n))


def cumulative_incidence(
    fits: Mapping[str, CoxFit],
    values: ArrayLike,
    start: ArrayLike,
    horizons: Sequence[float],
    *,
    stratum: ArrayLike | None = None,
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
    stratum : array-like, shape (n,), optional
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
    begin, _ = _window(start, after.max(), len(columns))
    found = {cause: np.full((len(columns), len(after)), np.nan) for cause in fits}
    codes = {cause: _stratum_codes(fit, stratum, len(columns)) for cause, fit in fits.items()}
    labels = codes[next(iter(fits))]
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        for chunk in np.array_split(members, -(-len(members) // _CHUNK)):
            own = {cause: int(codes[cause][chunk[0]]) for cause in fits}
            ends = begin[chunk, None] + after
            known = np.all(
                [lies_in_one(times_at_risk(fit, own[cause]), begin[chunk, None], ends) for cause, fit in fits.items()],
                axis=0,
            )
            for cause, incidence in _incidence(fits, columns[chunk], own, begin[chunk], after).items():
                found[cause][chunk] = np.where(known, incidence, np.nan)
    return found


def _incidence(
    fits: Mapping[str, CoxFit],
    columns: NDArray[np.float64],
    stratum: Mapping[str, int],
    begin: NDArray[np.float64],
    after: NDArray[np.float64],
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
    by = np.stack([np.searchsorted(times, b + after, side="right") for b in begin])
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


def _window(start: ArrayLike, horizon: ArrayLike, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    begin = np.broadcast_to(np.asarray(start, dtype=np.float64), n)
    length = np.broadcast_to(np.asarray(horizon, dtype=np.float64), n)
    refuse_rows(~np.isfinite(begin), "start must be finite")
    refuse_rows(~(length > 0), "the horizon must be positive")
    return begin, begin + length


def _stratum_codes(fit: CoxFit, stratum: ArrayLike | None, n: int) -> NDArray[np.intp]:
    if stratum is None:
        if len(fit.rows.strata) > 1:
            raise ModelError(f"The fit has {len(fit.rows.strata)} strata: say to which each row belongs.")
        return np.zeros(n, dtype=np.intp)
    wanted = [label if not isinstance(label, np.ndarray) else tuple(label) for label in np.asarray(stratum)]
    known = {label: code for code, label in enumerate(fit.rows.strata)}
    codes = np.array([known.get(label, -1) for label in wanted], dtype=np.intp)
    if len(codes) != n:
        raise ModelError(f"stratum must have one label a row ({n:,}); {len(codes):,} arrived.")
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
