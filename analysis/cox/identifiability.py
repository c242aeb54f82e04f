"""Identifiability: which columns the data cannot estimate, and why, in words that name them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from analysis.cox.rows import CountingRows
from analysis.errors import ModelError, Obstacle, Why

COLLINEAR = 1e-9
"""Share of a column's information that must be its own, given the columns before it."""

FLAT = 1e-6
"""A direction in which so little of the information at zero is left has no maximum: the likelihood is flat there."""

MIN_SUBJECTS = 5
"""A column that fewer subjects with event set apart from its commonest value is noted as thin."""

MIN_EVENTS_PER_COLUMN = 10
"""Below this many subjects with event a column, estimates are noted as unstable (Peduzzi and others 1995)."""


class NotEstimableError(ModelError):
    """Some columns' effects cannot be estimated: they never differ, copy others or separate; `columns` names them."""

    def __init__(self, message: str, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        super().__init__(message, Obstacle.of(Why.NOT_ESTIMABLE, columns=self.columns))


def refuse_not_finite(values: NDArray[np.float64], names: Sequence[str]) -> None:
    """Raise a `ModelError` that names the first column with a missing or infinite value, and its rows."""
    with np.errstate(invalid="ignore", over="ignore"):
        if np.isfinite(values.sum()):
            return
    for name, column in zip(names, values.T, strict=True):
        bad = np.flatnonzero(~np.isfinite(column))
        if len(bad):
            missing = np.isnan(column[bad])
            kind = "missing" if missing.all() else "missing or infinite" if missing.any() else "infinite"
            shown = ", ".join(map(str, bad[:5])) + (", ..." if len(bad) > 5 else "")
            raise ModelError(
                f"Column '{name}' is {kind} in {len(bad):,} of {len(column):,} rows (positions {shown}). "
                "Fill it, with a column that marks the filled rows, or leave these rows out."
            )
    refuse_endless(np.abs(values).max(axis=0), names)


def refuse_constant(spread: NDArray[np.float64], names: Sequence[str]) -> None:
    """Raise a `ModelError` that names the columns without any spread."""
    constant = [name for name, own in zip(names, spread, strict=True) if own == 0]
    if constant:
        raise ModelError(
            f"{quoted(constant)} {_is(constant)} constant in all rows. Leave {_it(constant)} out.",
            Obstacle.of(Why.NOT_ESTIMABLE, columns=tuple(constant)),
        )


def refuse_endless(largest: NDArray[np.float64], names: Sequence[str]) -> None:
    """Raise a `ModelError` that names the columns whose largest value has a square that is no number."""
    endless = [name for name, own in zip(names, largest, strict=True) if not own < 1e150]
    if endless:
        raise ModelError(
            f"{quoted(endless)} {_has(endless)} values beyond 1e150, whose squares are no numbers. "
            "If they stand for missing values, fill them; otherwise change the unit."
        )


def refuse_uninformative(information: NDArray[np.float64], names: Sequence[str]) -> None:
    """Raise a `NotEstimableError` if a column never differs within a risk set, or copies columns before it.

    Parameters
    ----------
    information : ndarray, shape (p, p)
        At coefficients zero, of standardised columns, with the ridge.
    names : sequence of str
    """
    own = np.diag(information).copy()
    most = own.max(initial=0.0)
    alike = [name for name, value in zip(names, own, strict=True) if not value > 1e-14 * max(most, 1.0)]
    if alike:
        raise NotEstimableError(
            f"{quoted(alike)} {_is(alike)} the same for all who are at risk together whenever an event happens, "
            f"so that nothing tells {'their effects' if len(alike) > 1 else 'its effect'}. Leave {_it(alike)} out.",
            alike,
        )
    left = information.copy()
    for k, name in enumerate(names):
        if left[k, k] <= COLLINEAR * own[k]:
            weights = np.linalg.lstsq(information[:k, :k], information[:k, k], rcond=1e-12)[0]
            share = np.abs(weights) * np.sqrt(own[:k] / own[k])
            others = [names[j] for j in np.flatnonzero(share > 0.01).tolist()]
            raise NotEstimableError(
                f"Columns are collinear: '{name}' is a linear combination of {quoted(others)} among those at risk. "
                "Leave one of them out or set a ridge.",
                [*others, name],
            )
        left -= np.outer(left[:, k], left[k]) / left[k, k]


def refuse_separation(
    information: NDArray[np.float64],
    at_zero: NDArray[np.float64],
    coefficients: NDArray[np.float64],
    names: Sequence[str],
) -> None:
    """Raise a `NotEstimableError` if the information has vanished in some direction: the likelihood is flat there.

    Whoever has the event is then always at the same end of these columns among those at risk.

    Parameters
    ----------
    information, at_zero : ndarray, shape (p, p)
        At `coefficients` and at zero, of standardised columns, with the ridge.
    """
    share, directions = linalg.eigh(information, at_zero)
    if share[0] > FLAT:
        return
    weight = np.abs(directions[:, 0]) * np.sqrt(np.diag(at_zero))
    guilty = np.flatnonzero(weight > 0.3 * weight.max())
    named = [names[k] for k in guilty.tolist()]
    if len(guilty) == 1:
        end = "highest" if coefficients[guilty[0]] > 0 else "lowest"
        how = f"whoever has the event always has its {end} value among those at risk"
    else:
        how = "a combination of them puts whoever has the event always at one end of those at risk"
    raise NotEstimableError(
        f"The likelihood has no maximum in {quoted(named)}: {how}. "
        f"Leave {_it(named)} out, merge levels or set a ridge.",
        named,
    )


def refuse_no_convergence(step: NDArray[np.float64], iterations: int, names: Sequence[str]) -> None:
    """Raise a `ModelError` that names the columns whose coefficients still move (`step` in standard deviations)."""
    moving = [names[k] for k in np.argsort(-np.abs(step))[:3].tolist()]
    raise ModelError(
        f"The Cox model did not converge in {iterations} Newton steps; still moving: {quoted(moving)}. "
        "Leave columns out or set a ridge.",
        Obstacle.of(Why.NOT_CONVERGED, columns=tuple(moving), iterations=iterations),
    )


def refuse_out_of_range(
    values: NDArray[np.float64], offset: NDArray[np.float64], coefficients: NDArray[np.float64], names: Sequence[str]
) -> None:
    """Raise a `ModelError` that names what makes hazards differ so much that their sums are no numbers.

    Parameters
    ----------
    values : ndarray, shape (n, p)
    offset : ndarray, shape (n,)
    coefficients : ndarray, shape (p,)
        Where the search is; zero at its start.
    names : sequence of str
    """
    if not coefficients.any():
        low, high = offset.min(), offset.max()
        raise ModelError(
            f"offset must differ by less than about 300 between rows, since a hazard is multiplied by "
            f"its exponential; it runs from {low:.6g} (position {offset.argmin()}) to {high:.6g} (position "
            f"{offset.argmax()})."
        )
    reach = np.abs(coefficients) * np.ptp(values, axis=0)
    named = [name for name, own in zip(names, reach, strict=True) if own > 0.3 * reach.max()]
    raise NotEstimableError(
        f"The likelihood has no maximum within reach in {quoted(named)}: it still rises where hazards of those at "
        "risk together differ by a factor of 1e140. Either whoever has the event is always at one end of those at "
        f"risk, or a few rows lie far outside the others. Leave {_it(named)} out, merge levels, cap outliers or set "
        "a ridge.",
        named,
    )


def support_notes(values: NDArray[np.float64], rows: CountingRows, names: Sequence[str]) -> tuple[str, ...]:
    """Say where events (distinct subjects) are too few for the number of columns, or for one column."""
    subjects, p = rows.n_subjects_with_event, len(names)
    notes = []
    if subjects < MIN_EVENTS_PER_COLUMN * p:
        notes.append(
            f"{subjects} lifetimes with event for {p} columns: {subjects / p:.1f} a column, "
            f"below {MIN_EVENTS_PER_COLUMN}; estimates are unstable."
        )
    thin = [
        f"'{name}' ({n})" for name, n in zip(names, carrying_subjects(values, rows), strict=True) if n < MIN_SUBJECTS
    ]
    if thin:
        notes.append(f"Set apart by fewer than {MIN_SUBJECTS} lifetimes with event: {', '.join(thin)}.")
    return tuple(notes)


def carrying_subjects(values: NDArray[np.float64], rows: CountingRows) -> list[int]:
    """Count, per column, the subjects with event whose value is not the column's commonest one.

    For a column of two values, the smaller of the two counts: an effect needs events on both sides.
    """
    event_rows = np.flatnonzero(rows.event)
    subject = rows.subject[event_rows]
    return [_carrying(column, column[event_rows], subject) for column in values.T]


def _carrying(column: NDArray[np.float64], at_event: NDArray[np.float64], subject: NDArray[np.intp]) -> int:
    levels, sizes = np.unique(at_event, return_counts=True)
    if len(levels) <= 2:
        low, high = column.min(), column.max()
        if ((column == low) | (column == high)).all():
            return min(_distinct(subject[at_event == end]) for end in (low, high))
    return _distinct(subject[at_event != levels[np.argmax(sizes)]])


def _distinct(codes: NDArray[np.intp]) -> int:
    return int(np.count_nonzero(np.bincount(codes)))


def quoted(names: Sequence[str]) -> str:
    """Name up to eight columns in quotes."""
    shown = ", ".join(f"'{name}'" for name in names[:8])
    return shown + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _is(names: Sequence[str]) -> str:
    return "are" if len(names) > 1 else "is"


def _has(names: Sequence[str]) -> str:
    return "have" if len(names) > 1 else "has"


def _it(names: Sequence[str]) -> str:
    return "them" if len(names) > 1 else "it"
