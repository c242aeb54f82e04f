"""Measured: which of the tables and columns that a source gives hold what they are read for; others count as absent.

Rows that were set apart, that lie in no paid stay of their account, or outside their own log, are no evidence that
nothing happened. Asked once, after the rules; what is not measured is not given, to all that comes later.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.declared.contract import Column, Table, names_given
from analysis.declared.needs import Word, asked_words, missed_words
from analysis.declared.parameters import Log
from analysis.engine.engine import Engine
from analysis.engine.query import read_query
from analysis.ingest.findings import Finding
from analysis.ingest.measured.facts import FOLDER, ask, facts_sql, is_dated
from analysis.ingest.measured.logs import find_logs, write_logs
from analysis.wording.remarks import Remark, remark, stored_remark

USABLE = 0.5
"""A table is measured if such a share of its rows was not set apart and lies in a paid stay; keys match likewise."""
FILLED = 0.01
"""A column counts as given if so large a share of the rows has it; of what need not happen, one row is enough."""
WITHOUT_SHARE, WITHOUT_NUMBER = 0.1, 5
"""From so many customers without a row on, by share and by number, it is said that they may not have been matched."""
DECIDES = frozenset({"use_logged_from"})
"""Columns of accounts that no covariate asks for, and that decide which rows are known: empty, they decide nothing."""
EVERY_CUSTOMER = ("usage_daily", "user_activity")
"""Tables of which every customer is expected to have rows."""


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Something that a source gives, and that does not measure what it is read for.

    Attributes
    ----------
    name
        A table, ``table.column``, or another word of a need.
    reason
        Why.
    """

    name: str
    reason: Remark


def what_is_measured(
    engine: Engine, contract: Mapping[str, Table], given: Mapping[str, tuple[str, ...]], parameters: Mapping[str, Any]
) -> tuple[list[Finding], dict[str, tuple[str, ...]]]:
    """Return what was found, and of the tables that a source gives, and their columns, those that are measured.

    Into the store it writes tables ``not_measured`` (name, code and values of the reason) and ``logs``.

    Parameters
    ----------
    engine
        Holds every table of the contract, after the rules.
    contract, given
        The contract, and the tables that the source gives, each with its columns.
    parameters
        As `analysis.declared.parameters.query_parameters`.

    Returns
    -------
    tuple
        The findings, and tables with columns; of a column that rows were asked of also ``column=value`` where some row
        has it, and ``column->table`` where its values are found in that table.
    """
    with engine.named(paid_stays=read_query(f"{FOLDER}/paid_stays").sql):
        tables = [table for table in contract.values() if table.name in given]
        logs, findings = find_logs(engine, [table for table in tables if engine.count(table.name)], parameters)
        reasons = {table.name: _of_table(engine, table, logs.get(table.name), parameters) for table in tables}
        findings += [_finding_of_table(name, reason) for name, reason in reasons.items() if reason and _is_news(reason)]
        kept = {table.name: table for table in tables if reasons[table.name] is None}
        for name in EVERY_CUSTOMER:
            if name not in kept:
                continue
            found, reasons[name] = _without_rows(engine, kept[name], logs[name], parameters)
            findings += found
            if reasons[name]:
                del kept[name]
    measured, absent = {name: given[name] for name in kept}, {}
    for name, table in kept.items():
        measured[name], absent[name] = _of_columns(engine, table, given[name], measured)
    missed = missed_words(names_given(measured, stable_users=True))
    unmeasured = [Unmeasured(name, reason) for name, reason in reasons.items() if reason]
    for name in kept:
        lacking = [one for one in absent[name] if one.name in missed]
        unmeasured += lacking
        faults = [one for one in lacking if _is_news(one.reason)]
        findings += [_finding_of_columns(name, faults)] if faults else []
    write_logs(engine, logs)
    _write(engine, unmeasured)
    return findings, measured


