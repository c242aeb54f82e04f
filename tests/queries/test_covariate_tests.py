"""Each declared covariate has its three tests: a mutant that looks ahead, a drawn table, and a plain-Python oracle.

Whoever adds one is told here which is lacking, and in which file it belongs.
"""

import ast
import itertools
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from look_ahead import Mutant

from analysis.declared.contract import read_contract
from analysis.declared.factors import read_covariates

TESTS = Path(__file__).parents[1]
DRAWN = sorted((TESTS / "queries").glob("test_*.py"))
COVARIATES = read_covariates()
CONTRACT = read_contract().values()


@cache
def syntax_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def texts_of(path: Path) -> Iterator[str]:
    """Yield the strings of a module; what is put into one when it runs becomes a brace."""
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{" for part in node.values)


def headers_in(text: str) -> Iterator[list[str]]:
    """Yield the cells of the first line of each drawn table in a text; all values drawn are of accounts."""
    lines = ["", *(line.strip() for line in text.splitlines())]
    for above, line in itertools.pairwise(lines):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and not above.startswith("|") and "account_id" in cells:
            yield cells


def is_source_table(header: list[str]) -> bool:
    """Tell whether columns could be those of a table of the contract: rows that go in, not values that come out."""
    return any(
        {column.name for column in table.columns if column.required} <= set(header) <= set(table.column_names)
        for table in CONTRACT
    )


@cache
def drawn_columns() -> frozenset[str]:
    """Return the columns of all drawn tables of values."""
    headers = [header for path in DRAWN for text in texts_of(path) for header in headers_in(text)]
    return frozenset(name for header in headers if not is_source_table(header) for name in header)


@cache
def mutants() -> tuple[Mutant, ...]:
    """Return the registered mutants."""
    files = sorted((TESTS / "audits").glob("test_look_ahead*.py"))
    return tuple(mutant for path in files for mutant in import_module(f"tests.audits.{path.stem}").MUTANTS)


def seen_by_mutants() -> frozenset[str]:
    """Return what they are said to be seen in; that they are is tested where they are registered."""
    return frozenset(name for mutant in mutants() for name in mutant.seen_in)


def test_every_mutant_keeps_step_with_its_query() -> None:
    """Those that take long are run by make proofs alone, and would break unseen."""
    assert len(mutants()) > 50
    for mutant in mutants():
        assert any(query.name == mutant.query for query in mutant.queries())


def is_said(name: str, path: Path) -> bool:
    """Tell whether a name stands in a module as a string, or could be one that it puts together."""
    return any(re.fullmatch(re.escape(text).replace(r"\{", r"\w+"), name) for text in texts_of(path))


class TestTheReaderOfDrawings:
    """The check of drawn tables stands on it."""

    def test_a_header_has_no_row_above(self):
        text = (
            "Of seats.\n | account_id | seats |\n | a | 4 |\n | account_id | x |\n\n | tenure_days |\n account_id | y |"
        )
        assert list(headers_in(text)) == [["account_id", "seats"]]

    def test_a_table_of_the_contract_is_no_table_of_values(self):
        assert is_source_table(["subscription_id", "account_id", "started_on", "seats"])
        assert not is_source_table(["account_id", "seats"])
        assert not is_source_table(["account_id", "risk_date", "days_to_renewal"])


class TestNames:
    def test_a_name_that_a_module_puts_together_is_said(self, tmp_path):
        path = tmp_path / "oracle.py"
        path.write_text('{f"{name}_in_force": 1, "seats": 2}', encoding="utf-8")
        assert [name for name in ("segment_in_force", "seats", "segment", "in_force") if is_said(name, path)] == [
            "segment_in_force",
            "seats",
        ]


@pytest.mark.parametrize("covariate", COVARIATES, ids=lambda covariate: covariate.name)
class TestOfEachCovariate:
    def test_a_mutant_that_looks_ahead_is_seen_in_it(self, covariate):
        is_seen = covariate.name in seen_by_mutants()
        assert is_seen, (
            f"No mutant is seen in {covariate.name}: add one of {covariate.table}.sql, or of a table that it reads, to "
            f"MUTANTS in tests/audits/test_look_ahead_relations.py (every table is filled) or tests/audits/test_look_ahead.py, and "
            f"name {covariate.name} in its seen_in."
        )

    def test_it_heads_a_column_of_a_drawn_table(self, covariate):
        shown = re.compile(rf'shows[,(]\s*"{covariate.table}"')
        files = [path.name for path in DRAWN if shown.search(path.read_text(encoding="utf-8"))]
        is_drawn = covariate.name in drawn_columns()
        assert is_drawn, (
            f"No drawn table shows {covariate.name}: draw rows of the source, and beside them the values of a column "
            f"headed {covariate.name}, in tests/queries/ ({', '.join(files) or f'test_{covariate.table}.py'})."
        )

    def test_its_table_has_an_oracle_that_returns_it(self, covariate):
        path = TESTS / "kit" / "covariate_oracle" / f"{covariate.table}.py"
        name = f"tests/kit/covariate_oracle/{path.name}"
        is_there = path.exists()
        assert is_there, (
            f"{covariate.name} has no oracle: write {name}, whose expected(morning) returns the covariates of "
            f"{covariate.table} in plain Python, and compare it with the query as tests/queries/test_*_oracle.py do."
        )
        is_returned = is_said(covariate.name, path)
        assert is_returned, f"{name} says nothing of {covariate.name}: expected(morning) must return it."


@pytest.mark.parametrize("table", sorted({covariate.table for covariate in COVARIATES}))
def test_a_test_asks_the_oracle(table):
    imports = [
        alias.name if node.module == "covariate_oracle" else node.module.removeprefix("covariate_oracle.")
        for path in DRAWN
        for node in ast.walk(syntax_of(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("covariate_oracle")
        for alias in node.names
    ]
    is_asked = table in imports
    assert is_asked, f"No test in tests/queries/ asks tests/kit/covariate_oracle/{table}.py: import it in one."
