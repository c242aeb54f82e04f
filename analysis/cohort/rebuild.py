"""Rebuild: part of a cohort made again, in a store of its own, from tables or settings that are changed on purpose."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.long_log.log_elsewhere import LogElsewhere
from analysis.cohort.long_log.log_queries import on_the_way
from analysis.cohort.long_log.log_stays import opened_again
from analysis.cohort.queries import DATES, KEY, queries_of, run_folders
from analysis.declared.contract import as_known_sql, read_contract
from analysis.declared.factors import Covariate
from analysis.declared.long_tables import LOGS, ON_THE_WAY
from analysis.engine.elsewhere import Elsewhere
from analysis.engine.engine import Engine
from analysis.engine.opening import open_engine
from analysis.engine.query import Query, behind, downstream
from analysis.progress import quiet
from analysis.store.working import scratch_folder

COHORT = "cohort.main"
"""Where the tables of the cohort itself are found."""
REBUILT = "rebuilt.main"
STORE = "rebuilt.duckdb"
"""The file of the store in which tables are made again."""
BETWEEN = "between"
"""The folder beside it for what goes to another engine, and comes from there."""
LOOKED_AT = "looked_at"
"""Lifetimes, by key and account, whose covariates are made again in `past`."""
FOLDERS = ("2_lifetimes", "3_dates", "4_activity", "5_covariates", "6_cohorts")
COVARIATES, BOOK, OUTCOMES = "covariates", "book_window", "landmark_outcomes"
SCORES, CONTRACTIONS = "landmark_scores", "landmark_contractions"


@contextmanager
def rebuilt(
    tenure: CohortTables,
    tables: Mapping[str, str],
    wanted: Collection[str],
    parameters: Mapping[str, Any] | None = None,
) -> Iterator[Engine]:
    """Change some tables or settings of a cohort and make others again, in a file that is thrown away afterwards.

    Where all that covariates are made of is as it was, and they are only asked for on other dates, those that the
    cohort has are taken from it.

    Parameters
    ----------
    tenure
        The cohort; it is only read.
    tables
        A select for each table that is to be another than the cohort's, which goes by ``cohort.main.<name>`` in it.
    wanted
        The tables to make again, with all that they depend on and that depends on what is changed.
    parameters
        Values of parameters of the queries that are to be others than the cohort's.

    Yields
    ------
    Engine
        In which what was made again goes by its name, and any other table of the cohort, too.
    """
    changed = parameters or {}
    queries = tuple(queries_of(FOLDERS, tenure.study.own))
    asking = {query.name for query in queries if query.parameters & changed.keys()}
    stale = (downstream({*tables, *asking}, queries) | asking) & behind(wanted, queries) - tables.keys()
    stale |= on_the_way(stale, queries)
    with scratch_folder() as scratch, _open_with_logs(tenure, scratch) as engine:
        _replace(engine, tables)
        make = partial(_make, engine, tenure, {**tenure.parameters, **changed})
        if _only_dates_differ(tables.keys(), stale, queries):
            of_dates = stale & behind([DATES], queries)
            of_covariates = stale & behind([COVARIATES], queries) - of_dates
            make(of_dates)
            _leave_out_what_is_known(engine)
            make(of_covariates)
            rest = [query for query in queries if query.name in stale - of_dates - of_covariates]
            read_on = set(wanted).union(*(query.reads for query in rest)) & of_covariates
            _add_what_is_known(engine, sorted(read_on))
            make({query.name for query in rest})
        else:
            make(stale)
        yield engine


@contextmanager
def beside(tenure: CohortTables, names: Collection[str]) -> Iterator[Engine]:
    """Make tables of a study's own queries from those of its cohort, in a file that is thrown away afterwards.

    Parameters
    ----------
    tenure
        The cohort, whose study has queries that it was not built with; it is only read.
    names
        Of these queries.

    Yields
    ------
    Engine
        In which each goes by its name, and any table of the cohort, too.

    Raises
    ------
    BuildError
        If a query fails, or has several rows of one account and date, or text for a number.
    """
    with scratch_folder() as scratch, _open_with_logs(tenure, scratch) as engine:
        _make(engine, tenure, tenure.parameters, names)
        yield engine


@contextmanager
def past(
    tenure: CohortTables,
    day: dt.date | None,
    accounts: Collection[str],
    wanted: Collection[str] = (COVARIATES, SCORES),
) -> Iterator[Engine]:
    """Make a cohort again from what was known on the morning of a day: rows at risk, covariates and scores up to it.

    Parameters
    ----------
    tenure
        The cohort; it is only read.
    day
        In every source table, each cell that became known on it or later is blanked and each such row dropped; so are
        today's attributes of accounts. None: nothing is, on no day; for what a query makes of these accounts alone.
    accounts
        Whose covariates and published scores are made; what describes the whole book is made of all accounts.
    wanted
        The tables to make, with all that they rest on.

    Yields
    ------
    Engine
        In which what was made again goes by ``rebuilt.main.<name>``, and the cohort's own by ``cohort.main.<name>``.
    """
    queries = tuple(queries_of(FOLDERS, tenure.study.own))
    of_the_book = behind(["landmark_dates", DATES], queries)
    if BOOK in behind(wanted, queries):
        of_the_book |= behind([BOOK], queries)
    contract = read_contract().values()
    known = _known_on(tenure, day)
    with scratch_folder() as scratch, _open_with_logs(tenure, scratch) as engine:
        _replace(engine, known)
        make = partial(_make, engine, tenure, tenure.parameters)
        make(of_the_book)
        with engine.showing(accounts_shown=pd.DataFrame({"account_id": sorted(accounts)})):
            engine.run(
                f"create table {LOOKED_AT} as select lifetime_id, account_id from {COHORT}.lifetimes "
                "semi join accounts_shown using (account_id)"
            )
        is_looked_at = f"account_id in (select account_id from {LOOKED_AT})"
        _replace(
            engine,
            {
                table.name: f"select * from ({known[table.name]}) where {is_looked_at}"
                for table in contract
                if "account_id" in table.column_names
            },
        )
        later = f"risk_date > date '{day}'" if day else "false"
        engine.run(f"delete from {REBUILT}.{DATES} where {later} or not {is_looked_at}")
        make(behind(wanted, queries) - of_the_book)
        yield engine


def made_of_part(tenure: CohortTables, accounts: Collection[str], table: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return `KEY` and columns of what a query makes, from all data, of some accounts alone: ranks are among these."""
    with past(tenure, None, accounts, [table]) as engine:
        return engine.frame(f"select {', '.join((*KEY, *columns))} from {REBUILT}.{table}")


