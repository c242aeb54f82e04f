"""Cohort tables: what a study's cohort holds, read with its labels and in a fixed order."""

import weakref
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.cohort.content import by_account, by_row
from analysis.cohort.frames import SCHEMAS
from analysis.cohort.long_log.log_stays import StayingLog, logs_that_stay, opened_again
from analysis.cohort.queries import ASKED, MONEY
from analysis.declared.declaration import read_declaration
from analysis.declared.factors import Covariate, Family, measurable_covariates, read_families
from analysis.declared.floors import Evidence, Floor, Question, floors
from analysis.declared.long_tables import LOGS
from analysis.declared.parameters import query_parameters
from analysis.declared.study import Study
from analysis.engine.engine import Engine
from analysis.engine.opening import Standing
from analysis.engine.parsed import tables_read
from analysis.engine.query import own_parameters, read_query
from analysis.engine.store import Store
from analysis.ingest.measured.logs import read_logs
from analysis.ingest.measured.measured import read_not_measured
from analysis.progress import Progress
from analysis.store.cohorts import in_use
from analysis.store.working import scratch_folder
from analysis.wording.remarks import Remark

_BY_ACCOUNT = {
    "lifetimes": ("origin", "lifetime_number"),
    "counting_process": ("risk_date", "risk_date"),
    "phase_intervals": ("risk_date", "risk_date", "start"),
    "recurrent_events": ("changed_on", "changed_on"),
    "returns": ("origin", "lifetime_number"),
}
"""The day by which accounts are told apart first, and the columns by which the rows of each follow each other."""
_BY_ROW = {"landmarks": ("risk_date",), "known_leavers": ("ends_on",), "attrition": ("step",)}


