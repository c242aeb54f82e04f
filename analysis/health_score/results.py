"""Score audit: does the health score order, warn and deserve its weights? ``tenure.score_audit`` in a notebook."""

from collections.abc import Callable
from functools import cached_property

import pandas as pd

from analysis.cohort.kept import kept_property
from analysis.contest.effects import EffectResults
from analysis.declared.factors import contenders
from analysis.errors import ModelError, obstacle_to
from analysis.evaluation.rolling_origin import RollingOrigin
from analysis.figures.display import Display
from analysis.figures.shown import Answers
from analysis.health_score.alarms import Alarms, alarms_of
from analysis.health_score.colours import ColourMeanings, colour_meanings
from analysis.health_score.contamination import Contamination
from analysis.health_score.definition import ScoreDefinition, read_definition
from analysis.health_score.flagged_families import FlaggedFamilies, flagged_families, green_rows
from analysis.health_score.history import Judgeable, judgeable_score
from analysis.health_score.lead_time import LeadTimes, lead_times
from analysis.health_score.left_displays import show_carried, show_contamination, show_left_out
from analysis.health_score.left_out import LeftOut, left_out_of
from analysis.health_score.order_displays import (
    show_alarms,
    show_colours,
    show_flagged,
    show_lead_times,
    show_ordering,
    show_score_curve,
    show_warnings,
)
from analysis.health_score.ordering import Ordering, ordering
from analysis.health_score.proposal import Proposal, propose_weights
from analysis.health_score.scalings import Scalings, judge_scalings
from analysis.health_score.score_forecasts import ScoreCalibration, score_calibration
from analysis.health_score.scored import Scored, scored_by_definition
from analysis.health_score.sliders import Sliders
from analysis.health_score.stability import Stability, weights_over_time
from analysis.health_score.treated import contamination_of
from analysis.health_score.warning import Warnings, warnings_of
from analysis.health_score.weight_displays import show_proposal, show_scalings, show_weights, show_weights_over_time
from analysis.health_score.weight_rows import WeightRows, weight_rows
from analysis.health_score.weights import WeightVerdicts, judge_weights
from analysis.inference.findings import Findings
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import remark


