"""The bench: one study opened, with every result a method away; what notebooks and reports start from."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis.audits.results import AuditResults
from analysis.claims.displays import LedgerDisplay, show_ledger
from analysis.claims.ledger import Ledger, claims_ledger
from analysis.cohort.kept import kept_property
from analysis.contest.effects import EffectResults
from analysis.contest.results import ContestResults
from analysis.contest.verdicts import GainVerdict, gain_verdict
from analysis.declared.floors import Question
from analysis.engine.opening import Standing
from analysis.errors import obstacle_to
from analysis.evaluation.asked_models import AskedModels, asked_models
from analysis.evaluation.folds import Fold
from analysis.evaluation.kept_quarters import kept_rolling_origin
from analysis.evaluation.results import EvaluationResults
from analysis.evaluation.rolling_origin import RollingOrigin
from analysis.evaluation.skill import Skill, skill_of
from analysis.figures.display import Display
from analysis.forecast.about import about_accounts
from analysis.forecast.contraction import ContractionForecast, forecast_contraction
from analysis.forecast.displays import show_ends, show_outlook
from analysis.forecast.ends import ExpectedEnds, expect_ends
from analysis.forecast.outlook import Forecast, kept_forecast
from analysis.forecast.past_quarters import past_forecasts
from analysis.forecast.reading import Reading, read_forecast
from analysis.forecast.saving import save_model
from analysis.forecast.standpoint import Standpoint, refuse_without_churn, standpoint
from analysis.health_score.results import ScoreAudit
from analysis.inference.findings import Findings
from analysis.models.competition import Makers
from analysis.models.registry import BOOSTING, FOREST
from analysis.money.results import MoneyResults
from analysis.story.results import StoryResults
from analysis.trial.trials import Trials
from analysis.trial.tried import Tried
from analysis.wording.remarks import Remark
from analysis.workbench.overview import ShownStudy
from analysis.workbench.rows import Rows
from analysis.workbench.tables import Tables

MOST_SEGMENTS = 12
"""That the list of accounts tells apart."""


class Workbench(ShownStudy, Findings):
    """A study with every result a method away, each computed once when first asked for."""

    def sql(self, select: str) -> Rows:
        """Return the rows of one select over the cohort's tables, in whatever form they are then asked for.

        Nothing can be written by it, and no file read but the cohort's own.

        Raises
        ------
        BuildError
            If it is no select, or is refused: the reason.

        Examples
        --------
        >>> from analysis import open_study
        >>> study = open_study("tests/data/crm5_sample/study.toml", progress=lambda step: None)
        >>> study.sql("select segment, count(*) as accounts from accounts group by all order by all").frame()
             segment  accounts
        0  appstore1        82
        1  appstore2        82
        2        web       149
        """
        return Rows(self._sealed.engine, select)

    @cached_property
    def tables(self) -> Tables:
        """The tables of the cohort: what each is, from what it is made, and its rows."""
        return Tables(self._sealed.engine, self.covariates(), self.logs_that_stay)

    @cached_property
    def _sealed(self) -> Standing:
        return Standing(self.cohort_file, self.threads, self.memory_limit, is_sealed=True)

    @cached_property
    def rolling(self) -> RollingOrigin:
        """Forecasts of recent quarters that the models had not seen, and their scores."""
        return kept_rolling_origin(self, "RollingOrigin")

    @cached_property
    def forecast(self) -> Forecast:
        """The outlook from the last landmark, by the model that forecast the quarters before it best."""
        return kept_forecast(self, lambda: self.rolling.folds)

    def save_forecast(self, folder: str | Path, model: str | None = None) -> str:
        """Save the quoted model, or another that competes, as data to forecast with; return the SHA-256 of its files.

        `analysis.models.saved.forecast.read_saved_forecast` reads it, and gives the same forecasts to the bit.

        Raises
        ------
        ModelError, DesignError
            If there is no forecast, or no such model in it.
        SavedForecastError, StoreError
            If the folder holds something else than an earlier forecast, or can't be written.
        """
        return save_model(folder, self.forecast, self.landmarks, self.hashes, model)

    def standpoint(self) -> Standpoint:
        """Return the day that a report looks ahead from.

        Raises
        ------
        ModelError
            If nobody churned, or nobody is at risk near the snapshot.
        """
        refuse_without_churn(self.n_events, self.counting_process["lifetime_id"].nunique(), self.study.time)
        return standpoint(self.landmarks, self.study.time.snapshot)

    @cached_property
    def no_forecast(self) -> Remark | None:
        """Why nothing can be forecast; None where it can."""
        return self.floor(Question.FORECAST).obstacle or obstacle_to(
            "no forecast", self.progress, lambda: (self.skill, self.reading)
        )

    @cached_property
    def no_contest(self) -> Remark | None:
        """Why the families cannot be compared; None where they can."""
        if found := self.floor(Question.CONTEST).obstacle or self.no_forecast:
            return found
        return obstacle_to(
            "no comparison of the families", self.progress, lambda: (self.contest.brief.ranking, self.drift)
        )

    @kept_property
    def skill(self) -> Skill:
        """How good such forecasts have been."""
        return skill_of(self.rolling, self.forecast.choice, self.study.report.min_cell)

    @cached_property
    def gain(self) -> GainVerdict:
        """Whether forecasts as they would have been quoted were better than those of the contract alone."""
        return gain_verdict(self.skill.pairs)

    @kept_property
    def reading(self) -> Reading:
        """The forecast in sum: how many will leave, by model, tier and segment, and whom to call first."""
        labels = self.labels_of_accounts(self.segment, MOST_SEGMENTS) if self.segment else None
        past = past_forecasts(self.landmarks, self.rolling.predictions, self.study)
        about = about_accounts(self, self.rolling.folds, self.forecast.headline, labels, self.money.obstacle is None)
        return read_forecast(self.forecast, self.landmarks, self.study, past, about)

    @cached_property
    def evaluation(self) -> EvaluationResults:
        """How forecasts of quarters that the models had not seen turned out."""
        return EvaluationResults(self, lambda: self.rolling, lambda: self.skill)

    def evaluate(self, models: Sequence[str] | Makers) -> AskedModels:
        """Return models, scored on recent quarters that they had not seen, beside what any model must beat.

        Parameters
        ----------
        models
            Names (`analysis.models.registry.competing_models`), or functions that make an unfitted model, by name.

        Raises
        ------
        ModelError
            If there is no model of a name, or no quarter could be scored.
        """
        return asked_models(self, models, vars(self).get("rolling"))

    def forest(self) -> AskedModels:
        """Return how a random survival forest forecasts quarters that it had not seen."""
        return self.evaluate([FOREST])

    def boosting(self) -> AskedModels:
        """Return how gradient-boosted trees forecast quarters that they had not seen."""
        return self.evaluate([BOOSTING])

    @cached_property
    def contest(self) -> ContestResults:
        """Usage, relationship or champion: what knowing each family is worth to forecasts."""
        return ContestResults(self, lambda: self.rolling)

    @cached_property
    def audits(self) -> AuditResults:
        """What could make the findings wrong, looked for on these data."""
        return AuditResults(self)

    @cached_property
    def effects(self) -> EffectResults:
        """What families, departures and covariates go with: points of churn, blind spots, vacancy, dose-response."""
        return EffectResults(
            self, lambda: self.rolling, lambda: self.forecast, self._folds_if_made, lambda: self.audits.signals_if_made
        )

    def _folds_if_made(self) -> Sequence[Fold] | None:
        rolling = vars(self).get("rolling")
        return rolling.folds if rolling is not None and rolling.learned.is_made else None

    @cached_property
    def money(self) -> MoneyResults:
        """What the book pays in a year, how that changed, what falls due, and what is at risk."""
        return MoneyResults(self, lambda: self.rolling, lambda: self.forecast, lambda: self.no_forecast)

    @kept_property
    def ends_ahead(self) -> ExpectedEnds:
        """How many accounts are expected to end by the end of the horizon, by cause."""
        return expect_ends(self.forecast, self.landmarks, self.covariates("landmarks"), self.study)

    def expected_ends(self) -> Display:
        """Return how many accounts are expected to end by the end of the horizon, by cause, all causes competing."""
        return show_ends(self.ends_ahead)

    @kept_property
    def _contraction(self) -> ContractionForecast:
        return forecast_contraction(self)

    def contraction(self) -> ContractionForecast:
        """Return who is likely to shrink by the end of the horizon, and the scores of such forecasts before.

        Raises
        ------
        ModelError
            If contractions are too few to learn from, or no quarter could be scored.
        """
        return self._contraction

    @kept_property
    def ledger(self) -> Ledger:
        """What practice says of leaving, put to the test, now and at past quarter starts."""
        return claims_ledger(self, self.audits.late_columns, lambda: self.score_audit.green)

    def claims(self) -> LedgerDisplay:
        """Return each claim's contrast, estimate, evidence and verdict; `past` tells what was said before."""
        return show_ledger(self.ledger)

    @cached_property
    def score_audit(self) -> ScoreAudit:
        """Whether the health score orders accounts, warns in time and deserves its weights."""
        return ScoreAudit(self, lambda: self.rolling, lambda: self.effects)

    def health_score(self) -> Display:
        """Return each weight of the health score, as used and as leaving implies it, and what to do with it."""
        return self.score_audit.weight_by_weight()

    def outlook(self) -> Display:
        """Return every account's probability of leaving within the horizon, highest first."""
        return show_outlook(self.forecast, self.study.report.risk_tiers)

    @cached_property
    def _stories(self) -> StoryResults:
        audit = self.score_audit
        return StoryResults(
            self, lambda: self.rolling, lambda: self.forecast, lambda: audit.scored if audit.definition else None
        )

    @cached_property
    def trials(self) -> Trials:
        """The covariates that were tried in this session."""
        return Trials(self)

    def try_covariate(self, sql: str, **said: Any) -> Tried:
        """Return a covariate of one's own, computed in the cohort and checked for look-ahead.

        Parameters
        ----------
        sql
            A select of ``account_id``, ``date`` and the covariate, of what was known before the date.
        **said
            ``name`` and ``family``; ``label``, ``null_means``, ``expected_sign``, ``transform``, ``window``, ``unit``,
            ``needs``: `study.trials.try_covariate` explains each.
        """
        return self.trials.try_covariate(sql, **said)

    def account(self, account_id: str, *, forecasts: bool = True) -> Display:
        """Return one account's story: all its dated facts, and a picture of them on one axis of time.

        Without forecasts, which the first account waits for, it is there at once.

        Raises
        ------
        StudyError
            If no account has this id, or, alone, this name; the nearest known ids are named.

        Examples
        --------
        >>> from analysis import open_study
        >>> study = open_study("tests/data/crm5_sample/study.toml", progress=lambda step: None)
        >>> study.account("1602", forecasts=False).title
        '1602: a customer from 2023-06-20; left on 2023-12-20; paid last 90 a month for 5 seats'
        """
        return self._stories.account(account_id, forecasts)

    def stories(self) -> Display:
        """Return the stories that practice tells: examples, and how many of those whom they fit left, beside others."""
        return self._stories.stories()
