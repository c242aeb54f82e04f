"""Delta tables: files of the latest version are read and no others; what they don't say by themselves is refused."""

import base64
import datetime as dt
import json
import shutil
import string
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import deltalake
import duckdb
import pyarrow as pa
import pytest
from read_source import reading, write_source

from analysis.declared.contract import read_contract
from analysis.declared.declaration import read_declaration
from analysis.engine.opening import open_engine
from analysis.errors import SourceError
from analysis.ingest.files.contents import contents_of, refuse_changed
from analysis.ingest.files.opening import open_raw
from analysis.ingest.files.raw_files import RawFiles, locate_files

DAYS = [dt.date(2023, 1, 6), dt.date(2023, 2, 6), dt.date(2023, 1, 12)]
USE = {"account_id": ["a1", "a1", "a2"], "used_on": DAYS, "feature": ["a b/ü=%1", None, "quote"], "events": [3, 2, 1]}
ALL = [("a1", DAYS[0], "a b/ü=%1", 3), ("a1", DAYS[1], None, 2), ("a2", DAYS[2], "quote", 1)]
SELECT = "select account_id, used_on, feature, events from usage_daily order by all"
DIGITS, LETTERS = string.digits, string.ascii_lowercase + string.ascii_uppercase
TO_Z85 = str.maketrans(
    DIGITS + string.ascii_uppercase + string.ascii_lowercase + "!#$%&()*+-;<=>?@^_`{|}~",
    DIGITS + LETTERS + ".-:+=^!/*?&<>()[]{}@%$#",
)


def write(folder: Path, table: dict[str, list[Any]] | None = None, **how: Any) -> Path:
    deltalake.write_deltalake(folder, pa.table(table or USE), **how)
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_source(tmp_path / "data")


def commit(table: Path, *actions: dict[str, Any]) -> None:
    """Write the next entry of a table's log by hand."""
    number = len(list((table / "_delta_log").glob("*.json")))
    (table / "_delta_log" / f"{number:020d}.json").write_text("\n".join(map(json.dumps, actions)), encoding="utf-8")


def said(table: Path, action: str) -> dict[str, Any]:
    """Return what the first entry of the log says by its last action of a kind."""
    lines = (table / "_delta_log" / f"{0:020d}.json").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)[action] for line in lines if action in json.loads(line)][-1]


def reader(*features: str) -> dict[str, Any]:
    return {
        "protocol": {
            "minReaderVersion": 3,
            "minWriterVersion": 7,
            "readerFeatures": list(features),
            "writerFeatures": list(features),
        }
    }


@pytest.mark.parametrize("partitions", [[], ["feature"], ["account_id", "used_on"], ["events"]], ids=str)
def test_a_table_is_read_as_its_rows_are_however_it_is_partitioned(source: Path, partitions: list[str]) -> None:
    """Texts of any letters, none, days and numbers come back from the names of folders as they were."""
    write(source / "usage_daily", partition_by=partitions)
    with reading(source) as read:
        assert read.errors == []
        assert read.rows(SELECT) == ALL
        assert read.file("usage_daily").rows == 3


def test_partitions_older_than_the_first_day_that_is_declared_are_not_opened(source: Path) -> None:
    """A file of an older day is no Parquet any more, of the same length; of what is read nothing differs."""
    table = write(source / "usage_daily", partition_by=["used_on"])
    (old,) = (table / "used_on=2023-01-06").glob("*.parquet")
    old.write_bytes(b"x" * old.stat().st_size)
    with reading(source, observed_from={"usage_daily": dt.date(2023, 1, 12)}) as read:
        assert read.errors == []
        assert read.rows(SELECT) == ALL[1:]
        (told,) = (finding for finding in read.findings if finding.name == "table_has_older_folders")
        assert str(told.says).startswith("1 of 3 files lie in folders of days before the first")
    with reading(source) as read:
        assert any("used_on=2023-01-06" in error for error in read.errors)


def test_what_later_versions_left_out_is_not_read(source: Path) -> None:
    table = write(source / "usage_daily", partition_by=["account_id"])
    deltalake.DeltaTable(table).delete("account_id = 'a2'")
    with reading(source) as read:
        assert read.rows(SELECT) == ALL[:2]
    deltalake.DeltaTable(table).delete("events = 2")  # which writes what is left of its file anew
    with reading(source) as read:
        assert read.rows(SELECT) == ALL[:1]
    write(table, {name: column[:1] * 2 for name, column in USE.items()}, mode="overwrite")
    with reading(source) as read:
        assert read.rows(SELECT) == [ALL[0]] * 2
    deltalake.DeltaTable(table).delete()
    with reading(source) as read:
        assert any(notice.startswith("usage_daily: the table is given but has no rows") for notice in read.notices)
    assert len(list(table.rglob("*.parquet"))) > 3, "all of what earlier versions had is still there"


