"""Kept summaries: the answers of a report, under the hash of all that decides them; a page of them is quickly made."""

import json
from contextlib import suppress
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from analysis.cohort.fingerprint import digest
from analysis.cohort.package_versions import package_versions
from analysis.errors import StoreError
from analysis.store.values import read_value, write_value
from analysis.workbench import Workbench
from reports.quarterly.content import Summary
from reports.quarterly.summary import summarise

CODE = ("analysis", "reports.quarterly", "reports.claims", "reports.contest", "reports.health_score")
"""Whatever stands in the modules and declarations of these decides what a summary holds."""
_SUFFIXES = (".py", ".toml", ".sql")


def kept_summary(tenure: Workbench) -> Summary:
    """Return the summary of a report as it is kept; where it is not, or of other data, settings or code, it is made.

    Parameters
    ----------
    tenure
        The open study, in whose folder of cohorts it is kept.

    Raises
    ------
    ModelError
        As `reports.quarterly.summary.summarise`.
    StudyError
        As that, too.
    """
    folder = summary_folder(tenure)
    with suppress(StoreError):
        return read_value(folder, Summary)
    made = summarise(tenure)
    try:
        write_value(folder, made)
        return read_value(folder, Summary)  # what is kept is what is shown
    except StoreError as error:
        tenure.progress(f"the summary is not kept: {error}")
        return made


def summary_folder(tenure: Workbench) -> Path:
    """Return where the summary of a study is kept: a name that all that decides it is part of."""
    study = tenure.study
    beside = {path.name: path for path in (study.claims, study.health_score, study.actions)}
    settings = {
        "study": study.as_dict(),
        "beside": {name: path.read_bytes().hex() for name, path in beside.items() if path.is_file()},
        "hashes": tenure.hashes,
        "versions": package_versions(),
    }
    texts = [text for package in CODE for text in _texts(files(package))]
    key = digest(json.dumps(settings, default=str, sort_keys=True), *texts)[:16]
    return tenure.cohort_file.parent / f"summary-{tenure.hashes['cohort']}-{key}"


def _texts(folder: Traversable) -> list[str]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _texts(entry)
        elif entry.name.endswith(_SUFFIXES):
            found += [entry.name, entry.read_text(encoding="utf-8")]
    return found
