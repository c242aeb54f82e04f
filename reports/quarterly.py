"""The quarterly report: an HTML page and the list of accounts beside it, written whole or not at all."""

import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from analysis.errors import ReportError
from analysis.workbench import Workbench
from reports.messages import read_catalogue
from reports.page import as_dictionary, render_quarterly
from reports.summary import Summary, summarise

VERSIONED = (
    "tenure-workbench", "duckdb", "formulaic", "lifelines", "matplotlib", "numpy", "pandas", "scikit-survival", "scipy",
)  # fmt: skip
_FORMULA_OPENERS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a finished report."""

    page: Path
    accounts: Path | None


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
    stem = f"quarterly-{summary.landmark:%Y-%m-%d}"
    accounts_file = f"{stem}-accounts.csv"
    tenure.progress("writing the report")
    page = render_quarterly(tenure, summary, catalogue, _provenance(tenure, language), accounts_file)
    files = {out / f"{stem}.{language}.html": page}
    if summary.outlook:
        files[out / accounts_file] = accounts_csv(summary)
    _write_all(files)
    paths = list(files)
    return Written(paths[0], paths[1] if len(paths) > 1 else None)


def accounts_csv(summary: Summary) -> str:
    """Return the accounts at risk as CSV, most likely to leave first; no text in it is read as a formula.

    Raises
    ------
    ReportError
        If the summary holds no forecast.
    """
    if summary.outlook is None:
        raise ReportError("There is no forecast, hence no list of accounts.")
    table = summary.outlook.first.copy()
    table["probability"] = table["probability"].map("{:.6f}".format)
    table["reasons"] = table["reasons"].map(
        lambda reasons: "; ".join(f"{r.covariate} {r.direction}".strip() for r in reasons)
    )
    for name in table.select_dtypes(object).columns:
        table[name] = table[name].map(_plain)
    return table.to_csv(index=False, lineterminator="\n", float_format="%.12g")


def _plain(value: object) -> object:
    """Put a quote before text that a spreadsheet would run."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_OPENERS) else value


def _provenance(tenure: Workbench, language: str) -> dict[str, str]:
    hashes = {f"hash of {name}": value for name, value in tenure.hashes.items()}
    versions = {f"version of {name}": version(name) for name in VERSIONED}
    settings = as_dictionary(tenure.study.as_dict())
    return {"command": f"tenure report quarterly --language {language}"} | hashes | versions | settings


def _write_all(files: dict[Path, str]) -> None:
    """Write all files beside their places first, then move them there."""
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
