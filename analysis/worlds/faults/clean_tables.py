"""Clean tables: those of a simulated world, with every column of the contract, into which faults are planted."""

from collections.abc import Collection
from pathlib import Path

from analysis.declared.contract import Table, read_contract
from analysis.declared.settings import read_toml
from analysis.engine.engine import Engine
from analysis.engine.quoting import literal
from analysis.ingest.tables.sources import create_table


def load_clean(engine: Engine, world: Path) -> None:
    """Make all tables of the contract from a simulated world, those and the columns that it lacks furnished.

    Parameters
    ----------
    engine
        An empty store.
    world
        A folder that `analysis.worlds.company.world.make_world` wrote.
    """
    furnishings = read_toml(Path(__file__).parent / "furnishings.toml")
    contract = read_contract()
    for table in contract.values():
        _load(engine, table, f"read_parquet({literal(str(world / f'{table.name}.parquet'))})", world)
    for name, select in furnishings["rows"].items():
        relation = f"({select} order by all)"
        _fill(engine, contract[name], relation)
    for name, columns in furnishings["columns"].items():
        engine.run(f"update {name} set {', '.join(f'{column} = {value}' for column, value in columns.items())}")


def _load(engine: Engine, table: Table, relation: str, world: Path) -> None:
    if (world / f"{table.name}.parquet").exists():
        _fill(engine, table, relation)
    else:
        create_table(engine, table)


def _fill(engine: Engine, table: Table, relation: str) -> None:
    given = engine.columns(relation)
    cells = ", ".join(
        f"cast({column.name if column.name in given else 'null'} as {column.sql_type}) as {column.name}"
        for column in table.columns
    )
    engine.run(f"create or replace table {table.name} as select {cells} from {relation}")


def write_tables(engine: Engine, out: Path, names: Collection[str]) -> None:
    """Write some tables of the contract as Parquet, in the order of their rows."""
    out.mkdir(parents=True, exist_ok=True)
    for name in names:
        engine.write_parquet(f"select * from {name} order by rowid", out / f"{name}.parquet")
