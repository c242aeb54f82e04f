"""Evaluation results: how forecasts turned out, as displays; ``tenure.evaluation`` in a notebook."""

from collections.abc import Callable
from functools import cached_property

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.kept import kept_property
from analysis.declared.suppression import hidden_cells
from analysis.design.population import elapsed_at, training_rows
from analysis.evaluation.calibration.tiers import tier_table
from analysis.evaluation.displays import (
    show_calibration,
    show_covariate_drift,
    show_decision,
    show_gain,
    show_over_time,
)
from analysis.evaluation.frames import CHOICES
from analysis.evaluation.in_use import InUse, in_use
from analysis.evaluation.model_card import CardSource, ModelCard, model_card
from analysis.evaluation.rolling_origin import QUOTED, RollingOrigin
from analysis.evaluation.skill import Skill
from analysis.figures.display import Display
from analysis.figures.model_scores import draw_scores, scores_height
from analysis.figures.shown import Answers
from analysis.models.registry import CONTRACT_ONLY

_OF_CAUGHT = ("n_rows", "n_events", "flagged", "caught", "by_chance", "precision", "recall", "lift")
_OF_ARR = ("arr_left", "arr_caught", "n_without_arr")


class EvaluationResults(Answers):
    """How the models of a study forecast quarters that they had not seen; each result is computed once.

    Parameters
    ----------
    tenure
        The cohort.
    rolling, skill
        Return the forecasts of earlier quarters, and how good they were.
    """

    first = "scores"

    def __init__(self, tenure: CohortTables, rolling: Callable[[], RollingOrigin], skill: Callable[[], Skill]) -> None:
        self._tenure = tenure
        self._rolling, self._skill = rolling, skill

    @property
    def rolling(self) -> RollingOrigin:
        """Forecasts of recent quarters that the models had not seen."""
        return self._rolling()

    @property
    def skill(self) -> Skill:
        """How good they were, and which model is quoted."""
        return self._skill()

    @kept_property
    def use(self) -> InUse:
        """What they were worth to a team, and in which groups and quarters they held."""
        tenure, rolling = self._tenure, self.rolling
        tenure.progress("measuring what the forecasts were worth")
        return in_use(
            rolling,
            tenure.landmarks,
            tenure.covariates("landmarks"),
            tenure.study.report,
            allowed_gap_days=tenure.study.time.allowed_gap_days,
            elapsed=elapsed_at(tenure.study.time.snapshot, tenure.landmarks),
            n_resamples=tenure.study.models.resamples,
            seed=tenure.study.seed,
        )

    @kept_property
    def model_card(self) -> ModelCard:
        """What must be known of the forecasts, item by item of TRIPOD+AI."""
        tenure, rolling = self._tenure, self.rolling
        gap = tenure.study.time.allowed_gap_days
        elapsed = elapsed_at(tenure.study.time.snapshot, tenure.landmarks)
        return model_card(
            CardSource(
                study=tenure.study,
                hashes=tenure.hashes,
                attrition=tenure.table("attrition"),
                findings=tenure.table("rule_findings"),
                settled_until=tenure.settled_until,
                knows_interventions="interventions" in tenure.given,
                covariates=tenure.covariates("landmarks"),
                training=training_rows(tenure.landmarks, rolling.quarters[-1], gap, elapsed),
                rolling=rolling,
                skill=self.skill,
                use=self.use,
            )
        )

    @cached_property
    def capacity_share(self) -> float:
        """The team's capacity, as a share of the accounts of a scored quarter on average; 1 at most."""
        rolling = self.rolling
        return min(self._tenure.study.report.capacity * len(rolling.quarters) / len(rolling.predictions), 1.0)

    def scores(self) -> Display:
        """Return out-of-time scores of every model with intervals by resampled accounts."""
        pooled = self.rolling.pooled
        size, known = (7.4, scores_height(pooled)), pooled["estimate"].notna()
        is_alone = bool(known.any()) and bool(pooled.loc[known, "conf_low"].isna().all())
        note = "All are of one parent account: nothing tells how others differ, and there are no intervals."
        notes = (note,) if is_alone else ()
        return Display("Out-of-time scores", pooled, lambda ax: draw_scores(ax, pooled), size, notes=notes)

    def pairs(self) -> Display:
        """Return every two models on the same accounts."""
        return Display("Differences of out-of-time scores, paired", self.rolling.pairs)

    def recalibration(self) -> Display:
        """Return what putting forecasts right did for each model."""
        return Display("Scores as fitted, and as put right", self.rolling.recalibrated)

    def calibration(self) -> Display:
        """Return smooth curves of calibration with bands, of the forecasts quoted then and of the contract alone."""
        return show_calibration(self.use.curves, self.use.spread)

    def measures(self) -> Display:
        """Return every measure of calibration of every model."""
        return Display("Measures of calibration", self.use.measures)

    @cached_property
    def _tiers(self) -> pd.DataFrame:
        models = [name for name in (QUOTED, CONTRACT_ONLY) if name in self.rolling.predictions]
        report = self._tenure.study.report
        return tier_table(self.rolling.predictions, models, report.risk_tiers, report.min_cell)

    def tiers(self) -> Display:
        """Return how many left in each tier of risk beside how many were forecast to."""
        return Display("Left and forecast to leave, by tier of risk", self._tiers)

    @cached_property
    def _few(self) -> frozenset[pd.Timestamp]:
        """Quarters of so few accounts that they, or what would tell them, are hidden."""
        sizes = self.rolling.predictions.groupby("landmark").size()
        return frozenset(sizes.index[hidden_cells(sizes.to_numpy(), self._tenure.study.report.min_cell)])

    @cached_property
    def _caught(self) -> pd.DataFrame:
        """What each model would have caught; hidden are quarters of few accounts, and revenue of few that left."""
        table, cell = self.use.caught, self._tenure.study.report.min_cell
        few = table["landmark"].isin(self._few)
        shown = table.astype(dict.fromkeys((*_OF_CAUGHT, *_OF_ARR), float))
        for columns, hidden in ((_OF_CAUGHT, few), (_OF_ARR, few | (table["n_events"] < cell))):
            for column in columns:
                shown[column] = shown[column].mask(hidden)
        return shown

    def caught(self) -> Display:
        """Return what each model's accounts of highest risk, as many as a team looks after, would have caught."""
        note = f"The team looks after {self._tenure.study.report.capacity} accounts a quarter."
        return Display("Accounts that left, among those flagged", self._caught, notes=(note,))

    def caught_pairs(self) -> Display:
        """Return what each model catches beyond the contract alone, all quarters together."""
        return Display("Accounts that left among those flagged, all quarters together", self.use.caught_pairs)

    def gain(self) -> Display:
        """Return which share of those that left is found among which share of the accounts."""
        return show_gain(self.use.gain, self.capacity_share)

    def decision(self) -> Display:
        """Return what acting on the forecast is worth at every threshold of risk."""
        return show_decision(self.use.decision)

    def profit(self) -> Display:
        """Return what a campaign to keep accounts would earn, by its save rate and the cost of a contact."""
        note = (
            "An account that is kept is worth 200, of which the offer costs 10: set your own before amounts mean much."
        )
        return Display("Expected maximum profit per account (EMP)", self.use.profit, notes=(note,))

    def by_group(self) -> Display:
        """Return scores of each phase, segment, touch model, kind of term and quarter."""
        return Display("Scores by group", self.use.by_group)

    def by_quarter(self, model: str = QUOTED) -> Display:
        """Return how many left in each quarter beside how many a model forecast.

        Parameters
        ----------
        model
            The forecasts quoted then by default; or those of the contract alone.
        """
        return show_over_time(self._over_time, model)

    @cached_property
    def _over_time(self) -> pd.DataFrame:
        table = self.use.over_time
        return table[~table["landmark"].isin(self._few)].reset_index(drop=True)

    def drift(self) -> Display:
        """Return how far covariates lie from what was learned from."""
        return show_covariate_drift(self.use.covariate_drift, self._tenure.colors)

    @cached_property
    def _choices(self) -> pd.DataFrame:
        lines = [
            {
                "landmark": choice.landmark,
                "model": choice.model,
                "ground": str(choice.ground),
                "n_quarters": choice.n_quarters,
                "n_events": choice.n_events,
                "log_score": choice.scores.get(choice.model, float("nan")),
                "log_score_contract": choice.scores.get(CONTRACT_ONLY, float("nan")),
            }
            for choice in self.skill.choices
        ]
        return CHOICES.checked(pd.DataFrame(lines, columns=CHOICES.columns))

    def choices(self) -> Display:
        """Return the model that was quoted in each quarter, at last the one quoted now, and on what ground."""
        return Display("The model quoted, by what was known then", self._choices)

    @cached_property
    def _card(self) -> pd.DataFrame:
        card = self.model_card
        lines = [(item.number, str(item.topic), " ".join(map(str, item.says)) or None) for item in card.items]
        return pd.DataFrame(lines, columns=["item", "topic", "says"])

    def card(self) -> Display:
        """Return the model card: what data say to each item of TRIPOD+AI; missing where they say nothing."""
        return Display("Model card (TRIPOD+AI)", self._card)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return every table by name, the model card apart, whose cells are words."""
        use, rolling = self.use, self.rolling
        return {
            "scores": rolling.pooled,
            "pairs": rolling.pairs,
            "recalibration": rolling.recalibrated,
            "choices": self._choices,
            "calibration": use.measures,
            "calibration-curve": use.curves,
            "tiers": self._tiers,
            "by-quarter": self._over_time,
            "caught": self._caught,
            "caught-together": use.caught_pairs,
            "gain": use.gain,
            "decision": use.decision,
            "profit": use.profit,
            "by-group": use.by_group,
            "drift": use.covariate_drift,
        }
