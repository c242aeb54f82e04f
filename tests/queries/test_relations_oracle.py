"""Covariates of relationships, champions and attributes against an oracle that walks plain rows.

On every risk date of a random source; with logs that reach back for ever, with some that begin late, and with some that break off.
"""

import datetime as dt
from pathlib import Path

import pytest
from covariate_oracle import (
    champion,
    champion_engagement,
    contract_attributes,
    relationship,
    relationship_goals,
    relationship_tickets,
    relationship_touches,
)
from covariate_oracle.morning import mornings
from drawn import with_breaks
from look_ahead import LoadedSource
from random_source import BEGINS, ENDS, write_random_source

from analysis.declared.factors import read_covariates
from analysis.declared.parameters import given_parameters, log_parameters
from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Time

TOPICS = [
    relationship,
    relationship_touches,
    relationship_tickets,
    relationship_goals,
    champion,
    champion_engagement,
    contract_attributes,
]
RARE = {"vacancy_days"}  # only where there is no champion
LATE = {  # some of them on the very day on which the window of a month start begins
    "touchpoints": dt.date(2023, 1, 30),
    "tickets": dt.date(2023, 3, 2),
    "surveys": dt.date(2023, 2, 20),
    "goals": dt.date(2023, 1, 20),
    "contacts": dt.date(2023, 5, 1),
    "account_attributes": dt.date(2023, 5, 1),
    "usage_daily": dt.date(2023, 4, 1),
}


BROKEN = {  # a hole, or an end, where a day of the next century stands
    "touchpoints": (dt.date(2023, 9, 10), dt.date(2023, 11, 1)),
    "tickets": (dt.date(2023, 10, 1), dt.date(2023, 11, 15)),
    "surveys": (dt.date(2024, 2, 1), dt.date(2100, 1, 1)),
    "goals": (dt.date(2024, 3, 1), dt.date(2100, 1, 1)),
    "contacts": (dt.date(2024, 3, 1), dt.date(2100, 1, 1)),
    "account_attributes": (dt.date(2024, 3, 1), dt.date(2100, 1, 1)),
    "usage_daily": (dt.date(2023, 12, 20), dt.date(2024, 1, 5)),
}
LOGS = [
    pytest.param(({}, {}), id="logs without beginning", marks=pytest.mark.slow),
    pytest.param((LATE, {}), id="logs that begin late"),
    pytest.param(({}, BROKEN), id="logs with breaks"),
]


@pytest.fixture(scope="module", params=LOGS)
def book_and_logs(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("random") / "source.duckdb"
    write_random_source(path, seed=12)
    study = Study("random", Source("contract", Path()), Time(observation_start=BEGINS, snapshot=ENDS))
    logged_from, breaks = request.param
    logs = log_parameters(logged_from) | with_breaks(breaks) | given_parameters({"touchpoints.response_hours"})
    return LoadedSource(path, study.query_parameters() | logs).as_known(ENDS), request.param


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.__name__.split(".")[-1])
def test_the_queries_find_what_plain_reading_finds(book_and_logs, topic):
    book, logs = book_and_logs
    table = topic.__name__.split(".")[-1]
    names = [covariate.name for covariate in read_covariates() if covariate.table == table]
    rows = book.con.execute(
        f"select account_id, risk_date, {', '.join(names)} "
        f"from {table} inner join risk_dates using (lifetime_id, risk_date)"
    ).fetchall()
    found = {(account, day): dict(zip(names, values, strict=True)) for account, day, *values in rows}
    wanted = {key: topic.expected(morning) for key, morning in mornings(book, *logs)}
    assert found.keys() == wanted.keys()
    for key, covariates in wanted.items():
        without_oracle, undeclared = set(names) - covariates.keys(), covariates.keys() - set(names)
        assert not without_oracle, f"{topic.__file__} says nothing of {sorted(without_oracle)} on {key}"
        assert not undeclared, f"{topic.__file__} has {sorted(undeclared)}, which {table}.toml does not declare"
        assert found[key] == pytest.approx(covariates, abs=1e-12), key
    valued_at_least = 50 if any(logs) else 200
    for name in names:
        values = [covariates[name] for covariates in wanted.values()]
        assert len(values) - values.count(None) >= (valued_at_least / 4 if name in RARE else valued_at_least), name
        assert None in values, name
        assert len({*values, None}) > 2, name
