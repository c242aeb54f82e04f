"""Effects: what a champion's departure, and each covariate, go with in a study, as displays."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from analysis.contest.covariate_effects import covariate_effects
from analysis.contest.dose_response import dose_response
from analysis.contest.effect_displays import show_covariate_effects, show_dose_response, show_vacancy
from analysis.contest.vacancy import Vacancy, vacancy_of
from analysis.evaluation.folds import Fold
from analysis.figures.display import Display
from analysis.inference.findings import Findings
from analysis.inference.hazard_ratios import hazard_ratios


class Effects(Findings):
    """A cohort with its effects, one covariate or one departure at a time, from the model of all families."""

    @cached_property
    def champion_vacancy(self) -> Vacancy:
        """What follows on a champion's departure, by weeks since it became known, filled or not.

        Raises
        ------
        ModelError
            If neither roles nor key users are recorded, no departure is known, or events are too few.
        """
        return vacancy_of(self, self.inference)

    def vacancy(self) -> Display:
        """Return the hazard of leaving by weeks since a champion's departure became known, filled or not."""
        return show_vacancy(self.champion_vacancy)

    def effects_beside(self, signals: Mapping[str, str] | None = None) -> Display:
        """Return each covariate's hazard ratio per standard deviation and per unit, and the sign that was expected.

        Parameters
        ----------
        signals
            What the lag ladder says of each column; None where it was not made.
        """
        ratios = hazard_ratios(self.inference.fit, self.inference.columns)
        table = covariate_effects(self.inference, ratios, signals)
        return show_covariate_effects(self.labelled(table), self.colors)

    def dose(self, covariate: str, folds: Sequence[Fold] = ()) -> Display:
        """Return the curve of a covariate in the Cox model, and in the forests of some folds.

        Raises
        ------
        ModelError
            If it is no number in the model, or its values are too much alike for a curve.
        """
        found = dose_response(
            covariate,
            self.counting_process,
            self.inference,
            folds,
            n_resamples=self.study.models.resamples,
            seed=self.study.seed,
        )
        declared = next(one for one in self.covariates() if one.name == covariate)
        return show_dose_response(found, declared.label_en, declared.unit)