def test_what_files_hold_of_no_column_of_the_table_is_not_read(source: Path) -> None:
    """A reader of Delta goes by the schema of the version: rows that a column left out dates later are there again."""
    known = pa.array([dt.date(2030, 1, 1)] * 3)
    table = write(source / "usage_daily", USE | {"known_on": known})
    meta = said(table, "metaData")
    schema = json.loads(meta["schemaString"])
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "known_on"]
    commit(table, {"metaData": meta | {"schemaString": json.dumps(schema)}})
    assert "known_on" not in deltalake.DeltaTable(table).to_pyarrow_table().column_names
    with reading(source) as read:
        assert read.errors == []
        assert read.rows(SELECT) == ALL
        assert read.rows("select count(known_on) from usage_daily") == [(0,)]


def test_a_source_of_its_own_reads_no_more_of_a_table(tmp_path: Path, source: Path) -> None:
    """Its files are named, not found by the names of the contract."""
    table = write(source / "log")
    deltalake.DeltaTable(table).delete("account_id = 'a2'")
    own = tmp_path / "own"
    own.mkdir()
    (own / "source.toml").write_text('description = "own"\n[files]\nlog = "log"\n', encoding="utf-8")
    (own / "accounts.sql").write_text("select account_id from raw.log\n", encoding="utf-8")
    located = locate_files(read_declaration("own", (own,)), source, read_contract())
    assert len(located.parts("log")) == 1
    assert duckdb.sql(f"select count(*) from '{located.parts('log')[0]}'").fetchall() == [(2,)]


def deletes_its_first_row(table: Path) -> None:
    """By a vector within the log: a Roaring bitmap of the number 0, in Z85, as the protocol has it."""
    bitmap = struct.pack("<IQIIIHHIH", 1681511377, 1, 0, 12346, 1, 0, 0, 16, 0)
    text = base64.b85encode(bitmap + bytes(-len(bitmap) % 4)).decode().translate(TO_Z85)
    vector = {"storageType": "i", "pathOrInlineDv": text, "sizeInBytes": len(bitmap), "cardinality": 1}
    add = said(table, "add")
    remove = {name: add[name] for name in ("path", "partitionValues", "size")} | {"dataChange": True}
    commit(table, reader("deletionVectors"), {"remove": remove}, {"add": add | {"deletionVector": vector}})


def maps_columns(table: Path) -> None:
    meta = said(table, "metaData")
    schema = json.loads(meta["schemaString"])
    for number, field in enumerate(schema["fields"], start=1):
        field["metadata"] = {"delta.columnMapping.id": number, "delta.columnMapping.physicalName": field["name"]}
    mode = {"delta.columnMapping.mode": "name", "delta.columnMapping.maxColumnId": "4"}
    meta |= {"schemaString": json.dumps(schema), "configuration": mode}
    commit(table, reader("columnMapping"), {"metaData": meta})


def moves_a_file(table: Path) -> None:
    """Into a folder that is called otherwise than its value."""
    add = said(table, "add")
    (table / "x").mkdir()
    (table / add["path"]).rename(table / "x" / "1.parquet")
    remove = {name: add[name] for name in ("path", "partitionValues", "size")} | {"dataChange": True}
    commit(table, {"remove": remove}, {"add": add | {"path": "x/1.parquet"}})


def names_another_place(table: Path) -> None:
    commit(table, {"add": said(table, "add") | {"path": "file:///elsewhere/1.parquet"}})


