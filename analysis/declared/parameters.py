"""Parameters: the values that queries may ask for by name, from a study and what its source declares."""

from collections.abc import Mapping
from typing import Any

from analysis.declared.contract import read_contract
from analysis.declared.declaration import Declaration
from analysis.declared.study import Study
from analysis.errors import StudyError

LONG_AGO = "1900-01-01"


def query_parameters(study: Study, declaration: Declaration) -> dict[str, Any]:
    """Return all named parameters that queries may ask for.

    Raises
    ------
    StudyError
        If ``observed_from`` names a table that is not one of the contract's.
    """
    return study.query_parameters() | log_parameters(declaration.observed_from | study.source.observed_from)


def log_parameters(observed_from: Mapping[str, Any]) -> dict[str, Any]:
    """Return the query parameters that say since when each source table is logged.

    Raises
    ------
    StudyError
        If a table is not one of the contract's.
    """
    unknown = sorted(set(observed_from) - set(read_contract()))
    if unknown:
        raise StudyError(f"observed_from names '{unknown[0]}', which is no table of the contract.")
    return {f"{table}_observed_from": observed_from.get(table, LONG_AGO) for table in read_contract()}
