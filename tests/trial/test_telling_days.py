"""The days of a look are those on which a query that knows too much would show it, however rarely it does."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from small_source import write_small_source

from analysis.errors import ModelError
from analysis.trial.look_back import Look
from analysis.trial.telling_days import MOST, telling_days
from analysis.trial.trials import Trials
from analysis.workbench import Workbench, open_study

MONTHS = [dt.date(2021 + month // 12, month % 12 + 1, 1) for month in range(36)]
ESCALATED, UNKNOWN = dt.date(2022, 4, 20), (pd.Timestamp(2022, 4, 1), "b2")
"""One ticket of all is escalated; b2's first of April is the only date on which it is open, and that not known."""
ESCALATIONS = """
select dates.account_id, dates.risk_date as date, count(ticket.escalated_on) as risen
from risk_windows as dates
inner join tickets as ticket
    on
        dates.account_id = ticket.account_id
        and ticket.opened_on >= dates.risk_date - 56
        and ticket.opened_on < dates.risk_date
        {known}
group by all
"""
ATTRIBUTE = """
select dates.account_id, dates.risk_date as date, count(accounts.{attribute}) as attributes
from risk_windows as dates
inner join accounts on dates.account_id = accounts.account_id
group by all
"""


@pytest.fixture(scope="module")
def tenure(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """Three years of three accounts, of which one writes on the first of every month but near the escalation."""
    folder = tmp_path_factory.mktemp("rare")
    quiet = [dt.date(2022, 3, 1), dt.date(2022, 4, 1), dt.date(2022, 5, 1)]
    tickets = [f"t{number},b1,{day}," for number, day in enumerate(MONTHS) if day not in quiet]
    study = write_small_source(
        folder,
        accounts="account_id,segment,region\nb1,web,emea\nb2,web,apac\nb3,shop,emea\n",
        subscriptions="subscription_id,account_id,started_on,ended_on\n"
        "s1,b1,2021-01-01,\ns2,b2,2021-01-01,\ns3,b3,2021-01-01,2023-10-01\n",
        usage_daily=None,
        tickets="\n".join(["ticket_id,account_id,opened_on,escalated_on", *tickets, f"r,b2,2022-03-20,{ESCALATED}"]),
    )
    text = study.read_text(encoding="utf-8").replace("2023-01-01", "2021-01-01").replace("2023-07-01", "2024-01-01")
    study.write_text(text.replace('"data"', '"data"\nconstant_attributes = ["region"]'), encoding="utf-8")
    return open_study(study, out=folder / "out", progress=lambda line: None)


def tried(tenure: Workbench, sql: str, name: str):
    return Trials(tenure).try_covariate(sql, name=name, family="relationship", null_means="zero", window="56 days")


def test_a_peek_in_one_row_of_a_hundred_is_seen(tenure: Workbench) -> None:
    peek = tried(tenure, ESCALATIONS.format(known=""), "risen")
    assert peek.looked.verdict is Look.AHEAD
    cells = peek.look_ahead().frame()
    assert set(zip(cells["risk_date"], cells["account_id"], strict=True)) == {UNKNOWN}
    assert set(cells["from_all_data"]) == {"1"}
    assert set(cells["from_known"]) == {"0"}
    assert len(telling_days(peek._cohort)) <= MOST


def test_the_same_without_the_peek_is_clean(tenure: Workbench) -> None:
    known = "and coalesce(ticket.escalated_on, date '9999-12-31') < dates.risk_date"
    assert tried(tenure, ESCALATIONS.format(known=known), "risen").looked.verdict is Look.CLEAN


def test_what_accounts_are_called_today_knows_the_future(tenure: Workbench, tmp_path: Path) -> None:
    """They are moved to another segment because of how they do (rule 3 of `queries/rules_of_time.md`).

    A constant region is that of then.
    """
    segment = tried(tenure, ATTRIBUTE.format(attribute="segment"), "attributes")
    assert segment.looked.verdict is Look.AHEAD
    assert segment.looked.differing == segment.looked.counts["compared"].sum()
    with pytest.raises(ModelError, match="no attribute of accounts as it is today"):
        segment.keep(tmp_path)
    assert tried(tenure, ATTRIBUTE.format(attribute="region"), "attributes").looked.verdict is Look.CLEAN
