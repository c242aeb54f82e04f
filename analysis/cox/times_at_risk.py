"""Times at risk: over which somebody of a stratum was there, those asked about, and why nothing is known of others."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.cox.fit import CoxFit
from analysis.cox.rows import refuse_rows
from analysis.cox.same_time import as_known
from analysis.curves.stretches import lies_in_one, stretches
from analysis.errors import ModelError


class Unknown(StrEnum):
    """Why nothing is known of the time that a probability was asked for."""

    BEFORE = "before anybody was at risk"
    HOLE = "nobody was at risk in between"
    BEYOND = "beyond the last at risk"


def times_at_risk(fit: CoxFit, stratum: int) -> NDArray[np.float64]:
    """Return the unbroken times ``(begin, end]`` at which somebody of a stratum was at risk, in order, shape (m, 2)."""
    mine = fit.rows.stratum == stratum
    return stretches(fit.rows.start[mine], fit.rows.stop[mine])


def why_unknown_of(
    fit: CoxFit, stratum: NDArray[np.intp], begin: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.object_]:
    """Say why nothing is known of ``(begin, end]`` in a stratum (its code), an `Unknown` or ''; shape (n,)."""
    why = np.full(len(stratum), "", dtype=object)
    for code in np.unique(stratum):
        mine = np.flatnonzero(stratum == code)
        spans = times_at_risk(fit, code)
        outside = [begin[mine] < spans[0, 0], end[mine] > spans[-1, 1], ~lies_in_one(spans, begin[mine], end[mine])]
        why[mine] = np.select(outside, [Unknown.BEFORE.value, Unknown.BEYOND.value, Unknown.HOLE.value], "")
    return why


def windows(
    fits: Sequence[CoxFit], start: ArrayLike, horizon: ArrayLike, n: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return begin, shape (n,), and end, shape (n,) or (n, h), of the times asked about, on the clock of the fits.

    Parameters
    ----------
    fits : sequence of CoxFit
    start : float or array-like, shape (n,)
    horizon : float or array-like, shape (n,), (1, h) or (n, h)
    n : int
        Rows that are asked about.

    Raises
    ------
    ModelError
        If shapes do not fit, a start is not finite, or a horizon not positive.
    """
    given, length = np.asarray(start, dtype=np.float64), np.asarray(horizon, dtype=np.float64)
    if given.shape not in ((), (1,), (n,)) or (length.ndim and len(length) not in (1, n)) or length.ndim > 2:
        raise ModelError(
            f"start must be one number or one a row ({n:,}), the horizon that or a table with a line a row; their "
            f"shapes are {given.shape} and {length.shape}."
        )
    begin = np.broadcast_to(given, n)
    length = np.broadcast_to(length, (n, *length.shape[1:]))
    refuse_rows(~np.isfinite(begin), "start must be finite")
    refuse_rows(np.any(~(length > 0).reshape(n, -1), axis=1), "the horizon must be positive")
    end = (begin + length.T).T
    starts, stops = (np.concatenate([getattr(fit.rows, name) for fit in fits]) for name in ("start", "stop"))
    return as_known(begin, starts, stops), as_known(end, starts, stops)
