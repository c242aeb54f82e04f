"""The renewal clock of a design: days to an agreed date as a curve for each kind of term, as far as data support it."""

import itertools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

CANDIDATES = (0, 30, 61, 91, 122, 152, 183, 274, 365, 548, 730, 1096)
"""Days before a renewal between which the log hazard may bend: months, then quarters, half-years and years."""
EXPECTED_EVENTS = 5.0
"""Between two bends there must be so many rows that this many lifetimes of the kind should have left among them. In
simulated books with 40 to 90 events to learn from, five ranked accounts as well as ten or twenty did, or better."""
NONE_AHEAD = "none ahead"
NO_TERM = "no_term"
"""The kind of a row for which no term is known to end."""

Knots = dict[str, tuple[int, ...]]
"""By kind of term, the commonest first: the days at which its curve bends, the first and the last included; none where
it has no curve."""


def learn_knots(
    days: NDArray[np.float64], kind: NDArray[np.object_], events: NDArray[np.float64], least: float = EXPECTED_EVENTS
) -> Knots:
    """Choose between which days the curve of each kind of term may bend.

    How many bends there are depends on how many left, and where they are on where the rows lie: days in which nobody
    left tell as much of the clock as those in which many did.

    Parameters
    ----------
    days : ndarray, shape (n,)
        To the date, from 1; NaN where none lies ahead.
    kind : ndarray of str, shape (n,)
        Of term.
    events : ndarray, shape (n,)
        Lifetimes that left in the row; those that did in several rows count in each for a part.
    least
        Events that a piece should hold.

    Returns
    -------
    dict
        Of each kind in training its knots, in order; the commonest kind first.
    """
    names, counts = np.unique(kind.astype(str), return_counts=True)
    return {
        str(name): _knots(days[(kind == name) & ~np.isnan(days)], float(events[kind == name].sum()), least)
        for name in names[np.lexsort((names, -counts))]
    }


def _knots(days: NDArray[np.float64], events: float, least: float) -> tuple[int, ...]:
    """Close a piece, beginning at the date itself, where it holds enough; beyond the last one the curve is level."""
    if len(days) == 0:
        return ()
    within = [int(np.count_nonzero(days <= candidate)) for candidate in CANDIDATES]
    knots, before = [0], 0
    for candidate, rows in zip(CANDIDATES[1:], within[1:], strict=True):
        if (rows - before) * events >= least * len(days):
            knots.append(candidate)
            before = rows
    return tuple(knots) if len(knots) > 1 else ()


def clock_columns(
    days: NDArray[np.float64], kind: NDArray[np.object_], knots: Mapping[str, tuple[int, ...]]
) -> dict[str, NDArray[np.float64]]:
    """Return the columns of a clock: for each kind of term its curve, and its level beside that of the commonest.

    A curve is piecewise linear and level beyond its last knot: of each piece a column that rises from 0 at its near end
    to 1 at its far end, so that a coefficient is the change of the log hazard across it, and a penalty pulls
    neighbouring knots towards each other. Rows of other kinds have 0 in it, and so have those for which no date lies
    ahead: that is a state of its own (``kind, none ahead``), never a number of days. A kind that training never saw has
    no columns.

    Parameters
    ----------
    days, kind
        As in `learn_knots`.
    knots
        From `learn_knots`.

    Returns
    -------
    dict of str to ndarray, shape (n,)

    Examples
    --------
    >>> days = np.array([15.0, 40.0, 400.0, np.nan])
    >>> columns = clock_columns(days, np.array(["yearly"] * 4, dtype=object), {"yearly": (0, 30, 61)})
    >>> {name: column.round(2).tolist() for name, column in columns.items()}
    {'yearly, 0-30': [0.5, 1.0, 1.0, 0.0], 'yearly, 30-61': [0.0, 0.32, 1.0, 0.0], \
'yearly, none ahead': [0.0, 0.0, 0.0, 1.0]}
    """
    lacking = np.isnan(days)
    ahead = np.where(lacking, 0.0, days)
    columns: dict[str, NDArray[np.float64]] = {}
    for place, (name, own) in enumerate(knots.items()):
        of_kind = kind == name
        if place > 0:
            columns[name] = of_kind.astype(np.float64)
        for near, far in itertools.pairwise(own):
            columns[f"{name}, {near}-{far}"] = np.where(of_kind, np.clip((ahead - near) / (far - near), 0.0, 1.0), 0.0)
        columns[f"{name}, {NONE_AHEAD}"] = (of_kind & lacking).astype(np.float64)
    return columns


def events_by_row(event: NDArray[np.bool_], lifetime: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the part of a lifetime with event that each row holds, shape (n,): they add up to one a lifetime."""
    _, code = np.unique(lifetime.astype(str), return_inverse=True)
    rows_with_event = np.bincount(code, weights=event)
    return np.where(event, 1.0 / np.maximum(rows_with_event[code], 1.0), 0.0)
