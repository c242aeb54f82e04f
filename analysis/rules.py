"""The contract's rules over whole tables: what breaks them is refused, set apart, or at least counted."""

import dataclasses
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import duckdb
import pandas as pd

from analysis.contract import Table
from analysis.errors import ContractError, StudyError

Severity = Literal["error", "quarantine", "notice"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: SQL that lists the ``row_id`` of the offending rows of a table, and what becomes of them."""

    name: str
    table: str
    severity: Severity
    says: str
    mend: str
    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule: how many rows break it, and the first five of them by key."""

    rule: Rule
    rows: int
    examples: str

    def message(self) -> str:
        """Return one sentence for the user."""
        return (
            f"{self.rule.table}: {self.rule.says}: {self.rows:,} rows, among them {self.examples}. {self.rule.mend} "
            f"(rule {self.rule.name})"
        )


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
                        f"{column.name} is empty",
                        "Fill it in.",
                        f"{rows} {column.name} is null",
                    )
                )
            if column.references:
                found.append(
                    Rule(
                        f"{at}_is_known",
                        table.name,
                        soft,
                        f"{column.name} is not in table {column.references}",
                        f"Add it to {column.references}, or leave the rows out.",
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
                        f"{column.name} is none of {', '.join(column.values)}",
                        "Map it to one of these.",
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
                    f"several rows share one key ({key})",
                    "Leave one row for each key.",
                    f"select row_id from (select rowid as row_id, count(*) over (partition by {key}) as sharing "
                    f"from {table.name}) where sharing > 1",
                )
            )
    return found


def declared_rules() -> list[Rule]:
    """Return the rules of ``queries/checks``."""
    folder = files("queries") / "checks"
    declared = tomllib.loads((folder / "rules.toml").read_text(encoding="utf-8"))
    return [
        Rule(name=name, sql=(folder / f"{name}.sql").read_text(encoding="utf-8"), **entry)
        for name, entry in declared.items()
    ]


def apply_rules(
    con: duckdb.DuckDBPyConnection, contract: dict[str, Table], given: Collection[str], lowered: Collection[str] = ()
) -> list[Finding]:
    """Check all rules; set apart the rows that a quarantine rule names.

    Parameters
    ----------
    con
        The warehouse with every contract table loaded.
    contract, given
        The contract and the tables that the source gives.
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
    rules = contract_rules(contract, given) + declared_rules()
    unknown = sorted(set(lowered) - {rule.name for rule in rules})
    if unknown:
        raise StudyError(f"lowered_rules names an unknown rule '{unknown[0]}'. Run 'tenure check' for the names.")
    findings = []
    for rule in rules:
        if rule.name in lowered and rule.severity == "error":
            rule = dataclasses.replace(rule, severity="quarantine")
        finding = _check(con, rule, contract[rule.table])
        if finding:
            findings.append(finding)
            if rule.severity == "quarantine":
                _set_apart(con, rule)
    errors = [finding.message() for finding in findings if finding.rule.severity == "error"]
    if errors:
        raise ContractError("The source breaks the contract:\n- " + "\n- ".join(errors))
    return findings


def _check(con: duckdb.DuckDBPyConnection, rule: Rule, table: Table) -> Finding | None:
    rows = len(con.execute(rule.sql).fetchall())
    if not rows:
        return None
    shown = table.key or table.required_columns()
    found = con.execute(
        f"select distinct {', '.join(f'cast({name} as varchar)' for name in shown)} from {rule.table} "
        f"where rowid in (select row_id from ({rule.sql})) order by all limit 5"
    ).fetchall()
    examples = "; ".join(
        ", ".join(f"{name}={value}" for name, value in zip(shown, row, strict=True) if value is not None)
        for row in found
    )
    return Finding(rule, rows, examples)


def _set_apart(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    aside = f"quarantine_{rule.table}"
    con.execute(f"create temp table offending as select row_id from ({rule.sql})")
    con.execute(f"create table if not exists {aside} as select '' as rule, * from {rule.table} where false")
    con.execute(
        f"insert into {aside} select ?, * from {rule.table} where rowid in (select row_id from offending)", [rule.name]
    )
    con.execute(f"delete from {rule.table} where rowid in (select row_id from offending)")
    con.execute("drop table offending")


def findings_frame(findings: list[Finding]) -> pd.DataFrame:
    """Return findings as a table: rule, table, severity, rows, says."""
    rows = [(f.rule.name, f.rule.table, f.rule.severity, f.rows, f.rule.says) for f in findings]
    return pd.DataFrame(rows, columns=["rule", "table_name", "severity", "rows", "says"])
