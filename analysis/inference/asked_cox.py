"""Asked Cox: the time-varying Cox model that a formula asks for, on all intervals or some, with what it says."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.cox.concordance import concordance
from analysis.cox.fit import CoxFit
from analysis.cox.information_criteria import aic
from analysis.cox.proportional_hazards import ProportionalHazards, proportional_hazards_test
from analysis.cox.residuals import dfbeta, martingale_residuals, scaled_schoenfeld_residuals, score_residuals
from analysis.declared.factors import families_named, read_families, unmet
from analysis.declared.floors import Evidence, Question, floors
from analysis.design.matrix import learn_matrix
from analysis.errors import DesignError, ModelError, StudyError
from analysis.figures.display import Display
from analysis.figures.shown import Shown
from analysis.figures.style import MUTED
from analysis.inference.asked_terms import TIMES, asked_terms, with_products
from analysis.inference.displays import show_drifts, show_hazard_ratios
from analysis.inference.fit import Inference, fit_matrix
from analysis.inference.hazard_ratios import drifts, hazard_ratios
from analysis.inference.joint_tests import block_test
from analysis.lifetimes.sold import told_of
from analysis.wording.nearest import nearest
from analysis.wording.remarks import remark

Residuals = Literal["martingale", "score", "dfbeta", "schoenfeld"]


@dataclass(frozen=True, repr=False)
class AskedCox(Shown):
    """A Cox model as it was asked for; it shows its hazard ratios.

    Attributes
    ----------
    title
        The formula, and which rows.
    inference
        The fit, its columns, and those that the data could not support.
    rows
        Keys of the intervals fitted to, in the order of residuals.
    """

    title: str
    inference: Inference
    rows: pd.DataFrame
    tenure: CohortTables

    @property
    def fit(self) -> CoxFit:
        """The fit itself, for the functions of `analysis.cox`."""
        return self.inference.fit

    def summary(self) -> Display:
        """Return hazard ratios per standard deviation with cluster-robust intervals, and what was left out."""
        table, colors = self._named(hazard_ratios(self.fit, self.inference.columns))
        shown = show_hazard_ratios(table, colors, self.inference.notes)
        notes = (self._evidence, *shown.notes, *self._left_out_in_words())
        return replace(shown, title=f"{shown.title}: {self.title}", notes=notes)

    shown = summary

    def left_out(self) -> Display:
        """Return the columns that these data could not support, and why."""
        dropped = self.inference.dropped
        table = pd.DataFrame(
            {
                "term": [one.name for one in dropped],
                "family": [one.family for one in dropped],
                "reason": [str(one.reason) for one in dropped],
            }
        )
        return Display(f"Columns left out: {self.title}", table)

    def _left_out_in_words(self) -> tuple[str, ...]:
        values = [one.name for one in self.inference.dropped if not one.marks_missing]
        if not values:
            return ()
        return (f"Left out, for these data can't tell: {', '.join(values)}; .left_out() says why.",)

    @property
    def _evidence(self) -> str:
        fit = self.fit
        return (
            f"{fit.rows.n_subjects_with_event:,} lifetimes with event, {len(self.rows):,} intervals; "
            f"concordance {self.concordance:.3f}; AIC {self.aic:,.1f}."
        )

    @cached_property
    def concordance(self) -> float:
        """The share of pairs in which the model orders who leaves first: on the rows that it was fitted to."""
        return float(
            concordance(
                self.fit.rows, self.fit.likelihood.values @ (self.fit.coefficients * self.fit.scale)
            ).concordance
        )

    @property
    def aic(self) -> float:
        """Akaike's criterion of the partial likelihood: comparable between models of the same rows only."""
        return aic(self.fit)

    def test(self, name: str) -> Display:
        """Return the robust joint test of a family, a covariate or an interaction, given all else in the model.

        Parameters
        ----------
        name
            As in the formula; an interaction as ``usage:no_champion``.

        Raises
        ------
        DesignError
            If the model has no such columns.
        """
        wanted = TIMES.join(part.strip() for part in name.split(":"))
        columns = self.inference.columns
        own = np.array([wanted in (c.family, c.covariate, c.name) and not c.marks_missing for c in columns], dtype=bool)
        if not own.any():
            there = {word.replace(TIMES, ":") for c in columns for word in (c.family, c.covariate)}
            raise DesignError(f"The model has no columns of '{name}'. {nearest(name, there)}")
        statistic, p_value = block_test(self.fit, own, self.tenure.study.seed)
        table = pd.DataFrame(
            {"tested": [name], "n_columns": [int(own.sum())], "statistic": [statistic], "p_value": [p_value]}
        )
        return Display(f"Joint test of {name}, given all else: {self.title}", table)

    @cached_property
    def _proportionality(self) -> ProportionalHazards:
        return proportional_hazards_test(self.fit)

    def zph(self) -> Display:
        """Return which hazard ratios change over the lifetime (score tests, Holm), and the path of the strongest."""
        table, colors = self._named(drifts(self._proportionality, self.inference.columns))
        return show_drifts(table, self._proportionality, colors)

    def residuals(self, kind: Residuals = "martingale") -> pd.DataFrame:
        """Return residuals: a row for each interval, with its keys; Schoenfeld's for each event.

        Raises
        ------
        ModelError
            If there are none of the kind.
        """
        names = list(self.fit.names)
        if kind == "schoenfeld":
            return scaled_schoenfeld_residuals(self.fit)
        if kind == "martingale":
            return self.rows.assign(martingale=martingale_residuals(self.fit))
        if kind not in ("score", "dfbeta"):
            raise ModelError(f"There are no '{kind}' residuals: martingale, score, dfbeta, schoenfeld.")
        values = score_residuals(self.fit) if kind == "score" else dfbeta(self.fit)
        return pd.concat([self.rows, pd.DataFrame(values, columns=names)], axis=1)

    def _named(self, table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
        """Return a table of the columns with the label of each, and the colour of each family."""
        names = zip(table["term"], table["covariate"], strict=True)
        labelled = table.assign(label=[self._label(*pair) for pair in names])[["label", *table.columns]]
        return labelled, {family: self.tenure.colors.get(family, MUTED) for family in table["family"]}

    def _label(self, term: str, covariate: str) -> str:
        pairs = zip(term.split(TIMES), covariate.split(TIMES), strict=True)
        return TIMES.join(self.tenure.term_label(*pair) for pair in pairs)


def asked_cox(tenure: CohortTables, formula: str, where: str | None) -> AskedCox:
    """Fit the Cox model that a formula asks for; see `Findings.cox`."""
    terms = asked_terms(formula, tenure.covariates("counting_process"), _lacking(tenure))
    rows = tenure.counting_process
    if where is not None:
        chosen = _chosen(tenure, where)
        if not chosen.any():
            raise StudyError(
                f"'{where}' holds for none of the {len(rows):,} intervals. Words are told apart by capitals and "
                'spaces; study.sql("select distinct ...") shows those that there are.'
            )
        rows = rows[chosen].reset_index(drop=True)
    churned = rows.loc[rows["event"] == 1, ["lifetime_id", "cluster_id"]]
    question = Question.CONTEST if len(terms.families) > 1 else Question.FAMILY
    ladder = floors(tenure.study.report, Evidence(*churned.nunique()))
    if obstacle := ladder[question].obstacle:
        if ladder[Question.FAMILY].obstacle is None:
            raise ModelError(
                remark("inference.ask_one_family", obstacle=obstacle, families=families_named(terms.families))
            )
        raise ModelError(obstacle if where is None else remark("inference.ask_of_more", obstacle=obstacle))
    design, matrix = learn_matrix(rows, terms.covariates)
    inference = fit_matrix(design, with_products(matrix, terms), rows)
    title = formula if where is None else f"{formula}, where {where}"
    return AskedCox(title, inference, rows[["lifetime_id", "risk_date", "start", "stop", "event"]], tenure)


def _lacking(tenure: CohortTables) -> dict[str, tuple[str, ...]]:
    """Return, by name, what the source would have to give for each covariate and family that it does not measure."""
    declared = [one for one in tenure.study.own.declared() if "counting_process" in one.cohorts]
    lacking = {one.name: one.lacking(tenure.given) for one in declared}
    measured = {one.family for one in tenure.covariates("counting_process")}
    lacking |= {one.name: unmet(one.unlocked_by, tenure.given) for one in read_families() if one.name not in measured}
    return {name: needs for name, needs in lacking.items() if needs}


def _chosen(tenure: CohortTables, where: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    frame = tenure.counting_process
    names = [covariate.name for covariate in tenure.covariates("counting_process")]
    told = told_of(tenure, frame[["lifetime_id", "risk_date", *names]], where)
    if told.values.dropna().map(lambda value: isinstance(value, bool | np.bool_)).all():
        return told.values.eq(True).to_numpy(bool)
    raise StudyError(f"'{where}' is not true or false for each interval; compare: segment = 'mid'.")
