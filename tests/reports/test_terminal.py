"""Text laid out for a terminal: columns of letters, of which Japanese ones take two."""

import pytest
from wcwidth import width

from analysis.declared.factors import read_covariates
from reports.dictionary.entries import phrase
from reports.writing.terminal import wrapped


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        ("abc", 3),
        ("利用", 4),
        ("利用（2）", 9),
        ("\N{MINUS SIGN}0.5", 4),
        ("か\N{COMBINING KATAKANA-HIRAGANA VOICED SOUND MARK}", 2),
    ],
    ids=["latin", "Japanese", "with full-width marks", "minus sign", "a letter and the mark above it"],
)
def test_a_head_is_padded_by_the_columns_that_it_takes(head, columns):
    assert wrapped(head, "text", 12) == head + " " * (12 - columns) + "text"


def test_english_breaks_at_spaces_and_is_indented_alike():
    says = "usage_daily.out_of_hours_events, users.created_on, usage_daily.user_id"
    assert wrapped("  needs", says, 10) == (
        "  needs   usage_daily.out_of_hours_events, users.created_on,\n          usage_daily.user_id"
    )


@pytest.mark.parametrize("covariate", read_covariates(), ids=lambda covariate: covariate.name)
def test_japanese_keeps_within_the_width_and_loses_nothing(covariate):
    says = phrase(covariate.null_means, {}, "ja") * 3
    lines = wrapped("      欠測の意味", says, 20).splitlines()
    assert max(map(width, lines)) <= 60
    assert all(line.startswith(" " * 20) for line in lines[1:])
    assert "".join(line.strip() for line in lines).removeprefix("欠測の意味").replace(" ", "") == says.replace(" ", "")


def test_no_line_begins_with_a_mark_that_ends_a_phrase():
    lines = wrapped("", "あ" * 29 + "、" + "い" * 29 + "）。" + "う" * 40, 2).splitlines()
    assert len(lines) > 2
    assert [line for line in lines if line.strip()[0] in "、。）"] == []


def test_a_word_longer_than_the_line_stands_whole_on_its_own():
    assert wrapped("  -", "x" * 80, 4).splitlines() == ["  -", "    " + "x" * 80]
