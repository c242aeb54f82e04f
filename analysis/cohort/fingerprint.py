"""The fingerprint: hashes of all that a cohort is built from, so that the same input is never built twice."""

import functools
import hashlib
import json
from collections.abc import Collection, Iterator
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from unicodedata import unidata_version

from analysis.declared.factors import FOLDER as COVARIATES
from analysis.declared.factors import read_covariates
from analysis.declared.needs import asked_words
from analysis.declared.study import Study
from analysis.ingest.files.contents import Contents

ROOMS = ("engine", "curves", "declared", "ingest", "cohort")
"""Whatever lives in these rooms of ``analysis`` decides, beside the queries, what a cohort holds."""


def fingerprint(study: Study, contents: Contents) -> dict[str, str]:
    """Return short hashes of data, settings, queries, modules and versions, and under ``cohort`` of all of them.

    Of what is declared of covariates only what the build asks for counts: their columns, and what these, and
    claims, need of the source. A label or a colour makes no other cohort. Of a study's own all else counts.

    Parameters
    ----------
    study
        The study; only what the build depends on counts.
    contents
        What its source holds.
    """
    source = study.as_dict()["source"]
    settings = {"source": source, "lowered_rules": study.lowered_rules} | study.query_parameters()
    covariates = [(covariate.table, covariate.name, covariate.needs) for covariate in read_covariates()]
    own = [json.dumps(study.own.as_built())] if study.own.queries else []
    asked = [str(word) for word in asked_words()]
    parts = {
        "data": contents.digest(),
        "settings": digest(json.dumps(settings, default=str, sort_keys=True)),
        "queries": digest(*query_texts(), *contents.queries, json.dumps([covariates, asked]), *own),
        "modules": digest(*module_texts(ROOMS)),
        "versions": digest(version("duckdb"), version("tenure-workbench"), unidata_version),
    }
    return {"cohort": digest(*parts.values())[:16]} | {name: value[:16] for name, value in parts.items()}


def query_texts() -> list[str]:
    """Return every query, and every declaration beside it but those of covariates, each behind its path."""
    return [
        text
        for path, content in _texts("queries")
        if path.endswith(".sql") or (path.endswith(".toml") and COVARIATES not in path)
        for text in (path, content)
    ]


def module_texts(rooms: Collection[str]) -> list[str]:
    """Return every module of some rooms of ``analysis``, each behind its path."""
    return [
        text
        for room in rooms
        for path, content in _texts("analysis", room)
        if path.endswith(".py")
        for text in (path, content)
    ]


def package_texts(packages: Collection[str]) -> list[str]:
    """Return every module, declaration and query of some packages, each behind its path."""
    return [
        text for package in packages for path, content in _texts(package) for text in (f"{package}/{path}", content)
    ]


def digest(*texts: str) -> str:
    """Return the SHA-256 of some texts, each told apart from the next."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8") + b"\0")
    return digest.hexdigest()


@functools.cache
def _texts(package: str, room: str = "") -> tuple[tuple[str, str], ...]:
    """Return the modules, declarations and queries of a package, or of a room of it, each with its path from there.

    As they are when they are first asked for: a process runs what it has read, whatever is written to the file later.
    """
    return tuple(
        (path, entry.read_text(encoding="utf-8"))
        for path, entry in _entries(files(package) / room)
        if path.endswith((".py", ".toml", ".sql"))
    )


def _entries(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    """Yield the files of a folder and of those in it, in order of their paths from there."""
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            yield from ((f"{entry.name}/{path}", inner) for path, inner in _entries(entry))
        else:
            yield entry.name, entry
