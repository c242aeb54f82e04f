"""A source whose logs of use are Parquet and may stay where they are, with a fault of every kind that they can have."""

from pathlib import Path

import duckdb
from small_source import STUDY

ACCOUNTS = (
    "select 'a' || lpad(n::varchar, 2, '0') as account_id, ['web', 'shop'][n % 2 + 1] as segment from range(30) t(n)"
)
SUBSCRIPTIONS = """
    select 's' || n as subscription_id, 'a' || lpad(n::varchar, 2, '0') as account_id,
        date '2021-11-01' + 11 * n::int as started_on, date '2023-11-01' + 11 * n::int as term_ends_on,
        case when n % 3 = 0 then date '2023-01-20' + 5 * n::int end as ended_on, 12 as term_months, 5 + n as seats,
        100 + n as mrr
    from range(30) t(n)
"""
USERS = """
    select 'u' || n || '-' || k as user_id, 'a' || lpad(n::varchar, 2, '0') as account_id,
        ['sales', 'it', null][k % 3 + 1] as department, date '2021-11-01' as created_on
    from range(30) t(n), range(4) s(k)
"""
USAGE = """
    select 'a' || lpad(n::varchar, 2, '0') as account_id, date '2021-11-01' + d::int as used_on,
        'u' || n || '-' || (d % 5) as user_id, ['search', 'quote', 'Search'][(n * d) % 3 + 1] as feature,
        1 + (n * 7 + d * 3) % 9 as events, (n + d) % 2 as out_of_hours_events,
        date '2021-11-01' + d::int + case when d % 11 = 0 then 40 else 0 end as known_on
    from range(30) t(n), range(0, 640) s(d) where (n * 13 + d * 5) % 7 < 3
"""
FAULTS = """
    values ('zz', date '2022-05-01', 'u0-0', 'search', 3, 0, null),
        ('a01', date '2022-05-01', 'null', 'search', 3, 0, null),
        ('a01', date '1970-01-01', 'u1-0', 'search', 3, 0, null),
        ('a02', date '2022-05-02', 'u2-0', 'quote', -4, 0, null),
        ('a02', date '2022-05-03', 'u2-9', 'quote', 4, 9, null),
        ('a03', date '2022-05-04', 'u4-1', 'quote', 4, -1, null),
        ('a03', date '2022-05-05', 'u3-1', 'quote', 4, 1, date '2022-05-01'),
        ('a04', date '2031-05-05', 'u4-1', 'quote', 4, 1, null),
        ('a05', date '2022-08-05', '-', 'quote', 90000, 1, null),
        ('a06', date '2022-09-05', null, null, 4, null, date '2099-01-01')
"""
ACTIVITY = """
    select 'a' || lpad(n::varchar, 2, '0') as account_id, 'u' || n || '-' || k as user_id,
        date '2021-11-01' + 30 * m::int as period_start, 30 as period_days, (n + k + m) % 8 as events,
        (n + k + m) % 6 as active_days
    from range(30) t(n), range(4) s(k), range(20) r(m)
    union all values ('a01', 'u1-0', date '2022-01-01', 0, 4, 1), ('a02', 'u2-0', date '2022-01-02', 30, 4, 77)
"""


def write_staying_source(folder: Path, *, faults: str = FAULTS, activity: str = ACTIVITY) -> Path:
    """Write study and tables into a folder and return the study's path; each feature has a folder in the log."""
    data = folder / "data"
    data.mkdir(parents=True)
    con = duckdb.connect()
    for name, sql in (("accounts", ACCOUNTS), ("subscriptions", SUBSCRIPTIONS), ("users", USERS)):
        con.execute(f"copy ({sql}) to '{data}/{name}.csv' (header)")
    usage = f"select * from ({USAGE}) union all ({faults})" if faults else USAGE
    con.execute(
        f"copy ({usage}) to '{data}/usage_daily' (format parquet, partition_by (feature), filename_pattern 'p{{i}}')"
    )
    if activity:
        con.execute(f"copy ({activity}) to '{data}/user_activity.parquet' (format parquet)")
    study = folder / "study.toml"
    study.write_text(STUDY.replace("2023-01-01", "2022-06-01"), encoding="utf-8")
    return study
