"""Copies: what an export gave twice is read once and told of; rows that share a key without being alike are refused."""

from pathlib import Path

import pytest

from analysis.declared.declaration import Declaration
from analysis.engine.opening import open_engine
from analysis.engine.query import Query
from analysis.ingest.files.opening import open_raw
from analysis.ingest.files.raw_files import locate_files
from analysis.ingest.findings import Finding
from analysis.ingest.tables.raw_columns import give_types

QUERY = Query("accounts", "own", "select * from raw.item")


def read(folder: Path, text: str, *key: str) -> tuple[list[tuple], list[Finding]]:
    """Return the rows of a raw table of one file, and what was found of its copies and keys."""
    (folder / "items.csv").write_text(text, encoding="utf-8")
    (folder / "scratch").mkdir()
    declaration = Declaration(
        kind="own", description="", files={"item": "items.csv"}, keys={"item": key} if key else {}, queries=(QUERY,)
    )
    located = locate_files(declaration, folder, {})
    with open_engine(":memory:") as engine:
        opened = open_raw(engine, located, folder / "scratch")
        give_types(engine, declaration, located, opened, "YYYY-MM-DD")
        found = [finding for finding in opened.findings if finding.name in ("raw_rows_are_copies", "raw_key_is_shared")]
        return engine.rows("select * from raw.item order by all"), found


def test_copies_are_read_once_and_told_of(tmp_path: Path) -> None:
    """Item 1 is there three times, which are two copies, and item 2 twice, whatever the case of the key."""
    rows, (found,) = read(tmp_path, "id,seats\n2,5\n1,10\n1,10\n2,5\n1,10\n3,5\n", "ID")
    assert rows == [(1, 10), (2, 5), (3, 5)]
    assert (found.name, found.table, found.severity, found.rows) == ("raw_rows_are_copies", "items.csv", "notice", 3)
    assert found.examples == ("id=1", "id=2")


def test_rows_that_share_a_key_and_differ_are_an_error(tmp_path: Path) -> None:
    rows, (found,) = read(tmp_path, "deal,id,seats\na,1,10\na,1,12\nb,1,10\n", "deal", "id")
    assert len(rows) == 3
    assert (found.name, found.severity, found.rows) == ("raw_key_is_shared", "error", 2)
    assert found.examples == ("deal=a, id=1",)


@pytest.mark.parametrize("key", [(), ("absent",), ("id",)])
def test_rows_without_a_key_are_copies_of_nothing(tmp_path: Path, key: tuple[str, ...]) -> None:
    rows, found = read(tmp_path, "id,seats\n,5\n,5\n1,7\n", *key)
    assert rows == [(1, 7), (None, 5), (None, 5)]
    assert found == []


def test_they_stay_where_others_are_read_once(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, "id,seats\n,5\n,5\n1,7\n1,7\n", "id")
    assert rows == [(1, 7), (None, 5), (None, 5)]
