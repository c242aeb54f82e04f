"""Files: whatever they are called and however editors save them, the same tables; each is listed as read or not."""

# ruff: noqa: RUF001 - letters as people and editors write them are what is read here

import gzip
import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from read_source import reading, write_source

from analysis.cohort.fingerprint import fingerprint
from analysis.declared.contract import read_contract
from analysis.declared.declaration import read_declaration
from analysis.declared.study import read_study
from analysis.errors import SourceError, StudyError
from analysis.ingest.files.contents import contents_of
from analysis.ingest.files.raw_files import locate_files

USAGE = "account_id,used_on,feature,events\na1,2023-01-06,search,3\na2,2023-02-06,Größe ’東京,2\n"
ROWS = [("a1", "search", 3), ("a2", "Größe ’東京", 2)]


def usage(folder: Path, name: str, content: bytes, **source: str) -> tuple[list[tuple], list[str], list[str]]:
    """Return the rows of a file of usage, and what is said of it: errors and notices."""
    write_source(folder / "data", **{name: content})
    with reading(folder / "data", **source) as read:
        rows = read.rows("select account_id, feature, events from usage_daily order by account_id")
        return rows, read.errors, read.notices


PATTERNS = ("Exports [2023]", "a*", "q?", "[!x]", "{a,b}", "**", "back\\slash", "year=2023")
NAMES = (
    "[",
    "]",
    "it's",
    'say "so"',
    "50%",
    "ü 東京",
    "~",
    "a;b",
    "#1",
    "$name",
    "--",
    " spaces ",
    "a\nb",
    "x.csv",
    "s3:",
    "😀",
)


