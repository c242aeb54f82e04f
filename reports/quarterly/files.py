"""The quarterly report: a folder with the page, its paper, its pictures, their numbers, and what made them."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from analysis.cohort.package_versions import package_versions
from analysis.declared.actions import Actions
from analysis.figures.drawn import Drawn, kept_pictures
from analysis.forecast.call_list import SHARE, in_order_to_act
from analysis.store.sets import new_set
from analysis.wording.catalogue import Catalogue
from analysis.workbench import Workbench
from analysis.written.csv_text import as_csv, csv_texts
from analysis.written.parquet import write_parquet
from reports.messages import read_catalogue
from reports.quarterly.content import Summary
from reports.quarterly.earlier import since_earlier
from reports.quarterly.headline import headline
from reports.quarterly.kept import kept_summary
from reports.quarterly.manifest import MANIFEST, Manifest, files_in, manifest_text
from reports.quarterly.page import render_quarterly
from reports.quarterly.reasons import reasons_as_data
from reports.quarterly.sentences import quarter_label
from reports.writing.files import write_bytes, write_texts
from reports.writing.pdf.typeset import PACKAGES, Running, as_pdf, as_png, as_sheet
from reports.writing.provenance import own_actions, own_claims, provenance

AUDIT, FIGURES, DATA = "audit", "figures", "data"
"""In the folder of a report: the tables of the audits that its page tells of, its pictures, and their numbers."""
PAGE_ONE = "short"
"""The section that is a sheet of its own, too."""
COMMAND = "tenure report quarterly"
LEAVERS = ("account_id", "notice_on", "ends_on", "is_end_given", "seats", "mrr", "arr")
"""What the list of known leavers tells."""
PLACES = ("rank", "rank_by_loss", "rank_before")
SIX_DIGITS, CENTS, WHOLE = "{:.6f}", "{:.2f}", "{:.0f}"


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a finished report.

    Attributes
    ----------
    page, pdf, sheet
        The report as a page, on paper, and its first page alone.
    lists
        Of accounts.
    figures, data
        The pictures, each as SVG and PNG, and their numbers, each table as CSV and Parquet.
    audits
        Tables of the audits.
    manifest
        What all these are, and what they were made from.
    """

    page: Path
    pdf: Path
    sheet: Path
    lists: tuple[Path, ...]
    figures: tuple[Path, ...]
    data: tuple[Path, ...]
    audits: tuple[Path, ...]
    manifest: Path


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
        If the study cannot support a report; no report is written.
    StudyError
        If the study's own claims cannot be read; nothing is written.
    ReportError
        If the language is unknown, or the page cannot be set on paper.
    StoreError
        If the files cannot be written; an earlier report is then as it was.
    """
    catalogue = read_catalogue(language, tenure.study.own.covariates)
    summary = kept_summary(tenure)
    since = since_earlier(out, summary.standpoint.landmark, summary.book, tenure.hashes)
    stem = f"quarterly-{summary.standpoint.landmark:%Y-%m-%d}"
    tenure.progress("writing the report")
    lists = _lists(summary, stem, language)
    names = {"accounts_file": f"{stem}-accounts.csv", "leavers_file": f"{stem}-known-leavers.csv"}
    made_from = provenance(tenure, catalogue, COMMAND) | own_claims(tenure, catalogue) | own_actions(tenure, catalogue)
    with kept_pictures() as drawn:
        page = render_quarterly(tenure, summary, since, catalogue, made_from, names)
    running = _running(tenure, summary, catalogue)
    name = f"{stem}.{language}"
    papers = {f"{name}.pdf": as_pdf(page, running), f"{name}-page-one.pdf": as_sheet(page, PAGE_ONE, running)}
    tables = csv_texts(tenure.audits.frames())
    folder = out / name
    with new_set(folder) as part:
        write_texts({f"{name}.html": page} | lists, part)
        write_bytes(papers, part)
        write_texts(tables, part / AUDIT)
        figures = _write_pictures(drawn, part / FIGURES)
        data = _write_data(drawn, part / DATA, tenure.memory_limit)
        manifest = _manifest(tenure, summary, running, language, part)
        write_texts({MANIFEST: manifest_text(manifest)}, part)
    pdf, sheet = (folder / paper for paper in papers)
    return Written(
        page=folder / f"{name}.html",
        pdf=pdf,
        sheet=sheet,
        lists=tuple(folder / file for file in lists),
        figures=tuple(folder / FIGURES / file for file in figures),
        data=tuple(folder / DATA / file for file in data),
        audits=tuple(folder / AUDIT / file for file in tables),
        manifest=folder / MANIFEST,
    )


def _lists(summary: Summary, stem: str, language: str) -> dict[str, str]:
    lists = {}
    if summary.reading:
        lists[f"{stem}-accounts.csv"] = accounts_csv(summary.reading.calls, summary.accounts.actions, language)
    if not summary.known_leavers.empty:
        lists[f"{stem}-known-leavers.csv"] = as_csv(summary.accounts.leavers.accounts[list(LEAVERS)])
    return lists


def _running(tenure: Workbench, summary: Summary, catalogue: Catalogue) -> Running:
    quarter = quarter_label(catalogue, summary.standpoint.landmark, tenure.study.time.fiscal_year_start_month)
    return Running(
        left=tenure.study.title or tenure.study.name,
        right=quarter,
        page_number=catalogue("page.page_number", page="{page}", pages="{pages}"),
        day=summary.standpoint.stands_on.date(),
    )


def _write_pictures(drawn: Mapping[str, Drawn], folder: Path) -> list[str]:
    """Write every picture as SVG and PNG; return the names of the files."""
    write_texts({f"{name}.svg": picture.svg for name, picture in drawn.items()}, folder)
    write_bytes({f"{name}.png": as_png(picture.svg) for name, picture in drawn.items()}, folder)
    return [f"{name}.{kind}" for name in drawn for kind in ("svg", "png")]


def _write_data(drawn: Mapping[str, Drawn], folder: Path, memory_limit: str | None) -> list[str]:
    """Write the tables behind the pictures as CSV and Parquet; return the names of the files."""
    tables = {name: table for picture in drawn.values() for name, table in picture.tables.items()}
    texts = csv_texts(tables)
    write_texts(texts, folder)
    return [*texts, *write_parquet(tables, folder, memory_limit)]


def _manifest(tenure: Workbench, summary: Summary, running: Running, language: str, folder: Path) -> Manifest:
    standpoint = summary.standpoint
    landmark, stands_on, horizon_ends_on = (
        f"{day:%Y-%m-%d}" for day in (standpoint.landmark, standpoint.stands_on, standpoint.horizon_ends_on)
    )
    return Manifest(
        study=tenure.study.name,
        title=running.left,
        language=language,
        quarter=running.right,
        landmark=landmark,
        stands_on=stands_on,
        horizon_ends_on=horizon_ends_on,
        snapshot=f"{tenure.study.time.snapshot:%Y-%m-%d}",
        is_preliminary=bool(standpoint.is_preliminary),
        command=f"{COMMAND} --language {language}",
        hashes=dict(tenure.hashes),
        versions=package_versions() | {name: version(name) for name in PACKAGES},
        headline=headline(summary),
        files=files_in(folder),
    )


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
