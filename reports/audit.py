"""The audits as files, as lines for a terminal, and as tables for a notebook."""

import shutil
from pathlib import Path

import pandas as pd

from analysis.audits.compared import compared
from analysis.audits.gaps import COMPLETE, slowest_fact, worst_match
from analysis.audits.look_ahead import ROWS
from analysis.audits.results import AuditResults
from analysis.audits.signals import Ladder, Signal
from analysis.cohort.build import FOLDERS
from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.factors import read_covariates
from analysis.engine.query import read_queries
from analysis.figures.display import Display
from reports.csv_text import as_csv
from reports.grounds import AlarmLine, alarm_lines
from reports.messages import read_catalogue
from reports.terminal import wrapped
from reports.words import count, number, share

NONE = "–"


def write_audits(audits: AuditResults, folder: Path) -> list[Path]:
    """Write every table of the audits as CSV, in place of those of an earlier run, and return the files."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    names = []
    for name, table in audits.frames().items():
        (part / f"{name}.csv").write_text(as_csv(table), encoding="utf-8")
        names.append(f"{name}.csv")
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)
    return [folder / name for name in names]


def say_audits(tenure: CohortTables, audits: AuditResults) -> str:
    """Return in the report's words what was looked for and what came of it, and a line on each other table.

    Parameters
    ----------
    tenure
        The cohort, for its labels.
    audits
        Its audits.
    """
    lines = []
    for line in _alarms(tenure, audits):
        if line.looked_for:
            lines.append(wrapped("", f"{line.looked_for} (found from: {line.found_from})", 0).lstrip())
        subject = f"{line.subject}: " if line.subject else ""
        measured = "; ".join(words for words in (line.estimate, line.n) if words != NONE) or "not measured"
        verdict = line.verdict.upper() if line.is_raised else line.verdict
        lines.append(wrapped(f"  {verdict}", f"{subject}{measured}.", 20))
        if line.meaning:
            lines.append(wrapped("", line.meaning, 20))
    return "\n".join([*lines, *_signals(tenure, audits.ladder), *_knowledge(audits)])


def show_alarms(tenure: CohortTables, audits: AuditResults) -> Display:
    """Return as a table in the report's words what was looked for, and what came of it.

    Parameters
    ----------
    tenure
        The cohort, for its labels.
    audits
        Its audits.
    """
    words = [
        (line.looked_for, line.subject, line.verdict, line.estimate, line.found_from, line.meaning)
        for line in _alarms(tenure, audits)
    ]
    columns = ["looked for", "in", "verdict", "measured (95% interval, if any)", "found from", "what it means"]
    table = pd.DataFrame(words, columns=columns)
    nothing_found = not table["what it means"].any()
    return Display("What could make the findings wrong", table.iloc[:, :-1] if nothing_found else table)


def show_lags(tenure: CohortTables, audits: AuditResults) -> Display:
    """Return the p values of the families' joint tests, with the factors as they stood on earlier days.

    Parameters
    ----------
    tenure
        The cohort, for its labels.
    audits
        Its audits.
    """
    labels = {family.name: family.label_en for family, _ in tenure.families()}
    tests = audits.lag_ladder_families
    table = tests.pivot_table("p_value", index="family", columns="lag", sort=False).reset_index()
    table["family"] = table["family"].map(labels)
    named = {lag: f"p value, {lag} days before" if lag else "p value today" for lag in tests["lag"].unique()}
    return Display("Joint tests, with the factors as they stood", table.rename(columns=named).rename_axis(columns=None))


def _alarms(tenure: CohortTables, audits: AuditResults) -> list[AlarmLine]:
    labels = {covariate.name: covariate.label("en") for covariate in tenure.covariates()}
    return alarm_lines(read_catalogue("en").text, audits.verdicts, labels)


def _signals(tenure: CohortTables, ladder: Ladder | None) -> list[str]:
    """Say which columns are early and which are late signals."""
    if ladder is None:
        return [wrapped("Early and late signals:", read_catalogue("en").text("grounds.no_ladder"), 2)]
    lines = []
    for signal, says in ((Signal.EARLY, "Early signals"), (Signal.LATE, "Late signals (may be symptoms)")):
        names = [tenure.term_label(line.term, line.covariate) for line in ladder.of(signal)]
        lines.append(wrapped(f"{says}:", f"{len(names)} ({'; '.join(names)})" if names else "none", 2))
    return lines


def _knowledge(audits: AuditResults) -> list[str]:
    """Say how well what was known covers the book: the worst of each table."""
    gaps = audits.gaps
    says = (
        f"{len(gaps.complete)} of {gaps.n_covariates} covariates have a value in at least {share(COMPLETE, 0)} "
        "of each quarter's rows"
    )
    lines = [wrapped("Coverage:", f"{says}.", 2)]
    slow, least = slowest_fact(audits.reporting_delays), worst_match(audits.match_rates)
    if slow is None:
        lines.append(wrapped("Reporting delays:", read_catalogue("en").text("grounds.no_delays"), 2))
    else:
        days = f"{number(slow.median_days, 0)} days after (median), {number(slow.p90_days, 0)} (nine of ten)"
        lines.append(wrapped("Reporting delays:", f"longest for {slow.fact}, learned {days}.", 2))
    if least is not None:
        says = f"{share(least.share)} of {count(least.rows)} rows fall into a lifetime"
        lines.append(wrapped("Match rates:", f"lowest in {least.table}, where {says}.", 2))
    return lines


def look_ahead_failure(looked: pd.DataFrame, folder: Path) -> str:
    """Name what looks ahead, on which days, and which query to mend; empty where nothing does.

    Parameters
    ----------
    looked
        day, what, compared, differing (see `analysis.audits.look_ahead.look_ahead`).
    folder
        Where the tables of the audits are.
    """
    if not compared(looked).looks_ahead:
        return ""
    differing = looked[looked["differing"] > 0]
    queries = {query.name: f"queries/{folder}/{query.name}.sql" for folder in FOLDERS for query in read_queries(folder)}
    tables = {covariate.name: covariate.table for covariate in read_covariates()} | ROWS
    lines = ["A covariate, or a choice of rows, looks ahead. Trust no finding before it is mended."]
    for what, rows in differing.groupby("what", sort=False):
        days = ", ".join(
            f"{count(row.differing)} {'rows' if what in ROWS else 'cells'} on {pd.Timestamp(row.day):%Y-%m-%d}"
            for row in rows.itertuples()
        )
        lines.append(f"- {what}: {days}; mend {queries[tables[str(what)]]}, or what it reads")
    return "\n".join([*lines, f"The first cells that differ: {folder / 'look_ahead_cells.csv'}"])
