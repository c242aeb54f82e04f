"""The fingerprint: hashes of all that a cohort is built from, so that the same input is never built twice."""

import hashlib
import json
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from analysis.study import Study


def fingerprint(study: Study, located: dict[str, Path]) -> dict[str, str]:
    """Return short hashes of data, settings, queries and versions, and under ``cohort`` of all of them together.

    Parameters
    ----------
    study
        The study; only what the build depends on counts.
    located
        The raw files by table.
    """
    source = {"kind": study.source.kind, "observed_from": study.source.observed_from}
    settings = {"source": source, "lowered_rules": study.lowered_rules} | study.query_parameters()
    parts = {
        "data": _hash_files(located),
        "settings": _digest(json.dumps(settings, default=str, sort_keys=True)),
        "queries": _digest(*_texts(files("queries"))),
        "versions": _digest(version("duckdb"), version("tenure-workbench")),
    }
    return {"cohort": _digest(*parts.values())[:16]} | {name: value[:16] for name, value in parts.items()}


def _hash_files(located: dict[str, Path]) -> str:
    digest = hashlib.sha256()
    for name, path in sorted(located.items()):
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
