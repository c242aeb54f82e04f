"""The check of a source as a page: what it shows, in both languages; what stands beside it; all of it or nothing."""

import dataclasses
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pages import ENGLISH_WORDS, pictures_in, pieces, text_of
from small_source import ACCOUNTS, STUDY, USAGE, content_of, write_small_source

from analysis.cohort.source_check import SourceCheck, check_source
from analysis.declared.study import Study, read_study
from analysis.errors import SourceError, StoreError
from analysis.ingest.files.files_read import FileRead
from analysis.ingest.findings import Finding, Severity
from analysis.progress import quiet
from analysis.wording.remarks import remark
from reports.check import files
from reports.check.content import AT_RISK, check_content
from reports.check.files import write_check
from reports.check.page import render_check
from reports.check.topics import Topic, in_order, topic_of
from reports.cli import commands
from reports.cli.commands import main
from reports.messages import LANGUAGES, read_catalogue

ROOT = Path(__file__).parents[2]
ODD = "a2,2023-05-02,search,1\na9,2023-03-05,search,1\na3,2031-07-09,quote,1\n"
"""After the end of a2; of nobody; long after the snapshot."""


def finding(name: str, table: str, severity: Severity, rows: int | None = None, *examples: str) -> Finding:
    says = remark("ingest.unknown_reference.says", column="account_id", table="accounts")
    return Finding(
        name, table, severity, says, remark("ingest.unknown_reference.mend", table="accounts"), rows, examples
    )


ERROR = finding(
    "subscriptions.account_id_is_known", "subscriptions", "error", 2, "subscription_id=s1", "subscription_id=s2"
)
OTHER_EVENT = finding("other_event_differs", "<b>churned</b>.csv", "notice", 7)


def checked(study: Study, folder: Path, *more: Finding) -> SourceCheck:
    """Check a source, as if more had been found in it."""
    rows = folder / "rows"
    rows.mkdir(exist_ok=True)
    found = check_source(study, folder, quiet, rows=rows)
    return dataclasses.replace(found, findings=(*found.findings, *more), row_files=found.row_files + ("",) * len(more))


def unusable(found: SourceCheck) -> SourceCheck:
    """Take away what cannot be known while errors stand in the way."""
    overview = found.overview
    assert overview is not None
    nobody = dataclasses.replace(
        overview,
        at_risk=None,
        ends=None,
        tables=overview.tables.assign(outside=float("nan")),
        months=overview.months.assign(outside=float("nan")),
    )
    return dataclasses.replace(found, n_lifetimes=None, evidence=None, not_yet_known=(), overview=nobody)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, SourceCheck]:
    folder = tmp_path_factory.mktemp("odd")
    study = read_study(write_small_source(folder, usage_daily=USAGE + ODD))
    return study, checked(study, folder, OTHER_EVENT)


def rendered(study: Study, found: SourceCheck, language: str) -> str:
    page = render_check(study, check_content(study, found), read_catalogue(language))
    return page.replace("<wbr>", "")


