"""Small tables, put to the rules: what is found in them, and what becomes of them."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from in_memory import warehouse

from analysis.declared.contract import read_contract
from analysis.declared.parameters import log_parameters
from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Time
from analysis.engine.engine import Engine
from analysis.ingest.findings import Finding
from analysis.ingest.rules.apply import apply_rules
from analysis.ingest.tables.sources import create_table

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Checked:
    """Tables as the rules leave them, and what they found."""

    engine: Engine
    findings: dict[str, Finding]

    def rows(self, rule: str, column: str) -> list[str]:
        """Return a column of the rows that a rule named, in order; none where it found nothing."""
        if rule not in self.findings:
            return []
        found = self.engine.rows(f"select cast({column} as varchar) from ({self.findings[rule].rows_sql}) order by 1")
        return [value for (value,) in found]

    def column(self, table: str, column: str) -> list[Any]:
        """Return a column of a table as it stands, in order."""
        return [value for (value,) in self.engine.rows(f"select {column} from {table} order by all")]


def tickets_opened(days: Sequence[str]) -> Rows:
    """Return tickets of one account, opened on some days."""
    return [{"ticket_id": f"t{k:03}", "account_id": "a", "opened_on": on} for k, on in enumerate(days)]


def checked(
    tables: Mapping[str, Rows],
    lowered: Collection[str] = (),
    snapshot: str = "2025-01-01",
) -> Checked:
    """Make tables of rows, and put the rules to them; accounts and subscriptions are made where they are not given."""
    engine, contract = Engine(warehouse()), read_contract()
    named = sorted({str(row["account_id"]) for rows in tables.values() for row in rows if row.get("account_id")})
    open_book = {
        "accounts": [{"account_id": account} for account in named],
        "subscriptions": [
            {"subscription_id": f"s-{account}", "account_id": account, "started_on": "2023-01-01"} for account in named
        ],
    }
    tables = open_book | dict(tables)
    for name, table in contract.items():
        create_table(engine, table)
        for columns, rows in groupby(tables.get(name, ()), key=tuple):
            _insert(engine, name, columns, [list(row.values()) for row in rows])
    time = Time(observation_start=dt.date(2024, 1, 1), snapshot=dt.date.fromisoformat(snapshot))
    study = Study("drawn", Source("contract", Path()), time)
    parameters = study.query_parameters() | log_parameters({})
    given = {name: {column for row in tables[name] for column in row} for name in contract if name in tables}
    found = apply_rules(engine, contract, given, parameters, lowered, keep_rows=True)
    return Checked(engine, {finding.name: finding for finding in found})


def _insert(engine: Engine, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Insert rows that give the same columns, in one statement, for each of its own takes as long as a rule."""
    given = {f"v{i}_{k}": value for i, row in enumerate(rows) for k, value in enumerate(row)}
    marks = ", ".join(f"({', '.join(f'$v{i}_{k}' for k in range(len(columns)))})" for i in range(len(rows)))
    engine.run(f"insert into {table} ({', '.join(columns)}) values {marks}", given)
