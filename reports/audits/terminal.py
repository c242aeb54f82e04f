"""The audits on a terminal: what was looked for, what came of it, and what looks ahead."""

from pathlib import Path

import pandas as pd

from analysis.audits.compared import compared
from analysis.audits.gaps import COMPLETE, slowest_fact, worst_match
from analysis.audits.learned import FORECASTS, LEARNED, ROWS_LEARNED
from analysis.audits.look_ahead import ROWS, SCORES
from analysis.audits.results import AuditResults
from analysis.audits.signals import Ladder, Signal
from analysis.cohort.build import FOLDERS
from analysis.declared.own_queries import NOTHING, OwnQueries
from analysis.engine.query import read_queries
from analysis.wording.catalogue import MISSING, Catalogue
from reports.quarterly.grounds import alarm_lines, look_ahead_sentence
from reports.writing.terminal import wrapped

UNITS = {**dict.fromkeys((*ROWS, ROWS_LEARNED), "rows"), FORECASTS: "accounts"}
"""In which differences are told, where they are not cells."""


def say_audits(audits: AuditResults, text: Catalogue) -> str:
    """Return in the report's words what was looked for and what came of it, and a line on each other table."""
    lines = []
    for line in alarm_lines(text, audits.verdicts, text.labels):
        if line.looked_for:
            looked_for = text("audit.looked_for", looked_for=line.looked_for, found_from=line.found_from)
            lines.append(wrapped("", looked_for, 0).lstrip())
        told = [words for words in (line.estimate, line.n) if words != MISSING]
        measured = text.listed(told, "list.semicolon") if told else text("audit.not_measured")
        key = "audit.of_subject" if line.subject else "audit.measured"
        verdict = line.verdict.upper() if line.is_raised else line.verdict
        lines.append(wrapped(f"  {verdict}", text(key, subject=line.subject, measured=measured), 20))
        if line.meaning:
            lines.append(wrapped("", line.meaning, 20))
    compared_with = look_ahead_sentence(text, audits.compared, text.labels)
    return "\n".join(
        [*lines, wrapped("", compared_with, 0).lstrip(), *_signals(audits.ladder, text), *_knowledge(audits, text)]
    )


def _signals(ladder: Ladder | None, text: Catalogue) -> list[str]:
    """Say which columns are early and which are late signals."""
    if ladder is None:
        return [wrapped(text("audit.signals"), text("grounds.no_ladder"), 2)]
    lines = []
    early = ladder.of(Signal.EARLY)
    named = {
        "audit.early": [line for line in early if line.is_told],
        "audit.early_untold": [line for line in early if not line.is_told],
        "audit.late": ladder.of(Signal.LATE),
        "audit.late_or_fast": ladder.of(Signal.LATE_OR_FAST),
    }
    for key, signals in named.items():
        names = [text.label(line.term) for line in signals]
        says = text("audit.named", number=len(names), names=names) if names else text("audit.none")
        lines.append(wrapped(text(key), says, 2))
    return lines


def _knowledge(audits: AuditResults, text: Catalogue) -> list[str]:
    """Say how well what was known covers the book: the worst of each table."""
    gaps, slow, least = audits.gaps, slowest_fact(audits.reporting_delays), worst_match(audits.match_rates)
    says = text("audit.complete", complete=len(gaps.complete), declared=gaps.n_covariates, share=COMPLETE)
    lines = [wrapped(text("audit.coverage"), says, 2)]
    says = text("grounds.no_delays")
    if slow is not None:
        says = text("audit.longest", fact=slow.fact, median=slow.median_days, p90=slow.p90_days)
    lines.append(wrapped(text("audit.delays"), says, 2))
    if least is not None:
        says = text("audit.lowest", table=least.table, share=least.share, rows=least.rows)
        lines.append(wrapped(text("audit.matches"), says, 2))
    return lines


def look_ahead_failure(looked: pd.DataFrame, folder: Path, own: OwnQueries = NOTHING) -> str:
    """Name what looks ahead, on which days, and which query to mend; empty where nothing does.

    Parameters
    ----------
    looked
        day, what, compared, differing (see `analysis.audits.look_ahead.look_ahead`).
    folder
        Where the tables of the audits are.
    own
        The queries that the study brings itself.
    """
    if not compared(looked).looks_ahead:
        return ""
    differing = looked[looked["differing"] > 0]
    queries = {query.name: f"queries/{folder}/{query.name}.sql" for folder in FOLDERS for query in read_queries(folder)}
    queries |= {query.name: query.path for query in own.queries}
    tables = {covariate.name: covariate.table for covariate in own.declared()} | ROWS | SCORES | LEARNED
    lines = ["A covariate, a choice of rows, or an outcome looks ahead. Trust no finding before it is mended."]
    for what, rows in differing.groupby("what", sort=False):
        days = ", ".join(
            f"{row.differing:,} {UNITS.get(str(what), 'cells')} on {pd.Timestamp(row.day):%Y-%m-%d}"
            for row in rows.itertuples()
        )
        lines.append(f"- {what}: {days}; mend {queries[tables[str(what)]]}, or what it reads")
    return "\n".join([*lines, f"The first cells that differ: {folder / 'look_ahead_cells.csv'}"])
