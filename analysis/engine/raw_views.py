"""Raw views: files of a source shown as the views of schema ``raw``, and what the engine says of a faulty file."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.engine.engine import Engine
from analysis.engine.quoting import literal, path_literal, quoted

RAW = "raw"
GIVEN = "given"
"""What a source's database goes by."""
_BEFORE = " as written"
"""How the name goes on of a view whose columns have got other types since."""


def begin(engine: Engine) -> None:
    """Make schema ``raw``."""
    engine.run(f"create schema {RAW}")


def end(engine: Engine) -> None:
    """Remove schema ``raw`` with all that it shows, and let go of the opened database."""
    engine.run(f"drop schema {RAW} cascade")
    engine.run(f"detach database if exists {GIVEN}")


def names(engine: Engine) -> set[str]:
    """Return the names of the raw views."""
    return {name for name in engine.tables(RAW) if _BEFORE not in name}


def show_csv(
    engine: Engine, name: str, path: Path, columns: Sequence[str], separator: str = ",", skipped: int = 0
) -> None:
    """Show a text file in UTF-8: every column, as text, by the names given; nothing is detected.

    Rows without any value, which spreadsheets leave at the end, are no rows.

    Parameters
    ----------
    separator
        Between the values of a line.
    skipped
        Lines above the header.
    """
    # a sample that begins a line with '#' would make a comment of every such row
    read = ", ".join(f"'c{number}': 'varchar'" for number, _ in enumerate(columns, start=1))
    engine.run(
        f"create view {_view(name)} ({', '.join(quoted(column) for column in columns)}) as "
        f"select * from read_csv({path_literal(path)}, auto_detect = false, header = true, skip = {skipped}, "
        f"delim = {literal(separator)}, quote = '\"', escape = '\"', comment = '', strict_mode = true, "
        f"compression = 'none', hive_partitioning = false, columns = {{{read}}}) "
        f"where coalesce({', '.join(f'c{number}' for number, _ in enumerate(columns, start=1))}) is not null"
    )


def show_json(engine: Engine, name: str, path: Path, *, is_array: bool) -> None:
    """Show a file of JSON records, one a line or all in one list: every key as a column of text."""
    records = f"read_json_objects({path_literal(path)}, format = '{'array' if is_array else 'newline_delimited'}')"
    found = engine.rows(
        f"select key, min(n) from (select json_keys(json) as keys, row_number() over () as n "
        f"from {records}) as rows, unnest(keys) as t(key) group by key order by min(n), key"
    )
    columns = [f"json ->> {literal(_json_path(key))} as {quoted(key)}" for key, _ in found]
    engine.run(f"create view {_view(name)} as select {', '.join(columns) or 'null as nothing'} from {records}")


def _json_path(key: str) -> str:
    return '$."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def columns_that_differ_in_case_only(engine: Engine, files: Sequence[Path]) -> list[str]:
    """Return the columns of Parquet files whose names differ from another's in case alone."""
    stored = {row[0] for row in engine.rows(f"select name from parquet_schema({_listed(files)})")}
    arrived = engine.columns(f"read_parquet({_listed(files)}, union_by_name = true, hive_partitioning = false)")
    return [name.rpartition("_")[0] for name in arrived if name not in stored]  # the second of two is renamed


def show_parquet(
    engine: Engine,
    name: str,
    files: Sequence[Path],
    *,
    are_partitions: bool = False,
    columns: Collection[str] | None = None,
) -> None:
    """Show one or more Parquet files as one table.

    Parameters
    ----------
    are_partitions
        Whether the names of their folders say the values of columns; those are text.
    columns
        Which of their columns are shown, whatever their case; all by default.
    """
    rows = parquet_sql(files, are_partitions=are_partitions)
    shown = "*"
    if columns is not None:
        own = {column.casefold() for column in columns}
        shown = ", ".join(quoted(column) for column in engine.columns(rows) if column.casefold() in own)
    engine.run(f"create view {_view(name)} as select {shown} from {rows}")


def parquet_sql(files: Sequence[Path], *, are_partitions: bool) -> str:
    """Return SQL of the rows of Parquet files; see `show_parquet`."""
    partitions = f"hive_partitioning = {str(are_partitions).lower()}"
    if are_partitions:
        partitions += ", hive_types_autocast = false"  # which would make 7 of 007
    return f"read_parquet({_listed(files)}, union_by_name = true, {partitions})"


def _listed(files: Sequence[Path]) -> str:
    return f"[{', '.join(path_literal(file) for file in files)}]"


