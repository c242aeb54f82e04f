"""Parquet folders: what lies beside the files of a table, and holds rows of it under another name, is told of."""

from pathlib import Path

import duckdb
import pytest
from read_source import reading, write_source

from analysis.declared.declaration import read_declaration
from analysis.ingest.files.contents import contents_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A log of four rows, each in a file of its own, and what tools leave beside them."""
    write_source(tmp_path / "data")
    (folder := tmp_path / "data" / "usage_daily").mkdir()
    (folder / "_temporary").mkdir()
    for n, name in enumerate(("a.parquet", "b.PARQUET", "c.parquet", "d.parquet", "_temporary/e.parquet")):
        duckdb.sql(
            f"copy (select 'a1' as account_id, date '2023-01-06' + {n} as used_on, 1 as events) "
            f"to '{folder / name}' (format parquet)"
        )
    for name in ("_SUCCESS", ".a.parquet.crc"):
        (folder / name).touch()
    return folder


def told(folder: Path) -> tuple[list[tuple], list[str]]:
    """Return how many rows are read, and what is said of files that are not."""
    with reading(folder.parent) as read:
        found = [str(finding.says) for finding in read.findings if finding.name == "table_has_unread_files"]
        return read.rows("select count(*) from usage_daily"), found


def test_what_tools_leave_is_no_matter(folder: Path) -> None:
    assert told(folder) == ([(4,)], [])


def test_files_of_another_name_and_links_to_folders_are_told_of(folder: Path, tmp_path: Path) -> None:
    """Writers that name files otherwise (Trino, Hive), or a link, would leave out rows, and nobody would know."""
    (folder / "c.parquet").rename(folder / "part-00000")
    (tmp_path / "older").mkdir()
    (folder / "d.parquet").rename(tmp_path / "older" / "d.parquet")
    (folder / "linked").symlink_to(tmp_path / "older")
    says = "nothing reads 2 of the files and links in its folder: linked, part-00000"
    assert told(folder) == ([(2,)], [says])


def test_a_link_to_a_file_is_read(folder: Path, tmp_path: Path) -> None:
    (folder / "d.parquet").rename(tmp_path / "d.parquet")
    (folder / "d.parquet").symlink_to(tmp_path / "d.parquet")
    assert told(folder) == ([(4,)], [])


def test_a_partition_by_a_column_that_begins_with_a_line_is_read(folder: Path) -> None:
    """As Spark has it: of folders that begin so only those that say no value are a tool's own."""
    for file in sorted(folder.glob("[a-d].*")):
        (own := folder / f"_run={file.stem}").mkdir()
        file.rename(own / "1.parquet")
    assert told(folder) == ([(4,)], [])


def test_what_is_told_of_is_in_the_hash(folder: Path) -> None:
    declaration = read_declaration("contract")
    before = contents_of(declaration, folder.parent).digest()
    (folder / "more").touch()
    assert contents_of(declaration, folder.parent).digest() != before
