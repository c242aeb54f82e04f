"""Delays and match rates of a source of a few rows, counted by hand."""

import dataclasses

import pytest
from matplotlib.figure import Figure
from small_source import write_small_source

from analysis.audits.coverage import coverage, match_rates, reporting_delays
from analysis.audits.gaps import gaps
from analysis.declared.study import read_study
from analysis.figures.audits import draw_coverage
from analysis.workbench import Workbench, open_workbench

TICKETS = """ticket_id,account_id,opened_on,category,known_on
t1,a1,2022-03-01,bug,
t2,a1,2022-03-02,bug,2022-03-04
t3,a1,2022-03-03,bug,2022-03-07
t4,a1,2022-03-04,bug,2022-03-14
t5,a2,2023-02-01,bug,2023-02-01
t6,a2,2023-05-01,bug,2023-05-01
""" + "".join(f"k{day},a2,2023-03-0{day},bug,\n" for day in range(1, 6))
"""Of the last five, which are too new to tell how late facts are learned, no day is said."""
CONTACTS = """contact_id,account_id,role,started_on,ended_on
c1,a2,champion,2022-12-01,2023-03-01
c2,a2,champion,2022-12-01,2023-01-10
c3,a2,champion,2023-04-10,
c4,a3,champion,2023-04-10,
"""
ATTRIBUTES = """account_id,attribute,value,valid_from
a1,segment,web,2022-01-01
a2,segment,web,2023-04-10
"""


@pytest.fixture(scope="module")
def tenure(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    folder = tmp_path_factory.mktemp("coverage")
    study = write_small_source(folder, tickets=TICKETS, contacts=CONTACTS, account_attributes=ATTRIBUTES)
    return open_workbench(read_study(study), folder / "out", progress=lambda message: None)


def test_delays_are_of_facts_older_than_a_year_and_say_how_much_of_the_last_quarter_is_known(tenure: Workbench):
    (line,) = reporting_delays(tenure).itertuples(index=False)
    assert (line.table, line.fact, line.rows, line.median_days, line.p90_days) == ("tickets", "opened_on", 4, 2, 10)
    known = 2 * 0.25 + 2 * 0.5 + 6 * 0.75 + 81 * 1
    assert line.newest_quarter_known == pytest.approx(known / 91)


def test_an_event_meets_a_lifetime_on_its_day_and_what_lasts_meets_one_that_it_overlaps(tenure: Workbench):
    shares = match_rates(tenure).set_index("table")["in_a_lifetime"]
    assert shares["tickets"] == 6 / 11
    assert shares["contacts"] == 2 / 4
    assert shares["account_attributes"] == 1 / 2


def test_a_quarter_of_few_accounts_shows_no_share(tenure: Workbench):
    assert coverage(tenure)[["rows", "share"]].isna().all(axis=None)  # three accounts, and the smallest cell is 5
    study = dataclasses.replace(tenure.study, report=dataclasses.replace(tenure.study.report, min_cell=2))
    shown = coverage(open_workbench(study, tenure.cohort_file.parents[1], progress=lambda message: None))
    assert shown["share"].between(0, 1).all()
    drawn = gaps(coverage(tenure)).lines.assign(label="x", family="usage")
    draw_coverage(Figure().add_subplot(), drawn, {"usage": "red"}, {"usage": "Use"}, ["2023"] * 2)
