"""The examples in docstrings run, and give what they say."""

import ast
import doctest
import importlib
import shutil
from pathlib import Path

import pytest
from samples import SAMPLE

ROOT = Path(__file__).parents[2]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for folder in ("analysis", "reports")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
}
SHOWN = {
    "analysis.cox.concordance": ["concordance"],
    "analysis.cox.estimator": ["CoxPH"],
    "analysis.cox.fit": ["fit_cox"],
    "analysis.curves.incidence": ["aalen_johansen"],
    "analysis.curves.nonparametric": ["kaplan_meier", "nelson_aalen"],
    "analysis.curves.rates": ["rates"],
    "analysis.curves.recurrent": ["mean_cumulative_number"],
    "analysis.evaluation.calibration.groups": ["calibration_table"],
    "analysis.evaluation.rolling_origin": ["rolling_origin"],
    "analysis.inference.multiplicity": ["holm"],
    "analysis.lifetimes.parametric": ["fit_parametric_survival"],
    "analysis.workbench.opening": ["open_study"],
}
"""What a stranger tries first."""


@pytest.fixture
def house(built_sample, tmp_path, monkeypatch) -> Path:
    """A folder like the checkout with the sample in it, its cohort built already; examples write here."""
    sample = SAMPLE.parent.relative_to(ROOT)
    shutil.copytree(SAMPLE.parent, tmp_path / sample, ignore=shutil.ignore_patterns("out"))
    shutil.copytree(built_sample, tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name, request):
    if "open_study(" in MODULES[name].read_text(encoding="utf-8"):
        request.getfixturevalue("house")
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for example in doctest.DocTestFinder().find(importlib.import_module(name)):
        runner.run(example, out=said.append)
    assert runner.summarize(verbose=False).attempted > 0
    assert not said, "".join(said)


def test_no_example_is_skipped():
    assert [name for name, path in MODULES.items() if "doctest: +SKIP" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize(("module", "name"), [(module, name) for module, names in SHOWN.items() for name in names])
def test_what_a_stranger_tries_first_has_an_example(module, name):
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    (node,) = (n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == name)
    assert ">>> " in ast.get_docstring(node)
