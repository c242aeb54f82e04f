"""Widened: a cohort with one covariate more, computed from its own tables as a build would have done."""

import dataclasses
from functools import cached_property

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.queries import KEY
from analysis.cohort.rebuild import beside
from analysis.declared.factors import Covariate
from analysis.declared.own_queries import OwnQueries
from analysis.errors import ModelError
from analysis.wording.remarks import remark


class Widened(CohortTables):
    """A cohort, with a covariate that it was not built with.

    Parameters
    ----------
    tenure
        The cohort; it is only read.
    tried
        One query, with what is said of its one column.

    Raises
    ------
    ModelError
        If the source does not give what the covariate needs.
    """

    def __init__(self, tenure: CohortTables, tried: OwnQueries) -> None:
        study = dataclasses.replace(tenure.study, own=tenure.study.own.beside(tried))
        super().__init__(study, tenure.cohort_file, tenure.hashes, tenure.progress, tenure.threads, tenure.memory_limit)
        self._tenure = tenure
        (self.covariate,) = tried.covariates
        (self.tried_query,) = tried.queries
        if lacking := self.covariate.lacking(self.given):
            raise ModelError(remark("trial.not_measured", covariate=self.covariate.name, needs=lacking))

    @cached_property
    def values(self) -> pd.DataFrame:
        """The covariate on every date on which covariates are asked for: lifetime_id, risk_date, account_id, its name.

        Raises
        ------
        BuildError
            If the query fails, or has several rows of one account and date.
        """
        name, table = self.covariate.name, self.covariate.table
        with beside(self, [table]) as engine:
            return engine.frame(
                f"select {', '.join(KEY)}, account_id, lifetime_number, {name} from {table} "
                f"inner join risk_dates using ({', '.join(KEY)}) order by {', '.join(KEY)}"
            )

    @cached_property
    def counting_process(self) -> pd.DataFrame:
        """Intervals at risk, as those of the cohort, with the covariate."""
        return self._with_values(self._tenure.counting_process)

    @cached_property
    def landmarks(self) -> pd.DataFrame:
        """Rows at risk on each landmark, as those of the cohort, with the covariate."""
        return self._with_values(self._tenure.landmarks)

    def known_beside(self, cohort: str) -> tuple[Covariate, ...]:
        """Return the covariates of the contract and of the tried one's family, without itself, in their order."""
        families = {family.name for family, _ in self.families() if family.is_control} | {self.covariate.family}
        return tuple(one for one in self._tenure.covariates(cohort) if one.family in families)

    def _with_values(self, rows: pd.DataFrame) -> pd.DataFrame:
        values = self.values[[*KEY, self.covariate.name]]
        return rows.merge(values, on=list(KEY), how="left", validate="one_to_one")
