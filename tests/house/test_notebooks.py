"""What an analyst sees: the notebooks run as they stand, and a result shows what is worth showing."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from samples import SAMPLE

from analysis.figures.display import Display

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))


@pytest.fixture(scope="module")
def house(tmp_path_factory, sample_report) -> Path:
    """A folder like the checkout, with notebooks and sample, its cohort and audits; no output lands in the checkout."""
    folder = tmp_path_factory.mktemp("house")
    sample = Path("tests", "data", "crm5_sample")
    shutil.copytree(ROOT / sample, folder / sample, ignore=shutil.ignore_patterns("out"))
    shutil.copy(SAMPLE, folder / sample / "study.toml")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    shutil.copytree(sample_report.out, folder / "out" / sample_report.out.name)
    return folder


@pytest.mark.parametrize("script", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_without_error_and_every_question_has_its_answer(house, script):
    executed = house / "notebooks" / f"{script.stem}.ipynb"
    command = [sys.executable, "-m", "jupytext", "--quiet", "--to", "ipynb", "--execute", f"notebooks/{script.name}"]
    done = subprocess.run(command, cwd=house, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    cells = [cell for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert [output for output in outputs if output["output_type"] in ("error", "stream")] == []
    asked = [cell for cell in cells if not "".join(cell["source"]).startswith(("import ", "tenure = "))]
    assert len(asked) > 5
    assert [cell["source"] for cell in asked if "text/html" not in cell["outputs"][0]["data"]] == []


class TestDisplay:
    def test_numbers_have_three_significant_digits_and_whole_ones_none(self):
        table = pd.DataFrame({"share": [0.12345, -12.0], "at_start": [1234.0, float("nan")], "label": ["a", None]})
        lines = repr(Display("Some numbers", table)).splitlines()
        assert [line.split() for line in lines] == [
            ["Some", "numbers"],
            ["share", "at_start", "label"],
            ["0.123", "1234", "a"],
            ["-12.0", "–", "–"],
        ]

    def test_a_value_that_every_row_shares_is_said_once(self):
        shown = repr(Display("Scores", pd.DataFrame({"model": ["cox", "forest"], "n_rows": [540, 540]})))
        assert shown.splitlines()[-1] == "In every row: n_rows 540."
        assert shown.count("540") == 1

    def test_a_long_table_is_cut_and_says_so(self):
        display = Display("Accounts", pd.DataFrame({"account": range(1234)}))
        assert display._repr_html_().count("<tr>") == 1 + 10
        assert "The first 10 of 1,234 rows; .frame() returns all." in display._repr_html_()
        assert len(display.frame()) == 1234

    def test_a_wide_table_is_cut_in_the_middle_and_names_what_is_missing(self):
        table = pd.DataFrame([[row + 10 * column for column in range(18)] for row in range(2)]).add_prefix("x")
        shown = repr(Display("Rows", table))
        assert shown.splitlines()[1].split() == ["x0", "x1", "x2", "x3", "x4", "x13", "x14", "x15", "x16", "x17"]
        assert "Not shown: x5, x6, x7, x8, x9, x10, x11, x12; .frame() returns all." in shown

    @pytest.mark.parametrize("rows", [0, 1])
    def test_a_table_of_one_row_or_none_is_shown_as_it_is(self, rows):
        display = Display("Little", pd.DataFrame({"family": ["usage"], "p_value": [0.5]}).head(rows))
        assert "family" in repr(display)
        assert "In every row" not in repr(display)
        assert display._repr_html_().count("<td ") == 2 * rows

    def test_names_from_data_are_no_markup(self):
        table = pd.DataFrame({"<i>name</i>": ["<script>", "a & b"]})
        shown = Display("<b>title</b>", table)._repr_html_()
        assert not any(markup in shown for markup in ("<script>", "<i>", "<b>"))
        assert "&lt;script&gt;" in shown
        assert "a &amp; b" in shown

    def test_a_result_without_a_picture_says_where_its_numbers_are(self):
        with pytest.raises(ValueError, match=r"no picture of 'Scores'; see .frame\(\)"):
            Display("Scores", pd.DataFrame()).plot()
