"""The world's tables: written month by month in the contract's shape, and out as Parquet in the end."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis.declared.contract import Table, read_contract
from analysis.engine.engine import Engine
from analysis.engine.quoting import quoted

NUMBERED = {"touchpoints": "touchpoint_id", "tickets": "ticket_id"}


def append(engine: Engine, name: str, rows: pd.DataFrame) -> None:
    """Append rows to a table of the world; touches and tickets are numbered as they come."""
    table = read_contract()[name]
    engine.run(f"create table if not exists world.{name} as {_empty(table)}")
    if rows.empty:
        return
    if name in NUMBERED:
        first = 1 + engine.count(f"world.{name}")
        rows = rows.assign(**{NUMBERED[name]: [f"{name[0].upper()}{k:08d}" for k in range(first, first + len(rows))]})
    _insert(engine, table, rows)


def together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all parts; empty ones say nothing of their columns' types."""
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]


def replace(engine: Engine, name: str, rows: pd.DataFrame) -> None:
    """Write a table of the world anew."""
    table = read_contract()[name]
    engine.run(f"create or replace table world.{name} as {_empty(table)}")
    if not rows.empty:
        _insert(engine, table, rows)


def _insert(engine: Engine, table: Table, rows: pd.DataFrame) -> None:
    columns = [column for column in table.columns if column.name in rows]
    with engine.showing(rows_to_write=rows):
        engine.run(
            f"insert into world.{table.name} ({', '.join(c.name for c in columns)}) "
            f"select {', '.join(f'cast({c.name} as {c.sql_type})' for c in columns)} from rows_to_write"
        )


def _empty(table: Table) -> str:
    columns = ", ".join(f"cast(null as {column.sql_type}) as {column.name}" for column in table.columns)
    return f"select {columns} where false"


def keep_truth(engine: Engine, name: str, rows: pd.DataFrame) -> None:
    """Append rows to a table of the truth, their times as days; the first rows make it."""
    if rows.empty:
        return
    days = [f"cast({column} as date) as {column}" for column in rows.columns if rows[column].dtype.kind == "M"]
    replaced = f"replace ({', '.join(days)})" if days else ""
    kept = f"select * {replaced} from truth_to_keep"
    with engine.showing(truth_to_keep=rows):
        engine.run(f"create table if not exists truth.{quoted(name)} as {kept} where false")
        engine.run(f"insert into truth.{quoted(name)} {kept}")


def export(engine: Engine, out: Path) -> list[Path]:
    """Write every table as Parquet, in a fixed order of rows: the world's into `out`, the truth into ``truth/``."""
    (out / "truth").mkdir(parents=True, exist_ok=True)
    written = []
    for schema, folder in (("truth", out / "truth"), ("world", out)):
        for name in engine.tables(schema, views=False):
            filled = _filled_columns(engine, f"{schema}.{name}")
            if filled:
                path = folder / f"{name}.parquet"
                engine.write_parquet(f"select {', '.join(filled)} from {schema}.{name} order by all", path)
                written.append(path)
    return written


def _filled_columns(engine: Engine, table: str) -> list[str]:
    """Name the columns that hold anything: a column that the world does not have is absent, not empty."""
    columns = engine.columns(table)
    (counts,) = engine.rows(f"select {', '.join(f'count({name})' for name in columns)} from {table}")
    return [name for name, number in zip(columns, counts, strict=True) if number]
