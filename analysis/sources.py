"""Raw files become contract tables: opened, mapped by the source's SQL, and typed; nothing is judged here but types."""

import codecs
import difflib
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import duckdb

from analysis.contract import Column, Table
from analysis.errors import ContractError, SourceError
from analysis.study import Source
from analysis.warehouse import Progress, Query, read_queries, scalar

CONTRACT_KIND = "contract"
_CSV = "header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', strict_mode = true"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a folder of ``queries/1_sources`` says of its source.

    Attributes
    ----------
    files
        Raw tables and the files that hold them; empty for a source already in the contract's shape.
    stable_users
        Whether a user id is one person over time.
    observed_from
        First day that a table covers, where its log begins later than the contracts.
    """

    kind: str
    description: str
    files: dict[str, str] = field(default_factory=dict)
    stable_users: bool = True
    observed_from: dict[str, str] = field(default_factory=dict)


def source_kinds() -> tuple[str, ...]:
    """Return the known kinds of source."""
    folders = (files("queries") / "1_sources").iterdir()
    return tuple(sorted(entry.name for entry in folders if (entry / "source.toml").is_file()))


def read_declaration(kind: str) -> Declaration:
    """Read the declaration of a source.

    Raises
    ------
    SourceError
        If there is no such kind of source.
    """
    if kind not in source_kinds():
        raise SourceError(f"Unknown source kind '{kind}'. Known: {', '.join(source_kinds())}.")
    text = (files("queries") / "1_sources" / kind / "source.toml").read_text(encoding="utf-8")
    return Declaration(kind=kind, **tomllib.loads(text))


def locate_files(declaration: Declaration, path: Path, contract: dict[str, Table]) -> dict[str, Path]:
    """Return the file (or Parquet folder, or DuckDB file) of every raw table that the source gives.

    Raises
    ------
    SourceError
        If the place does not exist, holds no table at all, or lacks a file that the source declares.
    """
    if not path.exists():
        raise SourceError(f"The source {path} does not exist. Set source.path in the study or use --source.")
    if declaration.kind == CONTRACT_KIND:
        found = {path.stem: path} if path.is_file() else _contract_files(path, contract)
        if not found:
            raise SourceError(f"No table of the contract in {path}. Expected, for instance, accounts.csv.")
        return found
    missing = [name for name in declaration.files.values() if not (path / name).exists()]
    if missing:
        raise SourceError(
            f"A '{declaration.kind}' source needs {', '.join(declaration.files.values())}; "
            f"missing in {path}: {', '.join(missing)}."
        )
    return {name: path / file for name, file in declaration.files.items()}


def _contract_files(folder: Path, contract: dict[str, Table]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for entry in sorted(folder.iterdir()):
        is_table = entry.suffix in {".csv", ".parquet"} or (entry.is_dir() and any(entry.rglob("*.parquet")))
        if entry.stem in contract and is_table:
            if entry.stem in found:
                raise SourceError(f"Two files hold table '{entry.stem}': {found[entry.stem].name}, {entry.name}.")
            found[entry.stem] = entry
    return found


def open_raw(con: duckdb.DuckDBPyConnection, located: dict[str, Path], scratch: Path) -> None:
    """Make one view in schema ``raw`` for every raw table.

    Raises
    ------
    SourceError
        If a file cannot be read; the message names it.
    """
    con.execute("create schema raw")
    for name, path in located.items():
        try:
            if _is_database(path):
                _attach_database(con, path)
            else:
                con.execute(f'create view raw."{name}" as select * from {_reader(path, scratch)}')
        except (duckdb.Error, OSError, UnicodeDecodeError) as error:
            reason = str(error).split("\n")[0]
            raise SourceError(f"The file {path} cannot be read: {reason}") from None


def _is_database(path: Path) -> bool:
    return path.suffix in {".duckdb", ".db"}


def _attach_database(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    con.execute(f"attach {_literal(path)} as given (read_only)")
    tables = con.execute("select table_name from duckdb_tables() where database_name = 'given'").fetchall()
    for (table,) in tables:
        con.execute(f'create view raw."{table}" as select * from given."{table}"')


def _reader(path: Path, scratch: Path) -> str:
    if path.is_dir():
        return f"read_parquet({_literal(path / '**' / '*.parquet')}, hive_partitioning = true)"
    if path.suffix == ".parquet":
        return f"read_parquet({_literal(path)})"
    return f"read_csv({_literal(_as_utf8(path, scratch))}, {_CSV})"


def _as_utf8(path: Path, scratch: Path) -> Path:
    """Return the file itself if it is UTF-8, else a UTF-8 copy of what must then be cp932."""
    try:
        for _ in _decoded(path, "utf-8"):
            pass
        return path
    except UnicodeDecodeError:
        copy = scratch / path.name
        with copy.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(_decoded(path, "cp932"))
        return copy


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def load_tables(
    con: duckdb.DuckDBPyConnection, source: Source, contract: dict[str, Table], progress: Progress
) -> dict[str, tuple[str, ...]]:
    """Make every contract table, typed; a table or column that the source does not give is there but empty.

    Returns
    -------
    dict
        The tables that the source gives, each with the columns that it gives.

    Raises
    ------
    ContractError
        If a required table or column is missing, or a value is not of its column's type.
    """
    raw = {row[0] for row in con.execute("select view_name from duckdb_views() where schema_name = 'raw'").fetchall()}
    mapped = {query.name: query for query in read_queries(f"1_sources/{source.kind}")}
    given: dict[str, tuple[str, ...]] = {}
    for table in contract.values():
        relation = _relation(table, mapped, raw)
        if relation is None:
            if table.required:
                raise ContractError(
                    f"Required table '{table.name}' is missing in {source.path}. There: {', '.join(sorted(raw))}."
                )
            create_table(con, table)
            continue
        types = _column_types(con, relation)
        _check_columns(table, tuple(types))
        _check_types(con, table, relation, types)
        create_table(con, table, relation, tuple(types))
        given[table.name] = tuple(name for name in table.column_names if name in types)
        progress(f"  {table.name}: {scalar(con, f'select count(*) from {table.name}'):,} rows")
    con.execute("drop schema raw cascade")
    return given


def _relation(table: Table, mapped: dict[str, Query], raw: set[str]) -> str | None:
    if mapped:
        return f"(\n{mapped[table.name].sql}\n)" if table.name in mapped else None
    return f'raw."{table.name}"' if table.name in raw else None


def _column_types(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    try:
        described = con.execute(f"describe select * from {relation}").fetchall()
    except duckdb.Error as error:
        raise SourceError(f"The source cannot be mapped to the contract: {error}") from None
    return {row[0]: row[1] for row in described}


def _check_columns(table: Table, arrived: tuple[str, ...]) -> None:
    for name in table.required_columns():
        if name not in arrived:
            near = difflib.get_close_matches(name, arrived, n=1)
            hint = f" Rename '{near[0]}'?" if near else ""
            raise ContractError(
                f"Table '{table.name}' lacks its required column '{name}'. It has: {', '.join(arrived)}.{hint}"
            )


def _check_types(con: duckdb.DuckDBPyConnection, table: Table, relation: str, types: dict[str, str]) -> None:
    """Refuse values that are not of their column's type, with the first five of them."""
    doubtful = [c for c in table.columns if c.name in types and not _fits(types[c.name], c.sql_type)]
    if not doubtful:
        return
    counts = ", ".join(f"count(*) filter ({_is_fault(column)})" for column in doubtful)
    row = con.execute(f"select {counts} from {relation}").fetchone() or ()
    for column, count in zip(doubtful, row, strict=True):
        if count:
            values = con.execute(
                f"select distinct cast({column.name} as varchar) from {relation} "
                f"where {_is_fault(column)} order by 1 limit 5"
            ).fetchall()
            shown = ", ".join(repr(value[0]) for value in values)
            raise ContractError(
                f"Column '{table.name}.{column.name}' must be {column.type}, "
                f"but {count:,} of its values are not: {shown}. "
                "Correct them, or leave them empty."
            )


def _fits(arrived: str, required: str) -> bool:
    narrow = {"TINYINT", "SMALLINT", "INTEGER"}
    return (
        arrived.lower() == required
        or (required in {"bigint", "integer"} and arrived in narrow)
        or required == "varchar"
    )


def _is_fault(column: Column) -> str:
    is_fault = f"{column.name} is not null and try_cast({column.name} as {column.sql_type}) is null"
    if column.type in {"integer", "days"}:  # a cast would round silently
        is_fault += f" or try_cast({column.name} as double) <> try_cast({column.name} as bigint)"
    return is_fault


def create_table(
    con: duckdb.DuckDBPyConnection, table: Table, relation: str | None = None, given: Collection[str] = ()
) -> None:
    """Make a contract table, typed, from a relation that gives some of its columns; the others are empty."""
    columns = ", ".join(
        f"cast({column.name if column.name in given else 'null'} as {column.sql_type}) as {column.name}"
        for column in table.columns
    )
    con.execute(f"create or replace table {table.name} as select {columns} from {relation or '(select 1) where false'}")
