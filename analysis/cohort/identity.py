"""Identity: a cohort says itself what it was built from and what its tables hold, so that no other passes for it."""

from collections.abc import Sequence
from pathlib import Path

from analysis.engine.engine import Engine
from analysis.engine.quoting import literal, quoted
from analysis.errors import BuildError, EngineError

_TABLES = (
    "select table_name from duckdb_tables() where database_name = current_database() and schema_name = 'main' "
    "and table_name not in ('built_from', 'built_tables') order by table_name"
)


def write_identity(engine: Engine, hashes: dict[str, str]) -> None:
    """Write the hashes that a cohort is built from into table ``built_from``, and what each table holds.

    Table ``built_tables`` has the name, the number of rows and a digest of each, the same in whatever order they lie.

    Parameters
    ----------
    engine
        The finished cohort.
    hashes
        See `analysis.cohort.fingerprint.fingerprint`.
    """
    engine.run(
        "create table built_from as select unnest($parts) as part, unnest($hashes) as hash",
        {"parts": list(hashes), "hashes": list(hashes.values())},
    )
    held = _held_sql([name for (name,) in engine.rows(_TABLES)])
    engine.run(f"create table built_tables as {held}")


def refuse_other(engine: Engine, path: Path, hashes: dict[str, str], *, is_whole: bool) -> None:
    """Refuse a file that is not the cohort whose name it bears, or not as it was built.

    Parameters
    ----------
    engine
        The file, opened for reading.
    path
        Its path.
    hashes
        What the cohort is built from.
    is_whole
        Whether every row is read. If not, only the hashes, the tables and their numbers of rows are looked at.

    Raises
    ------
    BuildError
        With the file, what is wrong with it, and what to do.
    """
    if path.with_name(f"{path.name}.wal").exists():
        raise _other(path, f"the file {path.name}.wal beside it says that another program wrote to it", ".wal")
    try:
        found = dict(engine.rows("select part, hash from built_from"))
        held = {name: (rows, digest) for name, rows, digest in engine.rows("from built_tables")}
        there = {name for (name,) in engine.rows(_TABLES)}
    except EngineError as error:
        if error.damaged:
            raise BuildError(str(error)) from None
        raise _other(path, "it does not say what it was built from") from None
    if found != hashes:
        raise _other(path, f"it was built as cohort {found.get('cohort', 'of no name')}")
    if odd := sorted(there ^ held.keys()):
        raise _other(path, f"table '{odd[0]}' is {'missing' if odd[0] in held else 'none of it'}")
    try:
        now = {name: (rows, digest) for name, rows, digest in engine.rows(_held_sql(sorted(held), is_whole=is_whole))}
    except EngineError as error:
        raise BuildError(str(error)) from None
    for name, (rows, digest) in held.items():
        if now[name] != (rows, digest if is_whole else ""):
            raise _other(path, f"table '{name}' was changed after it was built")


def _held_sql(names: Sequence[str], *, is_whole: bool = True) -> str:
    """Return a select of the name of each table, its number of rows, and a digest of them.

    For the digest every block is read, and its checksum compared; it is empty unless all is asked for.
    """
    digest = "coalesce(cast(sum(hash(held)) as varchar), '')" if is_whole else "''"
    parts = (
        f"select {literal(name)} as table_name, count(*) as rows, {digest} as digest from {quoted(name)} as held"
        for name in names
    )
    return " union all ".join(parts)


def _other(path: Path, reason: str, beside: str = "") -> BuildError:
    also = f" and {path}{beside}" if beside else ""
    return BuildError(
        f"The file {path} is not the cohort that was built under this name: {reason}. Remove {path}{also} and build "
        "again; the source need not be changed."
    )
