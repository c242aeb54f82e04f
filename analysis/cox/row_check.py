"""Row check: in which ways the rows of a subject do not follow each other; R's `survcheck` has the words."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cox.rows import CountingRows, refuse_rows
from analysis.wording.remarks import Remark, remark


@dataclass(frozen=True, slots=True, eq=False)
class RowCheck:
    """Rows that do not follow the one before of the same subject, each a mask of shape (n,); no row is in two.

    Attributes
    ----------
    overlap
        Begins before an earlier one has ended, or repeats it.
    gap
        Begins later than the one before ended; nobody knows whether the subject was at risk in between.
    jump
        The same, after an event.
    teleport
        Begins where the one before ended in an event: the subject is at risk again as if nothing had happened.

    Notes
    -----
    Those of R's ``survcheck(Surv(start, stop, factor(event)) ~ 1, id = subject, istate = "at risk")``, but that an
    overlap is one with any earlier row, not only with the last.
    """

    overlap: NDArray[np.bool_]
    gap: NDArray[np.bool_]
    jump: NDArray[np.bool_]
    teleport: NDArray[np.bool_]


def row_check(rows: CountingRows, *, within_strata: bool = False) -> RowCheck:
    """Compare each row with those before it of the same subject.

    Parameters
    ----------
    rows : CountingRows
    within_strata : bool
        Of the same stratum, too.
    """
    unit = rows.subject * len(rows.strata) + rows.stratum if within_strata else rows.subject
    order = np.lexsort((rows.stop, rows.start, unit))
    same = np.r_[False, np.diff(unit[order]) == 0]
    start, stop = rows.start[order], rows.stop[order]
    follows = np.r_[False, rows.event[order][:-1]] & same
    reached = _latest_before(stop, same)
    overlap = same & (start < reached)
    apart = same & (start > reached)
    found = (overlap, apart & ~follows, apart & follows, same & (start == reached) & follows)
    masks = [np.zeros(len(rows), dtype=bool) for _ in found]
    for mask, sorted_mask in zip(masks, found, strict=True):
        mask[order] = sorted_mask
    return RowCheck(*masks)


def row_notes(rows: CountingRows) -> tuple[Remark, ...]:
    """Say what a reader of a fit must know of how the rows of its subjects follow each other.

    Raises
    ------
    ModelError
        If rows of a subject overlap within a stratum: it would be at risk twice; the message names the rows.
    """
    refuse_rows(
        row_check(rows, within_strata=True).overlap,
        "rows of one subject must not overlap within a stratum, since it would be at risk twice. Cut or drop them, or "
        "give them as cluster if they overlap by design",
    )
    check = row_check(rows)
    again = check.teleport | check.jump
    found = [
        ("cox.overlapping_strata", check.overlap),
        ("cox.gaps", check.gap),
        ("cox.after_event", again),
    ]
    return tuple(
        remark(code, rows=int(np.count_nonzero(mask)), subjects=len(np.unique(rows.subject[mask])))
        for code, mask in found
        if mask.any()
    )


def _latest_before(stop: NDArray[np.float64], same: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the latest stop of the rows before of the same unit, rows in order; -inf at the first of each."""
    position = np.cumsum(~same) - 1
    # Ranks, so that one running maximum does for all units: those of a later unit are all above those of an earlier.
    _, rank = np.unique(stop, return_inverse=True)
    key = position * (int(rank.max()) + 1) + rank
    latest = np.maximum.accumulate(key)
    before = np.r_[0, latest[:-1]]
    values = np.unique(stop)[before % (int(rank.max()) + 1)]
    return np.where(same, values, -np.inf)
