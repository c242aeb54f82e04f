"""Faults of time: rows that lie before, after, between or without the subscriptions of their account."""

from collections.abc import Iterator

from analysis.declared.contract import Table
from analysis.worlds.faults.fault import Fault

_SPANS = (
    "create or replace temp table hulls as select account_id, min(started_on) as begun, "
    "case when count(*) = count(ended_on) then max(ended_on) end as ended from subscriptions group by account_id",
    "create or replace temp table gaps as select account_id, max(gap_from) as gap_from from (select account_id, "
    "max(coalesce(ended_on, date '9999-12-31')) over (partition by account_id order by started_on "
    "rows between unbounded preceding and 1 preceding) as gap_from, started_on as gap_until from subscriptions) "
    "where gap_until > gap_from + 30 group by account_id",
)
_IDLE = (
    "insert into accounts (account_id, region) select 'idle', 'emea' "
    "where 'idle' not in (select account_id from accounts)"
)


def lifetime_faults(table: Table) -> Iterator[Fault]:
    """Yield faults of the days of a table's rows against the subscriptions of their account.

    Parameters
    ----------
    table
        One whose rows happen, or last.
    """
    begins = table.happens or table.lasts[0]
    ends = table.lasts[1] if table.lasts and table.lasts[1] in table.column_names else ""
    kept = {begins, *table.required_columns()}
    emptied = {column.name: "null" for column in table.columns if column.type == "date" and column.name not in kept}
    places = {
        "before_the_account_begins": ("hulls", "begun", -150),
        "after_the_account_ends": ("hulls", "ended", 45),
        "between_subscriptions": ("gaps", "gap_from", 5),
    }
    for rule, (spans, day, moved) in places.items():
        if table.lasts and table.lasts[1] == "null" and rule != "after_the_account_ends":
            continue  # what lasts for ever reaches into every later subscription
        at = f"(select {day} from {spans} where {spans}.account_id = {table.name}.account_id)"
        sets = emptied | {begins: f"{at} + {moved}"}
        if ends and rule != "after_the_account_ends":
            sets[ends] = f"{at} + {moved + 10}"
        where = f"{at} is not null"
        if table.lasts and "period_days" in table.column_names:
            sets["period_days"] = "10"
            where += " and active_days <= 10"
        yield Fault(
            f"{table.name}: {rule}", rule, table.name, f"{table.name}_{rule}", begins, sets, where,
            number=None if rule == "between_subscriptions" else 5, first=_SPANS,
            also=(f"{table.name}_key_is_unique", f"{table.name}_rows_repeat", f"{table.name}.*_is_near_the_others"),
        )  # fmt: skip
    rule = "of_accounts_without_subscription"
    is_account = table.name == "accounts"
    yield Fault(
        f"{table.name}: {rule}", rule, table.name, f"{table.name}_{rule}", "account_id", {"account_id": "'idle'"},
        number=1, is_added=is_account, first=() if is_account else (_IDLE,),
        also=("*_is_of_its_account", "*_has_one_owner", "accounts_of_accounts_without_subscription"),
    )  # fmt: skip
