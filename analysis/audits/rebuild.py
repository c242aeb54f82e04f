"""Rebuild: part of a cohort made again from tables that are changed on purpose, beside the cohort itself."""

import re
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.queries import queries_behind, run_folders
from analysis.declared.declaration import read_declaration
from analysis.declared.parameters import query_parameters
from analysis.engine.warehouse import connect, literal, read_queries

COHORT = "cohort.main"
"""Where the tables of the cohort itself are found."""
REBUILT = "rebuilt.main"
FOLDERS = ("2_lifetimes", "3_dates", "4_activity", "5_covariates", "6_cohorts")


@contextmanager
def rebuilt(
    tenure: CohortTables, tables: Mapping[str, str], wanted: Collection[str]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Change some tables of a cohort and make others again from them, in a file that is thrown away afterwards.

    Parameters
    ----------
    tenure
        The cohort; it is only read.
    tables
        A select for each table that is to be another than the cohort's, which goes by ``cohort.main.<name>`` in it.
    wanted
        The tables to make again, with all that they depend on and that depends on what is changed.

    Yields
    ------
    DuckDBPyConnection
        In which what was made again goes by its name, and any other table of the cohort, too.
    """
    parameters = parameters_of(tenure)
    with tempfile.TemporaryDirectory() as scratch:
        con = connect(Path(scratch) / "rebuilt.duckdb", memory_limit=tenure.memory_limit)
        try:
            con.execute(f"attach {literal(str(tenure.cohort_file))} as cohort (read_only)")
            con.execute(f"set search_path = '{REBUILT},{COHORT}'")
            for name, sql in tables.items():
                con.execute(f"create table {REBUILT}.{name} as {sql}")
            run_folders(con, FOLDERS, parameters, tenure.given, lambda message: None, _stale(tables, wanted))
            yield con
        finally:
            con.close()


def parameters_of(tenure: CohortTables) -> dict[str, Any]:
    """Return the parameters by which the cohort's queries ran."""
    return query_parameters(tenure.study, read_declaration(tenure.study.source.kind))


def _stale(changed: Collection[str], wanted: Collection[str]) -> set[str]:
    """Name the queries between what is changed and what is wanted."""
    stale = set(changed)
    for query in (query for folder in FOLDERS for query in read_queries(folder)):
        if stale & set(re.findall(r"\w+", query.sql)):
            stale.add(query.name)
    return (stale & queries_behind(wanted, FOLDERS)) - set(changed)
