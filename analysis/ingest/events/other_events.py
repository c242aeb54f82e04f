"""Other events: what a source says of who left, and when, beside its subscriptions; also where nothing reads it."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from analysis.declared.contract import as_written
from analysis.engine.engine import Engine
from analysis.engine.quoting import literal
from analysis.errors import EngineError
from analysis.ingest.events.leaving_words import KNOWN_SHARE, MOST_WORDS, Name, States, name_of, read_states
from analysis.ingest.events.places import Place, day_of, places, text_of
from analysis.ingest.findings import Finding
from analysis.wording.remarks import Remark, remark

_UNITS = {"account": "ingest.other_event.accounts", "subscription": "ingest.other_event.subscriptions"}
_DIFFERS = {"state": "ingest.other_event.state_differs", "days": "ingest.other_event.days_differs"}
_AGREES = {"state": "ingest.other_event.state_agrees", "days": "ingest.other_event.days_agrees"}
_WAYS = {
    "left": "ingest.other_event.left_but_open",
    "stays": "ingest.other_event.stays_but_ended",
    "open": "ingest.other_event.day_without_end",
    "apart": "ingest.other_event.days_apart",
    "missing": "ingest.other_event.end_without_day",
}
"""To differ, each with the accounts or subscriptions that do."""
APART_DAYS = 7
"""Days by which another date may differ from an end or notice without being another one."""


def other_events(
    engine: Engine,
    unread: Sequence[Path],
    scratch: Path,
    snapshot: dt.date,
    is_read: Callable[[str], bool] | None = None,
) -> list[Finding]:
    """Compare what other columns and tables say of leaving with the ends and notices of ``subscriptions``.

    Columns are known by what they are called and by what they hold: a state in one of two values or a short list of
    words, or the date of an end; of tables that nothing reads, those that name accounts or subscriptions by key.

    Parameters
    ----------
    engine
        Tables of the contract, and the raw ones still in schema ``raw``.
    unread
        Files of the source that nothing reads.
    scratch
        A folder for files that are read in another encoding.
    snapshot
        What ends later has not ended yet.
    is_read
        See `analysis.ingest.events.places.places`.

    Returns
    -------
    list of Finding
        One for each such column or table, whether it differs or agrees.
    """
    if "subscriptions" not in engine.tables("main"):
        return []
    engine.run("create schema other_events")
    try:
        _write_units(engine, snapshot)
        found: list[Finding] = []
        for place in places(engine, unread, scratch, is_read):
            with suppress(EngineError):  # a file that cannot be read through is told of as one that nothing reads
                found += _judged(engine, place, snapshot)
    finally:
        engine.run("drop schema other_events cascade")
    return found


def _write_units(engine: Engine, snapshot: dt.date) -> None:
    """Write what the subscriptions say of each account and subscription, and on which days."""
    engine.run(
        """
        create table other_events.units as
        with last_versions as (
            select *, row_number() over (partition by account_id, subscription_id order by started_on desc) as place
            from main.subscriptions
            where coalesce(kind, 'paid') = 'paid'
        ), states as (
            select
                account_id, subscription_id,
                coalesce(ended_on <= $snapshot, false) as is_ended,
                ended_on is not null or (notice_on is not null and notice_withdrawn_on is null) as is_told
            from last_versions where place = 1
        )
        select 'account' as unit, account_id as key, bool_and(is_ended) as is_ended, bool_and(is_told) as is_told
        from states group by all
        union all
        select 'subscription', subscription_id, bool_and(is_ended), bool_and(is_told) from states
        group by subscription_id
        """,
        {"snapshot": snapshot},
    )
    engine.run(
        """
        create table other_events.days as
        with days as (
            select account_id, subscription_id, ended_on as day from main.subscriptions
            union select account_id, subscription_id, notice_on from main.subscriptions
        )
        select 'account' as unit, account_id as key, day from days where day is not null
        union select 'subscription', subscription_id, day from days where day is not null
        """
    )


def _judged(engine: Engine, place: Place, snapshot: dt.date) -> Iterator[Finding]:
    dated = [name for name in place.columns if name_of(name) is Name.LEAVING and _is_day(engine, place, name)]
    is_named = name_of(Path(place.name).stem) is Name.LEAVING
    if not dated and is_named:
        dated = [name for name in place.columns if _is_day(engine, place, name)][:1]
    for name in dated:
        yield _judged_days(engine, place, name, snapshot)
    if is_named and not dated:
        yield _judged_presence(engine, place)
    for name in place.columns if place.rows else ():
        if name not in dated and (found := _judged_states(engine, place, name)):
            yield found


def _judged_states(engine: Engine, place: Place, name: str) -> Finding | None:
    told = (
        f"(select units.key, {text_of(name, lower=True)} as value, units.is_ended, units.is_told "
        f"from {place.rows} as told inner join other_events.units as units "
        f"on units.key = {text_of(place.key)} and units.unit = '{place.unit}')"
    )
    counted = engine.rows(
        f"select value, count(*) filter (is_ended), count(*) filter (not is_ended) from {told} group by value "
        f"order by value nulls last limit {MOST_WORDS + 2}"
    )
    states = read_states(name_of(name), {value: (ended, going) for value, ended, going in counted})
    is_read = as_written(name) in place.given
    if states is None or (is_read and not states.left):
        return None
    found = _compared(engine, place, repr(name), told, states)
    return None if is_read and not found.rows else found


def _judged_presence(engine: Engine, place: Place) -> Finding:
    """Compare a table that tells of leaving without a day: whoever is in it has left."""
    named = f"(select distinct {text_of(place.key)} as key from {place.relation})"
    told = (
        "(select units.key, case when told.key is not null then 'in' end as value, units.is_ended, units.is_told "
        f"from other_events.units as units left join {named} as told on units.key = told.key "
        f"where units.unit = '{place.unit}')"
    )
    return _compared(engine, place, place.name, told, States(("in",), (None,)))


def _compared(engine: Engine, place: Place, name: str, told: str, states: States) -> Finding:
    left, stays = (_is_one_of(values) for values in (states.left, states.stays))
    cases = {"left": f"{left} and not is_ended and not is_told", "stays": f"{stays} and is_ended"}
    return _counted(engine, place, "state", name, told, cases)


def _judged_days(engine: Engine, place: Place, name: str, snapshot: dt.date) -> Finding:
    compared = f"""(
        with told as (
            select distinct {text_of(place.key)} as key, {day_of(name)} as day from {place.relation}
            where {day_of(name)} <= date '{snapshot}'
        ), nearest as (
            select told.key, told.day, min(abs(told.day - days.day)) as apart
            from told left join other_events.days as days on told.key = days.key and days.unit = '{place.unit}'
            group by told.key, told.day
        )
        select
            units.key,
            units.is_ended,
            count(nearest.day) as number,
            coalesce(max(nearest.apart), 0) as apart,
            count(nearest.day) - count(nearest.apart) as unmatched
        from other_events.units as units left join nearest on units.key = nearest.key
        where units.unit = '{place.unit}'
        group by units.key, units.is_ended
    )"""
    cases = {
        "open": "unmatched > 0",
        "apart": f"unmatched = 0 and apart > {APART_DAYS}",
        "missing": "is_ended and number = 0",
    }
    return _counted(engine, place, "days", repr(name), compared, cases)


def _counted(engine: Engine, place: Place, what: str, name: str, relation: str, cases: dict[str, str]) -> Finding:
    """Count each way to differ, and name the first that do; the ways exclude each other."""
    counts = ", ".join(f"count(*) filter ({case})" for case in cases.values())
    ((number, *differing),) = engine.rows(f"select count(*), {counts} from {relation}")
    of, differ = remark(_UNITS[place.unit], number=number), sum(differing)
    if not differ:
        says = remark(_AGREES[what], column=name, of=of)
        return Finding("other_event_agrees", place.name, "notice", says, remark("ingest.other_event.agrees_mend"))
    any_case = " or ".join(f"({case})" for case in cases.values())
    keys = engine.rows(f"select key from {relation} where {any_case} order by key limit 5")
    ways = tuple(_way(case, count) for case, count in zip(cases, differing, strict=True) if count)
    says = remark(_DIFFERS[what], column=name, of=of, differ=differ, ways=ways)
    mend, shown = remark("ingest.other_event.mend"), tuple(str(key) for (key,) in keys)
    return Finding("other_event_differs", place.name, "notice", says, mend, rows=differ, examples=shown)


def _way(case: str, number: int) -> Remark:
    if case == "apart":
        return remark(_WAYS[case], number=number, days=APART_DAYS)
    return remark(_WAYS[case], number=number)


def _is_day(engine: Engine, place: Place, name: str) -> bool:
    """Say whether nearly all that a column holds are days."""
    ((filled, days),) = engine.rows(f"select count({text_of(name)}), count({day_of(name)}) from {place.relation}")
    return bool(filled and days >= KNOWN_SHARE * filled)


def _is_one_of(values: tuple[str | None, ...]) -> str:
    texts = ", ".join(literal(value) for value in values if value is not None)
    cases = [f"coalesce(value in ({texts}), false)"] if texts else []
    return f"({' or '.join([*cases, *(['value is null'] if None in values else [])]) or 'false'})"
