"""Loading: a source becomes tables of the contract, held to its rules and cut to what was known."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from analysis.declared.contract import Table, as_known_sql, read_contract, unknown_counts_sql
from analysis.declared.declaration import Declaration
from analysis.declared.parameters import query_parameters
from analysis.declared.study import Study
from analysis.engine import raw_views
from analysis.engine.elsewhere import Elsewhere
from analysis.engine.engine import Engine
from analysis.ingest.events.other_events import other_events
from analysis.ingest.files.files_read import FileRead
from analysis.ingest.files.opening import open_raw
from analysis.ingest.files.raw_files import RawFiles
from analysis.ingest.findings import Finding
from analysis.ingest.measured.measured import as_given, what_is_measured
from analysis.ingest.rules.apply import apply_rules, are_lifetimes_told
from analysis.ingest.rules.matches import Match, matches
from analysis.ingest.tables.raw_columns import give_types
from analysis.ingest.tables.sources import load_tables
from analysis.ingest.tables.staying import Staying, logs_that_can_stay
from analysis.progress import Progress


@dataclass(frozen=True, slots=True)
class Load:
    """What became of a source.

    Attributes
    ----------
    findings
        What was found, errors among it; where there are any, nothing is to be made of the tables.
    given
        The tables that the source gives, each with its columns.
    matches
        How columns match those that they refer to, rows that were set apart not counted.
    read
        Every file of the source, and how it was read.
    """

    findings: tuple[Finding, ...]
    given: dict[str, tuple[str, ...]]
    matches: tuple[Match, ...]
    read: tuple[FileRead, ...]

    @property
    def is_usable(self) -> bool:
        """Whether no error was found."""
        return all(finding.severity != "error" for finding in self.findings)


def load_source(
    engine: Engine,
    study: Study,
    declaration: Declaration,
    located: RawFiles,
    scratch: Path,
    progress: Progress,
    *,
    keep_rows: bool = False,
    elsewhere: Elsewhere | None = None,
) -> Load:
    """Load a source into the tables of the contract, and hold them to its rules, all of them.

    Parameters
    ----------
    engine
        An empty store.
    study, declaration, located
        The study, what its kind of source declares, and the files.
    scratch
        A folder for files that are read in another encoding.
    progress
        Told of every table.
    keep_rows
        See `analysis.ingest.rules.apply.apply_rules`.
    elsewhere
        Where logs that can stay where they are are read; None: here.

    Raises
    ------
    SourceError, ContractError, StudyError
        If nothing can be read.
    """
    parameters = query_parameters(study, declaration)
    progress(f"reading {study.source.kind} tables from {study.source.path}")
    engine.live_in(study.time.time_zone)
    opened = open_raw(engine, located, scratch, study.source.encoding)
    give_types(engine, declaration, located, opened, study.source.date_format)
    staying = None
    if elsewhere is not None:
        staying = Staying(elsewhere, logs_that_can_stay(located, study.source.kind))
    loaded = load_tables(engine, study.source, read_contract(), progress, opened, declaration.queries, staying)
    is_read = declaration.names if declaration.queries else None
    events = other_events(engine, located.unread, scratch, study.time.snapshot, is_read)
    raw_views.end(engine)
    before = (*opened.findings, *loaded.findings)
    rows = engine.counts(read_contract())
    if staying is not None and staying.logs:
        progress(f"  {', '.join(staying.logs)}: held to their rules, and measured, where they lie")
    broken = apply_rules(
        engine, read_contract(), loaded.given, parameters, study.lowered_rules, before=before, keep_rows=keep_rows
    )
    matched = matches(engine, read_contract(), loaded.given)
    load = Load((*before, *events, *broken), loaded.given, matched, loaded.read)
    if not are_lifetimes_told(load.findings, rows):  # then nothing would seem to be measured
        return replace(load, given=as_given(load.given))
    unmeasured, measured = what_is_measured(engine, read_contract(), loaded.given, parameters)
    return replace(load, findings=(*load.findings, *unmeasured), given=measured)


def not_yet_known(engine: Engine, contract: dict[str, Table], as_of: Any) -> None:
    """Cut every source table to what was known on the morning of `as_of`, and count in table ``not_yet_known``."""
    engine.run("create table not_yet_known (table_name varchar, rows bigint, cells bigint)")
    filled = engine.counts(contract)
    for table in (table for table in contract.values() if filled[table.name]):
        holder = engine.holder(table.name)
        ((rows, cells),) = holder.rows(unknown_counts_sql(table), {"as_of": as_of})
        if rows or cells:
            holder.replace(table.name, partial(as_known_sql, table), {"as_of": as_of})
            engine.run(
                "insert into not_yet_known values ($name, $rows, $cells)",
                {"name": table.name, "rows": rows, "cells": cells},
            )
