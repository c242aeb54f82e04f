"""Rules of the contract: each word of ``contract.toml`` finds the rows that break it, in every table that has it."""

import itertools
from collections.abc import Collection, Iterator, Mapping

from analysis.declared.contract import Column, Table
from analysis.declared.ranges import FIRST_DAY, LAST_DAY
from analysis.engine.query import read_query
from analysis.engine.quoting import literal
from analysis.ingest.findings import Severity
from analysis.ingest.rules.rule import KINDS, Rule
from analysis.wording.remarks import remark

LIFETIMES = "subscriptions"
"""The table that says when accounts begin and end."""
PLACES = {
    "before": "before_the_account_begins",
    "after": "after_the_account_ends",
    "between": "between_subscriptions",
    "never": "of_accounts_without_subscription",
}
"""Where a fact lies that is in no subscription of its account, with the end of its rule's name."""

NOTHINGS = (
    *("", "null", "(null)", "<null>", "none", "nan", "nil", "nat", "n/a", "#n/a", "#ref!", "#value!", "undefined"),
    *("-", "--", "?"),
)
"""What tools write where there is nothing, whatever the case."""


def every_column(contract: dict[str, Table]) -> dict[str, tuple[str, ...]]:
    """Return what a source gives that gives all of the contract: the columns of each table."""
    return {name: table.column_names for name, table in contract.items()}


def contract_rules(contract: dict[str, Table], given: Mapping[str, Collection[str]]) -> list[Rule]:
    """Return the rules that the contract implies of what a source gives: no column that it does not can break one.

    First come those of cells by themselves, then those of a column as a whole, which is seen before rows of it are set
    apart for what they hold beside each other; then those of rows, and those between tables.
    """
    tables = [
        (table, [column for column in table.columns if column.required or column.name in given[table.name]])
        for table in contract.values()
        if table.name in given
    ]
    return [
        *(rule for table, columns in tables for column in columns for rule in _of_cells(table, column)),
        *(rule for table, columns in tables for column in columns for rule in _of_columns(table, column)),
        *(rule for table, columns in tables for rule in _of_rows(table, columns)),
        *(rule for table, columns in tables for rule in _between_tables(table, columns, given)),
    ]


def _of_cells(table: Table, column: Column) -> Iterator[Rule]:
    name = column.name
    if column.type == "text" and name != "name":
        yield _word_for_nothing(table, column)
    if column.required:
        yield _rule(table, column, "is_filled_in", "empty_value", "error", f"{name} is null")
    if column.values:
        allowed = ", ".join(literal(value) for value in column.values)
        severity: Severity = "error" if table.required else "quarantine"
        where = f"{name} not in ({allowed})"
        yield _rule(table, column, "is_in_its_list", "not_in_its_list", severity, where, values=column.values)
    if column.least is not None or column.most is not None:
        yield _bounded(table, column, f"{name} is not null", column.least, column.most, "is_in_its_range")
    if column.longest is not None:
        where = f"length({name}) > {column.longest}"
        yield _rule(table, column, "is_not_too_long", "too_long", "notice", where, longest=column.longest)
    if column.type == "date":
        yield _possible(table, column)


def _of_columns(table: Table, column: Column) -> Iterator[Rule]:
    facts = f"select rowid as row_id, {column.name} as {{}} from {table.name}".format
    if column.type == "date":
        kind = ("isolated_days", f"{facts('day')} where {column.name} between date '{FIRST_DAY}' and date '{LAST_DAY}'")
        suspect = f"count({column.name}) >= 20 and date_diff('day', min({column.name}), max({column.name})) > 730"
        yield _rule(table, column, "is_near_the_others", "far_day", "notice", kind=kind, suspect=suspect)
        yield _swapped(table, column)
    if column.has_usual_range:
        kind = ("isolated_numbers", facts("number"))
        suspect = f"count(*) filter (where {column.name} > 0) >= 20"
        yield _rule(table, column, "is_of_a_usual_size", "unusual_size", "notice", kind=kind, suspect=suspect)
    if column.is_category:
        kind = ("several_spellings", facts("word"))
        suspect = f"count(distinct {column.name}) > 1"
        yield _rule(table, column, "is_written_one_way", "several_spellings", "notice", kind=kind, suspect=suspect)


