"""The claims ledger as files: a folder with the page and its tables, all of one run."""

from pathlib import Path

from analysis.workbench import Workbench
from analysis.written.csv_text import csv_texts
from reports.claims.page import render_claims
from reports.claims.summary import summarise
from reports.messages import read_catalogue
from reports.writing.files import WrittenPage, write_page
from reports.writing.provenance import own_claims, provenance


def write_claims(tenure: Workbench, out: Path, language: str = "en") -> WrittenPage:
    """Write the page of the claims ledger into a folder of its own, in place of an earlier one of the same snapshot.

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
        If the study's own claims cannot be read; nothing is written.
    ReportError
        If the language is unknown.
    StoreError
        If the files cannot be written; an earlier page is then as it was.
    """
    catalogue = read_catalogue(language, tenure.study.own.covariates)
    judged = summarise(tenure)
    tenure.progress("writing the page")
    name = f"claims-{judged.day:%Y-%m-%d}.{language}"
    made_from = provenance(tenure, catalogue, "tenure claims") | own_claims(tenure, catalogue)
    page = render_claims(tenure, judged, catalogue, made_from)
    return write_page(name, page, csv_texts(judged.tables), out)
