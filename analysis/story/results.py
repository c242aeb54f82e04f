"""Results: the story of each account of a study, and the stories of its book; what all of them share is made once."""

from collections.abc import Callable
from functools import cached_property

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.currency import currency_of
from analysis.cohort.kept import kept, kept_property
from analysis.errors import obstacle_to
from analysis.evaluation.rolling_origin import RollingOrigin
from analysis.figures.display import Display
from analysis.forecast.outlook import Forecast
from analysis.health_score.scored import Scored
from analysis.story import strands
from analysis.story.base_rates import Stories, stories_of
from analysis.story.displays import show_account, show_stories
from analysis.story.forecasts import MonthlyForecasts, monthly_forecasts
from analysis.story.frames import FORECASTS
from analysis.story.peers import PeerUse, peer_use
from analysis.story.scores import scores_told
from analysis.story.sentence import sentence
from analysis.story.told import Told, read_account
from analysis.story.weeks import weeks_of


class StoryResults:
    """The stories of a study.

    Parameters
    ----------
    tenure
        The cohort.
    rolling, forecast
        Make the forecasts of earlier quarters, and that from the last landmark, when first asked for.
    scored
        Returns the book with the score that its definition gives; None where there is none.
    """

    def __init__(
        self,
        tenure: CohortTables,
        rolling: Callable[[], RollingOrigin],
        forecast: Callable[[], Forecast],
        scored: Callable[[], Scored | None],
    ) -> None:
        self._tenure = tenure
        self._rolling = rolling
        self._forecast = forecast
        self._scored = scored

    @cached_property
    def peers(self) -> PeerUse | None:
        """The use of each kind of account by week; None where no use is measured."""
        return peer_use(self._tenure) if "usage_daily" in self._tenure.given else None

    @cached_property
    def forecasts(self) -> MonthlyForecasts:
        """What would have been forecast of every account, landmark by landmark.

        Raises
        ------
        ModelError
            If no quarter could be scored.
        """
        tenure, rolling = self._tenure, self._rolling()
        unmade = obstacle_to("no forecast from the last landmark", tenure.progress, self._forecast)
        last = None if unmade else self._forecast()
        table = kept(tenure, "StoryResults.forecasts", lambda: monthly_forecasts(tenure, rolling, last))
        return MonthlyForecasts(table, rolling, last)

    def account(self, account_id: str, forecasts: bool) -> Display:
        """Return the story of one account; see `analysis.workbench.Workbench.account`."""
        tenure, told = self._tenure, read_account(self._tenure, account_id)
        windows, why = tenure.study.windows, tenure.not_measured
        weeks = weeks_of(told, windows.baseline_days)
        band = self._band(told.account_id)
        scores = scores_told(told, self._scored, why, tenure.progress)
        past, note = self._past(told, forecasts)
        reason = self.forecasts.why(tenure, str(past["lifetime_id"].iloc[-1])) if len(past) else None
        is_per_seat = self.peers is not None and self.peers.is_per_seat
        drawn = [
            strands.contract_strand(told),
            strands.price_strand(told, self.currency, why),
            strands.use_strand(told, weeks, band, windows.baseline_days, is_per_seat, why),
            strands.seats_strand(told, why),
            strands.touches_strand(told, why),
            strands.tickets_strand(told, why),
            strands.people_strand(told, why),
            strands.score_strand(scores),
            strands.forecast_strand(past, tenure.study.time.horizon_months, self._since if len(past) else None, note),
        ]
        covariates = {one.name: one for one in tenure.covariates("landmarks")}
        title = sentence(told, self.currency, is_named=tenure.study.report.name_accounts)
        return show_account(told, drawn, weeks, band, scores, past, reason, covariates, title)

    @kept_property
    def told(self) -> Stories:
        """The stories that practice tells, with the accounts that they fit and how often they end so."""
        return stories_of(self._tenure)

    def stories(self) -> Display:
        """Return them as a display."""
        return show_stories(self.told)

    @cached_property
    def currency(self) -> str | None:
        """The currency of prices; None where neither data nor study name one."""
        return currency_of(self._tenure)

    def _band(self, account_id: str) -> pd.DataFrame:
        if self.peers is None:
            return pd.DataFrame(columns=["week", "segment", "term_kind", "accounts", "low", "middle", "high"])
        return self.peers.band(account_id)

    def _past(self, told: Told, forecasts: bool) -> tuple[pd.DataFrame, str]:
        """Return the forecasts of an account, and why there are none where there are not."""
        if not forecasts:
            return FORECASTS.empty(), "not made: asked for without forecasts"
        if obstacle := obstacle_to("no forecasts", self._tenure.progress, lambda: self.forecasts):
            return FORECASTS.empty(), str(obstacle).rstrip(".")
        own = self.forecasts.of(told.paid["lifetime_id"])
        none = f"none before {self._since:%Y-%m-%d}, and not at risk since"
        return own, "" if len(own) else none

    @property
    def _since(self) -> pd.Timestamp:
        """The first landmark that was forecast by what was known on it."""
        return self.forecasts.table["landmark"].min()
