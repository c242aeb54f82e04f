"""Cohort tables: what a study's cohort holds, read with its labels and in a fixed order."""

from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis.cohort.frames import SCHEMAS
from analysis.declared.factors import Covariate, Family, measurable_covariates, read_families
from analysis.declared.study import Study
from analysis.engine.warehouse import Progress, connect

ORDER = {"counting_process": "lifetime_id, start", "landmarks": "risk_date, lifetime_id"}


class CohortTables:
    """A study with its cohort built: the tables, and what they measure.

    Parameters
    ----------
    study
        The study.
    cohort
        The cohort's DuckDB file.
    hashes
        What it was built from.
    progress
        Told, in one line each, what takes time.
    memory_limit
        Most memory for DuckDB where tables are made again, such as ``4GB``.
    """

    def __init__(
        self,
        study: Study,
        cohort: Path,
        hashes: dict[str, str],
        progress: Progress,
        memory_limit: str | None = None,
    ) -> None:
        self.study = study
        self.cohort_file = cohort
        self.hashes = hashes
        self.progress = progress
        self.memory_limit = memory_limit

    def query(self, sql: str) -> pd.DataFrame:
        """Return the answer to a question put to the cohort's tables in SQL; add ``order by`` where order matters."""
        con = connect(self.cohort_file, read_only=True)
        try:
            return con.sql(sql).df()
        finally:
            con.close()

    def table(self, name: str) -> pd.DataFrame:
        """Return one table of the cohort (``lifetimes``, ``attrition``, ...), in a fixed order."""
        found = self.query(f"select * from {name} order by {ORDER.get(name, 'all')}")
        return SCHEMAS[name].checked(found) if name in SCHEMAS else found

    @cached_property
    def given(self) -> frozenset[str]:
        """What the source gives: tables, ``table.column`` names and properties."""
        return frozenset(self.table("given_names")["name"])

    @cached_property
    def counting_process(self) -> pd.DataFrame:
        """Intervals ``(start, stop]`` in days since origin, with covariates."""
        return self.table("counting_process")

    @cached_property
    def landmarks(self) -> pd.DataFrame:
        """Rows at risk on each landmark, with outcome and covariates."""
        return self.table("landmarks")

    @cached_property
    def known_leavers(self) -> pd.DataFrame:
        """Accounts under notice at the snapshot, the next to end first; they are in no forecast."""
        return self.table("known_leavers").sort_values(["ends_on", "account_id"], ignore_index=True)

    def covariates(self, cohort: str | None = None) -> tuple[Covariate, ...]:
        """Return the covariates that these data can measure."""
        return measurable_covariates(self.given, cohort)

    def families(self) -> tuple[tuple[Family, bool], ...]:
        """Return every factor family and whether these data measure any covariate of it."""
        measured = {covariate.family for covariate in self.covariates()}
        return tuple((family, family.name in measured) for family in read_families())

    @property
    def segment(self) -> str | None:
        """The label by which results are told apart; None where the source does not give it."""
        name = self.study.report.segment
        return name if f"accounts.{name}" in self.given else None

    @property
    def n_events(self) -> int:
        """Distinct lifetimes that churned while under observation."""
        return int(self.counting_process.loc[self.counting_process["event"] == 1, "lifetime_id"].nunique())

    @cached_property
    def colors(self) -> dict[str, str]:
        """Colour of each family."""
        return {family.name: family.color for family, _ in self.families()}

    def term_label(self, term: str, covariate: str) -> str:
        """Return the label of a design column: its covariate's, with the level of an indicator."""
        labels = {declared.name: declared.label_en for declared in self.covariates()}
        return labels[covariate] + term.removeprefix(covariate)

    def labelled(self, table: pd.DataFrame) -> pd.DataFrame:
        """Put the label of each column before its term."""
        pairs = zip(table["term"], table["covariate"], strict=True)
        table.insert(0, "label", [self.term_label(term, covariate) for term, covariate in pairs])
        return table
