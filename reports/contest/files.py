"""The contest as files: a folder with the page and its tables, all of one run."""

from pathlib import Path

from analysis.workbench import Workbench
from analysis.written.csv_text import csv_texts
from reports.contest.page import render_contest
from reports.contest.summary import summarise
from reports.messages import read_catalogue
from reports.writing.files import WrittenPage, write_page
from reports.writing.provenance import provenance


def write_contest(tenure: Workbench, out: Path, language: str = "en") -> WrittenPage:
    """Write the page of a contest into a folder of its own, in place of an earlier one of the same landmark.

    Parameters
    ----------
    tenure
        The open study.
    out
        The study's output folder; that of the page is named for the landmark and the language.
    language
        ``en`` or ``ja``.

    Raises
    ------
    ModelError
        If nobody churned, or nobody is at risk near the snapshot; nothing is written.
    ReportError
        If the language is unknown.
    StoreError
        If the files cannot be written; an earlier page is then as it was.
    """
    catalogue = read_catalogue(language, tenure.study.own.covariates)
    content = summarise(tenure)
    tenure.progress("writing the page")
    name = f"contest-{content.standpoint.landmark:%Y-%m-%d}.{language}"
    page = render_contest(tenure, content, catalogue, provenance(tenure, catalogue, "tenure contest"))
    tables = csv_texts(content.further.tables) if content.further else {}
    return write_page(name, page, tables, out, content.obstacle)
