"""Shape of a study's own query: by account and date as it is written, by lifetime and date as it runs."""

from collections.abc import Collection, Mapping, Sequence

from analysis.declared.contract import read_contract
from analysis.declared.factors import FOLDER
from analysis.engine.query import Query, read_queries
from analysis.errors import StudyError

LOGS = {
    "usage_daily": "windows.use_since",
    "user_activity": "windows.users_active_since",
    "users": "since.users_since",
    "features": "since.features_since",
    "contacts": "since.contacts_since",
    "touchpoints": "since.touches_since",
    "tickets": "since.tickets_since",
    "surveys": "since.surveys_since",
    "goals": "since.goals_since",
    "account_attributes": "since.attributes_since",
}
"""Tables that are logged, and the column that says since when: of use that of the account and date."""
ACCOUNT, DATE = ("lifetime_id", "account_id"), ("risk_date", "date")
"""What the account and the date of a row may be called."""
WINDOWS = {"recent": "$recent_days", "baseline": "$baseline_days", "state": "$baseline_days"}
"""How many days of its log must be there for a window; a state is told where the longest window is."""


def keys_said(columns: Sequence[str], file: str) -> tuple[str, str]:
    """Return what a select calls the account and the date.

    Raises
    ------
    StudyError
        If a column has no name, two have the same, or either is not among them.
    """
    if "" in columns:
        raise StudyError(
            f"{file}: column {columns.index('') + 1} has no name. Write out every column, each 'as' a name; a star "
            "does not say what it holds."
        )
    if len(set(columns)) < len(columns):
        raise StudyError(f"{file}: two columns have one name: {', '.join(columns)}.")
    found = []
    for names, what in ((ACCOUNT, "the account"), (DATE, "the date")):
        said = [name for name in names if name in columns]
        if len(said) != 1:
            raise StudyError(
                f"{file}: {what} must be a column, called {' or '.join(names)}, once; there are {', '.join(columns)}."
            )
        found += said
    return found[0], found[1]


def logs_read(reads: Collection[str], own: Sequence[Query] = ()) -> tuple[str, ...]:
    """Return the logs that tables rest on, in the order of `LOGS`: read themselves, or through what sums them up.

    The attributes of accounts count where they are read themselves: else they say whose holidays an account has.
    """
    seen = tables_behind(reads, own) - ({"account_attributes"} - set(reads))
    return tuple(log for log in LOGS if log in seen)


def tables_behind(reads: Collection[str], own: Sequence[Query] = ()) -> frozenset[str]:
    """Return tables, and those that they are made of: not those behind lifetimes and dates, on which all rest."""
    made = {query.name: query for folder in ("4_activity", FOLDER) for query in read_queries(folder)}
    made |= {query.name: query for query in own}
    contract = read_contract()
    waiting, seen = list(reads), set(reads)
    while waiting:
        name = waiting.pop()
        further = made[name].reads - seen if name in made and name not in contract else frozenset()
        waiting += further
        seen |= further
    return frozenset(seen)


def shaped(
    sql: str,
    keys: tuple[str, str],
    columns: Sequence[str],
    windows: Mapping[str, str],
    logs: Sequence[str],
    where: str,
) -> str:
    """Return the query as it runs: a line for each lifetime and date on which covariates are asked for.

    Parameters
    ----------
    sql
        As it is written.
    keys
        What it calls the account and the date.
    columns
        Its covariates.
    windows
        Of those that are zero where the query has no row, how far they look back: ``recent``, ``baseline``, ``state``,
        or days. Where that reaches out of a log that the query reads, or is no day yet, the value is missing.
    logs
        Those logs.
    where
        What to call its declaration in messages.

    Raises
    ------
    StudyError
        If a window is none.
    """
    account, date = keys
    said = []
    for column in columns:
        value = f"own.{column}"
        if column in windows:
            begins = f"greatest(dates.origin, dates.risk_date - {_days(windows[column], f'{where}: [{column}]')})"
            within = ["dates.risk_date > dates.origin", *(f"{begins} >= {LOGS[log]}" for log in logs)]
            value = f"case when {' and '.join(within)} then coalesce({value}, 0) end"
        said.append(f"    {value} as {column}")
    return "\n".join([
        "with own as (",
        sql.strip().rstrip(";"),
        ")",
        "",
        "select",
        "    dates.lifetime_id,",
        "    dates.risk_date,",
        ",\n".join(said),
        "from risk_dates as dates",
        "inner join logged_since as since on dates.risk_date = since.risk_date",
        "inner join risk_windows as windows",
        "    on dates.lifetime_id = windows.lifetime_id and dates.risk_date = windows.risk_date",
        f"left join own on dates.{account} = own.{account} and dates.risk_date = own.{date}",
    ])  # fmt: skip


def _days(window: str, where: str) -> str:
    days = window.removesuffix(" days")
    if window not in WINDOWS and not days.isdigit():
        known = ", ".join(WINDOWS)
        raise StudyError(f"{where}: window is one of {known}, or a number of days such as '28 days', not {window!r}.")
    return WINDOWS.get(window, days)
