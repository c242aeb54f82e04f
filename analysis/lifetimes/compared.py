"""Compared: whether the curves of groups differ, and what is to be known of the groups."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from analysis.cox.global_test import GlobalTest, global_test
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.lifetimes.labels import OTHER
from analysis.lifetimes.sold import Told

_NAMED = 8
"""Of the groups that are shown as one so many are named."""


def curves_differ(outcome: Outcome, group: NDArray[np.object_], seed: int) -> GlobalTest | None:
    """Test whether the hazards of groups are one, at every age.

    A score test of the indicators of all groups but one in a Cox model without other columns, whose distribution is
    that under random signs of the parent accounts: a log-rank test that holds where lifetimes enter late, rows of a
    cluster depend, and clusters are few.

    Parameters
    ----------
    outcome : Outcome, n rows
    group : ndarray, shape (n,)
    seed : int
        Of the signs.

    Returns
    -------
    GlobalTest or None
        None where there is one group only, or no two clusters tell the groups apart.
    """
    names = sorted(set(group))
    if len(names) < 2:
        return None
    columns = np.column_stack([(group == name).astype(np.float64) for name in names[1:]])
    try:
        return global_test(outcome.counting_rows(), columns, seed=seed)
    except ModelError:
        return None


def group_notes(
    told: Told, differ: GlobalTest | None, pooled: Collection[str], without: Collection[str], least: int
) -> tuple[str, ...]:
    """Return what a reader of curves by group must know.

    Parameters
    ----------
    told
        What tells the groups apart.
    differ
        Whether they differ.
    pooled
        Groups that are shown as one, too small by themselves.
    without
        Groups that have no curve, for at no age so many as `least` were at risk at once.
    """
    notes = []
    if pooled:
        named = ", ".join(list(pooled)[:_NAMED]) + (f" and {len(pooled) - _NAMED} more" if len(pooled) > _NAMED else "")
        notes.append(f"'{OTHER}' is all that is too small, or one too many, to be shown by itself: {named}.")
    if without:
        notes.append(f"No curve of {', '.join(without)}: at no age were {least} at risk at once.")
    if differ is not None:
        at_least = 1 / differ.n_signs
        p_value = f"p < {at_least:.2g}" if differ.p_value <= at_least else f"p = {differ.p_value:.2g}"
        notes.append(
            f"Do the curves differ? Score test with random signs of {differ.n_clusters:,} parent accounts: {p_value}."
        )
    notes.append("Groups are those of the first day on which a lifetime is observed.")
    if told.as_of_snapshot:
        notes.append(
            f"As of the snapshot, not of that day: {', '.join(told.as_of_snapshot)}. Who changes it on the way is "
            "counted where it ended up."
        )
    return tuple(notes)