def past_landmarks(tenure: CohortTables, day: dt.date, covariates: Sequence[Covariate]) -> pd.DataFrame:
    """Return the landmark rows of a cohort whose snapshot is a day, made from what was known on its morning.

    Parameters
    ----------
    tenure
        The cohort; it is only read.
    day
        As in `past`; what had not happened before it has not.
    covariates
        Those that the rows are to have; few, as each makes the tables that it rests on anew, of all accounts.

    Returns
    -------
    DataFrame
        As ``landmarks`` of the cohort, by landmark and account, with the first contraction of the horizon,
        contracted_on.
    """
    queries = tuple(queries_of(FOLDERS, tenure.study.own))
    tables = sorted({covariate.table for covariate in covariates})
    with scratch_folder() as scratch, _open_with_logs(tenure, scratch) as engine:
        _replace(engine, _known_on(tenure, day))
        _make(
            engine, tenure, {**tenure.parameters, "snapshot": day}, behind([OUTCOMES, CONTRACTIONS, *tables], queries)
        )
        joined = "".join(f" left join {REBUILT}.{table} using ({', '.join(KEY)})" for table in tables)
        names = "".join(f", {covariate.name}" for covariate in covariates)
        first = first_contractions(f"{REBUILT}.{CONTRACTIONS}")
        return engine.frame(
            f"select outcomes.*, contracted_on{names} from {REBUILT}.{OUTCOMES} as outcomes{joined} "
            f"left join ({first}) as contracted using ({', '.join(KEY)}) order by risk_date, account_id"
        )


