"""Findings: what the time-varying Cox model of a study says of its columns and families, as far as events allow."""

from functools import cached_property

import pandas as pd

from analysis.cohort.event_date import counting_process_by_other_date
from analysis.cohort.kept import kept_property
from analysis.cox.proportional_hazards import ProportionalHazards, proportional_hazards_test
from analysis.declared.floors import Question
from analysis.errors import DesignError, ModelError
from analysis.figures.display import Display
from analysis.inference.apart import bounds_apart, family_tests_apart, fit_apart, ratios_apart, together_apart
from analysis.inference.asked_cox import AskedCox, asked_cox
from analysis.inference.displays import show_drifts, show_hazard_ratios
from analysis.inference.drift import DriftPath, DriftVerdict, drift_path, drift_verdict
from analysis.inference.event_dates import compare_event_dates
from analysis.inference.fit import Inference, fit_inference
from analysis.inference.hazard_ratios import drifts, hazard_ratios
from analysis.inference.joint_tests import family_tests
from analysis.inference.read_together import ReadTogether, others_of, read_together
from analysis.inference.silent import drift_remark, silent_remarks
from analysis.inference.trap_results import TrapResults
from analysis.lifetimes.questions import Lifetimes
from analysis.wording.remarks import Remark


class Findings(Lifetimes):
    """A cohort with the results of its time-varying Cox model, each computed once when first asked for.

    From as many events on as a comparison of families needs, and as many parent accounts that they belong to, one model
    of all families; with fewer each family by itself beside the contract; with fewer still none.
    """

    @cached_property
    def inference(self) -> Inference:
        """The time-varying Cox model of all families.

        Raises
        ------
        ModelError
            If events, or the parent accounts that they belong to, are too few to set families against each other.
        """
        self._require(Question.CONTEST)
        self.progress("fitting the time-varying Cox model")
        return fit_inference(self.counting_process, self.covariates("counting_process"))

    @cached_property
    def apart(self) -> dict[str, Inference]:
        """The time-varying Cox model of each family by itself beside the contract, for few events.

        Raises
        ------
        ModelError
            If events, or the parent accounts that they belong to, are too few for that, too.
        """
        self._require(Question.FAMILY)
        self.progress("fitting a time-varying Cox model for each family")
        measured = [family.name for family, is_measured in self.families() if is_measured and not family.is_control]
        return fit_apart(self.counting_process, self.covariates("counting_process"), measured)

    def cox(self, formula: str, where: str | None = None) -> AskedCox:
        """Return the time-varying Cox model that a formula asks for, fitted to all intervals or some.

        Parameters
        ----------
        formula
            Names of families and covariates: ``usage + relationship * no_champion``. The contract is adjusted for
            unless it is taken out (``usage - contract``); baselines differ by kind of term, errors are clustered by
            parent account, and columns are shrunk where events are few for them.
        where
            True or false of each interval, in SQL, over covariates, columns of ``accounts`` (as of the snapshot) and of
            ``subscriptions`` (as of the interval's first day): ``segment = 'mid' and seats >= 50``.

        Raises
        ------
        DesignError, StudyError
            If a name is unknown or not measured here.
        ModelError
            If those intervals hold too few events, or parent accounts with one.

        Examples
        --------
        >>> from analysis import open_study
        >>> study = open_study("tests/data/crm5_sample/study.toml", progress=lambda step: None)
        >>> study.cox("usage").summary().frame()[["label", "hazard_ratio", "p_value"]].head(2).round(2)
                             label  hazard_ratio  p_value
        0  Events per seat and day          0.62     0.10
        1   Share of days with use          0.76     0.12
        """
        return asked_cox(self, formula, where)

    def _reaches(self, question: Question) -> bool:
        return self.floor(question).is_reached

    def _require(self, question: Question) -> None:
        if obstacle := self.floor(question).obstacle:
            raise ModelError(obstacle)

    @kept_property
    def drift(self) -> DriftVerdict:
        """Whether hazard ratios are shown to change over the lifetime, and which."""
        return drift_verdict(self.proportionality, self.inference.columns)

    @kept_property
    def read_together(self) -> tuple[ReadTogether, ...]:
        """Columns of the time-varying Cox model that are not to be read by themselves, and what they say as one."""
        if self._reaches(Question.CONTEST):
            return read_together(self.inference.fit, self.inference.columns)
        return together_apart(self.apart)

    @kept_property
    def silent(self) -> tuple[Remark, ...]:
        """What the hazard ratios keep to themselves: immortal time, and a share that never leaves."""
        return silent_remarks(self.counting_process, self.covariates("counting_process"))

    def _drift_in_words(self) -> tuple[Remark, ...]:
        """Return the verdict on drift; nothing where these data cannot tell."""
        try:
            return (drift_remark(self.drift),)
        except ModelError:
            return ()

    def drift_path(self, term: str) -> DriftPath:
        """Return how the hazard ratio of one column of the inference fit changes over the lifetime."""
        return drift_path(self.proportionality, self.inference.columns, term)

    @kept_property
    def ratios(self) -> pd.DataFrame:
        """Hazard ratios of the columns of the inference fit, as `RATIOS`."""
        return hazard_ratios(self.inference.fit, self.inference.columns)

    @kept_property
    def by_event_date(self) -> pd.DataFrame | None:
        """The findings by both dates; None where there is one date only, or too few events by the other."""
        if self.table("lifetimes")["notice_on"].isna().all():
            return None
        try:
            other = fit_inference(counting_process_by_other_date(self), self.covariates("counting_process"))
        except (DesignError, ModelError):
            return None
        return compare_event_dates(self._joint_tests, self.ratios, other)

    def event_dates(self) -> Display:
        """Return what the joint tests and hazard ratios become with the event dated the other way (notice, end).

        Raises
        ------
        ModelError
            If the source knows no notices, or by the other date too few left.
        """
        if self.by_event_date is None:
            raise ModelError(
                "Leaving is dated one way only: the source knows no notices, or too few left by the other."
            )
        return Display("Findings by event date", self.by_event_date)

    def hazard_ratios(self) -> Display:
        """Return hazard ratios per standard deviation with cluster-robust intervals, and which are read together.

        From one model of all families; with few events, of each family by itself beside the contract.
        """
        table = self.labelled(self.ratios if self._reaches(Question.CONTEST) else self._ratios_apart)
        table["read_with"] = ["; ".join(others_of(self.read_together, term)) for term in table["term"]]
        return show_hazard_ratios(table, self.colors, (*self.silent, *self._drift_in_words()))

    @kept_property
    def _ratios_apart(self) -> pd.DataFrame:
        return ratios_apart(self.apart)

    def bounds(self) -> Display:
        """Return what hazard ratios are at most, or at least, of columns on one side of which hardly anybody left."""
        table = self.labelled(self._bounds)
        return Display("Bounds of hazard ratios where hardly anybody left on one side", table)

    @kept_property
    def _bounds(self) -> pd.DataFrame:
        return self.inference.bounds if self._reaches(Question.CONTEST) else bounds_apart(self.apart)

    @kept_property
    def proportionality(self) -> ProportionalHazards:
        """The test of proportional hazards of the inference fit, over lifetime as 1 - Kaplan-Meier."""
        return proportional_hazards_test(self.inference.fit)

    def proportional_hazards(self) -> Display:
        """Return which hazard ratios drift over the lifetime (score tests, Holm), and the path of the strongest."""
        return show_drifts(self.labelled(self._drifts), self.proportionality, self.colors)

    @kept_property
    def _drifts(self) -> pd.DataFrame:
        return drifts(self.proportionality, self.inference.columns)

    def family_tests(self) -> Display:
        """Return the robust joint test of each family, given everything else in the model.

        With few events that is the contract alone.
        """
        if not self._reaches(Question.CONTEST):
            return Display("Joint test of each family's columns, one family at a time", self._tests_apart.copy())
        return Display("Joint test of each family's columns", self._joint_tests.copy())

    @kept_property
    def _tests_apart(self) -> pd.DataFrame:
        return family_tests_apart(self.apart)

    @kept_property
    def _joint_tests(self) -> pd.DataFrame:
        names = [family.name for family, _ in self.families()]
        return family_tests(self.inference.fit, self.inference.columns, names)

    @cached_property
    def traps(self) -> TrapResults:
        """The usual mistakes with time, made on purpose on these data, beside what is right."""
        return TrapResults(self)
