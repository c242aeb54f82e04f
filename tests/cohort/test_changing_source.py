"""A source that changes while it is read is refused: no cohort holds one state's numbers under another's hash."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from small_source import ACCOUNTS, STUDY, USAGE, content_of, write_small_source

from analysis.cohort.build import build_cohort
from analysis.cohort.fingerprint import fingerprint
from analysis.cohort.source_check import check_source
from analysis.declared.declaration import read_declaration
from analysis.declared.study import Study, read_study
from analysis.errors import SourceError
from analysis.ingest.files.contents import contents_of
from analysis.progress import Progress, quiet

OTHER = ACCOUNTS.replace("a1,web", "a1,www")
FIRST, LATER = "reading contract tables", "  accounts: 3 rows"


def once(moment: str, change: Callable[[], object]) -> Progress:
    """Return a progress that changes something when a line is told."""
    told: list[str] = []

    def progress(message: str) -> None:
        told.append(message)
        if message.startswith(moment) and not any(earlier.startswith(moment) for earlier in told[:-1]):
            change()

    return progress


def put(path: Path, content: str | bytes) -> None:
    """Put another file in the place of one, as tools do that write in one piece."""
    beside = path.with_name(".being-written")
    beside.write_bytes(content.encode() if isinstance(content, str) else content)
    beside.replace(path)


def with_the_times_of_old(path: Path) -> None:
    found = path.stat()
    put(path, OTHER)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def for_a_while(path: Path) -> None:
    """What was read meanwhile is the other file's, and afterwards the bytes are again what they were."""
    kept = path.rename(path.with_name(".kept"))
    put(path, OTHER)
    kept.replace(path)


def to_another_file(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent.parent / "other.csv")


def hash_of(study: Study) -> str:
    return fingerprint(study, contents_of(read_declaration(study.source.kind), study.source.path))["cohort"]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("earlier")
    study = read_study(write_small_source(folder, usage_daily=USAGE + "a1,2023-02-07,search,2\n"))
    build_cohort(study, folder / "out", quiet)
    return folder / "out"


@pytest.fixture
def study(tmp_path: Path, earlier: Path) -> Study:
    """A study with an earlier build, which stands whatever happens, and data that are not built yet."""
    shutil.copytree(earlier, tmp_path / "out")
    path = write_small_source(tmp_path)
    (tmp_path / "other.csv").write_text(OTHER, encoding="utf-8")
    return read_study(path)


def assert_refused(study: Study, tmp_path: Path, name: str, moment: str, change: Callable[[], object]) -> None:
    before = content_of(tmp_path / "out") if (tmp_path / "out").exists() else {}
    with pytest.raises(SourceError, match=rf"changed while it was read: .*{name}.*Nothing was written.*run this again"):
        build_cohort(study, tmp_path / "out", once(moment, change))
    assert (content_of(tmp_path / "out") if (tmp_path / "out").exists() else {}) == before


CHANGES = {
    "replaced": ("accounts.csv", lambda data: put(data / "accounts.csv", OTHER)),
    "written": ("accounts.csv", lambda data: (data / "accounts.csv").write_text(OTHER, encoding="utf-8")),
    "times kept": ("accounts.csv", lambda data: with_the_times_of_old(data / "accounts.csv")),
    "for a while": ("accounts.csv", lambda data: for_a_while(data / "accounts.csv")),
    "a link": ("accounts.csv", lambda data: to_another_file(data / "accounts.csv")),
    "a new table": (
        "touchpoints.csv",
        lambda data: put(data / "touchpoints.csv", "account_id,touched_on\na1,2023-02-01\n"),
    ),
    "a new file that is looked into": (
        "churn.csv",
        lambda data: put(data / "churn.csv", "account_id,churn_date\na2,2023-04-10\n"),
    ),
}
MOMENTS = {"before it is opened": FIRST, "after it was read": LATER}
AT_ONE_MOMENT = {"times kept": LATER, "written": FIRST, "a link": LATER, "a new file that is looked into": FIRST}
"""Changes that are tried at both moments by ``make proofs`` alone, for others of their kind are at both."""


@pytest.mark.parametrize(
    ("moment", "name", "change"),
    [
        pytest.param(
            moment,
            *changed,
            id=f"{what}-{when}",
            marks=pytest.mark.slow if AT_ONE_MOMENT.get(what, moment) != moment else (),
        )
        for what, changed in CHANGES.items()
        for when, moment in MOMENTS.items()
    ],
)
def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, study: Study, moment: str, name: str, change: Callable[[Path], object]
) -> None:
    assert_refused(study, tmp_path, name, moment, lambda: change(tmp_path / "data"))


def test_a_file_that_goes_while_it_is_read(tmp_path: Path, study: Study) -> None:
    assert_refused(study, tmp_path, "usage_daily.csv", "  usage_daily", (tmp_path / "data" / "usage_daily.csv").unlink)


def test_the_build_after_a_refusal_is_of_what_is_there(tmp_path: Path, study: Study) -> None:
    assert_refused(study, tmp_path, "accounts.csv", FIRST, lambda: put(tmp_path / "data" / "accounts.csv", OTHER))
    build = build_cohort(study, tmp_path / "out", quiet)
    with duckdb.connect(str(build.path), read_only=True) as con:
        assert con.execute("select segment from accounts order by account_id").fetchall()[0] == ("www",)
    assert build.hashes["cohort"] == hash_of(study)


