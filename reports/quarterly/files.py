"""The quarterly report: a folder with the page, the lists and the tables of the audits, all of one run."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.declared.actions import Actions
from analysis.forecast.call_list import SHARE, in_order_to_act
from analysis.store.sets import new_set
from analysis.workbench import Workbench
from reports.messages import read_catalogue
from reports.quarterly.page import render_quarterly
from reports.quarterly.reasons import reasons_as_data
from reports.quarterly.summary import summarise
from reports.writing.csv_text import as_csv, csv_texts
from reports.writing.files import write_texts
from reports.writing.provenance import own_actions, own_claims, provenance

AUDIT = "audit"
"""In the folder of a report: the tables of the audits that its page tells of."""
LEAVERS = ("account_id", "notice_on", "ends_on", "is_end_given", "seats", "mrr", "arr")
"""What the list of known leavers tells."""
PLACES = ("rank", "rank_by_loss", "rank_before")
SIX_DIGITS, CENTS, WHOLE = "{:.6f}", "{:.2f}", "{:.0f}"


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a finished report: the page, the lists beside it, and the tables of the audits."""

    page: Path
    lists: tuple[Path, ...]
    audits: tuple[Path, ...]


def write_quarterly(tenure: Workbench, out: Path, language: str = "en") -> Written:
    """Write the quarterly report into a folder of its own, in place of an earlier one of the same quarter.

    Parameters
    ----------
    tenure
        The open study.
    out
        The study's output folder; that of the report is named for the landmark and the language.
    language
        ``en`` or ``ja``.

    Raises
    ------
    ModelError
        If the study cannot support a report; nothing is written.
    StudyError
        If the study's own claims cannot be read; nothing is written.
    ReportError
        If the language is unknown.
    StoreError
        If the files cannot be written; an earlier report is then as it was.
    """
    catalogue = read_catalogue(language)
    summary = summarise(tenure)
    stem = f"quarterly-{summary.standpoint.landmark:%Y-%m-%d}"
    names = {"accounts_file": f"{stem}-accounts.csv", "leavers_file": f"{stem}-known-leavers.csv"}
    tenure.progress("writing the report")
    page = f"{stem}.{language}.html"
    made_from = provenance(tenure, catalogue, "tenure report quarterly")
    made_from |= own_claims(tenure, catalogue) | own_actions(tenure, catalogue)
    lists = {}
    if summary.reading:
        lists[names["accounts_file"]] = accounts_csv(summary.reading.calls, summary.accounts.actions, language)
    if not summary.known_leavers.empty:
        lists[names["leavers_file"]] = as_csv(summary.accounts.leavers.accounts[list(LEAVERS)])
    texts = {page: render_quarterly(tenure, summary, catalogue, made_from, names)} | lists
    tables = csv_texts(tenure.audits.frames())
    folder = out / f"{stem}.{language}"
    with new_set(folder) as part:
        write_texts(texts, part)
        write_texts(tables, part / AUDIT)
    of_audits = tuple(folder / AUDIT / name for name in tables)
    return Written(folder / page, tuple(folder / name for name in lists), of_audits)


def accounts_csv(calls: pd.DataFrame, actions: Actions, language: str) -> str:
    """Return all accounts at risk as CSV, with all that is known of them, in the order to act in.

    Parameters
    ----------
    calls
        As `analysis.forecast.frames.CALL_LIST`.
    actions, language
        What is suggested, and in which words: the last column.
    """
    listed = in_order_to_act(calls)
    shares = [name for name in listed if name.startswith(SHARE)]
    written = dict.fromkeys(("probability", "probability_before", "peers", *shares), SIX_DIGITS)
    written |= dict.fromkeys(("arr", "expected_loss"), CENTS) | dict.fromkeys(PLACES, WHOLE)
    numbers = {
        name: listed[name].map(how.format, na_action="ignore") for name, how in written.items() if name in listed
    }
    suggested = [actions[key].says(language) for key in zip(listed["family"], listed["tier"], strict=True)]
    return as_csv(listed.assign(**numbers, reasons=listed["reasons"].map(reasons_as_data), suggestion=suggested))
