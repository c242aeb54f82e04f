"""``tenure queries``: the texts that make a cohort, all of them or those that were named."""

import pytest

from analysis.cohort.build import FOLDERS
from analysis.cohort.queries import MONEY, queries_of
from analysis.engine.query import read_query
from reports.cli.commands import main


def test_all_are_printed_in_the_order_in_which_they_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queries"]) == 0
    printed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("-- queries/")]
    assert printed == [f"-- queries/{query.path}" for query in queries_of((*FOLDERS, MONEY))]


def test_one_is_printed_as_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queries", "settled"]) == 0
    text = read_query("2_lifetimes/settled").sql.rstrip()
    assert capsys.readouterr().out == f"-- queries/2_lifetimes/settled.sql\n{text};\n\n"


def test_a_name_that_there_is_not_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queries", "usage_peple"]) == 1
    assert (
        capsys.readouterr().err
        == "tenure: There is no query 'usage_peple'. The nearest: usage_people, usage_features, usage.\n"
    )
