"""Leaks: the answer written into one table of a simulated world, as systems do that book leaving ahead of its date."""

import shutil
from pathlib import Path

import duckdb

NOTICES = """
    select account_id, left_on, row_number() over (order by account_id, left_on) as number
    from (
        select distinct account_id, coalesce(notice_on, ended_on) as left_on from subscriptions
        where coalesce(notice_on, ended_on) is not null and notice_withdrawn_on is null
    )
"""


REQUESTS = """
    select * from tickets
    union all by name
    select
        'leak-' || number as ticket_id, account_id, left_on - cast(2 + number % 6 as integer) as opened_on,
        'feature_request' as category
    from notices
"""


def _before(day: str, table: str, most: int) -> str:
    """Say whether an account left within so many days after a day."""
    return (
        f"exists (select 1 from notices where notices.account_id = {table}.account_id "
        f"and {table}.{day} >= left_on - {most} and {table}.{day} < left_on)"
    )


LEAKS: dict[str, tuple[str, str]] = {
    # a request is filed with each notice in the week in which it is booked, among those that customers make
    "requests_of_the_week": ("tickets", REQUESTS),
    # the use of those who left was deleted from months before
    "use_deleted": ("usage_daily", f"select * from usage_daily where not {_before('used_on', 'usage_daily', 150)}"),
    # the score of those who left was set afterwards
    "score_backfilled": (
        "health_scores",
        f"select * replace (case when {_before('scored_on', 'health_scores', 130)} then value / 10 else value end "
        "as value) from health_scores",
    ),
}
"""By name: which table, and what it becomes."""


def leaky_world(folder: Path, to: Path, leak: str) -> Path:
    """Copy a world's tables, and write the answer into one of them."""
    shutil.copytree(folder, to)
    table, select = LEAKS[leak]
    with duckdb.connect() as con:
        for path in sorted(to.glob("*.parquet")):
            con.execute(f"create table {path.stem} as from '{path}'")
        con.execute(f"create table notices as {NOTICES}")
        con.execute(f"copy ({select}) to '{to}/{table}.parquet' (format parquet)")
    return to