def test_what_is_no_part_of_the_source_may_come_and_go(tmp_path: Path, study: Study) -> None:
    """A spreadsheet keeps a lock beside an open file, and the output may lie in the source's own folder."""
    lock = tmp_path / "data" / "~$accounts.csv"
    built = build_cohort(study, tmp_path / "data" / "out", once(FIRST, lambda: lock.write_text("me")))
    assert built.is_new


def test_a_part_of_a_parquet_folder_that_is_written_added_or_removed(tmp_path: Path, study: Study) -> None:
    (tmp_path / "data" / "usage_daily.csv").unlink()
    folder = tmp_path / "data" / "usage_daily"
    rows = "select 'a1' as account_id, date '2023-02-06' as used_on, 'search' as feature, {} as events"

    def write(part: str, events: int) -> None:
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        duckdb.sql(f"copy ({rows.format(events)}) to '{folder / part}' (format parquet)")

    write("year=2023/a.parquet", 1)
    assert_refused(study, tmp_path, "a.parquet", FIRST, lambda: write("year=2023/a.parquet", 2))
    assert_refused(study, tmp_path, "b.parquet", FIRST, lambda: write("year=2023/b.parquet", 2))
    assert_refused(study, tmp_path, "b.parquet", "  usage_daily", (folder / "year=2023" / "b.parquet").unlink)
    before = hash_of(study)
    (folder / "year=2023").rename(folder / "year=2022")
    assert hash_of(study) != before, "the names of partitions are values"


class TestDatabase:
    @pytest.fixture
    def study(self, tmp_path: Path) -> Study:
        path = write_small_source(tmp_path)
        with duckdb.connect(str(tmp_path / "company.duckdb")) as con:
            for table in ("accounts", "subscriptions", "usage_daily"):
                con.execute(f"create table {table} as from '{tmp_path}/data/{table}.csv'")
        path.write_text(STUDY.replace('"data"', '"company.duckdb"'), encoding="utf-8")
        return read_study(path)

    def leave_rows_beside(self, file: Path) -> None:
        """Insert rows as a program does that is killed before they reach the file itself."""
        insert = "insert into usage_daily values ('a1', date '2023-03-07', 'search', 9)"
        script = f"import duckdb, os; con = duckdb.connect({str(file)!r}); con.execute({insert!r}); os._exit(0)"
        subprocess.run([sys.executable, "-c", script], check=True)
        assert file.with_name(f"{file.name}.wal").exists()

    def test_rows_beside_the_file_are_read_and_make_another_cohort(self, tmp_path: Path, study: Study) -> None:
        before = hash_of(study)
        self.leave_rows_beside(tmp_path / "company.duckdb")
        assert hash_of(study) != before
        build = build_cohort(study, tmp_path / "out", quiet)
        with duckdb.connect(str(build.path), read_only=True) as con:
            assert con.execute("select count(*) from usage_daily").fetchone() == (6,)
        assert (tmp_path / "company.duckdb.wal").exists()

    def test_rows_beside_a_file_that_a_link_names(self, tmp_path: Path, study: Study) -> None:
        (tmp_path / "links").mkdir()
        (tmp_path / "links" / "company.duckdb").symlink_to(tmp_path / "company.duckdb")
        linked = study.with_source(tmp_path / "links" / "company.duckdb")
        before = hash_of(linked)
        self.leave_rows_beside(tmp_path / "company.duckdb")
        assert hash_of(linked) != before

    def test_rows_written_beside_it_while_it_is_read(self, tmp_path: Path, study: Study) -> None:
        file = tmp_path / "company.duckdb"
        assert_refused(study, tmp_path, "company.duckdb.wal", FIRST, lambda: self.leave_rows_beside(file))

    @pytest.mark.parametrize("moment", [FIRST, LATER])
    def test_another_file_in_its_place(self, tmp_path: Path, study: Study, moment: str) -> None:
        other = tmp_path / "other.duckdb"
        other.write_bytes((tmp_path / "company.duckdb").read_bytes())
        with duckdb.connect(str(other)) as con:
            con.execute("update accounts set segment = 'other'")
        content = other.read_bytes()
        assert_refused(study, tmp_path, "company.duckdb", moment, lambda: put(tmp_path / "company.duckdb", content))


@pytest.mark.parametrize("moment", [FIRST, LATER])
def test_a_check_is_of_one_state(tmp_path: Path, study: Study, moment: str) -> None:
    """Page and lists of rows would be of two."""
    rows, scratch = tmp_path / "rows", tmp_path / "scratch"
    rows.mkdir()
    scratch.mkdir()
    progress = once(moment, lambda: put(tmp_path / "data" / "accounts.csv", OTHER))
    with pytest.raises(SourceError, match=r"changed while it was read: .*accounts\.csv"):
        check_source(study, scratch, progress, rows=rows)
    assert not list(rows.iterdir())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("accounts.csv", "Accounts.csv"),
        ("accounts.csv", "accounts.tsv"),
        ("large.csv", "larger.csv"),
    ],
    ids=["case", "kind", "a file that nothing reads"],
)
def test_names_that_a_cohort_tells_or_reads_by_make_another(tmp_path: Path, study: Study, old: str, new: str) -> None:
    (tmp_path / "data" / "large.csv").write_text("x\n1\n", encoding="utf-8")
    before = hash_of(study)
    (tmp_path / "data" / old).rename(tmp_path / "data" / new)
    assert hash_of(study) != before


def test_the_zone_of_moments_makes_another_cohort_and_that_of_the_machine_does_not(
    tmp_path: Path, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hash_of(study)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert hash_of(study) == before
    path = tmp_path / "study.toml"
    path.write_text(f'{STUDY}time_zone = "Asia/Tokyo"\n', encoding="utf-8")
    assert hash_of(read_study(path)) != before
