"""Money results: what a study's book pays, how that changed and what is at risk; ``tenure.money`` in a notebook."""

from collections.abc import Callable
from functools import cached_property

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.currency import currency_of
from analysis.cohort.kept import kept_property
from analysis.curves.rates import DAYS_A_YEAR
from analysis.design.outcome import Outcome
from analysis.errors import ModelError, obstacle_to
from analysis.evaluation.rolling_origin import RollingOrigin
from analysis.figures.display import Display
from analysis.figures.shown import Answers
from analysis.forecast.outlook import Forecast
from analysis.forecast.past_quarters import past_forecasts
from analysis.forecast.standpoint import standpoint
from analysis.lifetimes.parametric import ParametricSurvival, parametric_survival_of
from analysis.money.ahead import announced_by_month, open_renewals, renewals_ahead
from analysis.money.arr import arr_by_month
from analysis.money.at_risk import MoneyAtRisk, announced_by, at_risk_table, ends_in_time, money_at_risk
from analysis.money.bridge import bridge_by_quarter
from analysis.money.brief import MoneyBrief
from analysis.money.displays import show_ahead, show_announced, show_arr, show_bridge, show_renewals
from analysis.money.lifetime_value import LIMIT_YEARS, MeanPrice, lifetime_values, mean_price
from analysis.money.paid import Paid, levels_on, no_prices, read_paid, refuse
from analysis.money.renewals import renewals_by_period, renewals_due
from analysis.money.retention import retention_by_quarter
from analysis.money.summed import summed_up
from analysis.wording.remarks import Remark, remark


