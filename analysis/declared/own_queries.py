"""Own queries: the covariates that a study brings itself, a file of SQL and one of TOML each, beside the product's."""

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from analysis.declared.contract import read_contract
from analysis.declared.factors import FOLDER, Covariate, in_order, read_covariates, read_families
from analysis.declared.long_tables import ON_THE_WAY
from analysis.declared.own_shape import keys_said, logs_read, shaped
from analysis.declared.settings import parse_settings, read_toml
from analysis.engine.parsed import columns_said, tables_read, words_called
from analysis.engine.query import Query, read_queries
from analysis.errors import BuildError, StudyError
from analysis.wording.nearest import closest

READABLE = ("2_lifetimes", "3_dates", "4_activity", FOLDER)
"""Folders whose tables are there when covariates are made; the tables of the contract are, too."""
ALL_FOLDERS = (*READABLE, "6_cohorts", "7_audit", "8_money")
ZERO = "zero"
"""What a missing value means where the window lies within the log: that there was none."""
OUTSIDE = "first day of the lifetime, or outside its log"
"""What a missing value of such a covariate means."""
OTHER_EACH_TIME = ("random", "uuid", "gen_random_uuid", "now", "today", "current_date", "current_timestamp",
                   "current_time", "get_current_timestamp", "get_current_time", "localtime", "localtimestamp",
                   "transaction_timestamp", "setseed", "nextval")  # fmt: skip
