"""Times at risk: over which somebody of a stratum was there; and why nothing is known of others."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from analysis.cox.fit import CoxFit
from analysis.curves.stretches import lies_in_one, stretches


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
