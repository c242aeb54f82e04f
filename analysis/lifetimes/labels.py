"""Labels: names of groups, pooled where a group is too small to be shown."""

from collections.abc import Collection

import pandas as pd

from analysis.declared.ranges import NAMES_OF_ACCOUNTS
from analysis.errors import StudyError

ALL, OTHER, UNKNOWN = "all", "other", "unknown"
"""Groups that no source names: everybody, the small ones pooled, and those without a label."""
MOST_GROUPS = 6
"""That a picture tells apart."""


def refuse_unknown_label(name: str, given: Collection[str]) -> None:
    """Raise a `StudyError` where the source does not give a column of ``accounts``, or each account has its own value.

    It names the columns that the source gives.
    """
    if f"accounts.{name}" not in given:
        known = sorted(entry.removeprefix("accounts.") for entry in given if entry.startswith("accounts."))
        raise StudyError(f"The source gives no column '{name}' of accounts. It gives: {', '.join(known)}.")
    if name in NAMES_OF_ACCOUNTS:
        raise StudyError(f"Column '{name}' of accounts tells each account from all others, and no groups.")


def pooled_labels(labels: pd.Series, min_cell: int, most: int = MOST_GROUPS) -> pd.Series:
    """Return labels with small groups, and all but the largest, pooled as `OTHER`; missing ones are `UNKNOWN`.

    A group that the source itself calls so is part of the pool. A pool that is too small takes in the next smallest
    group.
    """
    named = named_labels(labels)
    sizes = (
        named.value_counts().rename_axis("label").reset_index().sort_values(["count", "label"], ascending=[False, True])
    )
    named_apart = sizes[(sizes["count"] >= min_cell) & (sizes["label"] != OTHER)].head(most)
    kept, pooled = named_apart["label"].tolist(), int(sizes["count"].sum() - named_apart["count"].sum())
    if 0 < pooled < min_cell:
        kept = kept[:-1]
    return named.where(named.isin(kept), OTHER)


def named_labels(labels: pd.Series) -> pd.Series:
    """Return labels as words, missing ones as `UNKNOWN`."""
    return labels.fillna(UNKNOWN).astype(str)


def in_order(names: Collection[str]) -> list[str]:
    """Return names of groups in the order in which a reader looks for them: numbers by size, then words.

    Examples
    --------
    >>> in_order(["web", "100", "25"])
    ['25', '100', 'web']
    """
    return sorted(names, key=lambda name: (not _is_number(name), float(name) if _is_number(name) else 0.0, name))


def _is_number(name: str) -> bool:
    return name.replace(".", "", 1).removeprefix("-").isdecimal()
