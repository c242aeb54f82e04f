"""About accounts: what is known of them beside their forecast."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.evaluation.folds import Fold
from analysis.forecast.before import Before, forecast_before


@dataclass(frozen=True, slots=True, eq=False)
class About:
    """What is known of accounts beside their forecast; None where these data do not tell.

    Attributes
    ----------
    segments
        Label of each account, by its id.
    owners
        Who looks after each, by its id, today.
    terms
        As ``terms_now``, by account_id: ``renews_on, notice_by``.
    before
        What would have been forecast a quarter earlier.
    is_priced
        Whether prices, where there are some, are of one currency.
    """

    segments: pd.Series | None = None
    owners: pd.Series | None = None
    terms: pd.DataFrame | None = None
    before: Before | None = None
    is_priced: bool = True


def about_accounts(
    tenure: CohortTables, folds: Sequence[Fold], model: str, segments: pd.Series | None, is_priced: bool
) -> About:
    """Collect what a cohort tells of its accounts.

    Parameters
    ----------
    tenure
        The cohort.
    folds, model
        The quarters that were forecast before, and the model that is quoted.
    segments, is_priced
        As in `About`.
    """
    accounts = tenure.table("accounts").set_index("account_id")
    has_terms = "subscriptions.term_ends_on" in tenure.given
    return About(
        segments=segments,
        owners=accounts["owner"] if "accounts.owner" in tenure.given else None,
        terms=tenure.table("terms_now").set_index("account_id") if has_terms else None,
        before=forecast_before(tenure.landmarks, tenure.study, folds, model),
        is_priced=is_priced,
    )