PLACES = {"csv": "csv", "parquet": "data", "folder": "data", "duckdb": "company.duckdb"}
"""Where in its folder a source of each kind lies."""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a source of each kind by each of two names, to be copied."""
    folder = tmp_path_factory.mktemp("sources")
    for kind, name in itertools.product(PLACES, ("own", "decoy")):
        assert write_as(kind, folder / f"{kind} of {name}", name) == folder / f"{kind} of {name}" / PLACES[kind]
    return folder


class TestNames:
    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            *itertools.product(PATTERNS, ("csv", "parquet", "folder", "duckdb")),
            *zip(NAMES, itertools.cycle(("csv", "folder")), strict=False),
        ],
    )
    def test_a_folder_may_be_called_anything(self, tmp_path: Path, sources: Path, name: str, kind: str) -> None:
        """Beside it lie others that its name would match if it were a pattern, with rows of their own."""
        for decoy in ("Exports 2", "ab", "qx", "a", "b", "aa"):
            shutil.copytree(sources / f"{kind} of decoy", tmp_path / decoy)
        shutil.copytree(sources / f"{kind} of own", tmp_path / name)
        given = tmp_path / name / PLACES[kind]
        with reading(given) as read:
            assert read.rows("select name from accounts") == [("own",)]
            assert read.rows("select count(*) from subscriptions") == [(1,)]
            assert read.errors == []

    @pytest.mark.parametrize("part", ["part-[0].parquet", "a*.parquet", "x=1/p?.parquet", "UPPER.PARQUET"])
    def test_files_within_a_folder_may_be_called_anything(self, tmp_path: Path, part: str) -> None:
        source = write_source(tmp_path / "data", accounts=None)
        (source / "accounts" / part).parent.mkdir(parents=True)
        for name in (part, str(Path(part).with_name("other.parquet"))):
            file = tmp_path / "plain.parquet"
            duckdb.sql(f"copy (select 'a' || {len(name)} as account_id) to '{file}'")
            (source / "accounts" / name).write_bytes(file.read_bytes())
        with reading(source) as read:
            assert sorted(read.rows("select account_id from accounts")) == sorted(
                [(f"a{len(part)}",), (f"a{len(part) - len(Path(part).name) + 13}",)]
            )

    def test_what_is_read_of_a_folder_is_what_is_hashed(self, tmp_path: Path) -> None:
        """What tools keep for themselves in a folder is neither."""
        source = write_source(tmp_path / "data", accounts=None)
        folder = source / "accounts"
        for part in ("b.parquet", "a.Parquet", "_temporary/c.parquet", ".hidden.parquet", "note.txt"):
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            file = tmp_path / "plain.parquet"
            duckdb.sql(f"copy (select '{part}' as account_id) to '{file}'")
            (folder / part).write_bytes(file.read_bytes())
        located = locate_files(read_declaration("contract"), source, read_contract())
        with reading(source) as read:
            found = read.rows("select account_id from accounts")
        assert [(str(part.relative_to(folder)),) for part in located.parts("accounts")] == found
        assert found == [("a.Parquet",), ("b.parquet",)]

    def test_partitions_within_partitions(self, tmp_path: Path) -> None:
        """The value of one may be none."""
        source = write_source(tmp_path / "data")
        row = "select 'a1' as account_id, date '2023-01-06' as used_on, 1 as events"
        none = "feature=__HIVE_DEFAULT_PARTITION__/user_id=01"
        for place in ("feature=search/user_id=01", "feature=search/user_id=2", none):
            folder = source / "usage_daily" / place
            folder.mkdir(parents=True)
            duckdb.sql(f"copy ({row}) to '{folder}/1.parquet'")
        with reading(source) as read:
            found = read.rows("select feature, user_id, events from usage_daily order by all")
        assert found == [("search", "01", 1), ("search", "2", 1), (None, "01", 1)]

    def test_numbers_in_the_names_of_partitions_stay_text(self, tmp_path: Path) -> None:
        """And a folder above the table is no partition of it, whatever it is called."""
        source = write_source(tmp_path / "region=EU" / "data", accounts=None)
        folder = source / "accounts" / "account_id=007"
        folder.mkdir(parents=True)
        duckdb.sql(f"copy (select 'Ann' as name, 'web' as segment) to '{folder}/1.parquet'")
        with reading(source) as read:
            assert read.rows("select account_id, name, region from accounts") == [("007", "Ann", None)]


def write_as(kind: str, folder: Path, name: str) -> Path:
    """Write a source of some kind, with an account of some name."""
    folder.mkdir()
    write_source(
        folder / "csv",
        accounts=f"account_id,name\na1,{name}\n",
        subscriptions="subscription_id,account_id,started_on\ns1,a1,2023-01-05\n",
    )
    if kind == "csv":
        return folder / "csv"
    plain = folder.parent / "plain.duckdb"
    with duckdb.connect(str(plain)) as con:
        for table in ("accounts", "subscriptions"):
            content = (folder / "csv" / f"{table}.csv").read_text().splitlines()
            columns = content[0].split(",")
            values = ", ".join(
                f"'{value}' as {column}" for column, value in zip(columns, content[1].split(","), strict=True)
            )
            con.execute(f"create table {table} as select {values}")
            con.execute(f"copy {table} to '{folder.parent}/{table}.plain'  (format parquet)")
    if kind == "duckdb":
        return plain.rename(folder / "company.duckdb")
    plain.unlink()
    for table in ("accounts", "subscriptions"):
        place = folder / "data" / (f"{table}/1.parquet" if kind == "folder" else f"{table}.parquet")
        place.parent.mkdir(parents=True, exist_ok=True)
        (folder.parent / f"{table}.plain").rename(place)
    return folder / "data"


class TestText:
    @pytest.mark.parametrize(
        "save",
        [
            lambda text: text.encode(),
            lambda text: text.encode("utf-8-sig"),
            lambda text: text.encode("utf-16"),
            lambda text: "\ufeff".encode("utf-16-be") + text.encode("utf-16-be"),
            lambda text: text.encode("utf-16-le"),
            lambda text: text.encode("utf-32"),
            lambda text: text.replace("\n", "\r\n").encode(),
            lambda text: text.replace("\n", "\r").encode(),
            lambda text: text.replace("\n", "\r\n").encode("utf-16"),
            lambda text: text.replace("\n", "\r\n", 1).encode(),
            lambda text: text.replace("\n", "\r", 1).encode(),
            lambda text: text.rstrip("\n").encode(),
            lambda text: (text + "\n\n").encode(),
            lambda text: text.replace("\n", "\n\n").encode(),
            lambda text: text.replace("account_id,", '"account_id",').encode("utf-8-sig"),
            lambda text: text.replace("account_id", " Account_ID\u200b").encode(),
            lambda text: text.replace("\n", ",\n").encode(),
            lambda text: ("sep=,\n" + text).encode(),
            lambda text: ('"sep=,"\r\n' + text.replace("\n", "\r\n")).encode("utf-8-sig"),
            lambda text: ("\n" + text).encode(),
            lambda text: (text + ",,,\n,,,\n").encode(),
        ],
    )
    def test_however_an_editor_saves_it(self, tmp_path: Path, save: Callable[[str], bytes]) -> None:
        rows, errors, notices = usage(tmp_path, "usage_daily.csv", save(USAGE))
        assert (rows, errors) == (ROWS, [])
        assert [notice for notice in notices if "column 5" not in notice] == []

    @pytest.mark.parametrize(
        ("separator", "called"),
        [(";", "semicolons"), ("|", "vertical bars"), ("\t", None)],
        ids=["semicolons", "bars", "tabs"],
    )
    @pytest.mark.parametrize("said", [True, False])
    def test_other_separators(self, tmp_path: Path, separator: str, called: str | None, said: bool) -> None:
        text = (f"sep={separator}\n" if said else "") + USAGE.replace(",", separator)
        rows, errors, notices = usage(tmp_path, "usage_daily.csv", text.encode())
        assert (rows, errors) == (ROWS, [])
        assert notices == (
            [
                f"usage_daily: the values of usage_daily.csv are separated by {called}. Nothing needs to be done: "
                "numbers must have a point before their decimals all the same. (rule separator_is_not_a_comma)"
            ]
            if called
            else []
        )

    @pytest.mark.parametrize(
        "above",
        [
            "Usage by day\n",
            "Usage, by day\n\n",
            '"A ""title"", with\nmore"\n\n',
            "# made\n# by hand\n",
            "Title,,,\n,,,\n",
        ],
        ids=["one line", "two lines", "quotes", "comments", "padded"],
    )
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_lines_above_the_header(self, tmp_path: Path, above: str, end: str) -> None:
        text = (above + USAGE).replace("\n", end)
        rows, errors, (notice,) = usage(tmp_path, "usage_daily.csv", text.encode())
        assert (rows, errors) == (ROWS, [])
        assert notice.startswith(f"usage_daily: the header of usage_daily.csv is line {above.count(chr(10)) + 1}: ")

    def test_a_title_that_is_the_name_of_a_column(self, tmp_path: Path) -> None:
        source = write_source(tmp_path / "data", features="feature\n\nfeature,released_on\nsearch,2023-01-01\n")
        with reading(source) as read:
            assert read.rows("select feature from features") == [("search",)]
            assert read.file("features.csv").skipped_lines == 2

    def test_lines_and_rows_are_counted_from_the_top_of_the_file(self, tmp_path: Path) -> None:
        title = "sep=;\nUsage\n\n"
        text = title + USAGE.replace(",", ";")
        _, (error,), _ = usage(tmp_path, "usage_daily.csv", text.replace("2023-02-06", "soon").encode())
        assert "among them row 6 'soon'" in error
        _, (error,), _ = usage(tmp_path, "usage_daily.csv", (text + "a1;2023-02-07\n").encode())
        assert "line 7 holds 2 values where the header names 4 columns: 'a1;2023-02-07'" in error

    def test_a_value_may_run_over_lines(self, tmp_path: Path) -> None:
        text = USAGE.replace("search", '"sea\nrch"').replace("\n", "\r\n").replace("sea\r\nrch", "sea\nrch")
        rows, errors, _ = usage(tmp_path, "usage_daily.csv", text.encode())
        assert (rows[0], errors) == (("a1", "sea\nrch", 3), [])

    @pytest.mark.parametrize(
        ("name", "pack"),
        [
            ("usage_daily.tsv", lambda text: text.replace(",", "\t").encode()),
            ("usage_daily.csv.gz", lambda text: gzip.compress(text.encode())),
            ("Usage_Daily.TSV.GZ", lambda text: gzip.compress(text.replace(",", "\t").encode("utf-16"))),
            ("usage_daily.jsonl", lambda text: records(text, "\n")),
            ("usage_daily.ndjson.gz", lambda text: gzip.compress(records(text, "\n"))),
            ("usage_daily.json", lambda text: b"\xef\xbb\xbf[" + records(text, ",\n") + b"]"),
        ],
    )
    def test_other_kinds(self, tmp_path: Path, name: str, pack: Callable[[str], bytes]) -> None:
        assert usage(tmp_path, name, pack(USAGE)) == (ROWS, [], [])

    def test_json_keeps_what_is_written(self, tmp_path: Path) -> None:
        lines = '{"account_id": "007", "name": "a\\"b", "x\\"y": {"z": [1]}}\n{"account_id": "8", "segment": null}\n'
        source = write_source(tmp_path / "data", **{"accounts": None, "accounts.jsonl": lines})
        with reading(source) as read:
            assert read.rows("select account_id, name, segment from accounts") == [
                ("007", 'a"b', None),
                ("8", None, None),
            ]
            assert "nothing reads these columns of the source: 'x\"y'" in read.notices[0]

    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            ("usage_daily.csv", b"PK\x03\x04 and more", "it is an Excel workbook or an archive, whatever its name"),
            ("usage_daily.csv.gz", USAGE.encode(), "its name ends in .gz, but it is not compressed so"),
            (
                "usage_daily.csv.gz",
                gzip.compress(USAGE.encode() * 99)[:-9],
                "its name ends in .gz, but it is not compressed",
            ),
            ("usage_daily.csv.gz", gzip.compress(b"", mtime=0), "it is empty"),
            ("usage_daily.jsonl", b'{"account_id": "a1"}\n{"account_id"\n', "Malformed JSON"),
            ("usage_daily.parquet", b"?", "usage_daily.parquet"),
            ("usage_daily.csv", USAGE.encode()[:-3] + b"\xff\n", "it is UTF-8, but line 3 is not"),
        ],
    )
    def test_one_that_cannot_be_read_keeps_no_other_back(
        self, tmp_path: Path, name: str, content: bytes, reason: str
    ) -> None:
        source = write_source(tmp_path / "data", **{name: content})
        with reading(source) as read:
            (error,) = read.errors
            assert error.startswith(f"usage_daily: the file {name} cannot be read: ")
            assert reason in error
            assert read.rows("select count(*) from accounts") == [(2,)]
            assert str(read.file(name).why_not) in error


def records(text: str, between: str) -> bytes:
    header, *rows = (line.split(",") for line in text.splitlines())
    return between.join(json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) for row in rows).encode()


class TestList:
    def test_every_file_is_listed_as_read_or_not(self, tmp_path: Path) -> None:
        source = write_source(
            tmp_path / "data",
            **{
                "usage_daily.csv": "Title\n" + USAGE.replace(",", ";"),
                "features.jsonl": '{"feature": "search"}\n',
                "book.xlsx": b"PK\x03\x04",
                "old.zip": b"PK\x03\x04",
                "company.db": b"?",
                "tickets.txt": "ticket_id\n",
                "notes.md": "?",
                ".DS_Store": b"?",
                "deals.csv": "a,b\n1,2\n",
            },
        )
        for place in ("exports/tickets.csv", "pictures/logo.png", "goals/metadata/v1.metadata.json", "goals/1.parquet"):
            (source / place).parent.mkdir(parents=True, exist_ok=True)
            (source / place).write_bytes(b"?")
        with reading(source) as read:
            found = {file.name: file for file in read.files}
            assert set(found) == {path.name for path in source.iterdir()}
            tables = {name: (file.table, file.rows) for name, file in found.items() if not file.why_not}
            assert tables == {
                "accounts.csv": ("accounts", 2),
                "subscriptions.csv": ("subscriptions", 2),
                "usage_daily.csv": ("usage_daily", 2),
                "features.jsonl": ("features", 1),
            }
            one = found["usage_daily.csv"]
            assert (one.encoding, one.separator, one.skipped_lines) == ("utf-8", ";", 1)
            unread = {finding.table: str(finding.mend) for finding in read.findings if finding.name == "unread_file"}
        assert unread == {
            "book.xlsx": "Save each of its sheets as a CSV file that is named after its table.",
            "old.zip": "Unpack it.",
            "company.db": "To read a database, name the file itself as source.path.",
            "tickets.txt": "A table is given as a CSV or TSV file (.gz or not), JSON lines, a Parquet file or a folder "
            "of Parquet files.",
            "deals.csv": "No table of the contract that is absent has a name and columns like it.",
            "exports": "Files within folders are not read, but Parquet files of one table: move them into the source's "
            "own folder.",
            "goals": "It is an Iceberg or Hudi table, some of whose files no longer count: export it as Parquet.",
        }
        assert {name for name, file in found.items() if file.why_not} - set(unread) == {
            "notes.md",
            ".DS_Store",
            "pictures",
        }

    def test_none_of_the_required_tables(self, tmp_path: Path) -> None:
        source = write_source(tmp_path / "data", accounts=None, subscriptions=None, usage_daily=USAGE)
        with pytest.raises(
            SourceError, match=r"None of the required tables \(accounts, subscriptions\) in .*usage_daily"
        ):
            locate_files(read_declaration("contract"), source, read_contract())


class TestStudyFile:
    TEXT = (
        'name = "日本"\n[source]\nkind = "contract"\npath = "data"\n'
        "[time]\nobservation_start = 2023-01-01\nsnapshot = 2023-07-01\n"
    )

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_is_read_however_an_editor_saves_it(self, tmp_path: Path, encoding: str, end: str) -> None:
        text = self.TEXT.replace("日本", "small").replace("\n", end)
        (tmp_path / "study.toml").write_bytes((f'title = "日本"{end}' + text).encode(encoding))
        study = read_study(tmp_path / "study.toml")
        assert (study.name, study.title) == ("small", "日本")

    def test_that_is_not_utf8_is_refused_in_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "study.toml").write_bytes(self.TEXT.encode("cp932"))
        with pytest.raises(
            StudyError, match=r"study.toml cannot be read as TOML: it is not UTF-8. Save it as UTF-8 text."
        ):
            read_study(tmp_path / "study.toml")

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            (
                '[time]\ntime_zone = "Tokyo"',
                "time.time_zone must be a name such as 'UTC' or 'Asia/Tokyo', but is 'Tokyo'",
            ),
            ('[time]\ntime_zone = "Asia/Tokio"', "Is 'Asia/Tokyo' meant"),
            ('[time]\ntime_zone = "localtime"', "time.time_zone must be a name"),
            ('path = "data"\ndate_format = "DD/MM/YY"', "source.date_format must be made of YYYY, MM and DD"),
            ('path = "data"\nencoding = "latin"', None),
            ('path = "data"\nencoding = "no such"', "source.encoding must be one such as 'utf-8', 'cp1252' or 'cp932'"),
            ('path = "data"\nencoding = "base64"', "source.encoding must be one such as 'utf-8', 'cp1252' or 'cp932'"),
        ],
    )
    def test_how_a_source_is_read_is_checked(self, tmp_path: Path, line: str, message: str | None) -> None:
        key = line.partition("\n")[0]
        (tmp_path / "study.toml").write_text(self.TEXT.replace("日本", "small").replace(key, line), encoding="utf-8")
        if message is None:
            assert read_study(tmp_path / "study.toml").source.encoding == "latin"
            return
        with pytest.raises(StudyError) as error:
            read_study(tmp_path / "study.toml")
        assert message in str(error.value)

    def test_how_a_source_is_read_makes_another_cohort(self, tmp_path: Path) -> None:
        folder = write_source(tmp_path / "data")
        contents = contents_of(read_declaration("contract"), folder)
        text = self.TEXT.replace("日本", "small")
        hashes = set()
        for old, new in (
            ("", ""),
            ('path = "data"', 'path = "data"\ndate_format = "DD/MM/YYYY"'),
            ('path = "data"', 'path = "data"\nencoding = "cp1252"'),
            ("[time]", '[time]\ntime_zone = "Asia/Tokyo"'),
        ):
            (tmp_path / "study.toml").write_text(text.replace(old, new) if old else text, encoding="utf-8")
            hashes.add(fingerprint(read_study(tmp_path / "study.toml"), contents)["cohort"])
        assert len(hashes) == 4


def test_a_database_without_the_required_tables_is_another_one(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "company.duckdb")) as con:
        con.execute("create table tickets (ticket_id varchar)")
        con.execute("create table customers (customer_id varchar)")
    message = r"None of the required tables \(accounts, subscriptions\) in .*There: tickets.*not read: main.customers"
    with pytest.raises(SourceError, match=message), reading(tmp_path / "company.duckdb"):
        pass
