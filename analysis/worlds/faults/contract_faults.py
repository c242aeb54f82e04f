"""Faults of the contract: each word of ``contract.toml``, broken in every column of every table that has it."""

from collections.abc import Iterator

from analysis.declared.contract import Column, Table, read_contract
from analysis.engine.quoting import literal
from analysis.worlds.faults.fault import Fault
from analysis.worlds.faults.lifetime_faults import lifetime_faults

OUTSIDE = ("*_before_the_account_begins", "*_after_the_account_ends", "*_between_subscriptions")
"""Rules that name rows whose days were moved."""
ORDERED = ("*_is_not_before_*", "*_is_seldom_before_*", "*_is_not_before_its_fact")
"""Rules that compare the days of a row."""
LOOSE = (
    "*_is_known",
    "*_is_of_its_account",
    "*_has_one_owner",
    "*region*holidays",
    "mixed_currencies",
    "*_of_accounts_without_subscription",
)
"""Rules that compare words and ids with those elsewhere."""
NOTHINGS = (
    "N/A",
    "null",
    "-",
    "None",
    "NaN",
    "#N/A",
    "nil",
    "(null)",
    "undefined",
    "?",
    "--",
    "<null>",
    "NULL",
    "n/a",
    "NaT",
)
"""What tools write where there is nothing: one a table."""


def contract_faults() -> Iterator[Fault]:
    """Yield a fault for each word of each column of the contract, and for the words of each table."""
    contract = read_contract()
    for table in contract.values():
        for column in table.columns:
            yield from _in_a_cell(table, column)
            yield from _beside_another(table, column)
            yield from _against_the_others(table, column)
            if column.references:
                yield from _references(table, column, contract)
        yield from _swapped_together(table)
        yield from _keys(table)
        if table.happens or table.lasts:
            yield from lifetime_faults(table)


def _fault(table: Table, column: Column, kind: str, rule: str, value: str, **other: object) -> Fault:
    """Return a fault of one column; a column of the key is changed in a copy, lest others lose what they refer to."""
    name = f"{table.name}.{column.name}: {kind}"
    is_key = column.name in table.key
    settings: dict = {"is_added": is_key and bool(column.required), "number": 1 if is_key else 5, "also": ()} | other
    settings["also"] += (*referring(table), f"{table.name}.*_only_with_{column.name}")
    if table.name == "subscriptions":
        settings["also"] += (*OUTSIDE, "other_event_differs", "notice_*", "term_ends_too_late", "*_side_by_side")
    return Fault(
        name, kind, table.name, f"{table.name}.{column.name}_{rule}", column.name, {column.name: value}, **settings
    )


def referring(table: Table) -> tuple[str, ...]:
    """Name the rules of columns that refer to a table: rows that are set apart there are missed here."""
    return tuple(
        f"{other.name}.{column.name}_is_known"
        for other in read_contract().values()
        for column in other.columns
        if (column.references or "").startswith(f"{table.name}.")
    )


def _in_a_cell(table: Table, column: Column) -> Iterator[Fault]:
    name, of_table = column.name, f"{table.name}.*"
    filled = f"{name} is not null"
    if column.required:
        yield _fault(table, column, "empty", "is_filled_in", "null")
    if column.type == "text" and name != "name":
        also: tuple[str, ...] = (*LOOSE, of_table) if column.required else LOOSE
        word = literal(NOTHINGS[list(read_contract()).index(table.name) % len(NOTHINGS)])
        yield _fault(table, column, "word for nothing", "is_no_word_for_nothing", word, where=filled, also=also)
    if column.values:
        yield _fault(table, column, "not in its list", "is_in_its_list", "'elsewise'", where=filled)
    if column.least is not None:
        yield _fault(table, column, "below least", "is_in_its_range", str(column.least - 1), where=filled)
    if column.most is not None:
        yield _fault(table, column, "above most", "is_in_its_range", str(column.most + 41), where=filled)
    for other, scales in column.scales.items():
        for word, (_, most) in scales.items():
            where = f"{other} = {literal(word)}"
            yield _fault(
                table, column, f"off the scale of {word}", f"is_on_the_scale_of_{word}", str(most + 58), where=where
            )
    if column.longest is not None:
        long = literal("E" * (column.longest + 1))
        yield _fault(table, column, "too long", "is_not_too_long", long, where=filled, also=("mixed_currencies",))
    if column.type == "date":
        also = (*OUTSIDE, *ORDERED) if table.required or column.required else ()
        for kind, day in {"1900": "1900-01-01", "1970": "1970-01-01", "9999": "9999-12-31"}.items():
            yield _fault(table, column, f"day of {kind}", "is_a_possible_day", f"date '{day}'", where=filled, also=also)


