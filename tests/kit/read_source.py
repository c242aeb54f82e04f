"""A small source as it is read: its tables, what is said of them, and of each file."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from in_memory import warehouse

from analysis.declared.contract import read_contract
from analysis.declared.declaration import read_declaration
from analysis.declared.source import Source
from analysis.engine import raw_views
from analysis.engine.engine import Engine
from analysis.ingest.files.files_read import FileRead
from analysis.ingest.files.opening import open_raw
from analysis.ingest.files.raw_files import locate_files
from analysis.ingest.findings import Finding
from analysis.ingest.tables.sources import load_tables
from analysis.progress import quiet


@dataclass(frozen=True)
class Read:
    """What was read of a source."""

    engine: Engine
    findings: list[Finding]
    files: tuple[FileRead, ...]

    def messages(self, severity: str) -> list[str]:
        return [finding.message() for finding in self.findings if finding.severity == severity]

    @property
    def errors(self) -> list[str]:
        return self.messages("error")

    @property
    def notices(self) -> list[str]:
        return self.messages("notice")

    def rows(self, sql: str) -> list[tuple]:
        return self.engine.rows(sql)

    def file(self, name: str) -> FileRead:
        (file,) = (file for file in self.files if file.name == name)
        return file


@contextmanager
def reading(path: Path, time_zone: str = "UTC", **source: Any) -> Iterator[Read]:
    """Read a source in the contract's shape, up to its types and the forms of its keys."""
    contract = read_contract()
    declared = Source("contract", path, **source)
    with Engine(warehouse(closed=True)) as engine, tempfile.TemporaryDirectory() as scratch:
        engine.live_in(time_zone)
        located = locate_files(read_declaration("contract"), path, contract, begins=declared.observed_from)
        try:
            opened = open_raw(engine, located, Path(scratch), declared.encoding)
            loaded = load_tables(engine, declared, contract, quiet, opened)
            yield Read(engine, [*opened.findings, *loaded.findings], loaded.read)
        finally:
            raw_views.end(engine)


def write_source(folder: Path, **tables: str | bytes | None) -> Path:
    """Write a good source, with some of its tables otherwise, and return its folder; None leaves one out."""
    content: dict[str, str | bytes | None] = {
        "accounts": "account_id,name\na1,Ann\na2,Bob\n",
        "subscriptions": "subscription_id,account_id,started_on\ns1,a1,2023-01-05\ns2,a2,2023-01-10\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (content | tables).items():
        if text is not None:
            path = folder / (name if "." in name else f"{name}.csv")
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder
