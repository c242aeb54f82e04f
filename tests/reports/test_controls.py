"""What a terminal or a browser would obey is shown, wherever data bring it in."""

import io
import re
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from mutant_source import rows_of, small_files, text, write_files
from nasty_strings import CONTROLS, NASTY
from pages import is_shut, text_of

from analysis.wording.controls import isolated, shown, without_isolates
from reports.cli.commands import main
from reports.messages import read_catalogue
from reports.writing.console import safe_console
from reports.writing.html import environment

SENT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
EVIL = "x\x1b]0;gone\x07\x9b2J\r\u202egpj"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("a\rb\tc\nd", r"a\rb\tc\nd"),
        ("\x9b\x00\x7f", r"\x9b\x00\x7f"),
        ("\u202eabc", r"\u202eabc"),
        ("\ud800", r"\ud800"),
        ("\udc83\udcff", r"\x83\xff"),
        (
            "解約 é \U0001f469\u200d\U0001f4bb \u05e9\u05dc\u05d5\u05dd",
            "解約 é \U0001f469\u200d\U0001f4bb \u05e9\u05dc\u05d5\u05dd",
        ),
    ],
)
def test_controls_are_written_out(text: str, seen: str) -> None:
    assert shown(text) == seen
    assert shown(seen) == seen


def test_a_path_kept_as_bytes_stays_where_they_are_letters() -> None:
    kept = "é解".encode().decode("ascii", "surrogateescape")
    assert shown(kept) == kept
    hidden = "\x9b\u202e".encode().decode("ascii", "surrogateescape")
    assert not SENT.search(shown(hidden))


def test_a_name_that_runs_from_the_right_is_kept_to_itself_in_a_sentence() -> None:
    assert isolated("\u05e9\u05dc\u05d5\u05dd 5") == "\u2068\u05e9\u05dc\u05d5\u05dd 5\u2069"
    assert isolated("abc 5") == "abc 5"
    assert isolated(isolated("\u05e9\u05dc\u05d5\u05dd 5")) == isolated("\u05e9\u05dc\u05d5\u05dd 5")
    said = read_catalogue("en")("list.quoted", name="\u05e9\u05dc\u05d5\u05dd 5")
    assert "\u2068\u05e9\u05dc\u05d5\u05dd 5\u2069" in said
    assert without_isolates(said) == said.replace("\u2068", "").replace("\u2069", "")


def test_whatever_is_printed_is_shown_and_our_own_lines_stay() -> None:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), safe_console():
        print(*CONTROLS, sep="|")
        print("two\nlines \u2068\u05e9\u05dc\u05d5\u05dd\u2069", file=sys.stderr)
    assert not SENT.search(out.getvalue())
    assert out.getvalue().count("|") == len(CONTROLS) - 1
    assert err.getvalue() == "two\nlines \u05e9\u05dc\u05d5\u05dd\n"


@pytest.mark.parametrize("verb", [["check", "--page"], ["build", "--no-audits"], ["covariates"]])
def test_names_from_a_source_reach_no_terminal_as_they_are(
    verb: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = small_files()
    for name in ("accounts.csv", "tickets.csv"):
        rows = rows_of(files[name])
        rows[0].append(EVIL)
        for row in rows[1:]:
            row.append(EVIL)
        rows[2][0] = EVIL
        files[name] = text(rows)
    files[f"{EVIL}.csv"] = files["users.csv"]
    study = write_files(tmp_path / EVIL, files)
    main([*verb, "--study", str(study), "--out", str(tmp_path / f"out{EVIL}")])
    said = capsys.readouterr()
    assert not SENT.search(said.out + said.err)
    assert r"\x1b]0;gone" in said.out + said.err


def test_a_word_that_no_command_is_comes_back_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([EVIL])
    assert main(["check", "--study", f"/no/{EVIL}.toml"]) == 1
    said = capsys.readouterr().err
    assert not SENT.search(said)
    assert r"\u202egpj" in said


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_page_shows_data_and_does_nothing_for_them(language: str) -> None:
    page = environment(read_catalogue(language)).from_string(
        '<title>{{ name }}</title><td>{{ name }}</td><a href="{{ name|urlencode }}" title="{{ name }}">'
        "{{ names([name]) }} {{ t('list.quoted', name=name) }}</a>"
    )
    for name in NASTY:
        html = page.render(name=name)
        assert not SENT.search(html.replace("\u2068", "").replace("\u2069", "").replace("\n", ""))
        assert re.findall(r"<(\w+)", html.replace("<wbr>", "")) == ["title", "td", "a"]
        assert re.fullmatch(r"[\w%./~-]*", re.findall(r'href="([^"]*)"', html)[0])


def test_every_page_forbids_what_it_does_not_need(sample_report) -> None:
    page = sample_report.page
    assert is_shut(page)
    assert not re.search(r"\ssrc=\"(?!data:)|url\((?!#)|@import", page)
    assert text_of(page)
