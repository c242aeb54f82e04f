"""Every way in gives the same tables: CSV in three encodings, Parquet in two shapes, Delta tables, a DuckDB file."""

from collections.abc import Callable
from pathlib import Path

import deltalake
import duckdb
import pyarrow.parquet as pq
import pytest
from small_source import ACCOUNTS, SUBSCRIPTIONS, USAGE

from analysis.declared.contract import as_known_sql, read_contract
from analysis.declared.declaration import read_declaration
from analysis.declared.source import Source
from analysis.engine.opening import open_engine
from analysis.errors import SourceError
from analysis.ingest.files.opening import open_raw
from analysis.ingest.files.raw_files import locate_files
from analysis.ingest.tables.sources import load_tables

TABLES = {"accounts": ACCOUNTS.replace("web", "東京"), "subscriptions": SUBSCRIPTIONS, "usage_daily": USAGE}


def write_csv(folder: Path, encoding: str) -> Path:
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_bytes(text.encode(encoding))
    return folder


def write_parquet(folder: Path) -> Path:
    write_csv(folder, "utf-8")
    for name in TABLES:
        duckdb.sql(f"copy (from '{folder}/{name}.csv') to '{folder}/{name}.parquet'")
        (folder / f"{name}.csv").unlink()
    return folder


def write_partitioned_parquet(folder: Path) -> Path:
    write_parquet(folder)
    duckdb.sql(
        f"copy (from '{folder}/usage_daily.parquet') to '{folder}/usage_daily' (format parquet, partition_by (feature))"
    )
    (folder / "usage_daily.parquet").unlink()
    return folder


def write_delta_tables(folder: Path) -> Path:
    write_parquet(folder)
    for name in TABLES:
        file = folder / f"{name}.parquet"
        partitions = ["feature"] if name == "usage_daily" else None
        deltalake.write_deltalake(folder / name, pq.read_table(file), partition_by=partitions)
        file.unlink()
    return folder


def write_database(folder: Path) -> Path:
    write_csv(folder, "utf-8")
    with duckdb.connect(str(folder / "company.duckdb")) as con:
        for name in TABLES:
            con.execute(f"create table {name} as from '{folder}/{name}.csv'")
    return folder / "company.duckdb"


def loaded(path: Path, scratch: Path) -> dict[str, list[tuple[object, ...]]]:
    contract = read_contract()
    with open_engine(":memory:") as engine:
        open_raw(engine, locate_files(read_declaration("contract"), path, contract), scratch)
        load_tables(engine, Source("contract", path), contract, lambda message: None)
        found = {name: engine.rows(f"select * from {name} order by all") for name in TABLES}
    return found


@pytest.mark.parametrize(
    "write",
    [
        lambda folder: write_csv(folder, "utf-8-sig"),
        lambda folder: write_csv(folder, "cp932"),
        write_parquet,
        write_partitioned_parquet,
        write_delta_tables,
        write_database,
    ],
    ids=["csv with BOM", "csv in cp932", "parquet", "partitioned parquet", "delta", "duckdb"],
)
def test_every_format_gives_the_same_tables(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    for name in ("plain", "other", "scratch"):
        (tmp_path / name).mkdir()
    plain = loaded(write_csv(tmp_path / "plain", "utf-8"), tmp_path / "scratch")
    assert plain["accounts"][0][:1] == ("a1",)
    assert "東京" in plain["accounts"][0]
    assert loaded(write(tmp_path / "other"), tmp_path / "scratch") == plain


def test_two_files_for_one_table_are_refused(tmp_path: Path) -> None:
    """Which of the two would be read must not be left to chance; the other tables are read."""
    write_csv(tmp_path, "utf-8")
    duckdb.sql(f"copy (from '{tmp_path}/accounts.csv') to '{tmp_path}/accounts.parquet'")
    with open_engine(":memory:") as engine:
        opened = open_raw(engine, locate_files(read_declaration("contract"), tmp_path, read_contract()), tmp_path)
        found = load_tables(engine, Source("contract", tmp_path), read_contract(), lambda message: None, opened)
    (error,) = opened.findings
    assert error.severity == "error"
    assert "several files hold table 'accounts' (accounts.csv, accounts.parquet)" in error.message()
    assert set(found.given) == {"subscriptions", "usage_daily"}
    assert [file.name for file in found.read if file.why_not] == ["accounts.csv", "accounts.parquet"]


def test_unknown_kind_of_source() -> None:
    with pytest.raises(SourceError, match="Unknown source kind 'nowhere'"):
        read_declaration("nowhere")


@pytest.mark.parametrize(
    ("as_of", "ended_on", "rows"),
    [("2023-04-09", None, 3), ("2023-04-10", "2023-04-10", 3), ("2023-01-10", None, 2), ("2023-01-09", None, 1)],
)
def test_contract_states_are_known_on_the_morning_of_their_day(as_of: str, ended_on: str | None, rows: int) -> None:
    """An account whose first unpaid day is d is not a customer on d; one that starts on d is."""
    contract = read_contract()["subscriptions"]
    con = duckdb.connect()
    columns = ", ".join(f"{column.name} {column.sql_type}" for column in contract.columns)
    con.execute(f"create table subscriptions ({columns})")
    for key, started, ended in (
        ("s1", "2023-01-05", None),
        ("s2", "2023-01-10", "2023-04-10"),
        ("s3", "2023-01-10", None),
    ):
        con.execute(
            "insert into subscriptions (subscription_id, account_id, started_on, ended_on) values (?, ?, ?, ?)",
            [key, key, started, ended],
        )
    known = con.sql(as_known_sql(contract), params={"as_of": as_of}).df()
    assert len(known) == rows + (as_of == "2023-01-10")
    s2 = known[known["subscription_id"] == "s2"]["ended_on"].dropna().astype(str).tolist()
    assert s2 == ([ended_on] if ended_on else [])