def _of_rows(table: Table, columns: Collection[Column]) -> Iterator[Rule]:
    for column in columns:
        yield from _beside_another(table, column)
        yield from _ordered(table, column)
        if column.owner:
            facts = f"select rowid as row_id, {column.name} as value, {column.owner} as owner from {table.name}"
            kind = ("several_owners", facts)
            suspect = f"count(distinct {column.name}) < count(distinct ({column.name}, {column.owner}))"
            yield _rule(
                table,
                column,
                "has_one_owner",
                "several_owners",
                "notice",
                kind=kind,
                suspect=suspect,
                owner=column.owner,
            )
    for learned, happened in table.days_of_learning():
        for column in (column for column in columns if column.name == learned):
            yield _rule(
                table, column, "is_not_before_its_fact", "known_too_early", "notice", f"{learned} < {happened}",
                learned=learned, happened=happened,
            )  # fmt: skip
    yield _unique(table)


def _unique(table: Table) -> Rule:
    """Tell rows apart by the key, or by all columns where there is none."""
    key = ", ".join(table.key or table.column_names)
    columns = ", ".join(f"{name} desc nulls first" for name in table.column_names)
    partition = f"partition by {key}" + (f" order by {columns}" if table.key else "")
    shared = f"select rowid as row_id, count(*) over (partition by {key}) as sharing from {table.name}"
    keep = (
        f"select row_id from (select rowid as row_id, row_number() over ({partition}) as place from {table.name}) "
        "where place > 1"
    )
    sql = f"select row_id from ({shared}) where sharing > 1"
    if not table.key:
        says, mend = remark("ingest.repeated_rows.says"), remark("ingest.repeated_rows.mend")
        return Rule(f"{table.name}_rows_repeat", table.name, "notice", says, mend, sql)
    mend = remark("ingest.shared_key.mend_by_sums" if table.is_additive else "ingest.shared_key.mend", key=table.key)
    says = remark("ingest.shared_key.says", key=table.key)
    return Rule(f"{table.name}_key_is_unique", table.name, "error", says, mend, sql, sets_apart=keep)


def _word_for_nothing(table: Table, column: Column) -> Rule:
    where = f"lower(trim({column.name})) in ({', '.join(literal(word) for word in NOTHINGS)})"
    empties = "" if column.required else column.name
    return _rule(table, column, "is_no_word_for_nothing", "word_for_nothing", "notice", where, empties=empties)


def _beside_another(table: Table, column: Column) -> Iterator[Rule]:
    """What a cell may hold beside another of its row."""
    name = column.name
    soft, empties = _if_impossible(table, column)
    for other, scales in column.scales.items():
        for value, (least, most) in scales.items():
            where = f"{other} = {literal(value)}"
            yield _bounded(table, column, where, least, most, f"is_on_the_scale_of_{value}", f"{other} {value}")
    if column.at_most:
        rule, where = f"is_at_most_{column.at_most}", f"{name} > {column.at_most}"
        yield _rule(table, column, rule, "more_than_another", soft, where, empties=empties, other=column.at_most)
    if column.only_with:
        where = f"{name} is not null and {column.only_with} is null"
        yield _rule(
            table, column, f"only_with_{column.only_with}", "without_another", "notice", where, other=column.only_with
        )


def _bounded(
    table: Table, column: Column, where: str, least: int | None, most: int | None, rule: str, of: str = ""
) -> Rule:
    severity, empties = _if_impossible(table, column)
    outside = [f"{column.name} < {least}"] * (least is not None) + [f"{column.name} > {most}"] * (most is not None)
    code = "off_scale" if of else "out_of_range" if most is not None else "too_small"
    where = f"{where} and ({' or '.join(outside)})"
    return _rule(table, column, rule, code, severity, where, empties=empties, least=least, most=most, of=of)


def _ordered(table: Table, column: Column) -> Iterator[Rule]:
    severity: Severity = "error" if table.required else "quarantine"
    for other in column.not_before:
        where = f"{column.name} < {other}"
        yield _rule(table, column, f"is_not_before_{other}", "before_another", severity, where, other=other)
    for other in column.seldom_before:
        where = f"{column.name} < {other}"
        yield _rule(table, column, f"is_seldom_before_{other}", "oddly_before", "notice", where, other=other)


def _possible(table: Table, column: Column) -> Rule:
    severity, empties = _if_impossible(table, column)
    if not column.required:  # in the place of no day, tools write one that nobody means: 1970-01-01, 9999-12-31
        severity, empties = "notice", column.name
    outside = f"{column.name} < date '{FIRST_DAY}' or {column.name} > date '{LAST_DAY}'"
    return _rule(
        table, column, "is_a_possible_day", "impossible_day", severity, outside, empties=empties, first=str(FIRST_DAY),
        last=str(LAST_DAY),
    )  # fmt: skip


