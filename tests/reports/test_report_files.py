"""The files of a quarterly report: the same content on paper, pictures with their numbers, and a manifest of it all."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from pages import pieces, text_of
from papers import fonts, letters, pdf_text, read_pdf
from samples import SAMPLE, SampleReport
from small_source import content_of

from analysis.errors import ReportError
from analysis.figures.drawn import kept_pictures
from analysis.figures.style import as_svg
from analysis.workbench import Workbench, open_study
from reports.quarterly import kept
from reports.quarterly.files import write_quarterly
from reports.quarterly.manifest import MANIFEST, Manifest, earlier_manifest, manifest_text, read_manifest


@pytest.fixture(scope="module")
def folder(sample_report: SampleReport) -> Path:
    return sample_report.out / "quarterly-2024-01-01.en"


@pytest.fixture(scope="module")
def paper(folder: Path) -> bytes:
    return (folder / "quarterly-2024-01-01.en.pdf").read_bytes()


def unseen(page: str) -> str:
    """Return a page without what only a screen, or who hears it, needs."""
    screen = r'<caption class="unseen"[^>]*>.*?</caption>|<a class="skip".*?</a>|<p class="paper.*?</p>'
    return re.sub(screen, "", page, flags=re.DOTALL)


class TestPaper:
    def test_all_that_the_page_says_is_on_paper(self, sample_report: SampleReport, paper: bytes) -> None:
        """Every text between two tags, so every number; of what a page of paper cuts in two, both parts."""
        body = sample_report.page.partition("<body>")[2]
        unpictured = unseen(re.sub(r"<svg.*?</svg>|<nav.*?</nav>", "", body, flags=re.DOTALL))
        pages = [letters(page.extract_text()) for page in read_pdf(paper).pages]
        running = letters("A CRM product sold by subscription Q4 2023 (October to December 2023)")
        ends = [f"{number}of{len(pages)}" for number in range(1, len(pages) + 1)]
        text = "".join(page.removeprefix(running).removesuffix(end) for page, end in zip(pages, ends, strict=True))
        said = {letters(piece) for piece in pieces(unpictured)}
        assert len(said) > 500
        assert {piece for piece in said if piece not in text} == set()

    def test_it_begins_with_page_one_and_its_contents(self, paper: bytes) -> None:
        first, second, third = (" ".join(page.extract_text().split()) for page in read_pdf(paper).pages[:3])
        assert "The quarter on one page" in first
        assert "Accounts to act on" not in first
        assert "Contents The quarter on one page" in second
        assert third.startswith(
            "A CRM product sold by subscription Q4 2023 (October to December 2023) Accounts to act on"
        )

    def test_every_heading_is_in_the_outline(self, sample_report: SampleReport, paper: bytes) -> None:
        def titles(items: list) -> list[str]:
            return [title for item in items for title in (titles(item) if isinstance(item, list) else [item.title])]

        headings = re.findall(r"<h[23]>(.*?)</h[23]>", sample_report.page)
        assert titles(read_pdf(paper).outline) == [text_of(heading).strip() for heading in headings]

    def test_no_letter_is_framed_for_lack_of_a_font(self, paper: bytes) -> None:
        assert set(fonts(paper)) == {"NotoSansCJKjp-Regular", "NotoSansCJKjp-Bold", "DejaVuSans"}

    def test_page_one_is_a_sheet(self, folder: Path, sample_report: SampleReport) -> None:
        sheet = (folder / "quarterly-2024-01-01.en-page-one.pdf").read_bytes()
        (page,) = read_pdf(sheet).pages
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
        section = re.search(r'<section id="short">.*?</section>', sample_report.page, flags=re.DOTALL)
        assert section
        assert letters(text_of(unseen(section[0]))) in letters(pdf_text(sheet)).replace("•", "")


class TestPictures:
    def test_each_is_there_as_svg_and_png_as_the_page_has_it(self, folder: Path, sample_report: SampleReport) -> None:
        drawn = sorted(path.stem for path in (folder / "figures").glob("*.svg"))
        assert len(drawn) == sample_report.page.count('<svg role="img"')
        assert sorted(path.stem for path in (folder / "figures").glob("*.png")) == drawn
        for name in drawn:
            assert (folder / "figures" / f"{name}.svg").read_text(encoding="utf-8").strip() in sample_report.page

    def test_each_has_its_numbers(self, folder: Path) -> None:
        tables = {path.stem for path in (folder / "data").glob("*.csv")}
        assert {path.stem for path in (folder / "data").glob("*.parquet")} == tables
        for path in (folder / "figures").glob("*.svg"):
            assert any(name == path.stem or name.startswith(f"{path.stem}-") for name in tables), path.stem

    def test_csv_and_parquet_hold_the_same(self, folder: Path) -> None:
        for path in sorted((folder / "data").glob("*.csv")):
            as_csv = pd.read_csv(path, encoding="utf-8-sig")
            as_parquet = duckdb.read_parquet(str(path.with_suffix(".parquet"))).df()
            assert list(as_csv.columns) == list(as_parquet.columns)
            assert len(as_csv) == len(as_parquet) > 0
            for name in as_csv.select_dtypes("number"):
                pd.testing.assert_series_equal(
                    as_csv[name].astype(float), as_parquet[name].astype(float), rtol=1e-9, check_names=False
                )

    def test_a_spreadsheet_sees_that_they_are_utf_8(self, folder: Path) -> None:
        for path in folder.rglob("*.csv"):
            assert path.read_bytes().startswith(b"\xef\xbb\xbf"), path.name

    def test_what_is_hidden_on_the_page_is_in_no_file_of_numbers(self, folder: Path) -> None:
        """A curve is told without how many there were at each age; a small number at risk is missing."""
        for name in ("survival-curves", "ends", "changes"):
            assert not {"n_risk", "n_event", "std_error"} & set(pd.read_csv(folder / "data" / f"{name}.csv").columns)
        at_risk = pd.read_csv(folder / "data" / "survival-at_risk.csv")["at_risk"]
        assert len(at_risk) > 0
        assert (at_risk.dropna() >= 5).all()

    def test_no_account_is_named_by_the_numbers_of_a_picture(self, folder: Path) -> None:
        for path in (folder / "data").glob("*.csv"):
            assert "account_id" not in pd.read_csv(path).columns

    def test_two_pictures_of_one_name_are_refused(self) -> None:
        with kept_pictures() as drawn:
            for heights in ([1.0, 2.0], [1.0, 2.0]):
                as_svg("bars", _bars, size=(2, 1), alt="Bars", heights=heights)
            with pytest.raises(ValueError, match="Two pictures are called 'bars'"):
                as_svg("bars", _bars, size=(2, 1), alt="Bars", heights=[3.0, 4.0])
        assert drawn["bars"].tables["bars"]["heights"].to_list() == [1.0, 2.0]


class TestManifest:
    def test_it_tells_every_file_as_it_is(self, folder: Path) -> None:
        manifest = read_manifest(folder)
        there = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        del there[MANIFEST]
        assert {file.path: (file.bytes, file.sha256) for file in manifest.files} == {
            name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in there.items()
        }
        assert [file.path for file in manifest.files] == sorted(there)

    def test_its_numbers_are_those_of_the_page(self, folder: Path, sample_report: SampleReport) -> None:
        manifest, text = read_manifest(folder), text_of(sample_report.page)
        said = manifest.headline
        assert (manifest.study, manifest.language, manifest.landmark, manifest.is_preliminary) == (
            "crm5", "en", "2024-01-01", False,
        )  # fmt: skip
        assert said.expected is not None
        assert f"{said.expected:.0f} of {said.at_risk} accounts are expected to leave" in text
        wide = said.intervals[-1]
        assert (wide.level, f"should lie from {wide.low:.0f} to {wide.high:.0f}." in text) == (0.95, True)
        assert f"{said.rate:.1%} left in the last settled quarter" in text
        assert all(number in text for number in manifest.hashes.values())

    def test_it_reads_back_as_it_was_written(self, folder: Path) -> None:
        manifest = read_manifest(folder)
        assert manifest_text(manifest) == (folder / MANIFEST).read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            (lambda told: told.pop("headline"), "a manifest lacks 'headline'"),
            (lambda told: told.update(owner="me"), "a manifest has an unknown 'owner'"),
            (lambda told: told["headline"].update(expected="many"), "'many' stands where float or NoneType should"),
            (lambda told: told["files"].append("x"), "'x' stands where a file should"),
            (lambda told: told.update(format=99), "its format is 99, not 1"),
        ],
    )
    def test_what_is_no_manifest_of_ours_is_refused_in_words(self, folder, tmp_path, change, why) -> None:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        change(told)
        (tmp_path / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
        with pytest.raises(ReportError, match=f"is broken: {why}. Make that report again"):
            read_manifest(tmp_path)

    @pytest.mark.parametrize("text", ["", "[]", "{", "null"])
    def test_what_is_no_json_is_refused_in_words(self, tmp_path: Path, text: str) -> None:
        (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
        with pytest.raises(ReportError, match="is broken"):
            read_manifest(tmp_path)

    def test_the_report_of_the_quarter_before_is_found_in_any_language(self, folder: Path, tmp_path: Path) -> None:
        now = pd.Timestamp("2024-04-01")
        assert earlier_manifest(tmp_path, now) is None
        shutil.copytree(folder, tmp_path / "quarterly-2024-01-01.ja")
        found = earlier_manifest(tmp_path, now)
        assert isinstance(found, Manifest)
        assert found == read_manifest(folder)
        assert earlier_manifest(tmp_path, pd.Timestamp("2024-07-01")) is None
        (tmp_path / "quarterly-2024-01-01.ja" / MANIFEST).unlink()
        assert earlier_manifest(tmp_path, now) is None

    def test_one_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ReportError, match=r"manifest\.json cannot be read \(No such file"):
            read_manifest(tmp_path)


class TestKept:
    """A summary is kept under the hash of all that decides it; what is made of it is the same to the byte."""

    @pytest.fixture
    def tenure(self, sample_report: SampleReport) -> Workbench:
        return open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None)

    @pytest.mark.slow
    def test_another_run_writes_the_same_bytes_without_working_anything_out(
        self, tenure: Workbench, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kept, "summarise", lambda tenure: pytest.fail("worked out again"))
        write_quarterly(tenure, tmp_path)
        assert content_of(tmp_path / folder.name) == content_of(folder)


def _bars(ax, heights) -> None:  # type: ignore[no-untyped-def]
    ax.bar(range(len(heights)), heights)
