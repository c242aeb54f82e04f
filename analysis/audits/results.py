"""Audit results: all audits of a study, each made once when first asked for; ``tenure.audits`` in a notebook."""

import dataclasses
from collections.abc import Callable
from functools import cached_property

import pandas as pd

from analysis.audits.alarm import Alarm, verdict
from analysis.audits.calendar_moves import calendar_moves
from analysis.audits.coverage import coverage, match_rates, reporting_delays
from analysis.audits.kept import KeptTables
from analysis.audits.knowledge import MATTERS, late_knowledge, without_days_of_knowledge
from analysis.audits.lag_ladder import lag_ladder
from analysis.audits.look_ahead import audit_days, look_ahead
from analysis.audits.overwritten import moved_labels, rewritten_score
from analysis.audits.shortcuts import falling_hazard, one_stay
from analysis.cohort.cohort_tables import CohortTables
from analysis.errors import DesignError, ModelError


class AuditResults:
    """What could make a study's findings wrong, looked for on its own data.

    Parameters
    ----------
    tenure
        The cohort.
    look_ahead_days
        Days on which the past is rebuilt; the study's own number by default.
    """

    def __init__(self, tenure: CohortTables, look_ahead_days: int | None = None) -> None:
        self._tenure = tenure
        self._n_days = tenure.study.audits.look_ahead_days if look_ahead_days is None else look_ahead_days
        self._kept = KeptTables(tenure, self._n_days)

    @cached_property
    def _look_ahead(self) -> tuple[pd.DataFrame, ...]:
        def make() -> tuple[pd.DataFrame, pd.DataFrame]:
            return look_ahead(self._tenure, audit_days(self._tenure, self._n_days))

        return self._kept.tables("look_ahead", "look_ahead_cells", make=make)

    @property
    def look_ahead(self) -> pd.DataFrame:
        """What differs between all data and what was known: day, what, compared, differing."""
        return self._look_ahead[0]

    @property
    def look_ahead_cells(self) -> pd.DataFrame:
        """The first cells that differ, by account and date; empty where none does."""
        return self._look_ahead[1]

    @cached_property
    def _ladder(self) -> tuple[pd.DataFrame, ...]:
        return self._kept.tables("lag_ladder", "lag_ladder_families", make=self._make_ladder)

    def _make_ladder(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        try:
            needed = self._tenure.study.report.contest_from_events
            if self._tenure.n_events < needed:
                raise ModelError(f"it needs {needed} lifetimes with event; there are {self._tenure.n_events}")
            return lag_ladder(self._tenure, self._tenure.study.audits.lags)
        except (DesignError, ModelError) as error:
            self._tenure.progress(f"lag ladder: not made ({error})")
            empty = pd.DataFrame(columns=["term", "covariate", "family", "lag", "signal"])
            return empty, pd.DataFrame(columns=["family", "lag", "p_value"])

    @property
    def lag_ladder(self) -> pd.DataFrame:
        """Effects with the families as they stood earlier; empty where too few lifetimes are old enough."""
        return self._ladder[0]

    @property
    def lag_ladder_families(self) -> pd.DataFrame:
        """Joint tests of the families as they stood earlier."""
        return self._ladder[1]

    @cached_property
    def late_knowledge(self) -> pd.DataFrame:
        """Effects as known beside effects as observed; empty where the source says nothing of when it learned."""
        return self._one("late_knowledge", late_knowledge)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """Share of landmark rows with a value, by covariate and fiscal quarter."""
        return self._one("coverage", coverage)

    @cached_property
    def reporting_delays(self) -> pd.DataFrame:
        """How late facts are learned, and how much of the newest quarter is likely known."""
        return self._one("reporting_delays", reporting_delays)

    @cached_property
    def match_rates(self) -> pd.DataFrame:
        """How many rows of optional tables fall into a lifetime."""
        return self._one("match_rates", match_rates)

    @cached_property
    def alarms(self) -> pd.DataFrame:
        """One line for each thing looked for, columns as `Alarm`; is_raised is missing where these data cannot tell."""
        return self._one("alarms", self._look_for_all)

    def _look_for_all(self, tenure: CohortTables) -> pd.DataFrame:
        tenure.progress("looking for what was overwritten, left out, or moved by the calendar")
        found = [
            self._look_ahead_alarm(),
            *self._knowledge_alarms(),
            one_stay(tenure),
            self._tried(falling_hazard, "falling_hazard"),
            *moved_labels(tenure),
            self._tried(rewritten_score, "rewritten_score"),
            *calendar_moves(tenure),
        ]
        return pd.DataFrame([dataclasses.asdict(alarm) for alarm in found]).astype({"is_raised": "boolean"})

    def _one(self, name: str, make: Callable[[CohortTables], pd.DataFrame]) -> pd.DataFrame:
        (table,) = self._kept.tables(name, make=lambda: (make(self._tenure),))
        return table

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return every table of the audits by name, alarms first."""
        names = (
            "alarms", "look_ahead", "look_ahead_cells", "lag_ladder", "lag_ladder_families", "late_knowledge",
            "coverage", "reporting_delays", "match_rates",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    def _tried(self, audit, name: str) -> Alarm:  # type: ignore[no-untyped-def]
        try:
            return audit(self._tenure)
        except (DesignError, ModelError) as error:
            self._tenure.progress(f"{name}: cannot be told ({error})")
            return Alarm(name, "", None)

    def _look_ahead_alarm(self) -> Alarm:
        counts = self.look_ahead
        differing = int(counts["differing"].sum())
        return Alarm("look_ahead", "", differing > 0, float(differing), n=int(counts["compared"].sum()))

    def _knowledge_alarms(self) -> list[Alarm]:
        table = self.late_knowledge
        if table.empty:
            return [Alarm("late_knowledge", "", False if without_days_of_knowledge(self._tenure) else None)]
        return [
            Alarm(
                "late_knowledge",
                row.covariate,
                verdict(bool(row.flatters), MATTERS, row.conf_low, row.conf_high),
                *(row.change, row.conf_low, row.conf_high, row.p_holm),
                n=int(row.cells),
            )
            for row in table.itertuples()
        ]
