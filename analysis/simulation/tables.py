"""The world's tables: appended to month by month, and written out in the contract's shape."""

import datetime as dt
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from analysis.contract import Table, read_contract
from analysis.simulation.ledger import Ledger
from analysis.simulation.population import DEPARTMENTS, FEATURES, SEGMENTS, TOUCH, Accounts, People
from analysis.warehouse import count_rows

NUMBERED = {"touchpoints": "touchpoint_id", "tickets": "ticket_id"}


def append(con: duckdb.DuckDBPyConnection, name: str, rows: pd.DataFrame) -> None:
    """Append rows to a table of the world; touches and tickets are numbered as they come."""
    table = read_contract()[name]
    con.execute(f"create table if not exists world.{name} as {_empty(table)}")
    if rows.empty:
        return
    if name in NUMBERED:
        first = 1 + count_rows(con, f"world.{name}")
        rows = rows.assign(**{NUMBERED[name]: [f"{name[0].upper()}{k:08d}" for k in range(first, first + len(rows))]})
    _insert(con, table, rows)


def replace(con: duckdb.DuckDBPyConnection, name: str, rows: pd.DataFrame) -> None:
    """Write a table of the world anew."""
    table = read_contract()[name]
    con.execute(f"create or replace table world.{name} as {_empty(table)}")
    _insert(con, table, rows)


def _insert(con: duckdb.DuckDBPyConnection, table: Table, rows: pd.DataFrame) -> None:
    columns = [column for column in table.columns if column.name in rows]
    con.register("rows_to_write", rows)
    con.execute(
        f"insert into world.{table.name} ({', '.join(c.name for c in columns)}) "
        f"select {', '.join(f'cast({c.name} as {c.sql_type})' for c in columns)} from rows_to_write"
    )
    con.unregister("rows_to_write")


def _empty(table: Table) -> str:
    columns = ", ".join(f"cast(null as {column.sql_type}) as {column.name}" for column in table.columns)
    return f"select {columns} where false"


def write_fixed_tables(con: duckdb.DuckDBPyConnection, accounts: Accounts, rng: np.random.Generator) -> None:
    """Write what does not change: accounts and features."""
    onboarded = accounts.origin + rng.integers(25, 95, len(accounts))
    replace(
        con,
        "accounts",
        pd.DataFrame(
            {
                "account_id": accounts.account_id,
                "segment": np.array(SEGMENTS, dtype=object)[accounts.segment],
                "touch_model": np.array(TOUCH, dtype=object)[accounts.touch_model],
                "region": rng.choice(np.array(["emea", "amer", "apac"], dtype=object), size=len(accounts)),
                "onboarding_completed_on": onboarded,
            }
        ),
    )
    depth = ["core" if place < 6 else "advanced" for place in range(len(FEATURES))]
    replace(con, "features", pd.DataFrame({"feature": list(FEATURES), "depth": depth}))


def write_ledger(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Write all versions of subscriptions as they stand."""
    replace(con, "subscriptions", ledger.frame())


def write_contacts(con: duckdb.DuckDBPyConnection, contacts: pd.DataFrame, accounts: Accounts) -> None:
    """Write all contacts as they stand, without those that would begin after their account has left."""
    account = contacts["account"].to_numpy()
    kept = contacts["started_on"].to_numpy("datetime64[D]") < accounts.leaves_on[account]
    replace(con, "contacts", contacts[kept].assign(account_id=accounts.account_id[account[kept]]))


def export(con: duckdb.DuckDBPyConnection, out: Path) -> list[Path]:
    """Write every table as Parquet, in a fixed order of rows: the world's into `out`, the truth into ``truth/``."""
    (out / "truth").mkdir(parents=True, exist_ok=True)
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() where schema_name in ('world', 'truth') order by all"
    ).fetchall()
    written = []
    for schema, name in tables:
        path = out / f"{name}.parquet" if schema == "world" else out / "truth" / f"{name}.parquet"
        filled = _filled_columns(con, f"{schema}.{name}")
        con.execute(
            f"copy (select {', '.join(filled)} from {schema}.{name} order by all) to '{path}' "
            "(format parquet, compression zstd)"
        )
        written.append(path)
    return written


def _filled_columns(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Name the columns that hold anything: a column that the world does not have is absent, not empty."""
    columns = [row[0] for row in con.execute(f"describe {table}").fetchall()]
    (counts,) = con.execute(f"select {', '.join(f'count({name})' for name in columns)} from {table}").fetchall()
    return [name for name, number in zip(columns, counts, strict=True) if number]


def write_people(con: duckdb.DuckDBPyConnection, people: People, accounts: Accounts) -> None:
    """Write the users who came before their account left."""
    kept = people.created_on < accounts.leaves_on[people.account]
    left = people.deactivated_on < accounts.leaves_on[people.account]
    rows = pd.DataFrame(
        {
            "user_id": people.user_id,
            "account_id": accounts.account_id[people.account],
            "department": np.array(DEPARTMENTS, dtype=object)[people.department],
            "created_on": people.created_on,
            "deactivated_on": np.where(left, people.deactivated_on, np.datetime64("NaT")),
        }
    )
    replace(con, "users", rows[kept])


def write_goals(con: duckdb.DuckDBPyConnection, accounts: Accounts, until: dt.date, rng: np.random.Generator) -> None:
    """Write one or two goals of each account; what would lie after its end, or after the world's, never happens."""
    account = np.repeat(np.arange(len(accounts)), 1 + (rng.random(len(accounts)) < 0.5))
    n = len(account)
    ends_on = np.minimum(accounts.leaves_on[account], np.datetime64(until))
    defined_on = accounts.origin[account] + rng.integers(10, 300, n)
    achieved_on = defined_on + 30 + rng.exponential(180, n).astype(int)
    shown_on = achieved_on + rng.integers(0, 90, n)
    is_shown = (shown_on < ends_on) & (rng.random(n) < 0.6)
    rows = pd.DataFrame(
        {
            "account_id": accounts.account_id[account],
            "goal_id": [f"G{k:06d}" for k in range(1, n + 1)],
            "defined_on": defined_on,
            "due_on": defined_on + 180,
            "achieved_on": np.where(achieved_on < ends_on, achieved_on, np.datetime64("NaT")),
            "value_shown_on": np.where(is_shown, shown_on, np.datetime64("NaT")),
        }
    )
    replace(con, "goals", rows[defined_on < ends_on])
