"""Event places: tables of a source that name accounts or subscriptions by key and may say who of them has left."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.declared.contract import as_written, read_contract
from analysis.engine import raw_views
from analysis.engine.engine import Engine
from analysis.engine.quoting import quoted
from analysis.errors import EngineError, SourceError
from analysis.ingest.events.leaving_words import Name, name_of
from analysis.ingest.files.file_kinds import PARQUET, TEXT, kind_of
from analysis.ingest.files.unread import open_unread

LARGEST_UNREAD = 200_000_000
"""Bytes of a file that nothing reads, above which it is opened only if its name says that it tells of leaving."""
_SHARE_OF_KEYS = 0.8
_UNITS = ("account", "subscription")
_WHO = ("account", "customer", "company", "client", "subscription", "顧客", "契約", "会社", "番号")
_OF_PEOPLE = {"user_id", "contact_id", "email"}
"""Columns of tables whose rows are people, who go without their account."""
_FEW_READ = ("segment", "maturity", "end_reason", "churn_reason")
"""Columns of the contract that may hold a state."""


@dataclass(frozen=True, slots=True)
class Place:
    """A table in which something may be said of leaving.

    Attributes
    ----------
    name
        The table, or its file.
    relation
        SQL of all its rows.
    columns
        Those that may say something.
    unit
        Whom it names: account or subscription.
    key
        The column that names them.
    rows
        SQL of one row for each of them; None where there are several, none of them the last.
    given
        The columns of the table that the contract knows.
    """

    name: str
    relation: str
    columns: tuple[str, ...]
    unit: str
    key: str
    rows: str | None
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Unread:
    """A table that nothing reads."""

    name: str
    relation: str


def places(
    engine: Engine, unread: Sequence[Path], scratch: Path, is_read: Callable[[str], bool] | None = None
) -> Iterator[Place]:
    """Yield the raw tables of accounts and subscriptions, then those that nothing reads and that name one of these.

    Parameters
    ----------
    engine
        The raw tables in schema ``raw``; in ``other_events.units`` every account and subscription (unit, key).
    unread
        Files of the source that nothing reads.
    scratch
        A folder for files that are read in another encoding.
    is_read
        Says of a column of a source's own raw tables whether a query names it: whoever wrote that has seen it.
    """
    contract = read_contract()
    raw = raw_views.names(engine)
    own = sorted(raw - set(contract))
    if is_read is not None:  # a table of leaving that is read is no question either
        own = [name for name in own if name_of(name) is not Name.LEAVING]
    others = [_Unread(name, f"raw.{quoted(name)}") for name in own]
    for table, unit in (("accounts", "account"), ("subscriptions", "subscription")):
        if table in raw:
            yield from _read_place(engine, table, unit)
    for other in (*others, *_opened(engine, unread, scratch), *_of_database(engine)):
        with suppress(EngineError):
            if place := _unread_place(engine, other):
                yield _without_read(place, is_read) if is_read and other in others else place


def _without_read(place: Place, is_read: Callable[[str], bool]) -> Place:
    return replace(place, columns=tuple(name for name in place.columns if not is_read(name)))


def _read_place(engine: Engine, table: str, unit: str) -> Iterator[Place]:
    relation = f"raw.{quoted(table)}"
    columns = engine.columns(relation)
    own = {as_written(name): name for name in columns}
    if f"{unit}_id" not in own:
        return
    key, given = own[f"{unit}_id"], read_contract()[table].column_names
    asked = tuple(name for name in columns if as_written(name) not in given or as_written(name) in _FEW_READ)
    last = f" qualify row_number() over (partition by {quoted(key)} order by {_order(own)}) = 1"
    yield Place(table, relation, asked, unit, key, f"(select * from {relation}{last})", given)


def _order(own: dict[str, str]) -> str:
    return f"{day_of(own['started_on'])} desc nulls last" if "started_on" in own else "1"


def _unread_place(engine: Engine, other: _Unread) -> Place | None:
    """Return where a table names accounts or subscriptions by key; None where it does not."""
    columns = engine.columns(other.relation)
    is_named = name_of(Path(other.name).stem) is Name.LEAVING
    if not is_named and {as_written(name) for name in columns} & _OF_PEOPLE:
        return None
    for unit in _UNITS:
        for name in columns:
            if (_may_be_key(name) or is_named) and _is_key(engine, other.relation, name, unit):
                rest = tuple(own for own in columns if own != name)
                is_one_each = engine.value(f"select count(*) = count(distinct {quoted(name)}) from {other.relation}")
                return Place(other.name, other.relation, rest, unit, name, other.relation if is_one_each else None)
    return None


def _is_key(engine: Engine, relation: str, name: str, unit: str) -> bool:
    """Say whether nearly all that a column holds are ids of accounts, or of subscriptions."""
    asked = f"(select distinct {text_of(name)} as key from {relation} where {text_of(name)} is not null)"
    ((number, known),) = engine.rows(
        f"select count(*), count(units.key) from {asked} as asked "
        "left join other_events.units as units on units.key = asked.key and units.unit = $unit",
        {"unit": unit},
    )
    return bool(number and known >= _SHARE_OF_KEYS * number)


def _may_be_key(name: str) -> bool:
    plain = as_written(name)
    return plain.endswith(("id", "no", "key")) or any(word in plain for word in _WHO)


def is_looked_into(path: Path) -> bool:
    """Say whether a file that nothing reads is opened, to see what it says of leaving."""
    is_table = path.is_file() and kind_of(path) in (*TEXT, *PARQUET)
    return is_table and (name_of(path.stem) is Name.LEAVING or path.stat().st_size <= LARGEST_UNREAD)


def _opened(engine: Engine, unread: Sequence[Path], scratch: Path) -> Iterator[_Unread]:
    for number, path in enumerate(unread):
        if not is_looked_into(path):
            continue
        view = f"unread {number}"
        with suppress(EngineError, SourceError, OSError):
            if kind_of(path) in TEXT:
                file = open_unread(path, scratch / view)
                raw_views.show_csv(engine, view, file.path, file.names, file.separator, len(file.above))
            else:
                raw_views.show_parquet(engine, view, [path])
            yield _Unread(path.name, f"raw.{quoted(view)}")


def _of_database(engine: Engine) -> Iterator[_Unread]:
    contract = read_contract()
    for schema, name in raw_views.given_tables(engine):
        if as_written(name) not in contract:
            yield _Unread(f"{schema}.{name}", raw_views.given_table(engine, schema, name)[0])


def text_of(name: str, *, lower: bool = False) -> str:
    """Return SQL for the text of a column, empty cells as null."""
    text = f"nullif(trim(cast({quoted(name)} as varchar)), '')"
    return f"lower({text})" if lower else text


def day_of(name: str) -> str:
    """Return SQL for the day that a column's text begins with; null where it is none."""
    begins = f"regexp_extract({text_of(name)}, '^[0-9]{{4}}[-/][0-9]{{1,2}}[-/][0-9]{{1,2}}')"
    return f"try_cast(replace({begins}, '/', '-') as date)"
