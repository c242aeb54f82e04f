"""The accounts to act on: what the section holds before it is put into words."""

from dataclasses import dataclass

import pandas as pd

from analysis.declared.actions import Actions, read_own_actions, tiers_of
from analysis.declared.study_parts import Report
from analysis.evaluation.use.capacity import Flagged
from analysis.forecast.first_accounts import FirstAccounts
from analysis.forecast.leavers import Leavers, leavers
from analysis.forecast.standpoint import Standpoint
from analysis.wording.remarks import Remark
from analysis.workbench import Workbench


@dataclass(frozen=True, slots=True, eq=False)
class ToActOn:
    """The accounts to act on, and what is known of how well such lists did.

    Attributes
    ----------
    standpoint
        The day that is looked ahead from, and the end of the horizon.
    report
        What the study lets a report show, and to whom.
    first
        The first accounts; None where there is no forecast.
    no_forecast
        Why there is none; None where there is one.
    before
        The day a quarter earlier beside which changes are told; None where nothing could be forecast from it.
    flagged
        How many of as many accounts left in the last settled quarter; None where none could be scored.
    n_peers, n_refits, kept_first
        As in `analysis.forecast.reading.Reading`.
    leavers
        Who has given notice.
    knows
        Of ``subscriptions``, the columns among ``notice_on``, ``notice_period_days`` and ``term_ends_on`` that the
        source gives.
    actions, tiers
        What is suggested, and the tiers of risk there are, the highest first.
    families
        Those that these data measure.
    knows_interventions
        Whether the source tells what was done about accounts.
    no_prices
        Why nothing can be said of money; None where something can.
    currency
        Of prices; None where nothing says it.
    """

    standpoint: Standpoint
    report: Report
    first: FirstAccounts | None
    no_forecast: Remark | None
    before: pd.Timestamp | None
    flagged: Flagged | None
    n_peers: int
    n_refits: int
    kept_first: float | None
    leavers: Leavers
    knows: frozenset[str]
    actions: Actions
    tiers: tuple[str, ...]
    families: tuple[str, ...]
    knows_interventions: bool
    no_prices: Remark | None
    currency: str | None

    @property
    def is_named(self) -> bool:
        """Whether the study lets accounts be named."""
        return self.report.name_accounts


def collect_accounts(tenure: Workbench) -> ToActOn:
    """Collect what the section says.

    Raises
    ------
    ModelError
        If nobody is at risk near the snapshot.
    StudyError
        If the study's own actions cannot be read.
    """
    report, can_forecast = tenure.study.report, tenure.no_forecast is None
    reading = tenure.reading if can_forecast else None
    asked = ("notice_on", "notice_period_days", "term_ends_on")
    return ToActOn(
        standpoint=tenure.standpoint(),
        report=report,
        first=reading.first if reading else None,
        no_forecast=tenure.no_forecast,
        before=reading.before if reading else None,
        flagged=tenure.evaluation.use.flagged if can_forecast else None,
        n_peers=reading.n_peers if reading else 0,
        n_refits=reading.n_refits if reading else 0,
        kept_first=reading.kept_first if reading else None,
        leavers=leavers(tenure.known_leavers, is_priced=tenure.money.obstacle is None),
        knows=frozenset(name for name in asked if f"subscriptions.{name}" in tenure.given),
        actions=read_own_actions(tenure.study.actions),
        tiers=tiers_of(report.risk_tiers),
        families=tuple(family.name for family, is_measured in tenure.families() if is_measured),
        knows_interventions="interventions" in tenure.given,
        no_prices=tenure.money.obstacle,
        currency=tenure.money.currency,
    )
