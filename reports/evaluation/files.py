"""The evaluation as files: a folder with the page and its tables, all of one run."""

from pathlib import Path

from analysis.workbench import Workbench
from analysis.written.csv_text import as_csv, csv_texts
from reports.evaluation.page import render_evaluation
from reports.evaluation.sentences import card_lines
from reports.evaluation.summary import summarise
from reports.messages import read_catalogue
from reports.writing.files import WrittenPage, write_page
from reports.writing.provenance import provenance


def write_evaluation(tenure: Workbench, out: Path, language: str = "en") -> WrittenPage:
    """Write the page of an evaluation into a folder of its own, in place of an earlier one of the same landmark.

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
    name = f"evaluation-{content.standpoint.landmark:%Y-%m-%d}.{language}"
    page = render_evaluation(tenure, content, catalogue, provenance(tenure, catalogue, "tenure evaluate"))
    tables = {}
    if content.found:
        card = as_csv(card_lines(catalogue, content.found.card))
        tables = csv_texts(content.found.tables) | {"model-card.csv": card}
    return write_page(name, page, tables, out)
