"""The audit of a health score as files: a folder with the page and its tables, all of one run."""

from pathlib import Path

from analysis.workbench import Workbench
from analysis.written.csv_text import csv_texts
from reports.health_score.page import render_health_score
from reports.health_score.summary import summarise
from reports.messages import read_catalogue
from reports.writing.files import WrittenPage, write_page
from reports.writing.provenance import provenance

PROPOSED = "health_score.proposed.toml"


def write_health_score(tenure: Workbench, out: Path, language: str = "en") -> WrittenPage:
    """Write the page of a score's audit into a folder of its own, in place of an earlier one of the same snapshot.

    Where other weights are proposed, the file that defines them lies among the tables.

    Parameters
    ----------
    tenure
        The open study.
    out
        The study's output folder; that of the page is named for the snapshot and the language.
    language
        ``en`` or ``ja``.

    Raises
    ------
    StudyError
        If the study's `health_score.toml` cannot be read or used; nothing is written.
    ReportError
        If the language is unknown.
    StoreError
        If the files cannot be written; an earlier page is then as it was.
    """
    catalogue = read_catalogue(language, tenure.study.own.covariates)
    content = summarise(tenure)
    tenure.progress("writing the page")
    name = f"health-score-{content.day:%Y-%m-%d}.{language}"
    page = render_health_score(tenure, content, catalogue, provenance(tenure, catalogue, "tenure report health-score"))
    files = csv_texts(content.tables) | ({PROPOSED: content.proposed} if content.proposed else {})
    return write_page(name, page, files, out, content.obstacle)
