"""The log of use: a table a month; what lies further back than covariates look is kept on disk where there is much."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.declared.contract import read_contract
from analysis.engine.engine import Engine
from analysis.worlds.company.setting.days import LONGEST_WINDOW, Dates
from analysis.worlds.company.use.features import NAMES

PARTITIONED_FROM = 5000
"""Accounts from which on each month of use is a Parquet file of its own, and leaves memory when nothing needs it."""
MONTHS_LOOKED_BACK = -(-LONGEST_WINDOW.days // 28)
"""Whole months that hold the longest window of a covariate, however short they are."""


@dataclass(slots=True)
class UsageLog:
    """The use of every month so far, as tables of schema ``use``; view ``world.usage_daily`` shows the last of them.

    Attributes
    ----------
    folder
        Where months are written as they end; None: all stay in memory.
    """

    engine: Engine
    folder: Path | None
    months: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Make the log, without any use yet."""
        self.engine.run("create schema use")
        self.engine.run(f"create table use.empty as select {_columns()} where false")
        self._show(["empty"])

    def add(self, rows: pd.DataFrame, days: Dates) -> None:
        """Add a month: account, user and feature as numbers, used_on, events, out_of_hours_events."""
        month = str(days[0])[:7]
        name = f"month_{month.replace('-', '_')}"
        features = pd.DataFrame({"feature": range(len(NAMES)), "name": NAMES})
        with self.engine.showing(use_of_month=rows, feature_names=features):
            self.engine.run(
                f"create table use.{name} as select format('A{{:06d}}', account + 1) as account_id, "
                "cast(used_on as date) as used_on, format('U{:07d}', user + 1) as user_id, "
                "feature_names.name as feature, cast(events as bigint) as events, "
                "cast(out_of_hours_events as bigint) as out_of_hours_events, cast(null as date) as known_on "
                "from use_of_month inner join feature_names using (feature) order by all"
            )
        self.months.append(name)
        if self.folder is not None:
            self._write(name, self.folder / f"month={month}" / "part.parquet")
            for old in self.months[:-MONTHS_LOOKED_BACK]:
                self.engine.run(f"drop table if exists use.{old}")
            self.months = self.months[-MONTHS_LOOKED_BACK:]
        self._show(self.months[-MONTHS_LOOKED_BACK:])

    def finish(self, out: Path) -> Path:
        """Write all months into one file, unless each has its own; return the file, or the months' folder."""
        if self.folder is not None:
            return self.folder
        self._show(self.months or ["empty"])
        path = out / "usage_daily.parquet"
        _copy(self.engine, "world.usage_daily", path)
        return path

    def _write(self, name: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _copy(self.engine, f"use.{name}", path)

    def _show(self, names: list[str]) -> None:
        shown = " union all ".join(f"from use.{name}" for name in names)
        self.engine.run(f"create or replace view world.usage_daily as {shown}")


def _copy(engine: Engine, table: str, path: Path) -> None:
    engine.write_parquet(f"select * exclude (known_on) from {table} order by all", path)


def _columns() -> str:
    columns = read_contract()["usage_daily"].columns
    return ", ".join(f"cast(null as {column.sql_type}) as {column.name}" for column in columns)
