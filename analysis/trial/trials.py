"""Trials: the covariates tried in one session with a study, and how many they are."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.own_queries import own_query
from analysis.errors import ModelError, StudyError
from analysis.inference.multiplicity import holm
from analysis.trial.look_back import look_back
from analysis.trial.telling_days import telling_days
from analysis.trial.tried import Tried, Written
from analysis.trial.widened import Widened
from analysis.wording.remarks import remark


class Trials:
    """The covariates tried on one cohort; one that is tried again as it was is the one tried before.

    Parameters
    ----------
    tenure
        The cohort.
    """

    def __init__(self, tenure: CohortTables) -> None:
        self._tenure = tenure
        self._tried: dict[str, Tried] = {}

    def __len__(self) -> int:
        """Return how many were tried."""
        return len(self._tried)

    def try_covariate(
        self,
        sql: str,
        *,
        name: str = "",
        family: str = "",
        label: str = "",
        toml: str = "",
        needs: Sequence[str] = (),
        **said: str,
    ) -> Tried:
        """Compute a covariate in the cohort, and look whether it knows the future.

        Parameters
        ----------
        sql
            A select of an account (``account_id`` or ``lifetime_id``), a date (``date`` or ``risk_date``) and the
            covariate, shaped as the files of ``queries/5_covariates``; it may read the tables of the contract and of
            the folders up to these. ``risk_windows`` has the accounts and dates on which covariates are asked for.
        name
            Of the covariate: its column.
        family
            As ``relationship``.
        label
            What pages call it; the name in plain letters by default.
        toml
            All of that, as the file beside the query would say it, in place of the arguments.
        needs
            Tables and columns of the contract without which it is not measured; by default the logs that it reads.
        **said
            ``label_ja``, ``unit``, ``unit_ja``, ``window`` (``recent``, ``baseline``, ``state``, or as ``28 days``),
            ``null_means`` (``zero``: where the query has no row and its window lies within the log there was none),
            ``expected_sign`` (``+``, ``-``, ``?``), ``transform`` (``identity``, ``log1p``, ``category``).

        Raises
        ------
        StudyError
            If the SQL is no such select, or what is said of it is not understood.
        BuildError
            If the query fails, or has several rows of one account and date.
        ModelError
            If the source does not give what it needs.
        """
        content = _content(toml, name) if toml else _declared(name, family, label, needs, said)
        columns = tuple(key for key, value in content.items() if isinstance(value, Mapping))
        if len(columns) != 1:
            raise ModelError(remark("trial.not_one", names=columns))
        written = Written(name or columns[0], sql, content)
        key = repr(written)
        if key not in self._tried:
            cohort = Widened(self._tenure, own_query(written.name, sql, content, written.name, self._tenure.study.own))
            looked = look_back(cohort, telling_days(cohort))
            number = len(self._tried) + 1
            self._tried[key] = Tried(cohort, written, looked, number, lambda: self._adjusted(key))
        return self._tried[key]

    def _adjusted(self, key: str) -> tuple[float, int]:
        """Return a covariate's p value by Holm's method over all that were tried, and how many these are.

        Of one whose forecasts were not asked for yet p counts as 1, which makes no other's smaller.
        """
        p_values = np.array([one.p_value for one in self._tried.values()])
        adjusted = holm(np.where(np.isfinite(p_values), p_values, 1.0))
        return float(adjusted[list(self._tried).index(key)]), len(p_values)


def _declared(name: str, family: str, label: str, needs: Sequence[str], said: Mapping[str, str]) -> dict[str, Any]:
    """Return what the file beside the query would say, from arguments."""
    if not name or not family:
        raise StudyError("A covariate needs a name and a family: try_covariate(sql, name=..., family=...).")
    entry: dict[str, Any] = {"label_en": label or name.replace("_", " ").capitalize(), **said}
    return {"family": family, name: entry | ({"needs": list(needs)} if needs else {})}


def _content(toml: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"What is said of {name or 'the covariate'} cannot be read as TOML: {error}") from None