"""Words that mean something else each time, so that a build could not be repeated."""
_NAME = re.compile("[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class OwnQueries:
    """What a study brings: queries that run after those of ``5_covariates``, in order, and what is said of them.

    Attributes
    ----------
    queries
        Each as it runs: by lifetime and date, a line for each date on which covariates are asked for.
    covariates
        Their columns.
    """

    queries: tuple[Query, ...] = ()
    covariates: tuple[Covariate, ...] = ()

    def beside(self, other: "OwnQueries") -> "OwnQueries":
        """Return both."""
        return OwnQueries((*self.queries, *other.queries), (*self.covariates, *other.covariates))

    def declared(self) -> tuple[Covariate, ...]:
        """Return all covariates, the product's and these, family by family."""
        return in_order([*read_covariates(), *self.covariates]) if self.covariates else read_covariates()

    def as_built(self) -> list[Any]:
        """Return, as plain values, all that a cohort or a finding may depend on: no label, and no place of a file."""
        wording = dict.fromkeys(("label_en", "label_ja", "unit_ja", "null_means_ja"), "")
        said = [dataclasses.asdict(one) | wording for one in self.covariates]
        return [[(query.name, query.sql) for query in self.queries], said]


NOTHING = OwnQueries()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A column as its table in a file has it."""

    label_en: str
    label_ja: str = ""
    unit: str = "value"
    needs: tuple[str, ...] = ()
    window: str = "baseline"
    null_means: str = "no row of the query"
    expected_sign: Literal["+", "-", "?"] = "?"
    transform: Literal["identity", "log1p", "log_from_one", "category"] = "identity"
    cohorts: tuple[Literal["counting_process", "landmarks"], ...] = ("counting_process", "landmarks")
    better_with: tuple[str, ...] = ()
    unit_ja: str = ""
    null_means_ja: str = ""


def read_own_queries(folders: Sequence[Path]) -> OwnQueries:
    """Read every ``.sql`` of some folders, with the ``.toml`` of the same name beside it.

    Raises
    ------
    StudyError
        If a folder or a file of a pair is missing, or `own_query` refuses one.
    """
    found = NOTHING
    for folder in folders:
        if not folder.is_dir():
            raise StudyError(f"queries names {folder}, which is no folder. Make it, or take it out of the study file.")
        stems = {path.stem for path in folder.iterdir() if path.suffix in (".sql", ".toml")}
        for name in sorted(stems):
            pair = {suffix: folder / f"{name}{suffix}" for suffix in (".sql", ".toml")}
            for suffix, path in pair.items():
                if not path.is_file():
                    needed = "the query" if suffix == ".sql" else "what its columns are"
                    raise StudyError(
                        f"{path} is missing. Each query has two files, {name}.sql and {name}.toml; this one says "
                        f"{needed}."
                    )
            where = f"{folder.name}/{name}"
            sql = _text(pair[".sql"])
            found = found.beside(own_query(name, sql, read_toml(pair[".toml"]), where, found))
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(f"{path} cannot be read as text in UTF-8: {error}") from None


def own_query(name: str, sql: str, content: Mapping[str, Any], where: str, others: OwnQueries = NOTHING) -> OwnQueries:
    """Return one query with what its file says of its columns, shaped so that it runs among those of ``5_covariates``.

    Parameters
    ----------
    name
        Of the query, and of the table that it makes.
    sql
        A select of an account (``account_id`` or ``lifetime_id``), a date (``date`` or ``risk_date``) and covariates.
    content
        ``family``, and a table for each covariate, as the files beside the product's own queries have them.
    where
        What to call it in messages: its files, without their ending.
    others
        Own queries that were read before.

    Raises
    ------
    StudyError
        If it is no single select, its columns are not those that are declared, a name is taken, a family or a table is
        unknown, or it calls what means something else each time.
    """
    file = f"{where}.sql"
    try:
        said, reads, words = columns_said(sql), tables_read(sql), words_called(sql)
    except BuildError as error:
        raise StudyError(f"{file}: {error} Write one select, of an account, a date and covariates.") from None
    keys = keys_said(said, file)
    _refuse_name(name, file, others)
    family, entries = _entries(content, f"{where}.toml")
    columns = [column for column in said if column not in keys]
    if lacking := [column for column in entries if column not in columns]:
        found = ", ".join(columns) or "none beside the account and the date"
        raise StudyError(f"{file} has no column {lacking[0]}, which {where}.toml declares. Its columns: {found}.")
    if undeclared := [column for column in columns if column not in entries]:
        raise StudyError(
            f"{where}.toml does not say what {undeclared[0]} is, a column of {file}. Add [{undeclared[0]}] with "
            "label_en, or leave the column out."
        )
    for column in columns:
        _refuse_column(column, f"{where}.toml", others)
    _refuse_tables(reads, file, others)
    if calls := sorted(words & set(OTHER_EACH_TIME)):
        raise StudyError(
            f"{file} asks for {calls[0]}, which is another each time it runs. Take the day from the date of the row."
        )
    logs = logs_read(reads, others.queries)
    covariates = [_covariate(column, name, family, entries[column], logs) for column in columns]
    windows = {column: entries[column].window for column in columns if entries[column].null_means == ZERO}
    shape = shaped(sql, keys, columns, windows, logs, f"{where}.toml")
    return OwnQueries((Query(name, FOLDER, shape, file),), tuple(covariates))


def _entries(content: Mapping[str, Any], where: str) -> tuple[str, dict[str, _Entry]]:
    if "family" not in content:
        raise StudyError(f"{where}: required key 'family' is missing: one of {', '.join(_families())}.")
    family = content["family"]
    if family not in _families():
        raise StudyError(f"{where}: there is no family {family!r}. Known: {', '.join(_families())}.")
    entries = {}
    for column, said in content.items():
        if column == "family":
            continue
        if not isinstance(said, dict):
            raise StudyError(f"{where}: '{column}' stands outside a column. Each is a table: [NAME], then its keys.")
        entries[column] = parse_settings(_Entry, said, f"{where}: [{column}]")
        _refuse_needs((*entries[column].needs, *entries[column].better_with), f"{where}: [{column}]")
    return str(family), entries


def _covariate(name: str, table: str, family: str, entry: _Entry, logs: Sequence[str]) -> Covariate:
    said = dataclasses.asdict(entry) | {
        "label_ja": entry.label_ja or entry.label_en,
        "null_means": OUTSIDE if entry.null_means == ZERO else entry.null_means,
        "needs": entry.needs or _needs(logs),
    }
    return Covariate(name=name, table=table, family=family, **said)


def _needs(logs: Sequence[str]) -> tuple[str, ...]:
    """Return the logs that a query reads; users are told by either of two."""
    either = "usage_daily or user_activity"
    both = set(either.split(" or ")) <= set(logs)
    return tuple(dict.fromkeys(either if both and log in either else log for log in logs))


def _families() -> list[str]:
    return [family.name for family in read_families()]


def _refuse_name(name: str, file: str, others: OwnQueries) -> None:
    if not _NAME.fullmatch(name):
        raise StudyError(f"{file}: a query is named in small letters, digits and '_', a letter first; '{name}' is not.")
    taken = {query.name for folder in ALL_FOLDERS for query in read_queries(folder)} | read_contract().keys()
    if name in taken | {query.name for query in others.queries}:
        raise StudyError(f"{file}: there is a table {name} already. Give the query another name.")


def _refuse_column(name: str, where: str, others: OwnQueries) -> None:
    if not _NAME.fullmatch(name):
        raise StudyError(
            f"{where}: a covariate is named in small letters, digits and '_', a letter first; '{name}' is not."
        )
    if name in {one.name for one in others.declared()}:
        raise StudyError(f"{where}: there is a covariate {name} already. Give yours another name.")
    if name in _words_of_cohorts() or not _can_be_named(name):
        raise StudyError(
            f"{where}: {name} is a word of the cohort's own. Give the covariate another name, such as own_{name}."
        )


def _words_of_cohorts() -> set[str]:
    return {word for query in read_queries("6_cohorts") for word in re.findall(r"\w+", query.sql)}


def _can_be_named(name: str) -> bool:
    try:
        return bool(tables_read(f"select one.{name}, {name} from {name} as one"))
    except BuildError:
        return False


def _refuse_tables(reads: Iterable[str], file: str, others: OwnQueries) -> None:
    made = {query.name for folder in READABLE for query in read_queries(folder)}
    known = sorted(made | read_contract().keys() | {query.name for query in others.queries})
    for table in sorted(reads):
        if table in ON_THE_WAY:
            raise StudyError(
                f"{file} reads {table}, which is made on the way to a cohort and not kept. Read user_counts or "
                "feature_counts, which hold what is counted of it, or the source's usage_daily."
            )
        if table not in known:
            near = closest(table, known)[0]
            raise StudyError(
                f"{file} reads {table}, which is no table that is there when covariates are made. The nearest is "
                f"{near}; queries/README.md lists all."
            )


def _refuse_needs(needs: Iterable[str], where: str) -> None:
    """Refuse needs that no header of the contract can meet; words of rows are asked for by the product's own alone."""
    tables = read_contract()
    known = {*tables, *(f"{table}.{column}" for table in tables for column in tables[table].column_names)}
    for need in needs:
        for word in need.split(" or "):
            if word not in known:
                near = closest(word, sorted(known))[0]
                raise StudyError(
                    f"{where}: needs names {word}, which is no table or column of the contract. The nearest is {near}."
                )