class MoneyResults(Answers):
    """What the book pays in a year and what becomes of it, by ends; each result is computed once.

    Where these data give no prices, or several currencies, every method but `renewals` raises a `ModelError` that says
    so (`obstacle`); where they give no terms, `renewals` and `renewals_ahead` do (`no_terms`).

    Parameters
    ----------
    tenure
        The cohort.
    rolling, forecast, no_forecast
        Return the forecasts of past quarters, the one of the quarter to come, and why there is none, if so.
    """

    first = "bridge"

    def __init__(
        self,
        tenure: CohortTables,
        rolling: Callable[[], RollingOrigin],
        forecast: Callable[[], Forecast],
        no_forecast: Callable[[], Remark | None],
    ) -> None:
        self._tenure = tenure
        self._rolling, self._forecast, self._no_forecast = rolling, forecast, no_forecast

    @cached_property
    def obstacle(self) -> Remark | None:
        """Why nothing can be said of amounts; None where something can."""
        return no_prices(self._tenure)

    @cached_property
    def no_terms(self) -> Remark | None:
        """Why nothing can be said of renewals; None where something can."""
        return None if "subscriptions.term_ends_on" in self._tenure.given else remark("money.no_terms")

    @cached_property
    def currency(self) -> str | None:
        """The code of the currency of all amounts; None where neither data nor study name one."""
        return currency_of(self._tenure)

    @cached_property
    def paid(self) -> Paid:
        """The paid versions of subscriptions."""
        return read_paid(self._tenure)

    @cached_property
    def horizon_ends_on(self) -> pd.Timestamp:
        """Up to which losses and renewals to come are told: the last day of the forecast's horizon."""
        time = self._tenure.study.time
        try:
            return standpoint(self._tenure.landmarks, time.snapshot).horizon_ends_on
        except ModelError:  # nobody is at risk: what is announced has its days all the same
            return pd.Timestamp(time.snapshot) + pd.DateOffset(months=time.horizon_months)

    @cached_property
    def _due(self) -> pd.DataFrame:
        refuse(self.no_terms)
        return renewals_due(self._tenure.ask_money("terms_due"), self.paid.snapshot)

    @cached_property
    def _arr(self) -> pd.DataFrame:
        refuse(self.obstacle)
        return arr_by_month(self.paid)

    @cached_property
    def _bridge(self) -> pd.DataFrame:
        refuse(self.obstacle)
        return bridge_by_quarter(self.paid)

    @property
    def has_quarters(self) -> bool:
        """Whether some fiscal quarter lies within the observation; without one there is no bridge."""
        return not self._bridge.empty

    @cached_property
    def _retention(self) -> pd.DataFrame:
        refuse(self.obstacle)
        return retention_by_quarter(self.paid)

    @cached_property
    def _renewals(self) -> pd.DataFrame:
        return renewals_by_period(self._due, self.paid)

    @kept_property
    def loss(self) -> MoneyAtRisk | None:
        """What is announced and expected to be lost by the end of the horizon; None where nothing is forecast."""
        refuse(self.obstacle)
        if self._no_forecast() is not None:
            return None
        tenure = self._tenure
        past = past_forecasts(tenure.landmarks, self._rolling().predictions, tenure.study)
        in_time = ends_in_time(tenure.landmarks, self.paid.lifetimes["ended_on"])
        announced = announced_by(tenure.known_leavers, self.horizon_ends_on)
        return money_at_risk(self._forecast(), tenure.landmarks, past, announced, in_time)

    def arr(self) -> Display:
        """Return twelve times the price of a month of all subscriptions in force, at the start of each month."""
        return show_arr(self._arr, self.currency)

    def bridge(self) -> Display:
        """Return what made the difference between the first days of each two fiscal quarters, to the cent.

        Raises
        ------
        ModelError
            If there are no prices, or no fiscal quarter lies within the observation.
        """
        if self._bridge.empty:
            raise ModelError(remark("money.no_quarter"))
        return show_bridge(self._bridge, self.currency)

    def retention(self) -> Display:
        """Return gross and net retention by quarter and over twelve months; net above 1 is negative churn."""
        return Display("Gross and net retention", self._retention)

    def renewals(self) -> Display:
        """Return renewals due, renewed, lost and open by month and quarter, in accounts and money."""
        return show_renewals(self._renewals, self.currency)

    def renewals_ahead(self) -> Display:
        """Return renewals to come by week, with their risk by the quoted forecast."""
        tenure = self._tenure
        probabilities = None
        if self._no_forecast() is None:
            forecast = self._forecast()
            probabilities = forecast.accounts.set_index("lifetime_id")[forecast.headline]
        days = self.paid.snapshot, self.horizon_ends_on
        to_come = open_renewals(self._due, *days)
        report = tenure.study.report
        table = renewals_ahead(to_come, probabilities, tenure.known_leavers["lifetime_id"], days, report.min_cell)
        return show_ahead(table, report.risk_tiers, self.currency)

    def announced(self) -> Display:
        """Return what accounts under notice pay in a year, by the month in which they end."""
        refuse(self.obstacle)
        table = announced_by_month(self._tenure.known_leavers, self._tenure.study.report.min_cell)
        return show_announced(table, self.currency)

    def at_risk(self) -> Display:
        """Return what ends by the end of the horizon: announced already, expected of the others, and both.

        Raises
        ------
        ModelError
            If there are no prices, or nothing is forecast.
        """
        refuse(self.obstacle)
        refuse(self._no_forecast())
        assert self.loss is not None
        return Display("ARR at risk by the end of the horizon", at_risk_table(self.loss))

    @cached_property
    def mean_price(self) -> MeanPrice:
        """What an account pays in a year on the snapshot, on average."""
        refuse(self.obstacle)
        return mean_price(levels_on(self.paid, self.paid.snapshot))

    def lifetime_value(self) -> Display:
        """Return the value of an account within five years and without a limit, by each assumption on how it stays.

        Raises
        ------
        ModelError
            If there are no prices, or neither a curve can be fitted nor a forecast be made.
        """
        refuse(self.obstacle)
        probability = None
        if self._no_forecast() is None:
            probability = float(self._forecast().probabilities.mean())
        if self.survival is None and probability is None:
            raise ModelError(remark("money.nobody_stays"))
        months = self._tenure.study.time.horizon_months
        return Display("Lifetime value", lifetime_values(self.survival, probability, months, self.mean_price))

    @kept_property
    def survival(self) -> ParametricSurvival | None:
        """Distributions of the length of lifetimes; None where too few left."""
        study, found = self._tenure.study, []
        outcome = Outcome.from_counting_process(self._tenure.counting_process)

        def fit() -> None:
            found.append(parametric_survival_of(study, outcome, LIMIT_YEARS * DAYS_A_YEAR))

        obstacle_to("no curve of how long accounts stay", self._tenure.progress, fit)
        return found[0] if found else None

    @cached_property
    def brief(self) -> MoneyBrief:
        """The few amounts that a first page needs."""
        return summed_up(
            currency=self.currency,
            arr=None if self.obstacle else self._arr,
            loss=None if self.obstacle else self.loss,
            announced=announced_by(self._tenure.known_leavers, self.horizon_ends_on),
            due=None if self.no_terms else open_renewals(self._due, self.paid.snapshot, self.horizon_ends_on),
            renewals=None if self.no_terms else self._renewals,
            retention=None if self.obstacle else self._retention,
            min_cell=self._tenure.study.report.min_cell,
        )
