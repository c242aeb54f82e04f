"""The fingerprint: hashes of all that a cohort is built from, so that the same input is never built twice."""

import hashlib
import json
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from analysis.raw_files import RawFiles
from analysis.study import Study

# The modules whose text decides, beside the queries, what a cohort holds.
MODULES = (
    "build", "contract", "csv_files", "declaration", "factors", "findings", "raw_files", "rules", "sources",
    "warehouse",
)  # fmt: skip


def fingerprint(study: Study, located: RawFiles) -> dict[str, str]:
    """Return short hashes of data, settings, queries, modules and versions, and under ``cohort`` of all of them.

    Parameters
    ----------
    study
        The study; only what the build depends on counts.
    located
        The raw files.
    """
    source = {"kind": study.source.kind, "observed_from": study.source.observed_from}
    settings = {"source": source, "lowered_rules": study.lowered_rules} | study.query_parameters()
    parts = {
        "data": _hash_files(located),
        "settings": _digest(json.dumps(settings, default=str, sort_keys=True)),
        "queries": _digest(*_texts(files("queries"))),
        "modules": _digest(*(text for name in MODULES for text in (name, module_text(name)))),
        "versions": _digest(version("duckdb"), version("tenure-workbench")),
    }
    return {"cohort": _digest(*parts.values())[:16]} | {name: value[:16] for name, value in parts.items()}


def module_text(name: str) -> str:
    """Return the text of a module of ``analysis``."""
    return (files("analysis") / f"{name}.py").read_text(encoding="utf-8")


def _hash_files(located: RawFiles) -> str:
    """Hash the bytes of the files that are read, and the names of those that are not: the cohort lists them."""
    digest = hashlib.sha256()
    for unread in located.unread:
        digest.update(f"{unread.name}\0".encode())
    for name, path in sorted(located.tables.items()):
        for part in sorted(path.rglob("*.parquet")) if path.is_dir() else [path]:
            digest.update(f"{name}/{part.relative_to(path)}\0".encode())
            with part.open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
    return digest.hexdigest()


def _digest(*texts: str) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8") + b"\0")
    return digest.hexdigest()


def _texts(folder: Traversable) -> list[str]:
    found: list[str] = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            found += _texts(entry)
        elif entry.name.endswith((".sql", ".toml")):
            found += [entry.name, entry.read_text(encoding="utf-8")]
    return found