class TestOrder:
    @pytest.mark.parametrize(
        ("name", "topic"),
        [
            ("unread_file", Topic.FILES),
            ("file_is_not_utf8", Topic.FILES),
            ("table_is_empty", Topic.FILES),
            ("lines_above_header", Topic.FILES),
            ("key_is_cut_short", Topic.JOINS),
            ("usage_daily.account_id_is_known", Topic.JOINS),
            ("usage_daily.user_id_has_one_owner", Topic.JOINS),
            ("other_event_differs", Topic.EVENT),
            ("ends_on_the_last_day_of_a_month", Topic.EVENT),
            ("tickets.sentiment_is_in_its_range", Topic.ROWS),
            ("nobody_knows_this_one", Topic.ROWS),
        ],
    )
    def test_what_a_finding_is_about(self, name: str, topic: Topic) -> None:
        assert topic_of(finding(name, "usage_daily", "notice")) is topic

    def test_what_stands_in_the_way_comes_first_then_one_topic_after_the_other(self) -> None:
        found = [
            OTHER_EVENT,
            finding("x", "usage_daily", "notice"),
            finding("y", "usage_daily", "quarantine"),
            finding("unread_file", "usage_daily", "notice"),
            ERROR,
        ]
        assert [one.name for one in in_order(found)] == [ERROR.name, "y", "unread_file", "x", OTHER_EVENT.name]

    def test_a_terminal_tells_them_in_the_same_order(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        study = write_small_source(tmp_path, usage_daily=USAGE + ODD, accounts=ACCOUNTS.replace("segment", "segmnt"))
        assert main(["check", "--study", str(study)]) == 0
        told = re.findall(r"^  - (\w+): ", capsys.readouterr().out, flags=re.MULTILINE)
        assert told[:2] == ["quarantine", "notice"]


class TestContent:
    def test_findings_know_how_many_rows_their_table_has(self, odd: tuple[Study, SourceCheck]) -> None:
        content = check_content(*odd)
        (line,) = content.of_severity("quarantine")
        assert (line.finding.rows, line.of) == (1, 8)
        assert [line.of for line in content.about(Topic.EVENT)] == [None]

    def test_each_list_goes_with_its_finding(self, odd: tuple[Study, SourceCheck]) -> None:
        study, found = odd
        named = dataclasses.replace(found, row_files=(*(f"{one.name}.csv" for one in found.findings[:-1]), ""))
        files_by_rule = {line.finding.name: line.file for line in check_content(study, named).lines}
        assert files_by_rule.pop(OTHER_EVENT.name) == ""
        assert files_by_rule == {name: f"{name}.csv" for name in files_by_rule}

    def test_what_was_set_apart_because_it_matches_nothing_is_counted(self, odd: tuple[Study, SourceCheck]) -> None:
        first, *others = check_content(*odd).matches
        assert (first.column, first.refers_to) == ("usage_daily.account_id", "accounts.account_id")
        assert (first.rows, first.unmatched, first.share) == (8, 1, 7 / 8)
        assert {line.unmatched for line in others} == {0}

    def test_the_timeline_holds_all_rows_of_each_table(self, odd: tuple[Study, SourceCheck]) -> None:
        timeline = check_content(*odd).timeline
        assert timeline is not None
        lanes = timeline.lanes.set_index("key")
        assert list(lanes.index) == [AT_RISK, "subscriptions", "usage_daily"]
        assert lanes.loc["usage_daily", ["number", "before", "after"]].tolist() == [8, 0, 1]
        drawn = timeline.cells[timeline.cells["key"] == "usage_daily"]
        assert drawn[["inside", "outside", "set_apart"]].sum().tolist() == [5, 1, 1]
        assert timeline.cells.groupby("key")["month"].agg(["min", "max"]).nunique().tolist() == [1, 1]
        assert (drawn["month"].diff().dropna() == 1).all()

    def test_the_timeline_shows_three_years_before_and_one_after_at_most(self, odd: tuple[Study, SourceCheck]) -> None:
        study, found = odd
        assert found.overview is not None
        early = pd.DataFrame({"table": ["usage_daily"], "month": [pd.Timestamp("1999-01-01")]}).assign(
            rows=4, outside=4.0, set_apart=0
        )
        months = pd.concat([early, found.overview.months], ignore_index=True)
        content = check_content(
            study, dataclasses.replace(found, overview=dataclasses.replace(found.overview, months=months))
        )
        assert content.timeline is not None
        assert content.timeline.cells["place"].agg(["min", "max"]).tolist() == [2020.0, 2024.5]
        assert content.timeline.lanes.set_index("key").loc["usage_daily", "before"] == 4

    def test_a_check_without_an_overview_has_no_page(self, tmp_path: Path) -> None:
        study = read_study(write_small_source(tmp_path))
        with pytest.raises(ValueError, match="needs its overview"):
            check_content(study, check_source(study, tmp_path, quiet))


@pytest.mark.parametrize("language", LANGUAGES)
class TestPage:
    def test_is_whole_and_says_all(self, language: str, odd: tuple[Study, SourceCheck]) -> None:
        page = rendered(*odd, language)
        text, say = text_of(page), read_catalogue(language).text
        assert say("source.usable", number=len(odd[1].findings)) in text
        assert say("source.rows_of", rows=1, of=8) in text
        assert say("check.left", events=1, clusters=1, lifetimes=3) in text
        assert all(name in text for name in ("usage_daily.account_id_is_known", "other_event_differs", "accounts.csv"))
        assert len(pictures_in(page)) == 1
        anchors = set(re.findall(r'href="#(\w+)"', page))
        assert anchors <= set(re.findall(r'id="(\w+)"', page))

    def test_each_file_is_listed_with_how_it_was_read_or_why_not(
        self, language: str, odd: tuple[Study, SourceCheck]
    ) -> None:
        study, found = odd
        assert found.overview is not None
        files = (
            FileRead("a.csv", "accounts", 3, "cp932", ";", 2),
            FileRead("u.parquet", "usage_daily", 8),
            FileRead("t.txt", "tickets", 8, "utf-8", "^"),
            FileRead("notes.docx", why_not=remark("ingest.unread_file.no_table")),
        )
        overview = dataclasses.replace(found.overview, files=files)
        text = text_of(rendered(study, dataclasses.replace(found, overview=overview), language))
        say = read_catalogue(language).text
        assert say("source.encoding", encoding="CP932") in text
        assert say("source.separator_semicolon") in text
        assert say("source.skipped_lines", number=2) in text
        assert say("source.separator_other") in text
        assert say("source.as_it_is") in text
        assert f"notes.docx {say('source.not_read')} {say('ingest.unread_file.no_table')}" in text

    def test_names_of_the_source_are_no_markup(self, language: str, odd: tuple[Study, SourceCheck]) -> None:
        page = rendered(*odd, language)
        assert "<b>churned</b>" not in page
        assert "&lt;b&gt;churned&lt;/b&gt;" in page

    def test_what_contradicts_the_event_stands_with_the_event(
        self, language: str, odd: tuple[Study, SourceCheck]
    ) -> None:
        section = re.findall(r'<section id="event">.*?</section>', rendered(*odd, language), flags=re.DOTALL)
        assert "other_event_differs" in section[0]
        study, found = odd
        without = dataclasses.replace(found, findings=found.findings[:-1], row_files=found.row_files[:-1])
        assert read_catalogue(language).text("source.nothing_against") in text_of(rendered(study, without, language))

    def test_a_source_that_cannot_be_used_says_so_first(self, language: str, odd: tuple[Study, SourceCheck]) -> None:
        study, found = odd
        more = dataclasses.replace(found, findings=(*found.findings, ERROR), row_files=(*found.row_files, "odd.csv"))
        page, say = rendered(study, unusable(more), language), read_catalogue(language).text
        text = text_of(page)
        assert say("source.not_usable", errors=1) in text
        assert say("source.no_lifetimes") in text
        assert say("source.later_unknown") in text
        assert say("source.legend.rows") in page
        assert say("source.legend.inside") not in page
        assert say("source.nothing_against") not in text
        assert 'href="rows/odd.csv"' in page
        assert text.index("subscription_id=s2") < text.index("other_event_differs", text.index("subscription_id=s2"))

    def test_nothing_found_is_said(self, language: str, tmp_path: Path) -> None:
        study = read_study(write_small_source(tmp_path))
        text = text_of(rendered(study, checked(study, tmp_path), language))
        assert read_catalogue(language).text("source.nothing_found") in text


class TestJapanesePage:
    def test_contains_no_english(self, odd: tuple[Study, SourceCheck]) -> None:
        study, found = odd
        for shown in (found, unusable(dataclasses.replace(found, findings=(ERROR, *found.findings)))):
            page = rendered(study, shown, "ja")
            assert {piece for piece in pieces(page) if ENGLISH_WORDS.search(piece)} == set()
            assert '<html lang="ja">' in page
        (picture,) = pictures_in(page)
        assert set(re.findall(r'font-family="([^"]+)"', picture)) == {"'DejaVu Sans'"}


class TestFiles:
    @pytest.fixture
    def study(self, tmp_path: Path) -> Study:
        return read_study(write_small_source(tmp_path))

    def check(self, study: Study, scratch: Path, *names: str) -> Callable[[Path], SourceCheck]:
        """Return what checks a source and keeps the rows of some findings, in lists by these names."""

        def run(rows: Path) -> SourceCheck:
            for name in names:
                (rows / name).write_text("account_id\n", encoding="utf-8")
            with tempfile.TemporaryDirectory(dir=scratch) as place:
                found = check_source(study, Path(place), quiet, rows=rows)
            return dataclasses.replace(found, row_files=names)

        return run

    @pytest.mark.slow
    def test_lists_that_no_finding_has_any_more_are_removed(self, study: Study, tmp_path: Path) -> None:
        out = tmp_path / "out"
        for names in (("a.csv", "b.csv"), ("b.csv",), ()):
            written = write_check(study, out, read_catalogue("en"), self.check(study, tmp_path, *names))
            assert [path.name for path in written.lists] == list(names)
            assert sorted(content_of(out)) == ["check.en/check.en.html", *(f"check.en/rows/{name}" for name in names)]

    def test_nothing_is_changed_where_the_source_cannot_be_read(self, study: Study, tmp_path: Path) -> None:
        out = tmp_path / "out"
        write_check(study, out, read_catalogue("en"), self.check(study, tmp_path, "a.csv"))
        before = content_of(out)

        def fails(rows: Path) -> SourceCheck:
            (rows / "b.csv").write_text("half", encoding="utf-8")
            raise SourceError("It cannot be read.")

        with pytest.raises(SourceError):
            write_check(study, out, read_catalogue("en"), fails)
        assert content_of(out) == before
        assert [path.name for path in out.iterdir()] == ["check.en"]

    def test_nothing_is_changed_where_the_page_cannot_be_written(
        self, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        out = tmp_path / "out"
        write_check(study, out, read_catalogue("en"), self.check(study, tmp_path, "a.csv"))
        before = content_of(out)

        def full(*_: object) -> str:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(files, "render_check", full)
        with pytest.raises(StoreError, match=r"The disk of .*out is full.* Make room, then run this again"):
            write_check(study, out, read_catalogue("en"), self.check(study, tmp_path, "b.csv"))
        assert content_of(out) == before


class TestCommand:
    def test_writes_the_page_and_says_where(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        study, out = write_small_source(tmp_path, usage_daily=USAGE + ODD), tmp_path / "out"
        assert main(["check", "--page", "--language", "ja", "--study", str(study), "--out", str(out)]) == 0
        page = out / "small" / "check.ja" / "check.ja.html"
        assert f"点検のページ：{page}" in capsys.readouterr().out
        assert "<h1>small</h1>" in page.read_text(encoding="utf-8")

    def test_all_rows_of_what_was_found_stand_beside_it_as_they_were(self, tmp_path: Path) -> None:
        study, out = write_small_source(tmp_path, usage_daily=USAGE + ODD), tmp_path / "out"
        assert main(["check", "--page", "--study", str(study), "--out", str(out)]) == 0
        unknown = (out / "small" / "check.en" / "rows" / "usage_daily.account_id_is_known.csv").read_text(
            encoding="utf-8-sig"
        )
        assert unknown == (
            "account_id,used_on,user_id,feature,events,out_of_hours_events,known_on\n"
            "a9,2023-03-05,,search,1,,\n"
        )  # fmt: skip
        page = (out / "small" / "check.en" / "check.en.html").read_text(encoding="utf-8")
        linked = set(re.findall(r'href="rows/([^"]+)"', page))
        assert linked == {path.name for path in (out / "small" / "check.en" / "rows").iterdir()}

    def test_without_the_option_it_writes_nothing(self, tmp_path: Path) -> None:
        out = tmp_path / "out"
        assert main(["check", "--study", str(write_small_source(tmp_path)), "--out", str(out)]) == 0
        assert not out.exists()

    @pytest.mark.parametrize("options", [[], ["--page"]], ids=["terminal", "page"])
    def test_an_error_is_told_with_all_else_and_ends_in_1(
        self,
        options: list[str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def with_error(study: Study, scratch: Path, *rest: object, rows: Path | None = None) -> SourceCheck:
            found = dataclasses.replace(checked(study, scratch, ERROR), row_files=("",))
            return unusable(found)

        monkeypatch.setattr(commands, "check_source", with_error)
        study, out = write_small_source(tmp_path), tmp_path / "out"
        assert main(["check", *options, "--study", str(study), "--out", str(out)]) == 1
        said = capsys.readouterr()
        assert "  - error: subscriptions: account_id is not in table accounts" in said.out
        assert (
            said.err
            == "tenure: The source breaks the contract: 1 error stands in the way, named above. Nothing is built.\n"
        )
        assert (out / "small" / "check.en").exists() == bool(options)

    @pytest.mark.slow
    def test_two_runs_write_the_same_bytes(self, tmp_path: Path) -> None:
        study = write_small_source(tmp_path, usage_daily=USAGE + ODD)
        study.write_text(STUDY, encoding="utf-8")
        for run in ("1", "2"):
            environment = os.environ | {"PYTHONHASHSEED": run, "PYTHONPATH": str(ROOT)}
            command = [sys.executable, "-m", "reports.cli", "check", "--page", "--threads", run, "--study", str(study)]
            command += ["--out", str(tmp_path / run)]
            subprocess.run(command, env=environment, check=True, capture_output=True)
        assert content_of(tmp_path / "1") == content_of(tmp_path / "2")
        assert "small/check.en/check.en.html" in content_of(tmp_path / "1")
