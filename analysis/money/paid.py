"""What is paid: the paid versions of subscriptions, with prices in whole numbers, and who pays what on a day."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.currency import currencies_of
from analysis.errors import ModelError
from analysis.evaluation.use.revenue import MONTHS_A_YEAR
from analysis.wording.remarks import Remark, remark

PARTS = 1_000_000
"""Of a unit of the currency: prices are counted in them, so that sums have no rest."""


@dataclass(frozen=True, slots=True, eq=False)
class Paid:
    """The paid versions of a book, by lifetime.

    Attributes
    ----------
    versions : DataFrame
        As ``queries/8_money/paid_versions.sql`` answers: days [started_on, covered_until), covered_until missing while
        it runs; monthly, the price a month in `PARTS`, missing where the source gives none.
    lifetimes : DataFrame
        By lifetime_id: lifetime_number, origin, ended_on, cause.
    observed_from, snapshot, settled_until
        Days from which subscriptions are complete, up to whose morning all is known, and up to which ends are settled.
    fiscal_year_start_month
        Whose quarters they are.
    """

    versions: pd.DataFrame
    lifetimes: pd.DataFrame
    observed_from: pd.Timestamp
    snapshot: pd.Timestamp
    settled_until: pd.Timestamp
    fiscal_year_start_month: int = 1

    def in_force(self, day: pd.Timestamp) -> pd.DataFrame:
        """Return the versions that cover a day."""
        until = self.versions["covered_until"]
        return self.versions[(self.versions["started_on"] <= day) & (until.isna() | (until > day))]

    def quarter_starts(self) -> list[pd.Timestamp]:
        """Return the first days of fiscal quarters from the beginning of the observation up to the snapshot."""
        months = pd.date_range(self.observed_from, self.snapshot, freq="MS")
        return [day for day in months if (day.month - self.fiscal_year_start_month) % 3 == 0]


def read_paid(tenure: CohortTables) -> Paid:
    """Ask a cohort for its paid versions."""
    time = tenure.study.time
    lifetimes = tenure.table("lifetimes").set_index("lifetime_id")
    return Paid(
        versions=tenure.ask_money("paid_versions"),
        lifetimes=lifetimes[["lifetime_number", "origin", "ended_on", "cause"]],
        observed_from=pd.Timestamp(time.observation_start),
        snapshot=pd.Timestamp(time.snapshot),
        settled_until=tenure.settled_until,
        fiscal_year_start_month=time.fiscal_year_start_month,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What each lifetime pays for on a day.

    Attributes
    ----------
    table : DataFrame
        By lifetime_id: monthly (of the versions that have a price, in `PARTS`), unpriced (versions without one), seats,
        unseated (versions without them).
    products : DataFrame
        lifetime_id, product, monthly: of named products.
    has_prices
        Whether any of the versions has a price.
    """

    table: pd.DataFrame
    products: pd.DataFrame
    has_prices: bool

    @property
    def n_unpriced(self) -> int:
        """Lifetimes of which some price is not known."""
        return int((self.table["unpriced"] > 0).sum())


def levels_on(paid: Paid, day: pd.Timestamp) -> Levels:
    """Return what each lifetime pays for on a day."""
    rows = paid.in_force(day)
    price = rows["monthly"].astype("Int64")
    told = rows[["lifetime_id", "product"]].assign(
        monthly=price.fillna(0).astype(np.int64),
        unpriced=price.isna().astype(np.int64),
        seats=rows["seats"].astype("Int64").fillna(0).astype(np.int64),
        unseated=rows["seats"].isna().astype(np.int64),
    )
    table = told.groupby("lifetime_id")[["monthly", "unpriced", "seats", "unseated"]].sum()
    products = told.groupby(["lifetime_id", "product"], as_index=False)["monthly"].sum()
    return Levels(table, products, bool(price.notna().any()))


def a_year(parts: int) -> float:
    """Return the price of a year, in the currency, of a price a month in `PARTS`."""
    return MONTHS_A_YEAR * int(parts) / PARTS


def known_sum(prices: pd.Series) -> float:
    """Return the sum of the known prices: 0 of nothing, NaN where none of them is known."""
    return float(np.sort(prices.dropna()).sum()) if prices.empty or prices.notna().any() else np.nan


def no_prices(tenure: CohortTables) -> Remark | None:
    """Return why nothing can be said of money; None where prices are given, and in one currency."""
    if "subscriptions.mrr" not in tenure.given:
        return remark("money.no_prices")
    named = currencies_of(tenure)
    return remark("money.several_currencies", currencies=named) if len(named) > 1 else None


def refuse(obstacle: Remark | None) -> None:
    """Raise a `ModelError` where something stands in the way."""
    if obstacle is not None:
        raise ModelError(obstacle)