def as_given(given: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return tables with columns, and every word that only their rows can give, as if these held it: none was asked."""
    words = [word for word in asked_words() if word.is_of_rows]
    return {
        name: (
            *columns,
            *(
                word.in_its_table
                for word in words
                if word.table == name and word.column in columns and (not word.other or word.other in given)
            ),
        )
        for name, columns in given.items()
    }


def _of_table(engine: Engine, table: Table, log: Log | None, parameters: Mapping[str, Any]) -> Remark | None:
    """Return why a table is not measured; None where it is."""
    if table.required:
        return None
    holder, aside = engine.holder(table.name), f"quarantine_{table.name}"
    apart = holder.value(f"select count(*) from {aside}") if aside in holder.tables("main") else 0
    rows = engine.count(table.name) + apart
    if rows == 0 or log is None:
        return remark("ingest.not_measured.all_set_apart" if rows else "ingest.not_measured.no_rows", rows=rows)
    if rows - apart < USABLE * rows:
        return remark("ingest.not_measured.set_apart", rows=rows, apart=apart)
    if not is_dated(table):
        return None
    with holder.named(facts=facts_sql(table)):
        ((known, in_its_log, of_payers, while_paying),) = ask(
            holder,
            "usable_facts",
            {**parameters, "observed_from": log.observed_from, "observed_until": log.observed_until},
        )
    bounds = {"begins": log.observed_from, "ends": log.observed_until}
    if known == 0:
        return remark("ingest.not_measured.not_yet_known")
    if in_its_log == 0:
        return remark("ingest.not_measured.outside_its_log", rows=int(known), **bounds)
    if log.observed_until <= str(parameters["observation_start"]):
        return remark("ingest.not_measured.before_the_observation", **bounds)
    if while_paying == 0 or rows - apart - int(of_payers - while_paying) < USABLE * rows:
        outside = int(known - while_paying)
        return remark("ingest.not_measured.in_no_stay", rows=rows, apart=apart, outside=outside)
    return None


def _of_columns(
    engine: Engine, table: Table, given: tuple[str, ...], tables: Collection[str]
) -> tuple[tuple[str, ...], list[Unmeasured]]:
    """Return the columns of a table that its rows fill in, with the words that only rows can give; and the others."""
    asked = [word for word in asked_words() if word.table == table.name and word.column in given]
    looked_at = {word.column for word in asked} | (DECIDES & set(given) if table.name == "accounts" else set())
    columns = {column.name: column for column in table.columns if column.name in looked_at}
    words = list(dict.fromkeys(word for word in asked if word.is_of_rows))
    counts = [f"count({name})" for name in columns]
    counts += [f"count(case when {word.column} = '{word.value}' then 1 end)" for word in words if word.value]
    ((rows, *numbers),) = engine.holder(table.name).rows(f"select {', '.join(['count(*)', *counts])} from {table.name}")
    filled = dict(zip(columns, numbers, strict=False))
    having = dict(zip((word for word in words if word.value), numbers[len(columns) :], strict=True))
    absent = {
        name: remark("ingest.not_measured.empty_column", filled=filled[name], rows=rows)
        for name, column in columns.items()
        if filled[name] < (1 if _need_not_happen(column) else FILLED * rows)
    }
    kept = [name for name in given if name not in absent]
    unmeasured = [Unmeasured(f"{table.name}.{name}", reason) for name, reason in absent.items()]
    for word in words:
        if word.column in absent or (word.other and word.other not in tables):
            continue
        reason = _unmatched(engine, word) if word.other else _no_such_row(having[word])
        if reason:
            unmeasured.append(Unmeasured(str(word), reason))
        else:
            kept.append(word.in_its_table)
    return tuple(kept), unmeasured


def _need_not_happen(column: Column) -> bool:
    """Say whether an empty cell of a column may mean that something has not happened: it has a day on which it does."""
    return column.type == "date" and column.known is not None


def _no_such_row(number: int) -> Remark | None:
    return None if number else remark("ingest.not_measured.no_such_row")


def _unmatched(engine: Engine, word: Word) -> Remark | None:
    """Return how few keys of one table are found in another, if fewer than enough are on either side."""
    own, other = (
        f"select distinct {word.column} as key from {name} where {word.column} is not null"
        for name in (word.table, word.other)
    )
    holder = engine.holder(word.table, word.other)
    with holder.named(own_keys=own, other_keys=other):
        ((n_own, n_others, matched),) = ask(holder, "keys_matched")
    if matched and max(matched / n_own, matched / n_others) >= USABLE:
        return None
    return remark("ingest.not_measured.unmatched", own=n_own, matched=matched, other=word.other)


def _without_rows(
    engine: Engine, table: Table, log: Log, parameters: Mapping[str, Any]
) -> tuple[list[Finding], Remark | None]:
    """Return what is said if many customers have no row at all in a table in which every customer should have some.

    Of most of them it is the reason why the table is not measured. Those that are declared to have no log are left out.
    """
    bounds = {"observed_from": log.observed_from, "observed_until": log.observed_until}
    holder = engine.holder(table.name)
    with holder.named(facts=facts_sql(table)):
        customers = ask(holder, "customers_without_rows", {**parameters, **bounds})
    unlogged = {account for (account,) in ask(engine, "accounts_without_log")}
    customers = [customer for customer in customers if customer[0] not in unlogged]
    without = [account for account, is_without in customers if is_without]
    numbers = {"without": len(without), "customers": len(customers)}
    if len(customers) >= WITHOUT_NUMBER and len(without) > (1 - USABLE) * len(customers):
        reason = remark("ingest.not_measured.without_rows", **numbers)
        return [_finding_of_table(table.name, reason)], reason
    if len(without) < max(WITHOUT_NUMBER, WITHOUT_SHARE * len(customers)):
        return [], None
    says = remark("ingest.customers_without_rows.says", **numbers)
    mend = remark("ingest.customers_without_rows.mend", table=table.name)
    examples = tuple(f"account_id={account}" for account in without[:5])
    return [Finding("customers_without_rows", table.name, "notice", says, mend, len(without), examples)], None


def _is_news(reason: Remark) -> bool:
    """Say whether it is a fault that nothing else tells of: a table without rows is told of where it is read.

    That no row has a value is none; it stands where it is said what the source lacks.
    """
    return reason.code not in ("ingest.not_measured.no_rows", "ingest.not_measured.no_such_row")


def _finding_of_table(name: str, reason: Remark) -> Finding:
    says = remark("ingest.table_not_measured.says", reason=reason)
    return Finding("table_not_measured", name, "notice", says, remark("ingest.table_not_measured.mend"))


def _finding_of_columns(name: str, absent: Collection[Unmeasured]) -> Finding:
    words = tuple(remark("ingest.not_measured.because", name=one.name, reason=one.reason) for one in absent)
    says = remark("ingest.columns_not_measured.says", words=words)
    return Finding("columns_not_measured", name, "notice", says, remark("ingest.columns_not_measured.mend"))


def _write(engine: Engine, unmeasured: Collection[Unmeasured]) -> None:
    engine.run("create table not_measured (name varchar, code varchar, reason_values varchar)")
    for one in unmeasured:
        engine.run(
            "insert into not_measured values ($name, $code, $reason_values)",
            {"name": one.name, "code": one.reason.code, "reason_values": one.reason.values_as_json()},
        )


def read_not_measured(engine: Engine) -> dict[str, Remark]:
    """Return, from table ``not_measured``, why each thing in it is not measured, by name.

    Nothing where it is not there: where errors keep accounts from telling when they begin and end, nobody asked.
    """
    if "not_measured" not in engine.tables("main"):
        return {}
    rows = engine.rows("select name, code, reason_values from not_measured order by name")
    return {name: stored_remark(code, values) for name, code, values in rows}
