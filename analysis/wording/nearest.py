"""Nearest: what somebody may have meant who named something that there is not."""

import difflib
from collections.abc import Collection


def nearest(name: str, known: Collection[str], most: int = 3) -> str:
    """Return a sentence that names the known names nearest to one, the nearest first; all where they are few.

    Examples
    --------
    >>> nearest("lifetime", ["lifetimes", "landmarks", "changes", "groups"])
    'The nearest: lifetimes.'
    >>> nearest("x", ["a", "b"])
    'There are: a, b.'
    """
    found = difflib.get_close_matches(name, known, n=most, cutoff=0.5)
    if found:
        return f"The nearest: {', '.join(found)}."
    return f"There are: {', '.join(sorted(known))}."