def cut_short(table: Path) -> None:
    file = next(table.glob("*/*.parquet"))
    file.write_bytes(file.read_bytes()[:-1])


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (deletes_its_first_row, "rows of its files are deleted by deletion vectors, which are not read here"),
        (maps_columns, "it makes use of what is not read here: columnMapping. Write a copy without it"),
        (lambda table: commit(table, reader("typeWidening")), "what is not read here: typeWidening"),
        (lambda table: commit(table, reader("brandNew")), "its Delta log cannot be read (Kernel error: Unsupported"),
        (lambda table: commit(table, {"?": 0}, reader("deletionVectors", "variantType")), ""),
        (moves_a_file, "the folders of x/1.parquet do not say the values of its partition"),
        (names_another_place, "its file file:///elsewhere/1.parquet lies in another place"),
        (cut_short, "is gone, or is not as it was written. Copy the table again"),
        (lambda table: next(table.glob("*/*.parquet")).unlink(), "is gone, or is not as it was written"),
        (lambda table: shutil.rmtree(table / "_delta_log") or (table / "_delta_log").mkdir(), "its Delta log cannot"),
    ],
    ids=["vectors", "mapped", "widened", "unknown", "vectors unused", "moved", "elsewhere", "cut", "gone", "no log"],
)
def test_what_its_files_do_not_say_by_themselves_is_refused(
    source: Path, harm: Callable[[Path], object], reason: str
) -> None:
    """And keeps no other table back; a table that might have deletion vectors, and has none, is read."""
    harm(write(source / "usage_daily", partition_by=["account_id"]))
    with reading(source) as read:
        assert read.rows("select count(*) from accounts") == [(2,)]
        if not reason:
            assert read.errors == []
            assert read.rows(SELECT) == ALL
            return
        (error,) = read.errors
        assert error.startswith("usage_daily: the file usage_daily cannot be read: ")
        assert reason in error


def test_without_what_reads_its_log(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(source / "usage_daily")
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with reading(source) as read:
        (error,) = read.errors
        assert "pip install 'tenure-workbench[lake]'" in error
        assert read.rows("select count(*) from accounts") == [(2,)]


def test_another_lake_is_not_read_by_any_source(tmp_path: Path, source: Path) -> None:
    for name, sign in (("usage_daily", "metadata/v1.metadata.json"), ("tickets", ".hoodie/hoodie.properties")):
        (source / name / sign).parent.mkdir(parents=True)
        (source / name / sign).touch()
        duckdb.sql(f"copy (select 'a1' as account_id) to '{source / name / '1.parquet'}'")
    with reading(source) as read:
        mends = {str(finding.mend) for finding in read.findings if finding.name == "unread_file"}
        assert mends == {"It is an Iceberg or Hudi table, some of whose files no longer count: export it as Parquet."}
        assert {read.file(name).table for name in ("usage_daily", "tickets")} == {None}
    with open_engine(":memory:") as engine:  # to a source of its own, whose files are named, it is a table of that name
        opened = open_raw(engine, RawFiles({"log": source / "tickets"}), tmp_path / "scratch")
    assert opened.unreadable == {"log"}
    assert "it is an Iceberg or Hudi table, some of whose files no longer count" in opened.findings[0].message()


class TestContents:
    """What stands for a table is what its log says; of its files, sizes and times are looked at, and no byte read."""

    def digest(self, source: Path) -> str:
        return contents_of(read_declaration("contract"), source).digest()

    def test_each_version_is_another_one_and_a_copy_is_the_same(self, tmp_path: Path, source: Path) -> None:
        table = write(source / "usage_daily")
        seen = [self.digest(source)]
        shutil.copytree(source, tmp_path / "copy")
        assert self.digest(tmp_path / "copy") == seen[0]
        write(table, mode="append")
        seen.append(self.digest(source))
        deltalake.DeltaTable(table).delete("account_id = 'a2'")
        seen.append(self.digest(source))
        write(table, mode="overwrite")
        seen.append(self.digest(source))
        shutil.rmtree(table)
        write(table)
        seen.append(self.digest(source))
        assert len(set(seen)) == len(seen)

    def test_a_commit_while_it_is_read_is_of_a_later_version(self, source: Path) -> None:
        declaration = read_declaration("contract")
        table = write(source / "usage_daily")
        before = contents_of(declaration, source)
        (own,) = before.located.parts("usage_daily")
        write(table, mode="append")
        refuse_changed(before, declaration, source)
        assert before.located.parts("usage_daily") == [own]
        assert self.digest(source) != before.digest()

    @pytest.mark.parametrize("harm", [Path.unlink, lambda file: file.write_bytes(file.read_bytes())])
    def test_a_file_of_it_that_goes_or_is_written_meanwhile(self, source: Path, harm: Callable[[Path], object]) -> None:
        declaration = read_declaration("contract")
        write(source / "usage_daily")
        before = contents_of(declaration, source)
        (file,) = before.located.parts("usage_daily")
        harm(file)
        with pytest.raises(SourceError, match=rf"The source changed while it was read: {file}\. Nothing was written"):
            refuse_changed(before, declaration, source)