def in_order(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return rows of a table of the cohort in its order, which is one of what rows say: other ids change nothing.

    Sums depend on the order of their parts, if only in the last digit, and so would all that follows.
    """
    if table in _BY_ACCOUNT:
        return by_account(frame, *_BY_ACCOUNT[table])
    return by_row(frame, *_BY_ROW[table]) if table in _BY_ROW else frame


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
    threads, memory_limit
        Threads, and most memory, such as ``4GB``, for DuckDB: wherever the cohort is read, or part of it made again.
    """

    def __init__(
        self,
        study: Study,
        cohort: Path,
        hashes: dict[str, str],
        progress: Progress,
        threads: int | None = None,
        memory_limit: str | None = None,
    ) -> None:
        self.study = study
        self.cohort_file = cohort
        self.hashes = hashes
        self.progress = progress
        self.threads = threads
        self.memory_limit = memory_limit
        self.is_as_built = True
        self._told: set[str] = set()
        held = in_use(cohort)  # so that no other run removes it
        if held is not None:
            weakref.finalize(self, held.let_go)

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute; who is given something in place of what the cohort tells is no longer as it was built."""
        if hasattr(type(self), name):
            self.is_as_built = False
        super().__setattr__(name, value)

    def tell_once(self, text: str) -> None:
        """Tell what is going on, unless it was told already."""
        if text not in self._told:
            self._told.add(text)
            self.progress(text)

    def query(self, sql: str) -> pd.DataFrame:
        """Return the answer to a question put to the cohort's tables in SQL; add ``order by`` where order matters."""
        with self._opened() as engine, self._holder(engine, sql) as holder:
            return holder.frame(sql)

    def ask(
        self,
        question: str,
        parameters: Mapping[str, Any] | None = None,
        named: Mapping[str, str] | None = None,
        shown: Mapping[str, pd.DataFrame] | None = None,
    ) -> pd.DataFrame:
        """Return the answer to a question of ``queries/7_audit/asked``.

        Parameters
        ----------
        question
            Name of its file, without ``.sql``.
        parameters
            Values on offer; those of the cohort's own queries are on offer, too.
        named
            Selects that the question reads by name, as if they were tables.
        shown
            Frames that it reads by name.
        """
        query, selects = read_query(f"{ASKED}/{question}"), named or {}
        own = own_parameters(query, {**self.parameters, **(parameters or {})})
        with (
            self._opened() as engine,
            engine.named(**selects),
            engine.showing(**shown or {}),
            self._holder(engine, query.sql, *selects.values()) as holder,
            holder.named(**selects) if holder is not engine else nullcontext(),
        ):
            return holder.frame(query.sql, own)

    def ask_several(
        self, questions: Collection[str], parameters: Mapping[str, Any] | None = None
    ) -> dict[str, pd.DataFrame]:
        """Return the answers to several questions of ``queries/7_audit/asked``, by name; the cohort is opened once."""
        on_offer = {**self.parameters, **(parameters or {})}
        with self._opened() as engine:
            return {question: engine.ask(read_query(f"{ASKED}/{question}"), on_offer) for question in questions}

    def ask_money(self, question: str) -> pd.DataFrame:
        """Return the answer to a question of ``queries/8_money``, by the name of its file, without ``.sql``."""
        with self._opened() as engine:
            return engine.ask(read_query(f"{MONEY}/{question}"), self.parameters)

    @cached_property
    def _standing(self) -> Standing:
        return Standing(self.cohort_file, self.threads, self.memory_limit)

    def _opened(self) -> Engine:
        return self._standing.engine()

    @contextmanager
    def _holder(self, engine: Engine, *selects: str) -> Iterator[Store]:
        """Open what some selects are put to: the cohort, unless they read a log that is not in it."""
        read = {log for log in LOGS for select in selects if log in select and log in tables_read(select)}
        if not read & self.logs_that_stay.keys():
            yield engine
            return
        with (
            scratch_folder() as folder,
            opened_again(self.study, self.logs_that_stay, engine, folder, self.threads) as elsewhere,
        ):
            yield elsewhere

    @cached_property
    def logs_that_stay(self) -> dict[str, StayingLog]:
        """The logs of use that were not copied into the cohort, by name: Spark reads them where they lie."""
        with self._opened() as engine:
            return logs_that_stay(engine, self.study.source.path)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The values by which the cohort's queries ran."""
        with self._opened() as engine:
            declaration = read_declaration(self.study.source.kind, self.study.sources)
            return query_parameters(self.study, declaration) | read_logs(engine)

    def table(self, name: str) -> pd.DataFrame:
        """Return one table of the cohort (``lifetimes``, ``attrition``, ...), in a fixed order (`in_order`)."""
        found = in_order(self.query(f"select * from {name} order by all"), name)
        return SCHEMAS[name].checked(found) if name in SCHEMAS else found

    @cached_property
    def settled_until(self) -> pd.Timestamp:
        """The last day on which an end is known to be one; what came after is provisional."""
        return pd.Timestamp(self.table("settled")["settled_until"].iloc[0])

    @cached_property
    def given(self) -> frozenset[str]:
        """What the source gives, and measures: tables, ``table.column`` names, and other words of needs."""
        return frozenset(self.table("given_names")["name"])

    @cached_property
    def not_measured(self) -> Mapping[str, Remark]:
        """What else the source gives, and why it does not measure what it is read for, by name."""
        with self._opened() as engine:
            return read_not_measured(engine)

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
        return measurable_covariates(self.given, cohort, self.study.own.declared())

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

    @property
    def evidence(self) -> Evidence:
        """How many lifetimes churned while under observation, and how many parent accounts they belong to."""
        churned = self.counting_process.loc[self.counting_process["event"] == 1, ["lifetime_id", "cluster_id"]]
        return Evidence(*churned.nunique())

    def floor(self, question: Question) -> Floor:
        """Return how many leavers a question needs, and how many there are."""
        return floors(self.study.report, self.evidence)[question]

    @cached_property
    def colors(self) -> dict[str, str]:
        """Colour of each family."""
        return {family.name: family.color for family, _ in self.families()}

    def term_label(self, term: str, covariate: str) -> str:
        """Return the label of a design column: its covariate's, with the level of an indicator."""
        labels = {declared.name: declared.label_en for declared in self.covariates()}
        return labels[covariate] + term.removeprefix(covariate)

    def labelled(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the label of each column before its term."""
        pairs = zip(table["term"], table["covariate"], strict=True)
        labelled = table.copy()
        labelled.insert(0, "label", [self.term_label(term, covariate) for term, covariate in pairs])
        return labelled
