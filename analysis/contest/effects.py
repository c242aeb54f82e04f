"""Effect results: what families, departures and covariates go with in a study; ``tenure.effects`` in a notebook."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import pandas as pd

from analysis.cohort.currency import currency_of
from analysis.cohort.fingerprint import digest
from analysis.cohort.kept import kept, kept_property
from analysis.contest.adjusted_displays import show_by_event, show_total_effects, show_touches
from analysis.contest.blind_spots import BlindSpots, blind_spots
from analysis.contest.by_event import ByEvent, effects_by_event
from analysis.contest.covariate_effects import covariate_effects
from analysis.contest.dose_response import DoseResponse, dose_response
from analysis.contest.effect_displays import (
    show_blind_spots,
    show_covariate_effects,
    show_dose_response,
    show_risk_differences,
    show_vacancy,
)
from analysis.contest.family_predictors import predictors_before, predictors_of_book, predictors_of_quarters
from analysis.contest.quarter_fits import QuarterFits, fits_of_quarters, quarters_of
from analysis.contest.risk_difference import RiskDifferences, risk_differences
from analysis.contest.total_effects import TotalEffects, total_effects
from analysis.contest.touches import TouchEffects, touch_effects
from analysis.contest.vacancy import Vacancy, vacancy_of
from analysis.declared.factors import contenders
from analysis.design.contraction import contraction_rows
from analysis.design.population import Elapsed, elapsed_at
from analysis.errors import DesignError, ModelError
from analysis.evaluation.folds import Fold
from analysis.evaluation.rolling_origin import RollingOrigin
from analysis.figures.display import Display
from analysis.figures.shown import Answers
from analysis.forecast.outlook import Forecast
from analysis.inference.findings import Findings
from analysis.models.registry import LOGISTIC


class EffectResults(Answers):
    """What goes with leaving, by how much, and for whom; each made once when first asked for.

    Parameters
    ----------
    tenure
        The cohort, with its time-varying Cox model.
    rolling
        Returns the forecasts of past quarters.
    forecast
        Returns the forecast from the last landmark.
    folds_if_made
        Returns the models of past quarters, or None where they are not at hand.
    signals
        Returns what the lag ladder says of each column, by name; None where it was not made.
    """

    first = "risk_differences"

    def __init__(
        self,
        tenure: Findings,
        rolling: Callable[[], RollingOrigin],
        forecast: Callable[[], Forecast],
        folds_if_made: Callable[[], Sequence[Fold] | None],
        signals: Callable[[], Mapping[str, str] | None],
    ) -> None:
        self._tenure = tenure
        self._rolling, self._folds_if_made = rolling, folds_if_made
        self._forecast = forecast
        self._signals = signals

    @cached_property
    def currency(self) -> str | None:
        """The currency of what accounts pay; None where neither data nor study name one."""
        return currency_of(self._tenure)

    @kept_property
    def told_by_family(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What each family says of rows of past quarters that it had not seen, and of the accounts at risk now.

        Both as `FAMILY_PREDICTORS`; the contract is among the families.

        Raises
        ------
        ModelError
            If nothing can be forecast.
        """
        tenure = self._tenure
        return self.told_of_quarters, predictors_of_book(
            tenure.landmarks, tenure.study, self._forecast(), self._names()
        )

    @kept_property
    def told_of_quarters(self) -> pd.DataFrame:
        """What each family says of rows of past quarters that it had not seen, as `FAMILY_PREDICTORS`.

        Raises
        ------
        ModelError
            If nothing can be forecast.
        """
        return predictors_of_quarters(self._quarter_fits, self._names())

    @cached_property
    def _quarter_fits(self) -> tuple[QuarterFits, ...]:
        tenure, made = self._tenure, self._folds_if_made()
        folds = quarters_of(tenure, LOGISTIC) if made is None else made
        tenure.progress("what each family says of accounts that it had not seen")
        return fits_of_quarters(
            tenure.landmarks,
            folds,
            allowed_gap_days=tenure.study.time.allowed_gap_days,
            elapsed=self._elapsed(),
            seed=tenure.study.seed,
        )

    def _elapsed(self) -> Elapsed:
        return elapsed_at(self._tenure.study.time.snapshot, self._tenure.landmarks)

    def _names(self) -> list[str]:
        return [family.name for family, _ in self._tenure.families()]

    @kept_property
    def differences(self) -> RiskDifferences:
        """By how many points of churn the ends of each family differ.

        Raises
        ------
        ModelError
            If nothing can be forecast or compared.
        """
        study = self._tenure.study
        return risk_differences(*self.told_by_family, contenders(), n_resamples=study.models.resamples, seed=study.seed)

    @kept_property
    def cells(self) -> BlindSpots:
        """Who left in cells of accounts high and low by each family, and who is there now.

        Raises
        ------
        ModelError
            If nothing can be forecast, or no family tells accounts apart.
        """
        return blind_spots(*self.told_by_family, contenders(), self._tenure.study.report.min_cell, self.currency)

    @kept_property
    def champion_vacancy(self) -> Vacancy:
        """What follows on a champion's departure, by weeks since it became known, filled or not.

        Raises
        ------
        ModelError
            If neither roles nor key users are recorded, no departure is known, or events are too few.
        """
        return vacancy_of(self._tenure, self._tenure.inference)

    @kept_property
    def totals(self) -> TotalEffects:
        """What goes with each family through the others and beside them.

        Raises
        ------
        ModelError
            If nothing can be forecast or compared, or fewer than two families tell accounts apart.
        """
        tenure, study = self._tenure, self._tenure.study
        return total_effects(
            self.told_of_quarters,
            predictors_before(tenure.landmarks, self._quarter_fits, self._names()),
            contenders(),
            least_events=study.report.contest_from_events,
            n_resamples=study.models.resamples,
            seed=study.seed,
        )

    @kept_property
    def events(self) -> ByEvent:
        """Whether what a family says of leaving goes with contraction, too, and as much.

        Raises
        ------
        ModelError
            If nothing can be forecast, or contractions are too few.
        """
        tenure, study = self._tenure, self._tenure.study
        rows = self.told_of_quarters
        tested = pd.concat([one.fold.test_rows for one in self._quarter_fits], ignore_index=True)
        contractions = tenure.table("landmark_contractions")
        return effects_by_event(
            rows,
            contraction_rows(tested, contractions, self._elapsed())["event"].to_numpy() == 1,
            contenders(),
            least_events=study.report.contest_from_events,
            n_resamples=study.models.resamples,
            seed=study.seed,
        )

    @kept_property
    def touches(self) -> TouchEffects:
        """What contact goes with, with and without touches that were interventions.

        Raises
        ------
        ModelError
            If the source does not tell such touches, or no column of the model rests on them.
        """
        return touch_effects(self._tenure, self._tenure.inference)

    def risk_differences(self) -> Display:
        """Return by how many points of churn, accounts and yearly revenue the ends of each family differ."""
        return show_risk_differences(self.differences, self._tenure.colors, self.currency)

    def total_effects(self) -> Display:
        """Return each family's difference in points of churn, the others as they stood a horizon earlier, and now."""
        return show_total_effects(self.totals, self._tenure.colors)

    def by_event(self) -> Display:
        """Return what goes with each family by event, churn and contraction, and whether that differs."""
        return show_by_event(self.events, self._tenure.colors)

    def touches_left_out(self) -> Display:
        """Return hazard ratios of what rests on touches, with and without those that were interventions."""
        found = self.touches
        return show_touches(found, self._tenure.labelled(found.table), self._tenure.colors)

    def blind_spots(self) -> Display:
        """Return the map of cells of accounts high and low by each family."""
        return show_blind_spots(self.cells, self.currency)

    def vacancy(self) -> Display:
        """Return the hazard of leaving by weeks since a champion's departure became known, filled or not."""
        return show_vacancy(self.champion_vacancy)

    def covariates(self) -> Display:
        """Return each covariate's hazard ratio per standard deviation and per unit, and the sign that was expected.

        What the lag ladder says stands beside them where that audit was made already.
        """
        table = covariate_effects(
            self._tenure.inference, self._tenure.ratios, self._signals(), self._tenure.covariates()
        )
        return show_covariate_effects(self._tenure.labelled(table), self._tenure.colors)

    def dose_response(self, covariate: str) -> Display:
        """Return how the danger of leaving goes with the value of one covariate, in the Cox model and in the forest.

        Raises
        ------
        ModelError
            If it is no number in the model, or its values are too much alike for a curve.
        """
        tenure = self._tenure

        def make() -> DoseResponse:
            return dose_response(
                covariate,
                tenure.counting_process,
                tenure.inference,
                self._folds_if_any(),
                n_resamples=tenure.study.models.resamples,
                seed=tenure.study.seed,
            )

        found = kept(tenure, f"EffectResults.dose_response.{digest(covariate)[:16]}", make)
        declared = next(one for one in tenure.covariates() if one.name == covariate)
        return show_dose_response(found, declared)

    def _folds_if_any(self) -> Sequence[Fold]:
        try:
            return self._rolling().folds
        except (DesignError, ModelError):
            return ()
