"""A source of any size, made by DuckDB from hashes of row numbers: the same rows on every machine, in seconds."""

import datetime as dt
from pathlib import Path

import duckdb
from covariate_source_tables import SMALL_TABLES

from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Time

OBSERVATION_START, SNAPSHOT = dt.date(2022, 1, 1), dt.date(2026, 1, 1)
ROWS_AN_ACCOUNT = 2_000
PARTITIONED_FROM = 10_000_000
FEATURES = 12

# A fifth of all three-week stretches of an account are silent, so that a quarter more slots than rows are dealt out.
SLOTS = ROWS_AN_ACCOUNT * 5 // 4

# The hash of several values alone would not do: two salts give the same last bits, or all of them turned.
_MACROS = """
create macro draw(number, salt, below) as cast(hash(hash(number, salt)) % below as bigint);
create macro month_start(months, day) as make_date(2021 + months // 12, months % 12 + 1, day);
"""

# Accounts start from 2021 to mid-2024, so that some enter late; three in ten end, with a term. A quarter pay monthly.
_BOOK = """
create table book as
with drawn as (
    select
        number,
        printf('A%07d', number) as account_id,
        draw(number, 'start', 42) as start_month,
        1 + draw(number, 'day', 28) as start_day,
        case when draw(number, 'term', 4) = 0 then 1 else 12 end as term_months,
        1 + draw(number, 'terms', 36) as terms,
        draw(number, 'ends', 10) < 3 as may_end,
        8 + draw(number, 'seats', 25) as seats,
        6 + draw(number, 'users', 20) as users
    from (select unnest(range($accounts)) as number)
),

ended as (
    select
        *,
        month_start(start_month, start_day) as started_on,
        month_start(
            start_month + term_months * case when term_months = 1 then 6 + terms else 1 + terms % 3 end, start_day
        ) as last_term_ends_on
    from drawn
),

spans as (
    select
        *,
        case
            when may_end and last_term_ends_on between date '2022-07-01' and date '2025-12-01' then last_term_ends_on
        end as ended_on,
        greatest(started_on, date '2022-01-01') as logged_from
    from ended
)

select
    *,
    coalesce(ended_on, date '2026-01-01') - logged_from as logged_days,
    logged_from + cast((7 - (logged_from - date '1900-01-01') % 7) % 7 as integer) as first_monday,
    5 * ((coalesce(ended_on, date '2026-01-01') - logged_from - 7) // 7) as working_days
from spans
"""

# A cell is a day, a user and a feature. The slots of an account, in order, divide its cells into stretches, in each of
# which the hash picks one: no key twice, no sorting, and rows come about as a log has them, by day and not by account.
_USAGE = """
with slots as (
    select
        number % $accounts as number,
        number // $accounts as slot
    from (select range as number from range($accounts * $slots))
),

cells as (
    select
        book.*,
        slot,
        slot * cells // $slots
        + draw(slots.number, slot, (slot + 1) * cells // $slots - slot * cells // $slots) as cell
    from slots
    inner join (select *, working_days * users * $features as cells from book) as book
        on slots.number = book.number
),

dealt as (
    select
        *,
        cell // (users * $features) as working_day,
        (cell * 37 + draw(number, working_day, 1000)) % (users * $features) as place,
        place // $features as user_slot
    from cells
)

select
    account_id,
    first_monday + cast(7 * (working_day // 5) + working_day % 5 as integer) as used_on,
    account_id || '-U' || user_slot as user_id,
    'feature' || (place % $features) as feature,
    1 + draw(cell, account_id, 3 + 40 // (1 + user_slot)) as events,
    case when draw(slot, account_id, 8) = 0 then 1 else 0 end as out_of_hours_events
from dealt
where draw(account_id, working_day // 15, 5) > 0
"""


def make_source(folder: Path, rows: int, memory_limit: str = "4GB") -> None:
    """Write all tables as Parquet: about `rows` rows of usage (to a percent), by the month from ten million on."""
    folder.mkdir(parents=True)
    parameters = {"accounts": max(1, rows // ROWS_AN_ACCOUNT), "slots": SLOTS, "features": FEATURES}
    config = {"memory_limit": memory_limit, "temp_directory": str(folder / "spilled")}
    with duckdb.connect(config=config) as con:
        con.execute(_MACROS)
        con.execute(_BOOK, own(con, _BOOK, parameters))
        for name, sql in SMALL_TABLES.items():
            con.execute(f"copy ({sql}) to '{folder / name}.parquet'", own(con, sql, parameters))
        if rows < PARTITIONED_FROM:
            con.execute(f"copy ({_USAGE}) to '{folder}/usage_daily.parquet'", parameters)
        else:
            con.execute("set preserve_insertion_order = false")
            con.execute(
                f"copy (select *, strftime(used_on, '%Y-%m') as month from ({_USAGE})) "
                f"to '{folder}/usage_daily' (format parquet, partition_by (month))",
                parameters,
            )


def own(con: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, int]) -> dict[str, int]:
    named = con.extract_statements(sql)[0].named_parameters
    return {name: value for name, value in parameters.items() if name in named}


def study_of(folder: Path) -> Study:
    """Return the study of such a source; its log of usage begins with the observation."""
    source = Source(
        "contract", folder, observed_from={"usage_daily": OBSERVATION_START}, constant_attributes=("region",)
    )
    return Study("covariate_speed", source, Time(OBSERVATION_START, SNAPSHOT))
