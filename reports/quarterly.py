"""The quarterly report: an HTML page and the list of accounts beside it, written whole or not at all."""

import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from analysis.errors import ReportError
from analysis.wording.catalogue import Catalogue
from analysis.workbench import Workbench
from reports.csv_text import as_csv
from reports.messages import read_catalogue
from reports.page import as_dictionary, render_quarterly
from reports.summary import summarise

LEAVERS = ("account_id", "notice_on", "ends_on", "seats", "mrr")
"""What the list of known leavers tells."""
VERSIONED = (
    "tenure-workbench", "duckdb", "formulaic", "matplotlib", "numba", "numpy", "pandas", "scikit-survival", "scipy",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a finished report."""

    page: Path
    lists: tuple[Path, ...]


def write_quarterly(tenure: Workbench, out: Path, language: str = "en") -> Written:
    """Write the quarterly report.

    Parameters
    ----------
    tenure
        The open study.
    out
        The study's output folder; files are named for the landmark and the language.
    language
        ``en`` or ``ja``.

    Raises
    ------
    ModelError
        If the study cannot support a report; nothing is written.
    ReportError
        If the language is unknown or the files cannot be written.
    """
    catalogue = read_catalogue(language)
    summary = summarise(tenure)
    stem = f"quarterly-{summary.standpoint.landmark:%Y-%m-%d}"
    names = {"accounts_file": f"{stem}-accounts.csv", "leavers_file": f"{stem}-known-leavers.csv"}
    tenure.progress("writing the report")
    page = render_quarterly(tenure, summary, catalogue, _provenance(tenure, catalogue), names)
    lists = {}
    if summary.reading:
        lists[out / names["accounts_file"]] = accounts_csv(summary.reading.calls)
    if not summary.known_leavers.empty:
        lists[out / names["leavers_file"]] = as_csv(summary.known_leavers[list(LEAVERS)])
    page_path = out / f"{stem}.{language}.html"
    write_all({page_path: page} | lists)
    return Written(page_path, tuple(lists))


def accounts_csv(calls: pd.DataFrame) -> str:
    """Return the accounts at risk as CSV, most likely to leave first.

    Parameters
    ----------
    calls
        As `analysis.forecast.frames.CALL_LIST`.
    """
    reasons = calls["reasons"].map(lambda named: "; ".join(f"{r.covariate} {r.direction}".strip() for r in named))
    return as_csv(calls.assign(probability=calls["probability"].map("{:.6f}".format), reasons=reasons))


def _provenance(tenure: Workbench, text: Catalogue) -> dict[str, str]:
    command = {text("provenance.command"): f"tenure report quarterly --language {text.language}"}
    hashes = {text("provenance.hash", part=part): value for part, value in tenure.hashes.items()}
    versions = {text("provenance.version", package=name): version(name) for name in VERSIONED}
    return command | hashes | versions | as_dictionary(tenure.study.as_dict(), text)


def write_all(files: dict[Path, str]) -> None:
    """Write all files beside their places first, then move them there.

    Raises
    ------
    ReportError
        If one cannot be written; none is then changed.
    """
    parts = {path: path.with_name(f"{path.name}.part-{os.getpid()}") for path in files}
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            parts[path].write_text(text, encoding="utf-8")
        for path, part in parts.items():
            os.replace(part, path)
    except OSError as error:
        raise ReportError(f"The report cannot be written: {error}. Choose another folder with --out.") from None
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
