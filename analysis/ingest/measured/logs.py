"""Logs: from when to when each table is logged, as declared, or as the silences between its rows tell.

Absence is evidence only where somebody was writing. A run of days on which no account has a row is taken for a log that
was not written if rows that come at random would hardly ever leave so long a silence.
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from analysis.declared.contract import Table
from analysis.declared.parameters import LONG_AGO, NEVER, Log, parameters_of_logs
from analysis.engine.engine import Engine
from analysis.ingest.findings import Finding
from analysis.ingest.measured.facts import COUNTED, ask, facts_sql
from analysis.wording.remarks import remark

CHANCE = 1e-4
"""A silence is no accident if rows at random leave one so long, among all, less often than this."""
SHORTEST_DAYS = 14
"""No longer a silence ends no log, whatever came before: a closure over the turn of the year, a week yet to come."""
LEAST_RATIO = 3.0
"""Nor does one that is not so many times as long as any other that is left."""
MOST = 3
"""Silences looked for in one log: before it, after it, and in it."""

_WORDS = {
    "log_begins_late": ("ingest.log_begins_late.says", "ingest.log_begins_late.mend"),
    "log_is_silent_at_first": ("ingest.log_is_silent_at_first.says", "ingest.log_is_silent_at_first.mend"),
    "log_ends_early": ("ingest.log_ends_early.says", "ingest.log_ends_early.mend"),
    "log_has_a_hole": ("ingest.log_has_a_hole.says", "ingest.log_has_a_hole.mend"),
}


@dataclass(frozen=True, slots=True)
class Silence:
    """A run of days ``[begins, ends)`` without any row, too long to be an accident."""

    begins: dt.date
    ends: dt.date


@dataclass(frozen=True, slots=True)
class Customers:
    """How many customers there are: `number` of them from each day of `since` on, shape (n_changes,) both."""

    since: np.ndarray
    number: np.ndarray


def customers_of(changes: Iterable[tuple[dt.date, int]]) -> Customers:
    """Return how many customers there are, from the days on which they come and go."""
    days, moves = tuple(zip(*changes, strict=True)) or ((), ())
    return Customers(np.array(days, dtype="datetime64[D]"), np.cumsum(np.array(moves, dtype=np.int64)))


def chance_of_silence(n: int, ratio: float) -> float:
    r"""Return how often the longest of some silences is so many times as long as any other, if rows come at random.

    Of `n` independent exponential silences the second longest is a sum of :math:`E_i / i` over i from 2 to n, and the
    longest exceeds it by another exponential (Rényi 1953), so that

    .. math:: P(S_{(n)} > r S_{(n-1)}) = \prod_{i=2}^{n} \frac{i}{i + r - 1} = \frac{n!\,\Gamma(r+1)}{\Gamma(n+r)}.

    Parameters
    ----------
    n
        Number of silences.
    ratio
        At least 1.
    """
    return math.exp(math.lgamma(n + 1) + math.lgamma(ratio + 1) - math.lgamma(n + ratio))


def silences(days: np.ndarray, customers: Customers, begins: dt.date, ends: dt.date) -> list[Silence]:
    """Return the silences of a log that are no accident, the earliest first.

    Parameters
    ----------
    days
        Different days with rows, rising, shape (n_days,), as ``datetime64[D]``.
    customers
        A silence counts by the customers who might have broken it.
    begins, ends
        The days ``[begins, ends)`` are looked at.
    """
    first, last = np.datetime64(begins, "D"), np.datetime64(ends, "D")
    within = days[(days >= first) & (days < last)]
    if len(within) == 0:
        return []
    since = np.concatenate([[first], within + 1])
    until = np.concatenate([within, [last]])
    length = (until - since).astype(np.int64)
    weight = _customer_days(until, customers) - _customer_days(since, customers)
    order = np.argsort(-weight, kind="stable")
    found = 0
    for number in range(min(MOST, len(order) - 1), 0, -1):
        if _is_no_accident(weight[order[number - 1]], weight[order[number]], len(order) - number + 1):
            found = number
            break
    chosen = sorted(place for place in order[:found] if length[place] > SHORTEST_DAYS)
    return [Silence(since[place].item(), until[place].item()) for place in chosen]


def _is_no_accident(longest: float, next_longest: float, n: int) -> bool:
    ratio = longest / max(next_longest, 1.0)
    return ratio >= LEAST_RATIO and chance_of_silence(n, ratio) < CHANCE


def _customer_days(days: np.ndarray, customers: Customers) -> np.ndarray:
    """Return the days that customers have spent before each day, added up, at least one customer counted."""
    changes, number = customers.since, np.maximum(customers.number, 1)
    if len(changes) == 0:
        return days.astype("datetime64[D]").astype(np.int64).astype(np.float64)
    spent = np.concatenate([[0.0], np.cumsum(number[:-1] * np.diff(changes).astype(np.int64))])
    place = np.maximum(np.searchsorted(changes, days, side="right") - 1, 0)
    before = (days - changes[place]).astype(np.int64)
    return spent[place] + before * np.where(days < changes[0], 1.0, number[place])


def find_logs(
    engine: Engine, tables: Iterable[Table], parameters: Mapping[str, Any]
) -> tuple[dict[str, Log], list[Finding]]:
    """Return when each of some tables is logged, and what of that was not declared but told by silences.

    Parameters
    ----------
    engine
        Holds the tables, and ``paid_stays``.
    tables
        Those that the source gives.
    parameters
        As `analysis.declared.parameters.query_parameters`: what is declared is taken as it is.
    """
    logs = {table.name: _declared(table, parameters) for table in tables}
    findings = []
    customers = customers_of(ask(engine, "customers_by_day", parameters))
    for table in tables:
        if table.name in COUNTED:
            holder = engine.holder(table.name)
            with holder.named(facts=facts_sql(table)):
                days = np.array([day for (day,) in ask(holder, "days_logged", parameters)], dtype="datetime64[D]")
            log, found = _told_by(days, customers, logs[table.name], table.name, parameters)
            logs[table.name] = log
            findings += found
    return logs, findings


def _declared(table: Table, parameters: Mapping[str, Any]) -> Log:
    return Log(**{name: str(parameters[f"{table.name}_{name}"]) for name in asdict(Log())})


def _told_by(
    days: np.ndarray, customers: Customers, log: Log, table: str, parameters: Mapping[str, Any]
) -> tuple[Log, list[Finding]]:
    """Return a log as its silences tell it, and a finding for each of them.

    A bound that is declared is taken at its word; where both are, so are the days between.
    """
    is_from_declared, is_until_declared = log.observed_from != LONG_AGO, log.observed_until != NEVER
    opens = _day(parameters["observation_start"]) - dt.timedelta(days=parameters["baseline_days"])
    if len(customers.since):
        opens = max(opens, customers.since[0].item())
    begins = _day(log.observed_from) if is_from_declared else opens
    ends = min(_day(log.observed_until), _day(parameters["snapshot"]))
    found, holes = [], []
    for silence in silences(days, customers, begins, ends):
        values = {"begins": str(silence.begins), "ends": str(silence.ends)}
        if silence.begins == begins:
            if not is_from_declared:
                log = replace(log, observed_from=str(silence.ends))
                found.append(_finding("log_begins_late", table, values))
            else:
                found.append(_finding("log_is_silent_at_first", table, values))
        elif silence.ends == ends:
            if not is_until_declared:
                log = replace(log, observed_until=str(silence.begins))
                found.append(_finding("log_ends_early", table, values))
        elif not (is_from_declared and is_until_declared):
            holes.append(silence)
            found.append(_finding("log_has_a_hole", table, values))
    if holes:
        log = replace(log, hole_from=str(holes[0].begins), hole_until=str(holes[-1].ends))
    return log, found


def _finding(name: str, table: str, values: Mapping[str, str]) -> Finding:
    says, mend = _WORDS[name]
    return Finding(name, table, "notice", remark(says, **values), remark(mend, table=table, **values))


def _day(value: Any) -> dt.date:
    return dt.date.fromisoformat(str(value))


def write_logs(engine: Engine, logs: Mapping[str, Log]) -> None:
    """Write when each table is logged into table ``logs``: table_name, and the days of `Log`."""
    engine.run(
        "create table logs "
        "(table_name varchar, observed_from date, observed_until date, hole_from date, hole_until date)"
    )
    for table, log in logs.items():
        engine.run(
            "insert into logs values ($table, $observed_from, $observed_until, $hole_from, $hole_until)",
            {"table": table, **asdict(log)},
        )


def read_logs(engine: Engine) -> dict[str, Any]:
    """Return, from table ``logs``, the query parameters that say when each table is logged."""
    rows = engine.rows("select table_name, observed_from, observed_until, hole_from, hole_until from logs")
    return parameters_of_logs({table: Log(*days) for table, *days in rows})
