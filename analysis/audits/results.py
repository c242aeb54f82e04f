"""Audit results: all audits of a study, each made once when first asked for; ``tenure.audits`` in a notebook."""

from collections.abc import Callable
from functools import cached_property

import pandas as pd

from analysis.audits import frames
from analysis.audits.alarm import Alarm, Verdict, as_frame, found_if, from_frame
from analysis.audits.calendar_moves import calendar_moves
from analysis.audits.compared import Compared, compared
from analysis.audits.coverage import coverage, match_rates, reporting_delays
from analysis.audits.gaps import Gaps, gaps
from analysis.audits.gone_in_days import gone_in_days
from analysis.audits.kept import KeptTables
from analysis.audits.knowledge import knowledge_alarms, late_knowledge, without_days_of_knowledge
from analysis.audits.lag_ladder import lag_ladder
from analysis.audits.learned import learned_ahead, stacked
from analysis.audits.look_ahead import audit_days, look_ahead
from analysis.audits.overwritten import moved_labels, rewritten_score
from analysis.audits.shortcuts import falling_hazard, one_stay
from analysis.audits.signals import Ladder, Signal, read_ladder
from analysis.audits.too_good import too_good
from analysis.audits.untold import Untold, untold
from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.floors import Question
from analysis.declared.own_queries import OwnQueries
from analysis.declared.schema import Schema
from analysis.errors import DesignError, ModelError
from analysis.figures.display import Display
from analysis.figures.shown import Answers


