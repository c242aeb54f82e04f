"""No covariate, and no choice of rows, knows more on a day than was known on that day (rule 2 of the rules of time).

The sample's tables are cut to what was known on a day and built again. Up to that day nothing may differ from the full
build, to the bit. The check itself is tested: a query that looks ahead by a day or a week must be caught.
"""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from drawn import Book, queries_of

from analysis.build import FOLDERS, log_parameters, not_yet_known
from analysis.contract import read_contract
from analysis.factors import read_covariates
from analysis.sources import load_tables, locate_files, open_raw, read_declaration
from analysis.study import read_study
from analysis.warehouse import connect

SAMPLE = Path(__file__).parent / "data" / "crm5_sample" / "study.toml"
KEY = ["account_id", "lifetime_number", "risk_date"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A file that holds the sample's source tables, loaded once."""
    study = read_study(SAMPLE)
    path = tmp_path_factory.mktemp("sample") / "sample.duckdb"
    con = connect(path, threads=1)
    open_raw(con, locate_files(read_declaration(study.source.kind), study.source.path, read_contract()), path.parent)
    load_tables(con, study.source, read_contract(), progress=lambda line: None)
    con.close()
    return path


def build_as_known(sample, day) -> Book:
    """Build everything from what was known on a day, in memory, beside the source tables on disk."""
    logs = log_parameters({}) | {"is_user_activity_given": True}
    book = Book(connect(Path(":memory:"), threads=1), read_study(SAMPLE).query_parameters() | logs)
    book.con.execute(f"attach '{sample}' as sample (read_only)")
    book.con.execute("set search_path = 'memory.main,sample.main'")
    not_yet_known(book.con, read_contract(), day)
    book.run_folders(FOLDERS[: FOLDERS.index("6_cohorts") + 1])
    return book


@pytest.fixture(scope="module")
def full(sample):
    return build_as_known(sample, read_study(SAMPLE).time.snapshot)


@pytest.fixture(scope="module")
def random_days(full):
    """Two landmarks and a day of renewal: only where covariates are asked for can looking ahead by one day be seen."""
    rng = np.random.default_rng(20240101)
    months, others = (
        full.con.execute(
            f"select distinct risk_date from risk_dates where {condition} and risk_date between $first and $last order by 1",
            {"first": "2022-06-01", "last": "2023-11-30"},
        ).fetchall()
        for condition in ("day(risk_date) = 1", "day(risk_date) > 1")
    )
    chosen = [months[i] for i in rng.choice(len(months), 2, replace=False)] + [others[rng.integers(len(others))]]
    return [day for (day,) in chosen]


@pytest.fixture(scope="module")
def known(sample, random_days):
    """The builds as known on each of the random days."""
    return {day: build_as_known(sample, day) for day in random_days}


SEEN = {
    "landmarks": "select account_id, lifetime_number, risk_date from landmarks "
    "inner join lifetimes using (lifetime_id, account_id)",
    "covariates": "select account_id, lifetime_number, usage.* exclude (lifetime_id), "
    "contract.* exclude (lifetime_id, risk_date) from usage inner join contract using (lifetime_id, risk_date) "
    "inner join lifetimes using (lifetime_id)",
}


def seen(book, day):
    """Return the landmark rows, and all covariates, on the days up to `day`; lifetimes by account and number."""
    return {
        name: book.con.execute(f"select * from ({sql}) where risk_date <= $day", {"day": day})
        .df()
        .set_index(KEY, verify_integrity=True)
        .sort_index()
        for name, sql in SEEN.items()
    }


def differences(full, known, day):
    """Count what differs between two builds up to `day`: rows by table, cells by covariate; empty where nothing does."""
    ours, theirs = seen(full, day), seen(known, day)
    counts = {f"rows of {name}": len(ours[name].index.symmetric_difference(theirs[name].index)) for name in SEEN}
    shared = ours["covariates"].index.intersection(theirs["covariates"].index)
    left, right = ours["covariates"].loc[shared], theirs["covariates"].loc[shared]
    unequal = (left != right) & ~(left.isna() & right.isna())
    return {name: int(count) for name, count in (counts | unequal.sum().to_dict()).items() if count}


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A query that looks ahead: some passages of its text replaced."""

    name: str
    folder: str
    query: str
    changes: tuple[tuple[str, str], ...]

    def queries(self):
        """Return all queries from the mutant's folder to the cohorts, itself in its place."""
        folders = FOLDERS[FOLDERS.index(self.folder) : FOLDERS.index("6_cohorts") + 1]
        return [self.mutate(query) if query.name == self.query else query for f in folders for query in queries_of(f)]

    def mutate(self, query):
        sql = query.sql
        for old, new in self.changes:
            assert sql.count(old) == 1, f"{query.name}.sql has changed: the mutant '{self.name}' must, too ({old})"
            sql = sql.replace(old, new)
        return dataclasses.replace(query, sql=sql)


def on_the_day_itself(*conditions):
    return tuple((condition, condition.replace(" < ", " <= ")) for condition in conditions)


def next_week(*conditions):
    return tuple((condition, condition.replace(".risk_date", ".risk_date + 7")) for condition in conditions)


USED = """$baseline_days
            and used.used_on < dates.risk_date
            and used.known_on < dates.risk_date
"""
MUTANTS = [
    Mutant("use on the day itself", "5_covariates", "usage", on_the_day_itself(USED)),
    Mutant(
        "features used on the day itself",
        "5_covariates",
        "usage",
        on_the_day_itself(USED.replace("baseline", "recent")),
    ),
    Mutant(
        "users of a week that is not over",
        "5_covariates",
        "usage",
        next_week(
            "and active.period_start + active.period_days <= dates.risk_date\n",
            "and active.known_on < dates.risk_date\n",
        ),
    ),
    Mutant(
        "weeks that are not over",
        "5_covariates",
        "usage",
        next_week(
            "and log_periods.period_start + log_periods.period_days <= dates.risk_date\n",
            "and log_periods.known_on < dates.risk_date\n",
        ),
    ),
    Mutant(
        "seats of next week as those of before",
        "5_covariates",
        "contract",
        (
            (
                "and greatest(risk_dates.risk_date - $baseline_days, risk_dates.origin) >= versions.started_on\n",
                "and risk_dates.risk_date + 7 >= versions.started_on\n",
            ),
        ),
    ),
    Mutant(
        "terms that start next week",
        "4_activity",
        "terms_in_force",
        next_week("and risk_dates.risk_date >= versions.started_on\n"),
    ),
    Mutant(
        "the end that came for the term agreed",
        "4_activity",
        "terms_in_force",
        (
            (
                "min(case when versions.term_ends_on > risk_dates.risk_date then versions.term_ends_on end)",
                "min(case when versions.covered_until > risk_dates.risk_date then versions.covered_until end)",
            ),
        ),
    ),
    Mutant(
        "the book's use on the day itself",
        "4_activity",
        "book_window",
        on_the_day_itself("and book_day.known_on < dates.risk_date\n", "and book_day.used_on < dates.risk_date\n"),
    ),
    Mutant(
        "the book's accounts of next week",
        "4_activity",
        "book_window",
        next_week("and paying_day.day < dates.risk_date\n"),
    ),
    Mutant(
        "landmarks of those who stay another month",
        "3_dates",
        "landmark_dates",
        (("and months.landmark < risk_spells.risk_until\n", "and months.landmark + 30 < risk_spells.risk_until\n"),),
    ),
]


def differences_with(mutant, full, known, day):
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


def test_nothing_differs_up_to_the_day_when_what_came_later_is_taken_away(full, known):
    assert {day: differences(full, build, day) for day, build in known.items()} == {day: {} for day in known}


def test_the_comparison_covers_every_covariate_with_values_on_the_day_itself(full, known):
    """Else equality would prove nothing: each covariate is compared, and each that the sample can give has values."""
    not_in_the_sample = {"notice_deadline_in_horizon"}  # no notice periods: all terms end without a deadline
    for day in known:
        on_the_day = seen(full, day)["covariates"].xs(str(day), level="risk_date")
        assert {covariate.name for covariate in read_covariates()} == set(on_the_day.columns)
        is_landmark = day.day == 1
        only_on_landmarks = set() if is_landmark else {"renewal_in_horizon"}
        empty = set(on_the_day.columns[on_the_day.isna().all()])
        assert empty <= not_in_the_sample | only_on_landmarks, (day, empty)


def test_much_was_taken_away(known):
    """On each of the days most tables lacked rows, and the subscriptions ends, that the full build has."""
    for day, build in known.items():
        taken = build.con.execute("select table_name from not_yet_known where rows > 0 order by 1").fetchall()
        assert [name for (name,) in taken] == ["subscriptions", "usage_daily", "user_activity"], day


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_query_that_looks_ahead_is_caught(full, known, mutant):
    """On one day of the three at least: a mutant that shows itself on landmarks only can't on the third."""
    caught = any(differences_with(mutant, full, build, day) for day, build in known.items())
    assert caught, f"'{mutant.name}' differs on none of {list(known)}"