def open_database(engine: Engine, path: Path) -> list[tuple[str, str, bool]]:
    """Open a database and return its tables and views, of any schema: schema, name and whether it is a view."""
    engine.run(f"attach {literal(str(path))} as {GIVEN} (type duckdb, read_only)")
    return engine.rows(
        "select schema_name, table_name, false from duckdb_tables() where database_name = $given and not internal "
        "union all "
        "select schema_name, view_name, true from duckdb_views() where database_name = $given and not internal "
        "order by all",
        {"given": GIVEN},
    )


def given_tables(engine: Engine) -> list[tuple[str, str]]:
    """Return the tables of the opened database, schema and name; none where no database is opened."""
    sql = (
        "select schema_name, table_name from duckdb_tables() where database_name = $given and not internal order by all"
    )
    return engine.rows(sql, {"given": GIVEN})


def given_table(engine: Engine, schema: str, table: str) -> tuple[str, list[str]]:
    """Return SQL of the rows of a table of the opened database, and the columns left out: those that it computes.

    What is computed may be another on each day and machine. Text is compared letter by letter, whatever order the
    database gives it.
    """
    columns = engine.rows(
        "select column_name, data_type, is_generated = 'ALWAYS' from information_schema.columns "
        "where table_catalog = $given and table_schema = $schema and table_name = $table order by ordinal_position",
        {"given": GIVEN, "schema": schema, "table": table},
    )
    read = ", ".join(
        f'{quoted(name)} collate "binary" as {quoted(name)}' if kind == "VARCHAR" else quoted(name)
        for name, kind, is_computed in columns
        if not is_computed
    )
    return f"(select {read} from {GIVEN}.{quoted(schema)}.{quoted(table)})", [name for name, _, made in columns if made]


def show_table(engine: Engine, name: str, schema: str, table: str) -> list[str]:
    """Show a table of the opened database, and return the columns that are left out."""
    relation, computed = given_table(engine, schema, table)
    engine.run(f"create view {_view(name)} as from {relation}")
    return computed


def show_nothing(engine: Engine, name: str, columns: Mapping[str, str]) -> None:
    """Show a table without rows, in place of a file that need not be there; its columns are of the types given."""
    nothing = ", ".join(f"cast(null as {kind}) as {quoted(own)}" for own, kind in columns.items())
    engine.run(f"create view {_view(name)} as select {nothing or 'null as nothing'} where false")


def give_types(engine: Engine, name: str, columns: Mapping[str, str], typed: Mapping[str, str]) -> None:
    """Show a table in other types than it is shown so far.

    Parameters
    ----------
    columns
        What each column so far goes by in `typed`.
    typed
        SQL of the values of each column, by its name.
    """
    before = f"{name}{_BEFORE}"
    engine.run(f"alter view {_view(name)} rename to {quoted(before)}")
    named = ", ".join(f"{quoted(own)} as {at}" for own, at in columns.items())
    values = ", ".join(f"{value} as {quoted(own)}" for own, value in typed.items())
    engine.run(f"create view {_view(name)} as select {values} from (select {named} from {_view(before)})")


def show_copies_once(engine: Engine, name: str, key: Sequence[str]) -> None:
    """Show rows of a table that are alike once, in the order of its columns; those without a key stay as they are."""
    before = f"{name}{_BEFORE} with copies"
    engine.run(f"alter view {_view(name)} rename to {quoted(before)}")
    is_keyed = " and ".join(f"{quoted(own)} is not null" for own in key)
    engine.run(
        f"create view {_view(name)} as select distinct * from {_view(before)} where {is_keyed} "
        f"union all select * from {_view(before)} where not ({is_keyed}) order by all"
    )


def _view(name: str) -> str:
    return f"{RAW}.{quoted(name)}"


@dataclass(frozen=True, slots=True)
class CsvFault:
    """Why a CSV file could not be read: the kind of fault, and what was found: the line, its text, and counts."""

    kind: str
    values: tuple[tuple[str, int | str], ...] = ()


def csv_fault(details: str) -> CsvFault | None:
    """Return why a CSV file could not be read; None if that was not the matter.

    Parameters
    ----------
    details
        All that the engine said.
    """
    if not re.search(r"^\s*file = (.+)$", details, re.MULTILINE):
        return None
    line = re.search(r"CSV Error on Line: (\d+)\nOriginal Line: ?(.*)", details)
    if not line:
        return CsvFault("quotes")
    at = (("line", int(line[1])), ("text", line[2]))
    counts = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", details)
    if counts:
        return CsvFault("columns", (*at, ("names", int(counts[1])), ("found", int(counts[2]))))
    return CsvFault("open_quote" if "unterminated quote" in details else "malformed", at)
