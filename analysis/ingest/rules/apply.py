"""Rules of the contract and of ``queries/checks``, put to loaded tables: what breaks them, and what becomes of it."""

import dataclasses
import functools
import tomllib
from collections import Counter
from collections.abc import Collection, Mapping
from importlib.resources import files
from typing import Any

from analysis.declared.contract import Table
from analysis.engine.engine import Engine
from analysis.engine.parsed import tables_read
from analysis.engine.query import read_queries
from analysis.engine.quoting import quoted
from analysis.errors import StudyError
from analysis.ingest.findings import Finding
from analysis.ingest.rules.contract_rules import contract_rules, every_column
from analysis.ingest.rules.rule import FOLDER, Rule
from analysis.wording.remarks import Remark

ROWS = "broken"
"""The schema that keeps the rows of findings, a table for each rule."""
MOST_KEPT = 100_000
"""Rows of a finding that are fetched of a table that stays elsewhere; all of any other."""
SPANS = ("accounts", "subscriptions")
"""Tables that say when accounts begin and end."""
FEW = 0.1
"""Share of their rows that may be at fault, and they still say it."""
OF_PRICES = "mixed_currencies"
"""The rule that finds fault with every row of subscriptions, and with the days of none."""


def declared_rules() -> list[Rule]:
    """Return the rules of ``queries/checks``."""
    return list(_declared_rules())


@functools.cache
def _declared_rules() -> tuple[Rule, ...]:
    declared = tomllib.loads((files("queries") / FOLDER / "rules.toml").read_text(encoding="utf-8"))
    sql = {query.name: query.sql for query in read_queries(FOLDER)}
    return tuple(
        Rule(
            name,
            entry["table"],
            entry["severity"],
            Remark(f"rules.{name}.says"),
            Remark(f"rules.{name}.mend"),
            sql[name],
        )
        for name, entry in declared.items()
    )


def apply_rules(
    engine: Engine,
    contract: dict[str, Table],
    given: Mapping[str, Collection[str]],
    parameters: Mapping[str, Any],
    lowered: Collection[str] = (),
    *,
    before: Collection[Finding] = (),
    keep_rows: bool = False,
) -> list[Finding]:
    """Find the rows that break a rule; set apart those of rules in quarantine, and empty the cells that cannot be.

    Parameters
    ----------
    engine
        The store, with the source's tables.
    contract, given
        The contract, and the columns that the source gives of each table that it gives.
    parameters
        All parameters on offer; a rule is given those that it names.
    lowered
        Names of error rules that the study lowers to quarantine.
    before
        What was found when the tables were loaded.
    keep_rows
        Whether to keep the rows of every finding, as they were, in schema `ROWS`.

    Returns
    -------
    list of Finding
        What was found, errors among it, in the order of the rules.

    Raises
    ------
    StudyError
        If `lowered` names an unknown rule.
    """
    known = (
        {rule.name for rule in contract_rules(contract, every_column(contract)) + declared_rules()}
        if lowered
        else set()
    )
    unknown = sorted(set(lowered) - known)
    if unknown:
        raise StudyError(f"lowered_rules names an unknown rule '{unknown[0]}'. Run 'tenure check' for the names.")
    if keep_rows:
        engine.run(f"create schema if not exists {ROWS}")
    rows = engine.counts(contract)
    rules = [rule for rule in contract_rules(contract, given) + declared_rules() if rows[rule.table]]
    cleared, changed = _cleared(engine, rules), set[str]()
    findings: list[Finding] = []
    for rule in rules:
        if rule.name in cleared and not (changed and changed & tables_read(rule.sql)):
            continue
        if rule.name in lowered and rule.severity == "error":
            rule = dataclasses.replace(rule, severity="quarantine")
        if rule.asks_lifetimes and not are_lifetimes_told([*before, *findings], rows):
            continue
        finding = _check(engine, rule, contract[rule.table], rows[rule.table], rule.own(parameters), keep_rows)
        if finding:
            findings.append(finding)
            if rule.severity == "quarantine":
                row_ids = rule.sets_apart or f"select row_id from (\n{rule.sql}\n)"
                where, aside = "" if rule.sets_apart else rule.where, f"quarantine_{rule.table}"
                engine.holder(rule.table).set_apart(rule.table, aside, rule.name, row_ids, where, rule.own(parameters))
                changed.add(rule.table)
            elif rule.empties:
                engine.holder(rule.table).empty(rule.table, rule.empties, rule.where, rule.own(parameters))
                changed.add(rule.table)
    return findings


def are_lifetimes_told(findings: Collection[Finding], rows: Mapping[str, int]) -> bool:
    """Say whether accounts and subscriptions are sound enough to tell what lies outside: else all would seem to.

    Parameters
    ----------
    findings
        What was found so far.
    rows
        Of each table.
    """
    errors = [
        finding
        for finding in findings
        if finding.severity == "error" and finding.table in SPANS and finding.name != OF_PRICES
    ]
    if any(finding.rows is None for finding in errors):  # a whole table or column
        return False
    at_fault = Counter(dict.fromkeys(SPANS, 0))
    for finding in errors:
        at_fault[finding.table] += finding.rows or 0
    return all(rows[name] and at_fault[name] <= FEW * rows[name] for name in SPANS)


def _cleared(engine: Engine, rules: Collection[Rule]) -> set[str]:
    """Return the names of rules that cannot be broken, as long as no table changes: one question for each relation."""
    asked: dict[tuple[str, str], list[Rule]] = {}
    for rule in rules:
        if rule.suspect:
            asked.setdefault((rule.table, rule.suspect_in), []).append(rule)
    cleared: set[str] = set()
    for (table, relation), suspects in asked.items():
        (answers,) = engine.holder(table).rows(f"select {', '.join(rule.suspect for rule in suspects)} from {relation}")
        cleared |= {rule.name for rule, may_be in zip(suspects, answers, strict=True) if not may_be}
    return cleared


def _check(
    engine: Engine, rule: Rule, table: Table, of: int, own: Mapping[str, Any], keep_rows: bool
) -> Finding | None:
    holder = engine.holder(rule.table)
    rows = holder.value(f"select count(*) from (\n{rule.sql}\n)", own)
    if not rows:
        return None
    broken = f"from {rule.table} where rowid in (select row_id from ({rule.sql}))"
    shown = table.key or table.required_columns()
    found = holder.rows(
        f"select distinct {', '.join(f'cast({name} as varchar)' for name in shown)} {broken} order by all limit 5", own
    )
    examples = tuple(
        ", ".join(f"{name}={value}" for name, value in zip(shown, row, strict=True) if value is not None)
        for row in found
    )
    finding = Finding(rule.name, rule.table, rule.severity, rule.says, rule.mend, rows, examples, of)
    if not keep_rows:
        return finding
    kept = f"{ROWS}.{quoted(rule.name)}"
    most = "" if holder is engine else f" limit {MOST_KEPT}"
    engine.run(f"create table {kept} as select * from {rule.table} where false")
    holder.bring(kept, f"select {', '.join(table.column_names)} {broken}{most}", own)
    return dataclasses.replace(finding, rows_sql=f"select * from {kept} order by all")
