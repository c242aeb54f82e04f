"""Hints: which table or column of the contract a name of the source may stand for, by the words that it is made of."""

import re
from collections.abc import Collection

from analysis.wording.nearest import closest

_SYNONYMS = {
    **dict.fromkeys(
        ("customer", "client", "company", "companie", "org", "organisation", "organization", "tenant", "workspace"),
        "account",
    ),
    **dict.fromkeys(("start", "begin", "begun", "began", "from"), "started"),
    **dict.fromkeys(("end", "finish", "finished"), "ended"),
    **dict.fromkeys(("open", "created", "create", "submitted", "raised"), "opened"),
    **dict.fromkeys(("solved", "closed"), "resolved"),
    **dict.fromkeys(("licence", "license", "quantity"), "seat"),
    **dict.fromkeys(("member",), "user"),
    **dict.fromkeys(("rating",), "score"),
    **dict.fromkeys(("staff", "headcount"), "employee"),
    **dict.fromkeys(("usage",), "used"),
}
_DAY = {"on", "at", "day", "dt", "date", "datetime", "timestamp"}
_UNITS = {
    *("second", "sec", "minute", "min", "hour", "hr", "day", "week", "month", "quarter", "year", "annual", "monthly"),
    *("mrr", "arr", "percent", "pct", "cent", "count", "rate", "share"),
}
_NEAR = 0.8


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name: in the singular, the field's synonyms as one, and ``on`` last for a day."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[\W_]+", " ", name.strip()).casefold().split()
    one = [word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in split]
    known = [_SYNONYMS.get(word, word) for word in one]
    rest = [word for word in known if word not in _DAY]
    if not rest or len(rest) == len(known) or _is_number_of_days(known):
        return tuple(known)
    return (*rest, "on")


def _is_number_of_days(known: Collection[str]) -> bool:
    return bool({"period", "active", "number", "of"} & set(known)) and "day" in known


def nearest(name: str, known: Collection[str], table: str = "") -> str | None:
    """Return the known name that a name most likely stands for, if one is near: ``ended_on`` for ``end_date``.

    Parameters
    ----------
    known
        Names of the contract.
    table
        The table whose columns they are: its name may be left out of a column's, or stand before it.
    """
    own = _forms(name, table)
    for other in known:
        if own & _forms(other, table):
            return other
    stems = {other: _stem(words(other)) for other in known if _units(other) == _units(name)}
    near = closest(_stem(words(name)), sorted(set(stems.values()) - {""}), least_alike=_NEAR)
    return next((other for other in known if near and stems.get(other) == near[0]), None)


def means_exactly(name: str, known: str, table: str = "") -> bool:
    """Say whether two names are made of the same words."""
    return bool(_forms(name, table) & _forms(known, table))


def near_tables(name: str, tables: Collection[str]) -> list[str]:
    """Return the tables that a file of some name may hold, the nearest first."""
    own = set(words(name))
    found = [near] if (near := nearest(name, tables)) else []
    return found + [
        table for table in tables if table not in found and (own <= set(words(table)) or own >= set(words(table)))
    ]


def _forms(name: str, table: str) -> set[tuple[str, ...]]:
    """Return a name's words; without those of its table if it begins with them, with them if it is ``id`` alone."""
    own, before = words(name), words(table) if table else ()
    if own == ("id",):
        return {(*before, *own)}
    rest = own[len(before) :] if before and own[: len(before)] == before else own
    return {own if rest in {(), ("id",), ("on",)} else rest}


def _stem(of: tuple[str, ...]) -> str:
    return " ".join(word for word in of if word not in {"on", "id"})


def _units(name: str) -> tuple[set[str], bool, bool]:
    of = words(name)
    return set(of) & _UNITS, of[-1:] == ("on",), "id" in of
