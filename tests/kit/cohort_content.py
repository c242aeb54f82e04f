"""What a cohort's file holds, whatever the order and place of its rows on disk."""

from pathlib import Path

import duckdb


def rows_and_digests(cohort: Path) -> dict[str, tuple[int, str]]:
    """Return the number of rows and the digest of each table of a cohort, by name, as the build wrote them down."""
    with duckdb.connect(str(cohort), read_only=True) as con:
        return {name: (rows, digest) for name, rows, digest in con.execute("from built_tables").fetchall()}


def table_hashes(cohort: Path) -> dict[str, str]:
    """Return a hash of the content of each table of a cohort, by name."""
    with duckdb.connect(str(cohort), read_only=True) as con:
        tables = [name for (name,) in con.execute("select table_name from duckdb_tables() order by 1").fetchall()]
        return {table: _content_hash(con, table) for table in tables}


def _content_hash(con: duckdb.DuckDBPyConnection, table: str) -> str:
    (found,) = con.execute(
        f"select concat(count(*), '-', bit_xor(hash(t)), '-', sum(hash(t))) from {table} as t"
    ).fetchone()
    return found
