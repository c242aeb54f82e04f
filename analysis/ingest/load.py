"""Loading: a source becomes tables of the contract, held to its rules and cut to what was known."""

from pathlib import Path
from typing import Any

import duckdb

from analysis.declared.contract import Table, as_known_sql, read_contract, unknown_counts_sql
from analysis.declared.declaration import Declaration
from analysis.declared.parameters import query_parameters
from analysis.declared.study import Study
from analysis.engine.warehouse import Progress
from analysis.errors import ContractError
from analysis.ingest.findings import Finding
from analysis.ingest.raw_files import RawFiles, open_raw
from analysis.ingest.rules import apply_rules
from analysis.ingest.sources import load_tables


def load_source(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    declaration: Declaration,
    located: RawFiles,
    scratch: Path,
    progress: Progress,
) -> tuple[list[Finding], dict[str, tuple[str, ...]]]:
    """Load a source into the tables of the contract, and hold them to its rules.

    Parameters
    ----------
    con
        An empty warehouse.
    study, declaration, located
        The study, what its kind of source declares, and the files.
    scratch
        A folder for files that are read in another encoding.
    progress
        Told of every table and finding.

    Returns
    -------
    tuple
        What was found below the level of an error; the tables that the source gives, each with its columns.

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
    findings = told(open_raw(con, located, scratch))  # told at once: an unread file explains a missing table
    loaded = load_tables(con, study.source, read_contract(), progress)
    empty = [finding.message() for finding in loaded.findings if finding.severity == "error"]
    if empty:
        raise ContractError(f"The source breaks the contract: {' '.join(empty)}")
    findings += told(loaded.findings)
    findings += told(apply_rules(con, read_contract(), loaded.given, parameters, study.lowered_rules))
    return findings, loaded.given


def not_yet_known(con: duckdb.DuckDBPyConnection, contract: dict[str, Table], as_of: Any) -> None:
    """Cut every source table to what was known on the morning of `as_of`, and count in table ``not_yet_known``."""
    con.execute("create table not_yet_known (table_name varchar, rows bigint, cells bigint)")
    for table in contract.values():
        rows, cells = con.execute(unknown_counts_sql(table), {"as_of": as_of}).fetchone() or (0, 0)
        if rows or cells:
            con.execute(f"create or replace table {table.name} as {as_known_sql(table)}", {"as_of": as_of})
            con.execute("insert into not_yet_known values (?, ?, ?)", [table.name, rows, cells])
