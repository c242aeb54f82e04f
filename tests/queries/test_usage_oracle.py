"""Covariates of use against an oracle that walks plain rows.

On every risk date of a random source; with logs that reach back for ever, with some that begin late, and with some that break off.
"""

import datetime as dt
from pathlib import Path

import pytest
from covariate_oracle import usage, usage_features, usage_people
from covariate_oracle.use_log import mornings, use_log
from drawn import with_breaks
from look_ahead import LoadedSource
from random_source import BEGINS, ENDS, write_random_source

from analysis.declared.factors import read_covariates
from analysis.declared.parameters import given_parameters, log_parameters
from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Time

LATE = {"usage_daily": dt.date(2023, 4, 10), "features": dt.date(2023, 7, 1), "users": dt.date(2023, 3, 1)}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("random") / "source.duckdb"
    write_random_source(path, seed=11)
    return path


BROKEN = {  # a hole, or an end, where a day of the next century stands
    "usage_daily": (dt.date(2023, 9, 10), dt.date(2023, 10, 20)),
    "features": (dt.date(2024, 3, 1), dt.date(2100, 1, 1)),
    "users": (dt.date(2024, 3, 1), dt.date(2100, 1, 1)),
}
LOGS = [
    pytest.param(({}, {}), id="logs without beginning", marks=pytest.mark.slow),
    pytest.param((LATE, {}), id="logs that begin late", marks=pytest.mark.slow),
    pytest.param(({}, BROKEN), id="logs with breaks"),
]


@pytest.fixture(scope="module", params=LOGS)
def book_and_log(request, path):
    logged_from, breaks = request.param
    source = Source("contract", Path(), constant_attributes=() if breaks else ("region",))
    study = Study("random", source, Time(observation_start=BEGINS, snapshot=ENDS))
    logs = log_parameters(logged_from) | with_breaks(breaks) | given_parameters({"touchpoints.response_hours"})
    book = LoadedSource(path, study.query_parameters() | logs).as_known(ENDS)
    return book, use_log(book, *request.param)


@pytest.mark.parametrize("topic", [usage, usage_features, usage_people], ids=lambda topic: topic.__name__)
def test_the_queries_find_what_plain_reading_finds(book_and_log, topic):
    book, log = book_and_log
    table = topic.__name__.split(".")[-1]
    names = [covariate.name for covariate in read_covariates() if covariate.table == table]
    rows = book.con.execute(
        f"select account_id, risk_date, {', '.join(names)} "
        f"from {table} inner join risk_dates using (lifetime_id, risk_date)"
    ).fetchall()
    found = {(account, day): dict(zip(names, values, strict=True)) for account, day, *values in rows}
    wanted = {key: topic.expected(morning) for key, morning in mornings(book, log)}
    assert found.keys() == wanted.keys()
    for key, covariates in wanted.items():
        without_oracle, undeclared = set(names) - covariates.keys(), covariates.keys() - set(names)
        assert not without_oracle, f"{topic.__file__} says nothing of {sorted(without_oracle)} on {key}"
        assert not undeclared, f"{topic.__file__} has {sorted(undeclared)}, which {table}.toml does not declare"
        assert found[key] == pytest.approx(covariates, abs=1e-12), key
    never_missing = (
        {"days_since_release"} if not log.logged_from and not log.breaks else set()
    )  # a feature was released before them all
    for name in names:
        values = [covariates[name] for covariates in wanted.values()]
        assert len(values) - values.count(None) >= 200, name
        assert None in values or name in never_missing, name
        assert len(set(values)) > 2, name
