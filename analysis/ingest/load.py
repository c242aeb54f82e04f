"""Loading: a source becomes tables of the contract, held to its rules and cut to what was known."""

from pathlib import Path
from typing import Any

from analysis.declared.contract import Table, as_known_sql, read_contract, unknown_counts_sql
from analysis.declared.declaration import Declaration
from analysis.declared.parameters import query_parameters
from analysis.declared.study import Study
from analysis.engine.engine import Engine
from analysis.errors import ContractError
from analysis.ingest.findings import Finding
from analysis.ingest.measured import what_is_measured
from analysis.ingest.raw_files import RawFiles, open_raw
from analysis.ingest.rules import apply_rules
from analysis.ingest.sources import load_tables
from analysis.progress import Progress


def load_source(
    engine: Engine,
    study: Study,
    declaration: Declaration,
    located: RawFiles,
    scratch: Path,
    progress: Progress,
) -> tuple[list[Finding], dict[str, tuple[str, ...]]]:
    """Load a source into the tables of the contract, and hold them to its rules.

    Parameters
    ----------
    engine
        An empty store.
    study, declaration, located
        The study, what its kind of source declares, and the files.
    scratch
        A folder for files that are read in another encoding.
    progress
        Told of every table and finding.

    Returns
    -------
    tuple
        What was found below the level of an error; the tables that the source gives, each with its columns, as far as
        they are measured.

    Raises
    ------
    SourceError, ContractError, StudyError
        If the source cannot be used.
    """
    parameters = query_parameters(study, declaration)

    def told(findings: list[Finding]) -> list[Finding]:
        for finding in findings:
            progress(f"  {finding.severity}: {finding.message()}")
        return findings

    progress(f"reading {study.source.kind} tables from {study.source.path}")
    findings = told(open_raw(engine, located, scratch))  # told at once: an unread file explains a missing table
    loaded = load_tables(engine, study.source, read_contract(), progress)
    empty = [finding.message() for finding in loaded.findings if finding.severity == "error"]
    if empty:
        raise ContractError(f"The source breaks the contract: {' '.join(empty)}")
    findings += told(loaded.findings)
    findings += told(apply_rules(engine, read_contract(), loaded.given, parameters, study.lowered_rules))
    found, measured = what_is_measured(engine, read_contract(), loaded.given, parameters)
    return findings + told(found), measured


def not_yet_known(engine: Engine, contract: dict[str, Table], as_of: Any) -> None:
    """Cut every source table to what was known on the morning of `as_of`, and count in table ``not_yet_known``."""
    engine.run("create table not_yet_known (table_name varchar, rows bigint, cells bigint)")
    for table in contract.values():
        ((rows, cells),) = engine.rows(unknown_counts_sql(table), {"as_of": as_of})
        if rows or cells:
            engine.run(f"create or replace table {table.name} as {as_known_sql(table)}", {"as_of": as_of})
            engine.run(
                "insert into not_yet_known values ($name, $rows, $cells)",
                {"name": table.name, "rows": rows, "cells": cells},
            )