def _if_impossible(table: Table, column: Column) -> tuple[Severity, str]:
    """Return what becomes of a row with a value that cannot be, and which cell is emptied instead."""
    if table.required:
        return "error", ""
    return ("quarantine", "") if column.required else ("notice", column.name)


def _between_tables(table: Table, columns: Collection[Column], given: Collection[str]) -> Iterator[Rule]:
    for column in columns:
        if column.references and column.references.partition(".")[0] in given:
            yield from _references(table, column)
    if table.happens or table.lasts:
        yield from _outside_lifetimes(table)


def _references(table: Table, column: Column) -> Iterator[Rule]:
    target, _, key = (column.references or "").partition(".")
    # 'not in', which asks whether a value is unknown, too, would be compared with each by Spark
    known = f"{column.name} in (select {key} from {target} where {key} is not null)"
    where = f"case when {known} then false else {column.name} is not null end"
    if column.name == "account_id":
        severity: Severity = "error" if table.required else "quarantine"
        yield _rule(table, column, "is_known", "unknown_reference", severity, where, table=target)
        return
    yield _rule(table, column, "is_known", "unmatched_reference", "notice", where, refers_to=column.references)
    if target != "accounts" and target != "features":
        facts = f"select rowid as row_id, {column.name} as value, account_id as owner from {table.name}"
        known = f"select {key} as value, account_id as owner from {target}"
        kind = ("another_owner", facts, known)
        yield _rule(
            table, column, "is_of_its_account", "of_another_account", "notice", kind=kind,
            suspect=f"count({column.name}) > 0", refers_to=column.references,
        )  # fmt: skip


def _swapped(table: Table, column: Column) -> Rule:
    owned = "account_id" in table.column_names and table.name != LIFETIMES
    facts = (
        f"select rowid as row_id, {'account_id' if owned else 'null'} as account_id, {column.name} as day, "
        f"{_day_near(table, column)} as near from {table.name}"
    )
    return _rule(
        table,
        column,
        "is_not_swapped",
        "may_be_swapped",
        "notice",
        kind=("swapped_days", facts),
        suspect=f"count({column.name}) >= 10",
    )


def _day_near(table: Table, column: Column) -> str:
    """Return SQL of a day of the row that is usually not far from a column's."""
    after = (other.name for other in table.columns if column.name in (*other.not_before, *other.seldom_before))
    learning = table.days_of_learning()
    learned = (happened for name, happened in learning if name == column.name)
    learns = (name for name, happened in learning if happened == column.name)
    near = next(itertools.chain(column.not_before, column.seldom_before, after, learned, learns), "null")
    return f"cast({near} as date)"


def _outside_lifetimes(table: Table) -> Iterator[Rule]:
    begins, ends = table.days()
    facts = (
        f"select rowid as row_id, account_id, coalesce({begins}, date '0001-01-01') as begins, {ends} as ends "
        f"from {table.name}"
    )
    found = _of_kind("outside_lifetimes", facts)
    for place, name in PLACES.items():
        says, mend = remark(f"ingest.{name}.says"), remark(f"ingest.{name}.mend")
        yield Rule(
            f"{table.name}_{name}", table.name, "notice", says, mend,
            f"select row_id from ({found}) where place = '{place}'",
            suspect=f"bool_or(place = '{place}')", suspect_in=f"({found})", asks_lifetimes=True,
        )  # fmt: skip


def _of_kind(kind: str, facts: str, known: str = "") -> str:
    others = f", known as ({known})" if known else ""
    return f"with facts as ({facts}){others} select * from (\n{read_query(f'{KINDS}/{kind}').sql}\n)"


def _rule(
    table: Table,
    column: Column,
    name: str,
    code: str,
    severity: Severity,
    where: str = "",
    /,
    *,
    kind: tuple[str, ...] = (),
    suspect: str = "",
    empties: str = "",
    **values: object,
) -> Rule:
    says = remark(f"ingest.{code}.says", column=column.name, **values)
    mend = remark(f"ingest.{code}.{'mend_emptied' if empties else 'mend'}", column=column.name, **values)
    sql = _of_kind(*kind) if kind else f"select rowid as row_id from {table.name} where {where}"
    return Rule(
        f"{table.name}.{column.name}_{name}", table.name, severity, says, mend, sql, empties=empties,
        suspect=suspect or f"bool_or({where})", suspect_in=table.name, where=where,
    )  # fmt: skip