def _beside_another(table: Table, column: Column) -> Iterator[Fault]:
    name = column.name
    if column.at_most:
        value, where = f"{column.at_most} + 1", f"{column.at_most} is not null"
        yield _fault(table, column, "more than another", f"is_at_most_{column.at_most}", value, where=where)
    moved = (*OUTSIDE, "*_is_not_before_its_fact")
    for other in column.not_before:
        yield _fault(
            table, column, f"before {other}", f"is_not_before_{other}", f"{other} - 20", where=f"{other} is not null",
            also=(*moved, f"{table.name}.{name}_is_*"),
        )  # fmt: skip
    for other in column.seldom_before:
        is_only_odd = f"{other} - 5 > started_on" if name == "ended_on" else "true"
        yield _fault(
            table, column, f"oddly before {other}", f"is_seldom_before_{other}", f"{other} - 5",
            where=f"{other} is not null and {name} is not null and {is_only_odd}",
        )  # fmt: skip
    if column.only_with:
        value = f"(select max({name}) from {table.name})"
        where = f"{name} is null and {column.only_with} is null"
        yield _fault(table, column, f"without {column.only_with}", f"only_with_{column.only_with}", value, where=where)
    for learned, happened in table.days_of_learning():
        if learned == name:
            yield _fault(
                table, column, "known too early", "is_not_before_its_fact", f"{happened} - 9",
                where=f"{happened} is not null",
            )  # fmt: skip


def _against_the_others(table: Table, column: Column) -> Iterator[Fault]:
    name, filled = column.name, f"{column.name} is not null"
    if column.type == "date":
        day = f"(select min({name}) from {table.name}) - 1200"
        moved = (*OUTSIDE, *ORDERED)
        yield _fault(table, column, "years away", "is_near_the_others", day, where=filled, number=1, also=moved)
        yield _swapped(table, column)
    if column.has_usual_range:
        value = f"20 * (select max({name}) from {table.name})"
        yield _fault(table, column, "a hundred times too much", "is_of_a_usual_size", value, where=filled, number=1)
    if column.is_category and table.key != (name,):  # of two words that stand once each, none is the right one
        common = f"{name} = (select mode({name}) from {table.name})"
        yield _fault(
            table,
            column,
            "written otherwise",
            "is_written_one_way",
            f"upper({name})",
            where=common,
            also=("region_without_holidays",),
        )
    if column.owner:
        value = (
            f"(select max({name}) from {table.name} as other where other.{column.owner} <> {table.name}.{column.owner})"
        )
        yield _fault(
            table, column, "of two owners", "has_one_owner", value, number=2, is_added=True, names_others=True,
            also=(f"{table.name}_key_is_unique",),
        )  # fmt: skip


def _is_swappable(name: str) -> str:
    return f"(extract('day' from {name}) <= 12 and extract('day' from {name}) <> extract('month' from {name}))"


def _as_swapped(name: str) -> str:
    swapped = f"make_date(extract('year' from {name}), extract('day' from {name}), extract('month' from {name}))"
    return f"case when {_is_swappable(name)} then {swapped} else {name} end"


def _swapped(table: Table, column: Column) -> Fault:
    """Day and month change places wherever they can, as where one tool reads the dates of another's land."""
    name = column.name
    swapped, where = _as_swapped(name), _is_swappable(name)
    also = (
        *OUTSIDE,
        *ORDERED,
        "*_is_not_swapped",
        "usage_log_*",
        "term_lapsed_while_open",
        f"{table.name}_key_is_unique",
    )
    return _fault(
        table, column, "day and month swapped", "is_not_swapped", swapped, where=where, number=None,
        is_added=False, names_some=True,
        also=(*also, "subscriptions_overlap", "end_scheduled_without_notice", "subscription_covers_no_day"),
    )  # fmt: skip


def _references(table: Table, column: Column, contract: dict[str, Table]) -> Iterator[Fault]:
    target, _, key = (column.references or "").partition(".")
    yield _fault(
        table,
        column,
        "refers to nothing",
        "is_known",
        "'nobody-1'",
        where=f"{column.name} is not null",
        also=("*_has_one_owner", "*_is_of_its_account"),
    )
    if column.name != "account_id" and "account_id" in contract[target].column_names and target != "accounts":
        value = f"(select max({key}) from {target} where {target}.account_id <> {table.name}.account_id)"
        yield _fault(table, column, "of another account", "is_of_its_account", value)


def _swapped_together(table: Table) -> Iterator[Fault]:
    days = [column.name for column in table.columns if column.type == "date"]
    if len(days) > 1:
        sets = {name: _as_swapped(name) for name in days}
        yield Fault(
            f"{table.name}: all days swapped", "all days of a table swapped", table.name,
            f"{table.name}.{table.happens or days[0]}_is_not_swapped", sets=sets,
            where=_is_swappable(table.happens or days[0]), number=None, names_some=True, also=("*",),
        )  # fmt: skip


def _keys(table: Table) -> Iterator[Fault]:
    rule = f"{table.name}_key_is_unique" if table.key else f"{table.name}_rows_repeat"
    yield Fault(f"{table.name}: rows twice", "rows twice", table.name, rule, is_added=True, names_others=True)
    others = [column for column in table.columns if column.name not in table.key and column.type == "number"]
    for column in others[:1] if table.key else ():
        sets = {column.name: f"{column.name} / 2"}
        yield Fault(
            f"{table.name}: one key, two values", "one key, two values", table.name, rule, column.name, sets,
            where=f"{column.name} > 0", is_added=True, names_others=True,
        )  # fmt: skip