def first_contractions(table: str) -> str:
    """Return a select of the first contraction of the horizon of each landmark row that has one."""
    keys = ", ".join(KEY)
    return f"select {keys}, min(contracted_on) as contracted_on from {table} group by {keys}"


def _known_on(tenure: CohortTables, day: dt.date | None) -> dict[str, str]:
    """Return a select of each table of the source as it was known on the morning of a day, by name.

    What the table of accounts says of today nobody knew: its attributes are null, but those declared constant.
    """
    if day is None:
        return {name: f"select * from {COHORT}.{name}" for name in read_contract()}
    never = {"accounts": tenure.study.source.todays_attributes}
    return {
        table.name: as_known_sql(table, f"{COHORT}.{table.name}", never.get(table.name, ())).replace(
            "$as_of", f"date '{day}'"
        )
        for table in read_contract().values()
    }


def _replace(engine: Engine, tables: Mapping[str, str]) -> None:
    """Put selects in place of tables; those of the source are looked at as they are asked for."""
    for name, sql in tables.items():
        holder = engine.holder(name)
        if isinstance(holder, Elsewhere):
            holder.replace(name, partial(sql.replace, f"{COHORT}.{name}"))
        else:
            kind = "view" if name in read_contract() else "table"
            engine.run(f"create or replace {kind} {REBUILT}.{name} as {sql}")


def _make(engine: Engine, tenure: CohortTables, parameters: Mapping[str, Any], names: Collection[str]) -> None:
    holder = engine.holder(*LOGS)
    log = LogElsewhere(engine, holder, ON_THE_WAY, quiet) if isinstance(holder, Elsewhere) else None
    run_folders(engine, FOLDERS, parameters, tenure.given, quiet, names, tenure.study.own, log)


@contextmanager
def open_store(tenure: CohortTables, folder: Path) -> Iterator[Engine]:
    """Open a store, empty unless its file is there already, that sees the tables of a cohort, too."""
    with open_engine(folder / STORE, tenure.threads, tenure.memory_limit) as engine:
        engine.attach(tenure.cohort_file, "cohort")
        engine.look_in(REBUILT, COHORT)
        engine.seal(folder / BETWEEN)
        yield engine


@contextmanager
def _open_with_logs(tenure: CohortTables, folder: Path) -> Iterator[Engine]:
    """Open such a store, and where they lie the logs that the cohort does not hold."""
    with open_store(tenure, folder) as engine:
        logs = tenure.logs_that_stay
        with opened_again(tenure.study, logs, engine, folder / BETWEEN, tenure.threads) if logs else nullcontext():
            yield engine


def _only_dates_differ(changed: Collection[str], stale: Collection[str], queries: Collection[Query]) -> bool:
    """Say whether covariates are made again, and of nothing that is another than the cohort's but their dates."""
    if COVARIATES not in stale:
        return False
    of_covariates = [q for q in queries if q.name in behind([COVARIATES], queries) - behind([DATES], queries)]
    others = {*changed, *(set(stale) - {query.name for query in of_covariates})}
    return all(query.reads & others <= {DATES} and query.name not in changed for query in of_covariates)


def _leave_out_what_is_known(engine: Engine) -> None:
    engine.run(f"create table {REBUILT}.dates_asked_for as select * from {DATES}")
    engine.run(
        f"create or replace table {REBUILT}.{DATES} as select * from {REBUILT}.dates_asked_for as asked "
        f"anti join {COHORT}.{COVARIATES} as known using ({', '.join(KEY)})"
    )


def _add_what_is_known(engine: Engine, tables: Sequence[str]) -> None:
    """Add, to tables made for the other dates, the cohort's own lines of the dates asked for."""
    for table in tables:
        names = ", ".join(engine.columns(f"{REBUILT}.{table}"))
        engine.run(
            f"insert into {REBUILT}.{table} ({names}) select {names} from {COHORT}.{table} "
            f"semi join {REBUILT}.dates_asked_for using ({', '.join(KEY)})"
        )
    engine.run(f"drop table {REBUILT}.{DATES}")
    engine.run(f"alter table {REBUILT}.dates_asked_for rename to {DATES}")
