"""Questions of lifetimes: how long they last, how they end, and how the book and its rate moved; for the workbench."""

from functools import cached_property

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.curves.rates import DAYS_A_YEAR
from analysis.design.outcome import Outcome
from analysis.figures.display import Display
from analysis.lifetimes.book import book_of
from analysis.lifetimes.displays import show_book, show_distributions, show_survival, show_trend
from analysis.lifetimes.hidden_quarters import hide_small_quarters
from analysis.lifetimes.labels import MOST_GROUPS, pooled_labels, refuse_unknown_label
from analysis.lifetimes.parametric import parametric_survival_of
from analysis.lifetimes.results import EventResults
from analysis.lifetimes.survival import survival_tables
from analysis.lifetimes.trend import Trend, trend_of


class Lifetimes(CohortTables):
    """A cohort with what its lifetimes did, each result a method away."""

    def labels_of_accounts(self, by: str, most: int = MOST_GROUPS) -> pd.Series:
        """Return the label of each account, by its id, small groups pooled.

        Raises
        ------
        StudyError
            If ``accounts`` has no such column, or the source does not give it.
        """
        refuse_unknown_label(by, self.given)
        return pooled_labels(self.table("accounts").set_index("account_id")[by], self.study.report.min_cell, most)

    def survival(self, by: str | None = None) -> Display:
        """Return survival curves with numbers at risk, by a column of ``accounts`` or for all.

        Columns of ``accounts`` are labels as of the snapshot: fine for a picture, never covariates.
        """
        return show_survival(*self.survival_tables(by), by)

    def survival_tables(self, by: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return survival curves, and the numbers at risk at a few round times.

        Raises
        ------
        StudyError
            If ``accounts`` has no such column, or the source does not give it.
        """
        group = None
        if by:
            group = self.counting_process["account_id"].map(self.labels_of_accounts(by)).to_numpy(object)
        return survival_tables(Outcome.from_counting_process(self.counting_process), self.study.report, group)

    def parametric_survival(self, horizon_days: float = 5 * DAYS_A_YEAR) -> Display:
        """Return distributions of the length of lifetimes by AIC, with their median and mean, beside Kaplan-Meier.

        The piecewise exponential has a rate for each phase; `parametric_survival_of` returns the curves, too.
        """
        outcome = Outcome.from_counting_process(self.counting_process)
        return show_distributions(parametric_survival_of(self.study, outcome, horizon_days))

    @cached_property
    def events(self) -> EventResults:
        """How lifetimes end and what changes in them."""
        return EventResults(self.table, self.study.report)

    def book(self) -> Display:
        """Return the accounts at the start of each fiscal quarter, and how many left in it."""
        book = book_of(self.table("book_by_quarter"))
        return show_book(hide_small_quarters(book, self.study.report.min_cell))

    @cached_property
    def moved(self) -> Trend:
        """How the rate at which accounts leave moved from quarter to quarter, and what it moved by."""
        return trend_of(self.landmarks, self.study)

    def trend(self) -> Display:
        """Return the share that left within the horizon of each quarter's start, with its 95% interval."""
        return show_trend(self.moved)