class AuditResults(Answers):
    """What could make a study's findings wrong, looked for on its own data.

    Parameters
    ----------
    tenure
        The cohort.
    look_ahead_days
        Days on which the past is rebuilt; the study's own number by default.
    """

    first = "findings"

    def __init__(self, tenure: CohortTables, look_ahead_days: int | None = None) -> None:
        self._tenure = tenure
        self._n_days = tenure.study.audits.look_ahead_days if look_ahead_days is None else look_ahead_days
        self._kept = KeptTables(tenure, self._n_days)

    @property
    def hashes(self) -> dict[str, str]:
        """What the cohort was built from."""
        return self._tenure.hashes

    @property
    def own(self) -> OwnQueries:
        """The queries that the study brings itself."""
        return self._tenure.study.own

    @cached_property
    def _look_ahead(self) -> tuple[pd.DataFrame, ...]:
        def make() -> tuple[pd.DataFrame, ...]:
            known = look_ahead(self._tenure, audit_days(self._tenure, self._n_days))
            learned = learned_ahead(self._tenure)
            return tuple(stacked(*tables) for tables in zip(known, learned, strict=True))

        return self._kept.tables(frames.LOOK_AHEAD, frames.LOOK_AHEAD_CELLS, make=make)

    @property
    def look_ahead(self) -> pd.DataFrame:
        """What differs between all data and what was known."""
        return self._look_ahead[0]

    @property
    def look_ahead_cells(self) -> pd.DataFrame:
        """The first cells that differ, by account and date; empty where none does."""
        return self._look_ahead[1]

    @cached_property
    def _ladder(self) -> tuple[pd.DataFrame, ...]:
        return self._kept.tables(frames.LAG_LADDER, frames.LAG_LADDER_FAMILIES, make=self._make_ladder)

    def _make_ladder(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        floor = self._tenure.floor(Question.CONTEST)
        try:
            if floor.obstacle:
                raise ModelError(floor.obstacle)
            return lag_ladder(self._tenure, self._tenure.study.audits.lags)
        except (DesignError, ModelError) as error:
            self._tenure.progress(f"lag ladder: not made ({error})")
            return frames.LAG_LADDER.empty(), frames.LAG_LADDER_FAMILIES.empty()

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
        return self._one(frames.LATE_KNOWLEDGE, late_knowledge)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """Share of landmark rows with a value, by covariate and fiscal quarter."""
        return self._one(frames.COVERAGE, coverage)

    @cached_property
    def reporting_delays(self) -> pd.DataFrame:
        """How late facts are learned, and how much of the newest quarter is likely known."""
        return self._one(frames.REPORTING_DELAYS, reporting_delays)

    @cached_property
    def match_rates(self) -> pd.DataFrame:
        """How many rows of optional tables fall into a lifetime."""
        return self._one(frames.MATCH_RATES, match_rates)

    @property
    def compared(self) -> Compared:
        """How much of the past was rebuilt and compared, and what looks ahead."""
        return compared(self.look_ahead)

    @property
    def ladder(self) -> Ladder | None:
        """The early and late signals of the lag ladder; None where too few lifetimes are old enough."""
        return read_ladder(self.lag_ladder, self.lag_ladder_families, self.untold.covariates)

    @property
    def signals_if_made(self) -> dict[str, Signal] | None:
        """What the lag ladder says of columns, by name; None where it was not made, which takes its time."""
        if not self._kept.are_kept(frames.LAG_LADDER, frames.LAG_LADDER_FAMILIES) or self.ladder is None:
            return None
        return {one.term: one.signal for one in self.ladder.signals}

    @property
    def late_columns(self) -> frozenset[str] | None:
        """Columns that are late signals, or may be; None where the lag ladder was not made."""
        signals = self.signals_if_made
        if signals is None:
            return None
        return frozenset(term for term, signal in signals.items() if signal in (Signal.LATE, Signal.LATE_OR_FAST))

    @cached_property
    def untold(self) -> Untold:
        """Of which facts the source does not say when they were learned, and which covariates rest on them."""
        return untold(self._tenure)

    @property
    def gaps(self) -> Gaps:
        """Which covariates lack values in some quarter."""
        return gaps(self.coverage)

    def findings(self) -> Display:
        """Return what was looked for, and whether it was found."""
        return Display("What could make a finding wrong, and whether it was found", self.alarms)

    @property
    def verdicts(self) -> tuple[Alarm, ...]:
        """One for each thing looked for: found, not found, or these data cannot tell."""
        return from_frame(self.alarms)

    @cached_property
    def alarms(self) -> pd.DataFrame:
        """The verdicts as a table; is_raised is missing where these data cannot tell."""
        return self._one(frames.ALARMS, self._look_for_all)

    def _look_for_all(self, tenure: CohortTables) -> pd.DataFrame:
        tenure.progress("looking for what was overwritten, left out, or moved by the calendar")
        return as_frame(
            [
                self._look_ahead_alarm(),
                *knowledge_alarms(self.late_knowledge, tuple(without_days_of_knowledge(tenure)), self.untold.columns),
                one_stay(tenure),
                self._tried(falling_hazard, "falling_hazard"),
                *moved_labels(tenure),
                self._tried(rewritten_score, "rewritten_score"),
                *calendar_moves(tenure),
                *too_good(tenure),
                *gone_in_days(tenure),
            ]
        )

    def _one(self, schema: Schema, make: Callable[[CohortTables], pd.DataFrame]) -> pd.DataFrame:
        (table,) = self._kept.tables(schema, make=lambda: (make(self._tenure),))
        return table

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return every table of the audits by name, alarms first."""
        return {schema.name: getattr(self, schema.name) for schema in frames.SCHEMAS}

    def _tried(self, audit: Callable[[CohortTables], Alarm], name: str) -> Alarm:
        try:
            return audit(self._tenure)
        except (DesignError, ModelError) as error:
            self._tenure.progress(f"{name}: cannot be told ({error})")
            return Alarm(name, "", Verdict.CANNOT_TELL)

    def _look_ahead_alarm(self) -> Alarm:
        seen = self.compared
        if seen.recent == 0 and not seen.looks_ahead:  # no cell was near enough to the day for a short look to show
            return Alarm("look_ahead", "", Verdict.CANNOT_TELL, n=seen.n_cells)
        return Alarm("look_ahead", "", found_if(seen.looks_ahead), float(seen.n_differing), n=seen.n_cells)
