"""A trial: faults are planted into clean tables, and what the rules name is compared with what was planted."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.declared.contract import Table
from analysis.engine.engine import Engine
from analysis.ingest.findings import Finding
from analysis.ingest.rules.apply import apply_rules
from analysis.ingest.rules.contract_rules import LIFETIMES, PLACES, every_column
from analysis.worlds.faults.fault import Fault, as_text, plant, told_apart_by

A_TABLE = 5
"""Faults that are planted into one table at once, each into rows of its own."""

BETWEEN = PLACES["between"]


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one planted fault.

    Attributes
    ----------
    fault
        The fault.
    rule, severity
        Of the rule that named it; empty where none did.
    planted, named, both
        Rows planted, rows that the rule names, and those that are both.
    beside
        Rules that named something else, though it is no consequence of the fault.
    """

    fault: Fault
    rule: str
    severity: str
    planted: int
    named: int
    both: int
    beside: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Tell whether the rule named the planted rows and no others, and no other rule said anything untrue."""
        fault = self.fault
        is_named = self.both > 0 if fault.names_some else self.both == self.planted
        if fault.removes:
            return bool(self.severity) and not self.beside
        return is_named and (self.named == self.both or fault.names_others) and not self.beside


def groups_of(faults: Collection[Fault]) -> Iterator[list[Fault]]:
    """Yield groups of faults that can be planted together: a few a table of few rows, or one a table of many.

    Whatever moves lifetimes, or takes rows away, is planted by itself.
    """
    pools: dict[bool, list[list[Fault]]] = {True: [], False: []}
    for fault in faults:
        if fault.number is None and (fault.table == LIFETIMES or not (fault.names_some or fault.kind == BETWEEN)):
            yield [fault]
            continue
        groups = pools[fault.number is None]
        free = next((group for group in groups if _has_room(group, fault)), None)
        if free is None:
            groups.append([fault])
        else:
            free.append(fault)
    for groups in pools.values():
        yield from groups


def _has_room(group: Collection[Fault], fault: Fault) -> bool:
    beside = [other for other in group if other.table == fault.table]
    if fault.number is None:
        return not beside
    is_told_apart = not any(other.explains(fault.rule) or fault.explains(other.rule) for other in group)
    return (
        len(beside) < A_TABLE
        and is_told_apart
        and all(not fault.column or other.column != fault.column for other in beside)
    )


def try_faults(
    engine: Engine,
    faults: Sequence[Fault],
    contract: dict[str, Table],
    parameters: Mapping[str, Any],
    seed: int,
    **rules: Any,
) -> list[Found]:
    """Plant faults together, put the rules to the tables, and take everything back.

    Parameters
    ----------
    engine
        A store with clean tables.
    faults
        Those that can be told apart in what is found; see `groups_of`.
    contract, parameters
        As of `analysis.ingest.rules.apply.apply_rules`, to which `rules` go, too.
    seed
        Of the draw of rows.
    """
    with engine.undone():
        planted = [plant(engine, fault, contract[fault.table], seed) for fault in faults]
        findings = apply_rules(engine, contract, every_column(contract), parameters, keep_rows=True, **rules)
        return compare(engine, faults, planted, findings, contract)


def compare(
    engine: Engine,
    faults: Sequence[Fault],
    planted: Sequence[Collection[tuple]],
    findings: Collection[Finding],
    contract: dict[str, Table],
) -> list[Found]:
    """Compare what was found with what was planted."""
    by_rule = {finding.name: finding for finding in findings}
    unexplained = [name for name in by_rule if not any(fault.explains(name) for fault in faults)]
    compared = []
    for fault, rows in zip(faults, planted, strict=True):
        finding = next((by_rule[rule] for rule in fault.rules if rule in by_rule), None)
        if finding and finding.rows_sql:
            columns = as_text(told_apart_by(contract[fault.table]))
            named = set(engine.rows(f"select {columns} from ({finding.rows_sql})"))
            counts = len(named), len(named & set(rows))
        else:  # found while reading, where rows have no key yet
            counts = (finding.rows or 0, min(finding.rows or 0, len(set(rows)))) if finding else (0, 0)
        beside = tuple(name for name in unexplained if by_rule[name].table == fault.table or len(faults) == 1)
        compared.append(
            Found(
                fault,
                finding.name if finding else "",
                finding.severity if finding else "",
                len(set(rows)),
                *counts,
                beside,
            )
        )
    return compared
