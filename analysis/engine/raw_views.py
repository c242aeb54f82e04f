"""Raw views: files of a source shown as the views of schema ``raw``, and what the engine says of a faulty file."""

import re
from collections.abc import Sequence
from pathlib import Path

from analysis.engine.engine import Engine
from analysis.engine.quoting import literal, quoted

RAW = "raw"
_SHOWN = 60


def begin(engine: Engine) -> None:
    """Make schema ``raw``."""
    engine.run(f"create schema {RAW}")


def end(engine: Engine) -> None:
    """Remove schema ``raw`` with all that it shows."""
    engine.run(f"drop schema {RAW} cascade")


def names(engine: Engine) -> set[str]:
    """Return the names of the raw views."""
    return set(engine.tables(RAW))


def show_csv(engine: Engine, name: str, path: Path, columns: Sequence[str]) -> None:
    """Show a CSV file in UTF-8 with commas: every column, as text, by the names given; nothing is detected."""
    # a sample that begins a line with '#' would make a comment of every such row
    read = ", ".join(f"'c{number}': 'varchar'" for number, _ in enumerate(columns, start=1))
    engine.run(
        f"create view {_view(name)} ({', '.join(quoted(column) for column in columns)}) as "
        f"select * from read_csv({literal(str(path))}, auto_detect = false, header = true, delim = ',', "
        f"quote = '\"', escape = '\"', comment = '', strict_mode = true, columns = {{{read}}})"
    )


def columns_that_differ_in_case_only(engine: Engine, path: Path) -> list[str]:
    """Return the columns of a Parquet file, or folder, whose names differ from another's in case alone."""
    stored = {row[0] for row in engine.rows(f"select name from parquet_schema({_pattern(path)})")}
    arrived = engine.columns(f"read_parquet({_pattern(path)}, union_by_name = true, hive_partitioning = false)")
    return [name.rpartition("_")[0] for name in arrived if name not in stored]  # the second of two is renamed


def show_parquet(engine: Engine, name: str, path: Path) -> None:
    """Show a Parquet file, or a folder of them whose names may say the values of columns."""
    read = f"{_pattern(path)}, union_by_name = true, hive_partitioning = {str(path.is_dir()).lower()}"
    engine.run(f"create view {_view(name)} as from read_parquet({read})")


def open_database(engine: Engine, path: Path) -> list[tuple[str, str]]:
    """Open a database and return its tables and views, of any schema: schema and name, in order."""
    engine.attach(path, "given")
    return engine.rows(
        "select schema_name, table_name from duckdb_tables() where database_name = 'given' and not internal union all "
        "select schema_name, view_name from duckdb_views() where database_name = 'given' and not internal order by all"
    )


def show_table(engine: Engine, name: str, schema: str, table: str) -> None:
    """Show a table of the opened database."""
    engine.run(f"create view {_view(name)} as select * from given.{quoted(schema)}.{quoted(table)}")


def _view(name: str) -> str:
    return f"{RAW}.{quoted(name)}"


def _pattern(path: Path) -> str:
    return literal(str(path / "**" / "*.parquet" if path.is_dir() else path))


def csv_fault(details: str) -> str | None:
    """Return in one sentence why a CSV file could not be read, and on which line; None if that was not the matter.

    Parameters
    ----------
    details
        All that the engine said.
    """
    file = re.search(r"^\s*file = (.+)$", details, re.MULTILINE)
    line = re.search(r"CSV Error on Line: (\d+)\nOriginal Line: ?(.*)", details)
    if not file:
        return None
    begins = f"The file {Path(file[1]).name} cannot be read:"
    if not line:
        return f"{begins} its lines end in different ways, or a quotation mark stands where none may. Save it anew."
    shown = line[2] if len(line[2]) <= _SHOWN else f"{line[2][:_SHOWN]}..."
    counts = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", details)
    if counts:
        reason = f"holds {counts[2]} values where the header names {counts[1]} columns"
    elif "unterminated quote" in details:
        reason = "has a quotation mark that is not closed, or not doubled within a value"
    else:
        reason = "is not as CSV must be"
    return f"{begins} line {line[1]} {reason}: {shown!r}. Correct the line."
