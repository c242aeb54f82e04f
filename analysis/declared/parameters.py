"""Parameters: the values that queries may ask for by name, from a study and what its source declares."""

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from analysis.declared.contract import read_contract
from analysis.declared.declaration import Declaration
from analysis.declared.study import Study
from analysis.errors import StudyError

LONG_AGO = "1900-01-01"
NEVER = "9999-12-31"


@dataclasses.dataclass(frozen=True, slots=True)
class Log:
    """When a table is logged, in days of the calendar: from a day on, until another, but not in a hole between them.

    Attributes
    ----------
    observed_from, observed_until
        The first day that it covers, and the first that it covers no more.
    hole_from, hole_until
        The first day of the hole, and the first that is logged again.
    """

    observed_from: Any = LONG_AGO
    observed_until: Any = NEVER
    hole_from: Any = NEVER
    hole_until: Any = NEVER


def query_parameters(study: Study, declaration: Declaration) -> dict[str, Any]:
    """Return all named parameters that queries may ask for, as far as a study and its source declare them.

    Raises
    ------
    StudyError
        If ``observed_from`` or ``observed_until`` names a table that is not one of the contract's.
    """
    source = study.source
    return study.query_parameters() | log_parameters(
        declaration.observed_from | source.observed_from, source.observed_until
    )


def log_parameters(observed_from: Mapping[str, Any], observed_until: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the query parameters that say from when to when each source table is logged.

    Raises
    ------
    StudyError
        If a table is not one of the contract's.
    """
    declared = {"observed_from": observed_from, "observed_until": observed_until or {}}
    logs = {table: Log() for table in read_contract()}
    for bound, days in declared.items():
        for table, day in days.items():
            if table not in logs:
                raise StudyError(f"{bound} names '{table}', which is no table of the contract.")
            logs[table] = dataclasses.replace(logs[table], **{bound: day})
    return parameters_of_logs(logs)


def parameters_of_logs(logs: Mapping[str, Log]) -> dict[str, Any]:
    """Return the query parameters of some logs, by table: ``usage_daily_observed_from`` and so on."""
    return {f"{table}_{name}": day for table, log in logs.items() for name, day in dataclasses.asdict(log).items()}


def given_parameters(given: Collection[str]) -> dict[str, Any]:
    """Return the query parameters that depend on what a source gives (`analysis.declared.contract.names_given`)."""
    return {
        "is_user_activity_given": "user_activity" in given,
        "is_use_logged_from_given": "accounts.use_logged_from" in given,
        "are_responses_given": "touchpoints.response_hours" in given,
    }
