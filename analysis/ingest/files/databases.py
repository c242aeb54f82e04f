"""Databases: a source in one file, read as tables; none of its views, macros or computed columns is ever run."""

from collections.abc import Iterable
from pathlib import Path

from analysis.declared.contract import as_written, read_contract
from analysis.engine import raw_views
from analysis.engine.engine import Engine
from analysis.engine.quoting import quoted
from analysis.ingest.files.files_read import FileRead, Opened
from analysis.ingest.files.raw_files import refuse_without_tables
from analysis.ingest.files.unread import told_of_unread_tables
from analysis.ingest.findings import Finding
from analysis.wording.remarks import Remark, remark

_APART = "made"
"""A schema for a table that is made of a view, which may not share the view's own."""


def open_database(engine: Engine, readable: Path, path: Path, expected: tuple[str, ...], opened: Opened) -> None:
    """Open the tables of a database, of any schema; what is not expected, or no table, is noted as unread.

    A view is a query: it would read other files, and depend on them, on the clock and on the machine.

    Parameters
    ----------
    readable
        The path as the engine takes it.
    path
        The path as its owner knows it.
    expected
        The only names that a table may have; empty: any.

    Raises
    ------
    SourceError
        If it has none of the required tables.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    unread, views = [], []
    for schema, name, is_view in raw_views.open_database(engine, readable):
        if is_view:
            views.append((schema, name))
        elif expected and as_written(name) not in expected:
            unread.append(f"{schema}.{name}")
        else:
            found.setdefault(as_written(name), []).append((schema, name))
    if expected:
        there = {*found, *(as_written(name) for _, name in views if as_written(name) in expected)}
        refuse_without_tables(path, there, [*unread, *(".".join(view) for view in views)], read_contract())
    for table, places in found.items():
        names = [f"{schema}.{name}" for schema, name in places]
        if len(places) > 1:
            refuse_two(table, names, opened)
            opened.files.extend(FileRead(name, why_not=remark("ingest.table_twice.mend")) for name in names)
            continue
        computed = raw_views.show_table(engine, table, *places[0])
        opened.first_rows[table] = 1
        opened.files.append(FileRead(names[0], table))
        if computed:
            says = remark("ingest.computed_columns.says", columns=tuple(computed))
            mend = remark("ingest.computed_columns.mend")
            opened.findings.append(Finding("computed_columns", table, "notice", says, mend))
    told_of_unread_tables(unread, [name for name in expected if name not in found], opened)
    for schema, name in views:
        is_needed = as_written(name) in expected and as_written(name) not in found
        _told_of_view(schema, name, opened, is_needed=is_needed)


def _told_of_view(schema: str, name: str, opened: Opened, *, is_needed: bool) -> None:
    mend = _mend(schema, name)
    finding = Finding(
        "view_is_not_read",
        as_written(name) if is_needed else f"{schema}.{name}",
        "error" if is_needed else "notice",
        remark("ingest.view.says", view=f"{schema}.{name}"),
        mend,
    )
    opened.findings.append(finding)
    opened.files.append(FileRead(f"{schema}.{name}", why_not=mend))
    if is_needed:
        opened.unreadable.add(finding.table)


def _mend(schema: str, name: str) -> Remark:
    made = f"{_APART}.{quoted(name)}"
    sql = f"create schema if not exists {_APART}; create table {made} as from {quoted(schema)}.{quoted(name)}"
    return remark("ingest.view.mend", sql=sql)


def refuse_two(name: str, files: Iterable[str], opened: Opened) -> None:
    """Note that several files hold one table, and that none of them is read."""
    says = remark("ingest.table_twice.says", table=name, files=tuple(files))
    opened.findings.append(Finding("table_is_given_twice", name, "error", says, remark("ingest.table_twice.mend")))
    opened.unreadable.add(name)