class ScoreAudit(Answers):
    """The audit of a health score; each result is computed once.

    Parameters
    ----------
    tenure
        The cohort.
    rolling, effects
        Return the forecasts of past quarters, and what families go with.
    computed
        Audit the score that the definition gives on what was known then, though another was published.
    """

    first = "weight_by_weight"

    def __init__(
        self,
        tenure: Findings,
        rolling: Callable[[], RollingOrigin],
        effects: Callable[[], EffectResults],
        *,
        computed: bool = False,
    ) -> None:
        self._tenure, self._rolling, self._effects, self._is_computed = tenure, rolling, effects, computed
        self.kept_apart = "computed" if computed else ""

    def computed(self) -> "ScoreAudit":
        """Return the audit of the score that the definition gives on what was known then, whatever was published."""
        return ScoreAudit(self._tenure, self._rolling, self._effects, computed=True)

    @cached_property
    def definition(self) -> ScoreDefinition | None:
        """What `health_score.toml` beside the study says; None where there is none.

        Raises
        ------
        StudyError
            If it cannot be read or used.
        """
        return read_definition(self._tenure.study.health_score, self._tenure.study.own)

    @cached_property
    def scored(self) -> Scored:
        """The landmark rows with their score: as published then, or else by the definition.

        Raises
        ------
        StudyError, DesignError
            As `definition`; if a component of the definition rests on what the source does not give.
        ModelError
            If there is neither a published score nor a definition.
        """
        found = None if self._is_computed else self.judgeable.scored
        found = scored_by_definition(self._tenure, self.definition) if self._is_computed and self.definition else found
        if found is None:
            raise ModelError(remark("health_score.none", path=self._tenure.study.health_score.name))
        return found

    @cached_property
    def judgeable(self) -> Judgeable:
        """The score that may be judged: published history that looks rewritten may not.

        Raises
        ------
        ModelError, DesignError
            As `analysis.health_score.history.judgeable_score`.
        """
        return judgeable_score(self._tenure, self.definition)

    @cached_property
    def _predictions(self) -> pd.DataFrame | None:
        """Forecasts of past quarters; None where there are none."""
        why = obstacle_to("no forecasts beside the score", self._tenure.progress, self._rolling)
        return None if why else self._rolling().predictions

    @kept_property
    def order(self) -> Ordering:
        """Do those whose score is lower leave first, and does it order them as well as what is known beside it?"""
        return ordering(self.scored, self._tenure.study.report, self._predictions)

    @kept_property
    def meanings(self) -> ColourMeanings:
        """How many left in each colour, and whether more did the worse it was."""
        return colour_meanings(self.scored, self._tenure.study.report)

    @kept_property
    def held(self) -> ScoreCalibration:
        """Whether the risks that earlier quarters gave each score held in later ones."""
        study = self._tenure.study
        return score_calibration(self.scored, study.time.allowed_gap_days, study.report.forecast_from_events)

    @kept_property
    def forewarned(self) -> Warnings:
        """What colour leavers had before they left, beside stayers like them."""
        return warnings_of(self.scored, self._tenure.study.report, self._tenure.study.time)

    @kept_property
    def leads(self) -> LeadTimes:
        """How long before leaving scores fell."""
        return lead_times(self.scored, self._tenure.study.report, self._tenure.study.time)

    @kept_property
    def alarmed(self) -> Alarms:
        """How many alarms were right: the lowest scores at a team's capacity, and scores that fell."""
        return alarms_of(self.scored, self._tenure.study.report, self._tenure.study.time, self._predictions)

    @kept_property
    def flagged(self) -> FlaggedFamilies:
        """Which family would have flagged the leavers whom the score called green.

        Raises
        ------
        ModelError
            If nothing can be forecast.
        """
        return flagged_families(self.scored, self._effects().told_of_quarters, contenders(), self._tenure.study.report)

    @kept_property
    def green(self) -> pd.DataFrame:
        """The accounts that the score called green at past quarter starts, and which family flags them."""
        return green_rows(self.scored, self._effects().told_of_quarters, contenders())

    @kept_property
    def lacking(self) -> LeftOut:
        """What forecasts by the score gain from each family, and lose without each component.

        Raises
        ------
        ModelError
            If nothing can be forecast.
        """
        return left_out_of(self._tenure, self.scored, self._rolling().folds)

    @kept_property
    def treated(self) -> Contamination:
        """What interventions did to what is seen of the score."""
        return contamination_of(self._tenure, self.scored)

    @cached_property
    def _weight_rows(self) -> WeightRows:
        return weight_rows(self._tenure, self.scored)

    @kept_property
    def weights(self) -> WeightVerdicts:
        """What to do with each weight: keep, raise, lower, or it cannot be told.

        Raises
        ------
        ModelError
            If the score has no weights, has a single component, or no settled row has all components.
        """
        return judge_weights(self._weight_rows)

    @kept_property
    def stability(self) -> Stability:
        """What the weights would have been in each half year.

        Raises
        ------
        ModelError
            As `weights`, or if there are too few leavers for two periods.
        """
        return weights_over_time(self._weight_rows)

    @kept_property
    def scalings(self) -> Scalings:
        """Whether the points go with leaving as a weight takes them, and which components measure the same thing.

        Raises
        ------
        ModelError
            As `weights`, or if the components cannot be fitted together.
        """
        return judge_scalings(self._weight_rows)

    @kept_property
    def proposal(self) -> Proposal:
        """Other weights, proposed only where they are shown to have told later quarters better.

        Raises
        ------
        ModelError
            As `weights`, or if there are too few leavers, months or rows.
        """
        return propose_weights(self._tenure, self.scored, self._weight_rows, self._tenure.study.models.test_quarters)

    def weight_by_weight(self) -> Display:
        """Return each weight as used and as implied, and what to do with it."""
        return show_weights(self.weights)

    def weights_over_time(self) -> Display:
        """Return implied weights by half year."""
        return show_weights_over_time(self.stability)

    def scales(self) -> Display:
        """Return what each component's bands go with, beside the straight line that a weight takes them for."""
        return show_scalings(self.scalings)

    def proposed(self) -> Display:
        """Return the weights that were learned beside those in use, and whether they may be proposed."""
        return show_proposal(self.proposal)

    def ordering(self) -> Display:
        """Return how well the score orders accounts, beside forecasts on the same rows."""
        return show_ordering(self.order)

    def colours(self) -> Display:
        """Return who left in each colour."""
        return show_colours(self.meanings)

    def curve(self) -> Display:
        """Return the share that left against the score."""
        return show_score_curve(self.meanings, self.limits)

    @property
    def limits(self) -> tuple[float, ...]:
        """Scores at which yellow and green begin; none where they are not known."""
        known = self.definition or self.scored.definition
        return (known.colours.red_below, known.colours.green_from) if known else ()

    def warnings(self) -> Display:
        """Return how many of the leavers were green before they left, beside stayers like them."""
        return show_warnings(self.forewarned)

    def lead_times(self) -> Display:
        """Return how long before leaving the score fell."""
        return show_lead_times(self.leads)

    def alarms(self) -> Display:
        """Return how many alarms were right."""
        return show_alarms(self.alarmed)

    def left_out(self) -> Display:
        """Return what each family adds to forecasts by the score."""
        return show_left_out(self.lacking, self._tenure.colors)

    def carried(self) -> Display:
        """Return what forecasts by the score lose without each component."""
        return show_carried(self.lacking)

    def interventions(self) -> Display:
        """Return each colour's risk as seen, and without interventions."""
        return show_contamination(self.treated)

    def sliders(self, words: Catalogue | None = None) -> Sliders:
        """Return sliders for weights and thresholds, for JupyterLab, which speak the language of some words."""
        return Sliders(self.scored, self._tenure.study.report.capacity, words)

    def blind_spots(self) -> Display:
        """Return which family would have flagged leavers that the score called green, beside green stayers."""
        return show_flagged(self.flagged)
