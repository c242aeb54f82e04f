"""Covariates of the contract against an oracle that walks subscriptions day by day, as known on each morning."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest
from covariate_oracle.contract import expected
from covariate_oracle.terms import mornings
from look_ahead import LoadedSource
from random_source import BEGINS, ENDS, write_random_source

from analysis.declared.factors import read_covariates
from analysis.declared.parameters import given_parameters, log_parameters
from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Time, Windows

TIMES = {
    "by notice, every month": {},
    "by end, every quarter": {
        "event_date": "end",
        "landmark_every_months": 3,
        "fiscal_year_start_month": 2,
        "horizon_months": 1,
        "allowed_gap_days": 60,
        "adoption_from_day": 40,
        "mature_from_day": 200,
    },
}
# What a version says beside its days; the random source leaves it open or says the same of all.
CHOICES = {
    "term_months": [None, 1, 2, 3, 6, 12, 24],
    "kind": ["paid", "paid", "paid", None, None, "trial"],
    "notice_period_days": [None, 0, 30, 60],
    "seats": [10, 10, 10, 8, 7, 12, 0, None],
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A random source whose subscriptions are of many kinds; some accounts complete their onboarding on their first day."""
    path = tmp_path_factory.mktemp("random") / "source.duckdb"
    write_random_source(path, seed=11)
    rng = np.random.default_rng(11)
    with duckdb.connect(path) as con:
        rows = con.execute(
            "select rowid, started_on, notice_on from subscriptions order by subscription_id, started_on"
        ).fetchall()
        names = [*CHOICES, "term_ends_on", "notice_withdrawn_on"]
        con.executemany(
            f"update subscriptions set {', '.join(f'{name} = ?' for name in names)} where rowid = ?",
            [[*varied(rng, started_on, notice_on), row] for row, started_on, notice_on in rows],
        )
        con.execute("""
            update accounts set onboarding_completed_on = first_day
            from (select account_id as id, min(started_on) as first_day from subscriptions group by account_id)
            where account_id = id and account_id like '%3'
        """)
    return path


def varied(rng: np.random.Generator, started_on: dt.date, notice_on: dt.date | None) -> list:
    """Return a version's cells of CHOICES, the end of its term, often a month start, and when its notice is withdrawn."""
    term_ends_on = started_on + dt.timedelta(int(rng.integers(31, 500)))
    withdrawn_on = notice_on + dt.timedelta(int(rng.integers(1, 60))) if notice_on else None
    return [
        *(values[rng.integers(len(values))] for values in CHOICES.values()),
        [None, term_ends_on, term_ends_on.replace(day=1)][rng.integers(3)],
        withdrawn_on if rng.random() < 0.3 else None,
    ]


@pytest.fixture(
    scope="module",
    params=[pytest.param(time, id=name, marks=() if time else pytest.mark.slow) for name, time in TIMES.items()],
)
def book_and_study(request, path) -> Iterator:
    time = Time(observation_start=BEGINS, snapshot=ENDS, **request.param)
    windows = Windows(baseline_days=56) if request.param else Windows()
    study = Study("random", Source("contract", Path()), time, windows=windows)
    parameters = study.query_parameters() | log_parameters({}) | given_parameters({"touchpoints.response_hours"})
    return LoadedSource(path, parameters).as_known(ENDS), study


@pytest.mark.slow
def test_the_queries_find_what_plain_reading_finds(book_and_study):
    book, study = book_and_study
    declared = [covariate for covariate in read_covariates() if covariate.table == "contract"]
    names = [covariate.name for covariate in declared]
    rows = book.con.execute(
        f"select account_id, risk_date, {', '.join(names)} "
        "from contract inner join risk_dates using (lifetime_id, risk_date)"
    ).fetchall()
    found = {(account, day): dict(zip(names, values, strict=True)) for account, day, *values in rows}
    wanted = {key: expected(morning) for key, morning in mornings(book, study)}
    assert found.keys() == wanted.keys()
    for key, covariates in wanted.items():
        without_oracle, undeclared = set(names) - covariates.keys(), covariates.keys() - set(names)
        assert not without_oracle, f"covariate_oracle/contract.py says nothing of {sorted(without_oracle)} on {key}"
        assert not undeclared, f"covariate_oracle/contract.py has {sorted(undeclared)}, not declared in contract.toml"
        assert found[key] == pytest.approx(covariates, abs=1e-12), key
    for covariate in declared:
        values = [covariates[covariate.name] for covariates in wanted.values()]
        assert len(values) - values.count(None) >= 40, covariate.name
        assert (None in values) == (covariate.null_means != "never missing"), covariate.name
        said = set(values) - {None}
        assert len(said) > 2 or said == {0, 1}, covariate.name
