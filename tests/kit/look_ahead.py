"""Build a cohort from what was known on a day, compare it with the full build, and break queries so that it differs.

The tables of a source are cut to what was known on a day and built again. Up to that day nothing may differ from the
full build, to the bit (rule 2 of queries/rules_of_time.md).
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from drawn import Book, queries_of

from analysis.cohort.build import FOLDERS
from analysis.declared.contract import names_given, read_contract
from analysis.declared.declaration import read_declaration
from analysis.declared.factors import measurable_covariates, read_covariates
from analysis.declared.parameters import given_parameters, log_parameters
from analysis.declared.study import Study
from analysis.engine.opening import open_engine
from analysis.engine.query import Query
from analysis.ingest.files.opening import open_raw
from analysis.ingest.files.raw_files import locate_files
from analysis.ingest.load import not_yet_known
from analysis.ingest.tables.sources import load_tables
from analysis.progress import quiet

BUILT = FOLDERS[: FOLDERS.index("6_cohorts") + 1]
KEY = ["lifetime_id", "risk_date"]


@dataclass(frozen=True)
class LoadedSource:
    """A file that holds a source's tables, typed; the parameters of its queries; the covariates that it can measure."""

    path: Path
    parameters: Mapping[str, Any]
    measured: frozenset[str] = frozenset()

    def as_known(self, day: dt.date) -> Book:
        """Build everything from what was known on a day, in memory, beside the source tables on disk."""
        book = Book(duckdb.connect(config={"threads": 1}), self.parameters)
        book.con.execute(f"attach '{self.path}' as source (read_only)")
        book.con.execute("set search_path = 'memory.main,source.main'")
        not_yet_known(book.engine, read_contract(), day)
        book.run_folders(BUILT)
        return book


def loaded_sample(path: Path, study: Study) -> LoadedSource:
    """Load the source tables of a study into a file, as they are given."""
    declaration = read_declaration(study.source.kind)
    with open_engine(path, threads=1) as engine:
        open_raw(engine, locate_files(declaration, study.source.path, read_contract()), path.parent)
        loaded = load_tables(engine, study.source, read_contract(), quiet, queries=declaration.queries)
    given = names_given(loaded.given, declaration.stable_users)
    measured = frozenset(covariate.name for covariate in measurable_covariates(given))
    return LoadedSource(path, study.query_parameters() | log_parameters({}) | given_parameters(given), measured)


def random_days(full: Book, seed: int, first: str, last: str) -> list[dt.date]:
    """Return two landmarks and another risk date: only where covariates are asked for can looking ahead be seen."""
    rng = np.random.default_rng(seed)
    months, others = (
        full.con.execute(
            "select distinct risk_date from risk_dates "
            f"where {condition} and risk_date between $first and $last order by 1",
            {"first": first, "last": last},
        ).fetchall()
        for condition in ("day(risk_date) = 1", "day(risk_date) > 1")
    )
    chosen = [months[i] for i in rng.choice(len(months), 2, replace=False)] + [others[rng.integers(len(others))]]
    return [day for (day,) in chosen]


SEEN = {
    "landmarks": "select lifetime_id, risk_date, published_score, published_score_age from landmarks",
    "covariates": "from covariates",
}


def seen(book: Book, day: dt.date) -> dict[str, Any]:
    """Return the landmark rows with their published scores, and all covariates, on the days up to `day`."""
    return {
        name: book.con.execute(f"select * from ({sql}) where risk_date <= $day", {"day": day})
        .df()
        .set_index(KEY, verify_integrity=True)
        .sort_index()
        for name, sql in SEEN.items()
    }


def differences(full: Book, known: Book, day: dt.date) -> dict[str, int]:
    """Count what differs between two builds up to `day`: rows by table, cells by column; empty if nothing does."""
    ours, theirs = seen(full, day), seen(known, day)
    counts = {f"rows of {name}": len(ours[name].index.symmetric_difference(theirs[name].index)) for name in ours}
    for name in ours:
        shared = ours[name].index.intersection(theirs[name].index)
        left, right = ours[name].loc[shared], theirs[name].loc[shared]
        unequal = (left != right).fillna(value=True) & ~(left.isna() & right.isna())
        counts |= unequal.sum().to_dict()
    return {name: int(count) for name, count in counts.items() if count}


def never_valued(full: Book, day: dt.date) -> set[str]:
    """Return the covariates that have no value at all on the day; every declared one must be among those compared."""
    on_the_day = seen(full, day)["covariates"].xs(str(day), level="risk_date")
    assert {covariate.name for covariate in read_covariates()} == set(on_the_day.columns)
    return set(on_the_day.columns[on_the_day.isna().all()])


@dataclass(frozen=True)
class Mutant:
    """A query that looks ahead: some passages of its text replaced, so that these covariates, or rows, differ."""

    name: str
    folder: str
    query: str
    changes: tuple[tuple[str, str], ...]
    seen_in: tuple[str, ...]

    def queries(self) -> list[Query]:
        """Return the mutant in its query's place, and after it all queries that depend on it."""
        stale, queries = {self.query}, []
        for query in (query for folder in BUILT[BUILT.index(self.folder) :] for query in queries_of(folder)):
            if query.name == self.query:
                queries.append(self.mutate(query))
            elif query.reads & stale:
                stale.add(query.name)
                queries.append(query)
        return queries

    def mutate(self, query: Query) -> Query:
        """Return the query with its passages replaced, each of which must stand in it once."""
        sql = query.sql
        for old, new in self.changes:
            assert sql.count(old) == 1, f"{query.name}.sql has changed: the mutant '{self.name}' must, too ({old})"
            sql = sql.replace(old, new)
        return dataclasses.replace(query, sql=sql)


def telling(mutants: Sequence[Mutant]) -> list[Any]:
    """Return the mutants as cases of a test, by name: the first of each query, and the others where there is time."""
    first = {mutant.query: mutant for mutant in reversed(mutants)}.values()
    return [
        pytest.param(mutant, id=mutant.name, marks=() if mutant in first else pytest.mark.slow) for mutant in mutants
    ]


def on_the_day_itself(*conditions: str) -> tuple[tuple[str, str], ...]:
    """Return changes by which conditions before the day hold on the day, too."""
    return tuple((condition, condition.replace(" < ", " <= ")) for condition in conditions)


def next_week(*conditions: str) -> tuple[tuple[str, str], ...]:
    """Return changes by which conditions before the day hold for the week after it."""
    return _days_later(7, conditions)


def next_quarter(*conditions: str) -> tuple[tuple[str, str], ...]:
    """Return changes by which conditions before the day hold for the three months after it: of what happens seldom."""
    return _days_later(91, conditions)


def _days_later(days: int, conditions: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((condition, condition.replace(".risk_date", f".risk_date + {days}")) for condition in conditions)


def differences_with(mutant: Mutant, full: Book, known: Book, day: dt.date) -> dict[str, int]:
    """Count differences where both builds were made by the mutant; leave the builds as they were."""
    queries, books = mutant.queries(), (full, known)
    for book in books:
        book.con.begin()
    try:
        for book in books:
            for query in queries:
                book.run(query)
        return differences(full, known, day)
    finally:
        for book in books:
            book.con.rollback()


def not_seen_in(mutant: Mutant, full: Book, known: Mapping[dt.date, Book]) -> set[str]:
    """Return what a mutant is said to be seen in, and is not, on any of the days."""
    missed = set(mutant.seen_in)
    for day, build in known.items():
        if missed:
            missed -= differences_with(mutant, full, build, day).keys()
    return missed
