"""Leaving words: whether a column of a source says who has left, judged by what it is called and what it holds."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

_LEAVING = ("churn", "cancel", "terminat", "deactivat", "inactive", "lost", "left", "closed", "解約", "退会", "離脱")
_STAYING = ("active", "alive", "live", "current", "retained", "有効", "契約中", "利用中", "継続")
_STATES = ("status", "state", "lifecycle", "stage", "状態", "状況", "ステータス")
_OF_ANOTHER_MATTER = (
    "risk",
    "score",
    "prob",
    "predict",
    "likelihood",
    "count",
    "won",
    "deal",
    "ticket",
    "リスク",
    "予測",
    "確率",
)
_REASONS = ("reason", "理由")
_LEFT = (
    *("churn", "churned", "cancelled", "canceled", "closed", "lost", "terminated", "inactive", "ended", "expired"),
    *(
        "left",
        "deactivated",
        "former",
        "解約",
        "解約済",
        "解約済み",
        "退会",
        "退会済",
        "退会済み",
        "終了",
        "離脱",
        "休眠",
    ),
)
_STAYS = (
    *("active", "open", "live", "current", "customer", "renewed", "paying", "retained", "ongoing", "reactivated"),
    *("契約中", "利用中", "継続", "継続中", "有効", "契約", "アクティブ", "稼働中"),
)
_NEITHER = ("trial", "trialing", "pending", "past due", "at risk", "onboarding", "paused", "notice", "new", "unknown")
_YES, _NO = (
    ("true", "t", "yes", "y", "1", "1.0", "はい", "有", "○"),
    ("false", "f", "no", "n", "0", "0.0", "いいえ", "無", "×"),
)
MOST_WORDS = 12
"""Different values that a state may have."""
KNOWN_SHARE = 0.9
"""Share of a column's rows whose words must be known for it to be a state."""
TELLS_APART = 0.8
"""Share of those who ended with one of two values, less that of the others, from which on a column of any name is
taken to say who has left."""
FEWEST = 10
"""Of both those who ended and the others, for that."""


class Name(StrEnum):
    """What a column or table is called after."""

    LEAVING = "leaving"
    STAYING = "staying"
    STATE = "state"
    REASON = "reason"
    """Of leaving."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class States:
    """Which values of a column say that one has left, and which that one stays; None stands for an empty cell."""

    left: tuple[str | None, ...]
    stays: tuple[str | None, ...]


def name_of(own_name: str) -> Name:
    """Return what a column or table is called after."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", own_name).casefold().split()

    def says(stems: Collection[str]) -> bool:
        # Japanese writes no spaces between its words
        return any(word.startswith(stem) or (not stem.isascii() and stem in word) for word in words for stem in stems)

    if says(_OF_ANOTHER_MATTER):
        return Name.OTHER
    if says(_LEAVING):
        return Name.REASON if says(_REASONS) else Name.LEAVING
    if says(_STAYING):
        return Name.STAYING
    return Name.STATE if says(_STATES) else Name.OTHER


def read_states(name: Name, values: Mapping[str | None, tuple[int, int]]) -> States | None:
    """Read the values of a column as states; None where they are none.

    Parameters
    ----------
    name
        What the column is called after.
    values
        How many rows of those that ended, and of the others, have each value (trimmed, lower case; None: empty).
    """
    filled = [value for value in values if value is not None]
    if not filled or len(filled) > MOST_WORDS:
        return None
    if name is Name.REASON:
        return States(tuple(filled), ())
    return _by_words(name, values, filled) or _by_name(name, filled) or _by_who_ended(name, values, filled)


def _by_words(name: Name, values: Mapping[str | None, tuple[int, int]], filled: list[str]) -> States | None:
    plain = {value: re.sub(r"[\W_]+", " ", value).strip() for value in filled}
    left = tuple(value for value in filled if plain[value] in _LEFT)
    stays = tuple(value for value in filled if plain[value] in _STAYS)
    known = sum(sum(values[value]) for value in filled if plain[value] in {*_LEFT, *_STAYS, *_NEITHER})
    if known < KNOWN_SHARE * sum(sum(values[value]) for value in filled):
        return None
    if left:
        return States(left, stays or (None,))
    return States((), stays) if stays and name is not Name.OTHER else None


def _by_name(name: Name, filled: list[str]) -> States | None:
    if name not in (Name.LEAVING, Name.STAYING) or not set(filled) <= {*_YES, *_NO}:
        return None
    yes, no = (tuple(value for value in filled if value in words) for words in (_YES, _NO))
    # a mark that is set or empty says no where it is empty
    if name is Name.LEAVING:
        return States(yes, no or (None,))
    return States(no or (None,), yes)


def _by_who_ended(name: Name, values: Mapping[str | None, tuple[int, int]], filled: list[str]) -> States | None:
    n_ended, n_open = (sum(counts[k] for counts in values.values()) for k in (0, 1))
    if name is not Name.OTHER or len(filled) != 2 or min(n_ended, n_open) < FEWEST:
        return None
    one, other = filled
    apart = values[one][0] / n_ended - values[one][1] / n_open
    if abs(apart) < TELLS_APART:
        return None
    return States((one,), (other,)) if apart > 0 else States((other,), (one,))
