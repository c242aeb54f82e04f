"""What is put into every page: captions, headers that say of what, regions that scroll; and pictures told in words."""

import re

import pandas as pd
import pytest

from reports.messages import read_catalogue
from reports.writing.alternatives import told_curves, told_intervals, told_lines
from reports.writing.markup import finished, policy_hash

EN = read_catalogue("en")
TABLE = (
    "<table><thead><tr><th>Model</th><th>Left</th></tr></thead><tbody><tr><td>Cox</td><td>3</td></tr></tbody></table>"
)


def captions(page: str) -> list[str]:
    return re.findall(r"<caption[^>]*>(.*?)</caption>", page)


def test_a_table_is_told_of_and_scrolls_by_itself() -> None:
    assert finished(f"<h2>The outlook</h2>{TABLE}", EN) == (
        "<h2>The outlook</h2>"
        '<div class="wide" role="group" tabindex="0" aria-labelledby="table-1"><table>'
        '<caption class="unseen" id="table-1">The outlook</caption>'
        '<thead><tr><th scope="col">Model</th><th scope="col">Left</th></tr></thead>'
        '<tbody><tr><th scope="row">Cox</th><td>3</td></tr></tbody></table></div>'
    )


def test_a_region_that_a_template_has_put_around_it_is_the_one() -> None:
    assert finished(f'<h2>x</h2><div class="wide">\n  {TABLE}\n  </div>', EN) == finished(f"<h2>x</h2>{TABLE}", EN)


def test_tables_under_one_heading_are_told_apart_by_what_their_rows_are() -> None:
    other = TABLE.replace("Model", "Risk tier")
    assert captions(finished(f"<h3>The outlook</h3>{TABLE}{other}", EN)) == [
        "The outlook: Model",
        "The outlook: Risk tier",
    ]
    japanese = finished(f"<h3>見通し</h3>{TABLE}{other}", read_catalogue("ja"))
    assert captions(japanese) == ["見通し：Model", "見通し：Risk tier"]


def test_a_closed_part_lends_its_name_to_its_own_tables_only() -> None:
    page = f"<h3>Coverage</h3><details><summary>Complete <small>(12)</small></summary>{TABLE}</details>{TABLE}"
    assert captions(finished(page, EN)) == ["Complete", "Coverage"]


def test_a_caption_of_its_own_stays() -> None:
    page = finished(f"<h2>x</h2>{TABLE.replace('<table>', '<table><caption>Nobody left</caption>')}", EN)
    assert '<caption id="table-1">Nobody left</caption>' in page
    assert captions(page) == ["Nobody left"]


def test_a_row_without_a_first_cell_of_its_own_has_no_header() -> None:
    rows = (
        '<tr><td colspan="2">what this means</td></tr><tr><td></td><td>4</td></tr>'
        '<tr class="sum"><td class="x">All</td><td>7</td></tr>'
    )
    page = finished(TABLE.replace("<tbody>", f"<tbody>{rows}"), EN)
    assert '<td colspan="2">what this means</td>' in page
    assert "<td></td><td>4</td>" in page
    assert '<th scope="row" class="x">All</th><td>7</td>' in page


def test_what_a_source_says_stays_as_it_was_escaped() -> None:
    page = finished(f"<h2>&lt;table&gt; &amp;lt; <b>x</b></h2>{TABLE.replace('Cox', '&lt;/td&gt;&quot;')}", EN)
    assert captions(page) == ["&lt;table&gt; &amp;lt; x"]
    assert '<th scope="row">&lt;/td&gt;&quot;</th>' in page


def test_a_picture_scrolls_under_its_title() -> None:
    page = finished('<figure><svg role="img"><title>a &lt; "b"</title></svg></figure>', EN)
    assert 'role="group" tabindex="0" aria-label="a &lt; &quot;b&quot;"><svg' in page


def test_a_policy_names_an_empty_script_by_the_digest_of_nothing() -> None:
    """The SHA-256 of no bytes, e3b0c442..., in base 64."""
    assert policy_hash("") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"


def test_intervals_are_told_row_by_row_and_what_is_hidden_is_not() -> None:
    frame = pd.DataFrame({"rate": [0.5, None], "conf_low": [0.4, None], "conf_high": [0.61, None]})
    assert told_intervals(EN, ["Early", "Late"], frame, EN.share, "rate") == "Early: 50.0% (40.0% to 61.0%); Late: ·"


@pytest.mark.parametrize("n_times", [1, 2, 5, 400])
def test_a_curve_is_told_at_its_last_place_whatever_its_length(n_times: int) -> None:
    frame = pd.DataFrame(
        {"group": "web", "time": range(n_times), "estimate": [1 - 0.002 * time for time in range(n_times)]}
    )
    told = told_curves(EN, frame, "group", EN.number)
    assert told.startswith("web: ")
    assert told.endswith(f"{EN.number(1 - 0.002 * (n_times - 1))} at {n_times - 1}")
    assert told.count(" at ") <= 4


def test_of_many_lines_the_rest_is_counted() -> None:
    told = told_lines(EN, [(f"c{number}", "1") for number in range(65)])
    assert told.endswith("c59: 1; 5 more")
