"""Identifiability: which columns the data cannot estimate, and why, in words that name them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from analysis.cox.rows import CountingRows
from analysis.errors import ModelError
from analysis.wording.remarks import Remark, remark

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

    def __init__(self, why: Remark, columns: Sequence[str]) -> None:
        super().__init__(why)
        self.columns = tuple(columns)


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
        raise ModelError(remark("cox.constant", columns=tuple(constant)))


def refuse_endless(largest: NDArray[np.float64], names: Sequence[str]) -> None:
    """Raise a `ModelError` that names the columns whose largest value has a square that is no number."""
    endless = [name for name, own in zip(names, largest, strict=True) if not own < 1e150]
    if endless:
        raise ModelError(remark("cox.endless", columns=tuple(endless)))


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
        raise NotEstimableError(remark("cox.never_differs", columns=tuple(alike)), alike)
    left = information.copy()
    for k, name in enumerate(names):
        if left[k, k] <= COLLINEAR * own[k]:
            weights = np.linalg.lstsq(information[:k, :k], information[:k, k], rcond=1e-12)[0]
            share = np.abs(weights) * np.sqrt(own[:k] / own[k])
            others = [names[j] for j in np.flatnonzero(share > 0.01).tolist()]
            raise NotEstimableError(remark("cox.collinear", column=name, others=tuple(others)), [*others, name])
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
    named = tuple(names[k] for k in guilty.tolist())
    if len(guilty) > 1:
        raise NotEstimableError(remark("cox.always_at_one_end", columns=named), named)
    if coefficients[guilty[0]] > 0:
        raise NotEstimableError(remark("cox.always_highest", columns=named), named)
    raise NotEstimableError(remark("cox.always_lowest", columns=named), named)


def refuse_no_convergence(step: NDArray[np.float64], iterations: int, names: Sequence[str]) -> None:
    """Raise a `ModelError` that names the columns whose coefficients still move (`step` in standard deviations)."""
    moving = tuple(names[k] for k in np.argsort(-np.abs(step))[:3].tolist())
    raise ModelError(remark("cox.no_convergence", steps=iterations, columns=moving))


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
    named = tuple(name for name, own in zip(names, reach, strict=True) if own > 0.3 * reach.max())
    raise NotEstimableError(remark("cox.out_of_reach", columns=named), named)


def support_notes(values: NDArray[np.float64], rows: CountingRows, names: Sequence[str]) -> tuple[Remark, ...]:
    """Say where events (distinct subjects) are too few for the number of columns, or for one column.

    Where only clusters were given, these are what is counted, and called so.
    """
    subjects, p = rows.n_subjects_with_event, len(names)
    of_clusters = rows.has_clusters and not rows.has_subjects
    few, few_for_one = (
        ("cox.few_clusters_a_column", "cox.thin_clusters") if of_clusters else ("cox.few_events", "cox.thin")
    )
    notes = []
    if subjects < MIN_EVENTS_PER_COLUMN * p:
        each = subjects / p
        notes.append(remark(few, subjects=subjects, columns=p, each=each, least=MIN_EVENTS_PER_COLUMN))
    thin = tuple(
        remark("cox.thin_column", column=name, number=n)
        for name, n in zip(names, carrying_subjects(values, rows), strict=True)
        if n < MIN_SUBJECTS
    )
    if thin:
        notes.append(remark(few_for_one, least=MIN_SUBJECTS, columns=thin))
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
