"""What an analyst sees: the notebooks run as they stand, and a result shows what is worth showing."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter
from IPython.core.inputtransformer2 import TransformerManager
from notebook_house import ROOT, write_bare_house, write_house
from shared import once

import analysis
from analysis.figures.display import Display
from analysis.progress import quiet
from analysis.workbench import open_study

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
SPOKEN = {"text/html", "image/png"}
"""One of them is what a notebook shows of an answer."""
QUICK = {ROOT / "notebooks" / "your_data.py"}
"""What needs no simulated company, and is run by make test; make proofs runs all."""
LOGIC = ast.FunctionDef | ast.ClassDef | ast.If | ast.For | ast.comprehension


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("notebooks") / "house"
    return shutil.copytree(once(tmp_path_factory, "house", write_house), folder, symlinks=True)


@pytest.fixture(scope="module")
def bare_house(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("notebooks") / "bare"
    write_bare_house(folder)
    return folder


@pytest.fixture(scope="module")
def opened() -> dict[str, Any]:
    """Studies by path, each opened once for all notebooks, with whatever was computed of it."""
    return {}


def cells_of(script: Path) -> list[Any]:
    import jupytext  # what it imports takes seconds, and every worker imports all files of tests

    return jupytext.read(script).cells


def answers_of(script: Path, names: dict[str, Any]) -> list[tuple[str, Any]]:
    """Run the cells of a notebook in one namespace; return those that end with a question, and their answers."""
    found = []
    cells = [cell.source for cell in cells_of(script) if cell.cell_type == "code"]
    for number, source in enumerate(cells):
        code = ast.parse(TransformerManager().transform_cell(source), f"{script.name}, cell {number + 1}")
        last = code.body.pop() if isinstance(code.body[-1], ast.Expr) else None
        exec(compile(code, f"{script.name}, cell {number + 1}", "exec"), names)
        if last:
            value = eval(compile(ast.Expression(last.value), script.name, "eval"), names)
            found.append((source, value))
    return found


def run_command(command: str) -> None:
    """Run a line that begins with an exclamation mark: it must succeed, say something, and complain of nothing."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, shell=True, capture_output=True, text=True, check=False, env=os.environ | {"PATH": path}
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout
    assert done.stderr == ""


def is_seen(answer: Any) -> bool:
    """Whether a notebook shows a table or picture of an answer, or it is a file that was saved."""
    if isinstance(answer, Path):
        return answer.is_file()
    return bool(SPOKEN & set(DisplayFormatter().format(answer)[0]))


@pytest.mark.parametrize(
    "script", [pytest.param(path, marks=() if path in QUICK else pytest.mark.slow, id=path.stem) for path in NOTEBOOKS]
)
def test_notebook_runs_without_error_and_every_question_has_its_answer(opened, script, monkeypatch, capsys, request):
    house = request.getfixturevalue("bare_house" if script in QUICK else "house")

    def open_once(path: str, **options: Any) -> Any:
        if path not in opened:
            opened[path] = open_study(path, **options, progress=quiet)
        return opened[path]

    monkeypatch.setattr(analysis, "open_study", open_once, raising=False)
    monkeypatch.chdir(house / "notebooks")
    names: dict[str, Any] = {}
    shell = SimpleNamespace(system=lambda command: run_command(command.format(**names)))
    names["get_ipython"] = lambda: shell
    answers = [(source, value) for source, value in answers_of(script, names) if not source.startswith("!")]
    assert len(answers) > 2
    unseen = [source for source, value in answers if not is_seen(value)]
    assert unseen == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("script", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_under_each_question_what_not_to_conclude_and_holds_no_logic(script):
    cells = cells_of(script)
    words = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert words.count("**Don't conclude**") >= 2
    for cell in (cell for cell in cells if cell.cell_type == "code"):
        code = ast.parse(TransformerManager().transform_cell(cell.source))
        assert not any(isinstance(node, LOGIC) for node in ast.walk(code)), cell.source


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

    def test_whether_something_is_so_is_said_in_words(self):
        shown = Display("Rows", pd.DataFrame({"row": [1, 2], "settled": [True, False]}))
        assert [line.split()[1] for line in repr(shown).splitlines()[2:]] == ["yes", "no"]
        assert shown._repr_html_().count("text-align: right") == 3, "one column of numbers, and its name"

    def test_no_number_ends_in_a_point(self):
        assert repr(Display("Days", pd.DataFrame({"days": [812.4, 0.5]}))).split() == ["Days", "days", "812", "0.500"]

    def test_of_a_table_that_names_its_columns_the_others_are_not_shown(self):
        table = pd.DataFrame({"term": ["a", "b"], "label": ["A", "B"], "ratio": [1.5, 2.5]})
        shown = Display("Ratios", table, columns=("label", "ratio", "read_with"))
        assert repr(shown).splitlines()[1].split() == ["label", "ratio"]
        assert "Not shown: term; .frame() returns all." in shown._repr_html_()
        assert list(shown.frame()) == ["term", "label", "ratio"]

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
