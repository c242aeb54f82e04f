"""Copies: rows that an export gave twice are read once, and rows that share a key without being alike are refused."""

from collections.abc import Sequence

from analysis.engine import raw_views
from analysis.engine.engine import Engine
from analysis.engine.quoting import quoted
from analysis.ingest.findings import Finding
from analysis.wording.remarks import remark

_SHOWN = 5


def read_copies_once(engine: Engine, name: str, file: str, key: Sequence[str]) -> list[Finding]:
    """Show each row of a raw table once, and return what is found of its copies and of keys that are shared.

    A query that adds up rows would count a copy again, and nothing in the table that it makes would show it. Rows
    without a key are copies of nothing.

    Parameters
    ----------
    engine
        A store with the views of schema ``raw``, whose columns have their types.
    name, file
        The raw table, and its file.
    key
        The columns that tell its rows apart; none, or one that is not there, and nothing is looked at.
    """
    if not key:
        return []
    there = {own.lower(): own for own in engine.columns(f"raw.{quoted(name)}")}
    if not {own.lower() for own in key} <= there.keys():
        return []
    columns = [there[own.lower()] for own in key]
    at = ", ".join(quoted(own) for own in columns)
    keyed = f"(select * from raw.{quoted(name)} where {' and '.join(f'{quoted(own)} is not null' for own in columns)})"
    copied = f"(select {at}, count(*) as rows, count(distinct keyed) as kinds from {keyed} as keyed group by {at})"
    ((n_copies, n_shared),) = engine.rows(
        f"select coalesce(sum(rows - kinds), 0), coalesce(sum(kinds) filter (kinds > 1), 0) from {copied}"
    )
    findings = []
    if n_copies:
        says, mend = remark("ingest.raw_rows_are_copies.says"), remark("ingest.raw_rows_are_copies.mend", table=name)
        shown = _keys(engine, columns, f"{copied} where rows > kinds")
        findings.append(Finding("raw_rows_are_copies", file, "notice", says, mend, int(n_copies), shown))
        raw_views.show_copies_once(engine, name, columns)
    if n_shared:
        says = remark("ingest.raw_key_is_shared.says", columns=tuple(columns))
        mend = remark("ingest.raw_key_is_shared.mend", table=name)
        shown = _keys(engine, columns, f"{copied} where kinds > 1")
        findings.append(Finding("raw_key_is_shared", file, "error", says, mend, int(n_shared), shown))
    return findings


def _keys(engine: Engine, columns: Sequence[str], relation: str) -> tuple[str, ...]:
    """Return the first few keys of a relation, as they are shown."""
    shown = ", ".join(f"cast({quoted(own)} as varchar)" for own in columns)
    rows = engine.rows(f"select {shown} from {relation} order by all limit {_SHOWN}")
    return tuple(", ".join(f"{own}={value}" for own, value in zip(columns, row, strict=True)) for row in rows)
