"""Nearest: what somebody may have meant who named something that there is not."""

import difflib
from collections.abc import Collection

MOST_LISTED = 20
"""Names that a sentence lists where it can say instead who lists them."""


def closest(name: str, known: Collection[str], most: int = 1, least_alike: float = 0.0) -> list[str]:
    """Return the known names that are nearest to one, the nearest first.

    Parameters
    ----------
    name, known
        What was named, and what there is.
    most
        Of them, at most.
    least_alike
        From 0, where any will do, to 1, where they are the same.

    Examples
    --------
    >>> closest("lifetime", ["landmarks", "lifetimes"])
    ['lifetimes']
    """
    return difflib.get_close_matches(name, list(known), n=most, cutoff=least_alike)


def nearest(name: str, known: Collection[str], most: int = 3, listed_by: str = "") -> str:
    """Return a sentence that names the known names nearest to one, the nearest first; where none is near, all.

    Parameters
    ----------
    name, known, most
        As in `closest`.
    listed_by
        What lists the known names, and is named in place of more than `MOST_LISTED`.

    Examples
    --------
    >>> nearest("lifetime", ["lifetimes", "landmarks", "changes", "groups"])
    'The nearest: lifetimes.'
    >>> nearest("x", ["a", "b"])
    'There are: a, b.'
    >>> nearest("x", [f"table_{number}" for number in range(80)], listed_by="study.tables")
    'None of the 80 is near; study.tables lists them.'
    """
    if found := closest(name, known, most, 0.5):
        return f"The nearest: {', '.join(found)}."
    if listed_by and len(known) > MOST_LISTED:
        return f"None of the {len(known)} is near; {listed_by} lists them."
    return f"There are: {', '.join(sorted(known))}."
