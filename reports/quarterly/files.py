"""The quarterly report: an HTML page and the list of accounts beside it, written whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.wording.catalogue import Catalogue
from analysis.workbench import Workbench
from reports.messages import read_catalogue
from reports.quarterly.page import render_quarterly
from reports.quarterly.summary import summarise
from reports.writing.csv_text import as_csv
from reports.writing.files import write_all

LEAVERS = ("account_id", "notice_on", "ends_on", "is_end_given", "seats", "mrr")
"""What the list of known leavers tells."""
VERSIONED = (
    "tenure-workbench", "duckdb", "formulaic", "matplotlib", "numba", "numpy", "pandas", "scikit-survival", "scipy",
    "statsmodels",
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
    return command | hashes | versions | _flat(tenure.study.as_dict(), text)


def _flat(value: Any, text: Catalogue) -> dict[str, str]:
    """Flatten nested values into dotted keys and text, for a provenance block."""
    flat: dict[str, str] = {}
    for key, entry in value.items():
        if isinstance(entry, Mapping):
            flat |= {f"{key}.{inner}": says for inner, says in _flat(entry, text).items()}
        else:
            flat[str(key)] = text.listed(list(map(str, entry))) if isinstance(entry, tuple | list) else str(entry)
    return flat
