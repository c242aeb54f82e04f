"""Source overview: what of a source was read, from when to when, and how its rows lie against the lifetimes."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.cohort.frames import AT_RISK_BY_MONTH, ENDS_BY_CAUSE, ROWS_BY_MONTH, TABLES_READ
from analysis.cohort.queries import ASKED
from analysis.declared.contract import Table, read_contract
from analysis.engine.engine import Engine
from analysis.engine.query import read_query
from analysis.ingest.files.files_read import FileRead

_NEVER_AT_RISK = (
    "select cast(null as varchar) as account_id, cast(null as date) as origin, cast(null as date) as ended_on "
    "where false"
)


@dataclass(frozen=True, slots=True)
class SourceOverview:
    """What of a source was read, and how it lies against the lifetimes.

    Attributes
    ----------
    files
        Every file of the source, how it was read, or why it was not.
    tables
        As `analysis.cohort.frames.TABLES_READ`.
    months
        As `analysis.cohort.frames.ROWS_BY_MONTH`.
    at_risk
        As `analysis.cohort.frames.AT_RISK_BY_MONTH`; None where errors stand in the way of lifetimes.
    ends
        As `analysis.cohort.frames.ENDS_BY_CAUSE`; None likewise.
    """

    files: tuple[FileRead, ...]
    tables: pd.DataFrame
    months: pd.DataFrame
    at_risk: pd.DataFrame | None
    ends: pd.DataFrame | None


def note_rows_by_day(engine: Engine, given: Collection[str]) -> None:
    """Count the rows of a source by account and day in table ``rows_by_day``, before any is cut off at the snapshot.

    Parameters
    ----------
    engine
        The loaded tables of the contract, and what was set apart of them.
    given
        The tables that the source gives.
    """
    engine.run(
        "create table rows_by_day (table_name varchar, account_id varchar, begins date, ends date, "
        "is_set_apart boolean, number bigint)"
    )
    for table in read_contract().values():
        if table.name in given:
            _note(engine, table, table.name, is_set_apart=False)
            if f"quarantine_{table.name}" in engine.holder(table.name).tables("main"):
                _note(engine, table, f"quarantine_{table.name}", is_set_apart=True)


def _note(engine: Engine, table: Table, relation: str, *, is_set_apart: bool) -> None:
    begins, ends = _days(table)
    account = "account_id" if _may_be_outside(table) else "null"
    counted = (
        f"select '{table.name}' as table_name, cast({account} as varchar) as account_id, "
        f"cast({begins} as date) as begins, cast({ends} as date) as ends, {str(is_set_apart).lower()} as is_set_apart, "
        f"count(*) as number from {relation} group by all"
    )
    engine.holder(table.name).bring("rows_by_day", counted)


def _days(table: Table) -> tuple[str, str]:
    """Return SQL of the days from which and until which a row lasts; null where it has none."""
    if table.lasts:
        return table.days()
    begins = _day_column(table)
    return ("null", "null") if begins is None else (begins, f"{begins} + 1")


def _may_be_outside(table: Table) -> bool:
    """Say whether the rows of a table happen to an account; those of which lifetimes are made lie in them."""
    return "account_id" in table.column_names and not table.required


def _day_column(table: Table) -> str | None:
    """Return the day by which rows are known, or are told apart; None where they are neither."""
    days = {column.name for column in table.columns if column.type == "date"}
    named = [*re.findall(r"\w+", table.row_known or ""), *table.key]
    return next((name for name in named if name in days), None)


def source_overview(
    engine: Engine,
    files: tuple[FileRead, ...],
    given: Mapping[str, Collection[str]],
    not_yet_known: Collection[tuple[str, int, int]],
) -> SourceOverview:
    """Return what of a source was read, and how it lies against the lifetimes, if those could be made.

    Parameters
    ----------
    engine
        A store with table ``rows_by_day``; with ``lifetimes`` and ``risk_intervals``, unless errors stood in the way.
    files
        Of the source.
    given
        The tables that it gives, each with its columns.
    not_yet_known
        Of tables: name, rows and cells that were not yet known at the snapshot.
    """
    has_lifetimes = "lifetimes" in engine.tables("main")
    named = {"facts": "select * from rows_by_day"} | ({} if has_lifetimes else {"lifetimes": _NEVER_AT_RISK})
    with engine.named(**named):
        placed = _asked(engine, "rows_placed")
    placed["day"] = placed["day"].astype("datetime64[s]")
    placed["rows"] = placed["matched"] + placed["outside"]
    placed["outside"] = placed["outside"].astype("float64") if has_lifetimes else float("nan")
    return SourceOverview(
        files=files,
        tables=_tables(placed, given, {name: rows for name, rows, _ in not_yet_known}),
        months=_months(placed),
        at_risk=AT_RISK_BY_MONTH.checked(_asked(engine, "at_risk_by_month")) if has_lifetimes else None,
        ends=ENDS_BY_CAUSE.checked(_asked(engine, "ends_by_cause")) if has_lifetimes else None,
    )


def _asked(engine: Engine, name: str) -> pd.DataFrame:
    return engine.frame(read_query(f"{ASKED}/{name}").sql)


def _tables(placed: pd.DataFrame, given: Mapping[str, Collection[str]], cut: dict[str, int]) -> pd.DataFrame:
    lines = []
    for table in read_contract().values():
        if table.name not in given:
            continue
        rows, day = placed[placed["table_name"] == table.name], _day_column(table)
        kept = rows.dropna(subset="day")
        lines.append(
            {
                "table": table.name,
                "day": day,
                "columns": len(given[table.name]),
                "rows": int(rows["rows"].sum() + rows["set_apart"].sum()),
                "set_apart": int(rows["set_apart"].sum()),
                "not_yet_known": cut.get(table.name, 0),
                "undated": int(rows["rows"].sum() - kept["rows"].sum()) if day else 0,
                "outside": rows["outside"].sum(min_count=1) if _may_be_outside(table) else float("nan"),
                "first_day": kept["day"].min(),
                "last_day": kept["day"].max(),
            }
        )
    return TABLES_READ.checked(pd.DataFrame(lines, columns=TABLES_READ.columns))


def _months(placed: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of each table and month, in the order of the contract."""
    dated = placed.dropna(subset="day")
    # in seconds: days that no business has (9999-12-31) do not fit into nanoseconds
    month = dated["day"].to_numpy().astype("datetime64[M]").astype("datetime64[s]")
    counted = (
        dated.assign(month=month)
        .groupby(["table_name", "month"])[["rows", "outside", "set_apart"]]
        .sum(min_count=1)
        .reset_index()
    )
    place = counted["table_name"].map({name: place for place, name in enumerate(read_contract())})
    counted = counted.assign(place=place).sort_values(["place", "month"], ignore_index=True)
    return ROWS_BY_MONTH.checked(counted.rename(columns={"table_name": "table"}).drop(columns="place"))
