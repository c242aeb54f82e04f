"""Questions of lifetimes: how long they last, how they end, and how the book and its rate moved; for the workbench."""

from dataclasses import replace
from functools import cached_property

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.cox.global_test import GlobalTest
from analysis.curves.rates import DAYS_A_YEAR
from analysis.design.outcome import Outcome
from analysis.figures.display import Display
from analysis.lifetimes.book import book_of
from analysis.lifetimes.compared import curves_differ, group_notes
from analysis.lifetimes.displays import show_book, show_distributions, show_survival, show_trend
from analysis.lifetimes.hidden_quarters import hide_small_quarters
from analysis.lifetimes.labels import MOST_GROUPS, OTHER, in_order, named_labels, pooled_labels, refuse_unknown_label
from analysis.lifetimes.parametric import parametric_survival_of
from analysis.lifetimes.results import EventResults
from analysis.lifetimes.sold import Told, in_groups, told_of
from analysis.lifetimes.survival import beginnings, survival_tables
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
        """Return survival curves with numbers at risk, of all or by group.

        Parameters
        ----------
        by
            A column of ``accounts`` or of ``subscriptions``, or an expression in SQL over them: ``plan``,
            ``seats >= 100``, ``plan = 'pro' and region = 'JP'``. Groups are those of the first day on which a lifetime
            is observed, its first day unless it began before the observation; columns of ``accounts`` are as of the
            snapshot, fine for a picture and never covariates. Numbers of many values are cut into quarters, and many
            days into years.

        Raises
        ------
        StudyError
            If there is no such column, the source does not give it, or it is no expression.

        Examples
        --------
        >>> from analysis import open_study
        >>> study = open_study("tests/data/crm5_sample/study.toml", progress=lambda step: None)
        >>> study.survival(by="segment").frame().groupby("group")["n_risk"].max()
        group
        appstore1     82
        appstore2     80
        web          145
        Name: n_risk, dtype: int64
        """
        if by is None:
            return show_survival(*self.survival_tables())
        told = self._told_at_start(by)
        labels = self._labels(told)
        curves, at_risk = self._survival_tables(labels)
        pooled = in_order(set(named_labels(in_groups(told.values))[labels == OTHER]) - {OTHER})
        without = [one.group for one in beginnings(curves, at_risk) if one.from_age is None]
        notes = group_notes(told, self._differ(labels), pooled, without, self.study.report.curve_from_at_risk)
        return show_survival(curves, at_risk, by, notes)

    def survival_tables(self, by: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return survival curves, and the numbers at risk at a few round times; `by` as `survival` has it."""
        return self._survival_tables(self._labels(self._told_at_start(by)) if by else None)

    def _survival_tables(self, labels: pd.Series | None) -> tuple[pd.DataFrame, pd.DataFrame]:
        group = None if labels is None else self.counting_process["lifetime_id"].map(labels).to_numpy(object)
        return survival_tables(Outcome.from_counting_process(self.counting_process), self.study.report, group)

    def _told_at_start(self, by: str) -> Told:
        first = self.counting_process.sort_values("start", kind="stable").drop_duplicates("lifetime_id")
        told = told_of(self, first[["lifetime_id", "risk_date"]].reset_index(drop=True), by)
        return replace(told, values=told.values.set_axis(first["lifetime_id"].to_numpy(object)))

    def _labels(self, told: Told) -> pd.Series:
        """Return the group of each lifetime, by its id, small groups pooled."""
        return pooled_labels(in_groups(told.values), self.study.report.min_cell)

    def _differ(self, labels: pd.Series) -> GlobalTest | None:
        """Test whether the curves of the groups are one; None where these data cannot tell."""
        outcome = Outcome.from_counting_process(self.counting_process)
        group = self.counting_process["lifetime_id"].map(labels).to_numpy(object)
        return curves_differ(outcome, group, self.study.seed)

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
        """Return the accounts at the start of each fiscal quarter, and how many left in it.

        Examples
        --------
        >>> from analysis import open_study
        >>> study = open_study("tests/data/crm5_sample/study.toml", progress=lambda step: None)
        >>> study.book().frame()[["label", "at_start", "churned_of_start", "rate"]].tail(2).round(3)
              label  at_start  churned_of_start   rate
        6  Jul 2023     181.0              16.0  0.088
        7  Oct 2023     194.0              14.0    NaN
        """
        book = book_of(self.table("book_by_quarter"))
        return show_book(hide_small_quarters(book, self.study.report.min_cell))

    @cached_property
    def moved(self) -> Trend:
        """How the rate at which accounts leave moved from quarter to quarter, and what it moved by."""
        return trend_of(self.landmarks, self.study)

    def trend(self) -> Display:
        """Return the share that left within the horizon of each quarter's start, with its 95% interval."""
        return show_trend(self.moved)
