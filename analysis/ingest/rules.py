"""The contract's rules over whole tables: what breaks them is refused, set apart, or at least counted."""

import dataclasses
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from analysis.declared.contract import Table
from analysis.engine.engine import Engine
from analysis.engine.query import Query, read_queries
from analysis.errors import ContractError, StudyError
from analysis.ingest.findings import Finding, Severity
from analysis.wording.remarks import Remark, remark

_FOLDER = "checks"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: SQL that lists the ``row_id`` of the offending rows of a table, and what becomes of them."""

    name: str
    table: str
    severity: Severity
    says: Remark
    mend: Remark
    sql: str

    def own(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return those of the parameters on offer that the rule's SQL names."""
        return {name: parameters[name] for name in sorted(Query(self.name, _FOLDER, self.sql).parameters)}


def contract_rules(contract: dict[str, Table], given: Collection[str]) -> list[Rule]:
    """Return the rules that the contract itself implies: required values, keys, references, allowed values."""
    found = []
    for table in contract.values():
        if table.name not in given:
            continue
        soft: Severity = "error" if table.required else "quarantine"
        for column in table.columns:
            at = f"{table.name}.{column.name}"
            rows = f"select rowid as row_id from {table.name} where"
            if column.required:
                found.append(
                    Rule(
                        f"{at}_is_filled_in",
                        table.name,
                        "error",
                        remark("ingest.empty_value.says", column=column.name),
                        remark("ingest.empty_value.mend"),
                        f"{rows} {column.name} is null",
                    )
                )
            if column.references:
                found.append(
                    Rule(
                        f"{at}_is_known",
                        table.name,
                        soft,
                        remark("ingest.unknown_reference.says", column=column.name, table=column.references),
                        remark("ingest.unknown_reference.mend", table=column.references),
                        f"{rows} {column.name} is not null and {column.name} not in "
                        f"(select {column.name} from {column.references} where {column.name} is not null)",
                    )
                )
            if column.values:
                allowed = ", ".join(f"'{value}'" for value in column.values)
                found.append(
                    Rule(
                        f"{at}_is_in_its_list",
                        table.name,
                        soft,
                        remark("ingest.not_in_its_list.says", column=column.name, values=column.values),
                        remark("ingest.not_in_its_list.mend"),
                        f"{rows} {column.name} not in ({allowed})",
                    )
                )
        if table.key:
            key = ", ".join(table.key)
            found.append(
                Rule(
                    f"{table.name}_key_is_unique",
                    table.name,
                    "error",
                    remark("ingest.shared_key.says", key=table.key),
                    remark("ingest.shared_key.mend"),
                    f"select row_id from (select rowid as row_id, count(*) over (partition by {key}) as sharing "
                    f"from {table.name}) where sharing > 1",
                )
            )
    return found


def knowledge_rules(contract: dict[str, Table], given: Collection[str]) -> list[Rule]:
    """Return the rules that days of knowledge imply: nothing is known before the day of what it is known of."""
    found = []
    for table in contract.values():
        if table.name not in given:
            continue
        for learned, happened in table.days_of_learning():
            found.append(
                Rule(
                    f"{table.name}.{learned}_is_not_before_its_fact",
                    table.name,
                    "notice",
                    remark("ingest.known_too_early.says", learned=learned, happened=happened),
                    remark("ingest.known_too_early.mend", learned=learned),
                    f"select rowid as row_id from {table.name} where {learned} < {happened}",
                )
            )
    return found


def declared_rules() -> list[Rule]:
    """Return the rules of ``queries/checks``."""
    declared = tomllib.loads((files("queries") / _FOLDER / "rules.toml").read_text(encoding="utf-8"))
    sql = {query.name: query.sql for query in read_queries(_FOLDER)}
    return [
        Rule(
            name,
            entry["table"],
            entry["severity"],
            Remark(f"rules.{name}.says"),
            Remark(f"rules.{name}.mend"),
            sql[name],
        )
        for name, entry in declared.items()
    ]


def apply_rules(
    engine: Engine,
    contract: dict[str, Table],
    given: Collection[str],
    parameters: Mapping[str, Any],
    lowered: Collection[str] = (),
) -> list[Finding]:
    """Check all rules; set apart the rows that a quarantine rule names.

    Parameters
    ----------
    engine
        A store with every contract table loaded.
    contract, given
        The contract and the tables that the source gives.
    parameters
        All parameters on offer; a rule is given those that it names.
    lowered
        Names of error rules that the study lowers to quarantine.

    Returns
    -------
    list of Finding
        What was found below the level of an error.

    Raises
    ------
    ContractError
        If error rules are broken: all of them, each with its rows.
    StudyError
        If `lowered` names an unknown rule.
    """
    rules = contract_rules(contract, given) + knowledge_rules(contract, given) + declared_rules()
    unknown = sorted(set(lowered) - {rule.name for rule in rules})
    if unknown:
        raise StudyError(f"lowered_rules names an unknown rule '{unknown[0]}'. Run 'tenure check' for the names.")
    findings = []
    for rule in rules:
        if rule.name in lowered and rule.severity == "error":
            rule = dataclasses.replace(rule, severity="quarantine")
        finding = _check(engine, rule, contract[rule.table], rule.own(parameters))
        if finding:
            findings.append(finding)
            if rule.severity == "quarantine":
                _set_apart(engine, rule, rule.own(parameters))
    errors = [finding.message() for finding in findings if finding.severity == "error"]
    if errors:
        raise ContractError("The source breaks the contract:\n- " + "\n- ".join(errors))
    return findings


def _check(engine: Engine, rule: Rule, table: Table, own: Mapping[str, Any]) -> Finding | None:
    rows = engine.value(f"select count(*) from (\n{rule.sql}\n)", own)
    if not rows:
        return None
    shown = table.key or table.required_columns()
    found = engine.rows(
        f"select distinct {', '.join(f'cast({name} as varchar)' for name in shown)} from {rule.table} "
        f"where rowid in (select row_id from ({rule.sql})) order by all limit 5",
        own,
    )
    examples = "; ".join(
        ", ".join(f"{name}={value}" for name, value in zip(shown, row, strict=True) if value is not None)
        for row in found
    )
    return Finding(rule.name, rule.table, rule.severity, rule.says, rule.mend, rows, examples)


def _set_apart(engine: Engine, rule: Rule, own: Mapping[str, Any]) -> None:
    aside = f"quarantine_{rule.table}"
    engine.run(f"create temp table offending as select row_id from ({rule.sql})", own)
    is_offending = "rowid in (select row_id from offending)"
    engine.run(f"create table if not exists {aside} as select '' as rule, * from {rule.table} where false")
    engine.run(f"insert into {aside} select $rule, * from {rule.table} where {is_offending}", {"rule": rule.name})
    engine.run(f"delete from {rule.table} where {is_offending}")
    engine.run("drop table offending")
