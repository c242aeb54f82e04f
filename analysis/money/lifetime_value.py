"""Lifetime value: what an account pays as long as it stays, under each assumption on how long that is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.curves.rates import DAYS_A_YEAR
from analysis.lifetimes.parametric import ParametricSurvival
from analysis.money.frames import LIFETIME_VALUE
from analysis.money.paid import Levels, a_year

LIMIT_YEARS = 5
"""Beyond which hardly any book has been observed: what lies there is extrapolated by every assumption."""
CONSTANT_RATE = "constant_rate"


@dataclass(frozen=True, slots=True)
class MeanPrice:
    """What an account pays in a year, on average.

    Attributes
    ----------
    a_year
        NaN where nobody's price is known.
    n_known, n_unknown
        Accounts in force of which every price is known, and the others, which are in no average.
    """

    a_year: float
    n_known: int
    n_unknown: int


def mean_price(levels: Levels) -> MeanPrice:
    """Return the mean price of a year of the accounts of a day."""
    known = levels.table[levels.table["unpriced"] == 0]
    price = a_year(known["monthly"].sum()) / len(known) if len(known) else np.nan
    return MeanPrice(price, len(known), len(levels.table) - len(known))


def lifetime_values(
    survival: ParametricSurvival | None, three_month_probability: float | None, months: int, price: MeanPrice
) -> pd.DataFrame:
    """Return the value of an account within `LIMIT_YEARS` and without a limit, as `LIFETIME_VALUE`.

    Years as a customer times the mean price of a year: revenue, neither margin nor discounted, at the price of today.

    Parameters
    ----------
    survival
        Distributions of the length of lifetimes, their mean taken within `LIMIT_YEARS`: of an account that begins. None
        where there are too few events.
    three_month_probability, months
        Mean probability of leaving of those at risk, and in how many months: for ever the same, by the last assumption,
        it makes an account stay -months / 12 / ln(1 - p) years. None where nothing is forecast.
    price
        Of a year.

    Examples
    --------
    Of those who leave with 5% a quarter the mean stays 4.9 years, 3.1 of them within five.

    >>> found = lifetime_values(None, 0.05, 3, MeanPrice(1000.0, 10, 0)).iloc[0]
    >>> found[["years", "years_within", "value"]].astype(float).round(1).tolist()
    [4.9, 3.1, 4873.9]
    """
    lines = []
    if survival is not None:
        for row in survival.table.dropna(subset=["aic"]).itertuples(index=False):
            within, without = row.mean / DAYS_A_YEAR, row.mean_without_limit / DAYS_A_YEAR
            lines.append(
                {"basis": row.distribution, "aic_above": row.aic_above, "years_within": within, "years": without}
            )
    if three_month_probability is not None:
        rate = -np.log1p(-three_month_probability) * 12 / months
        within = -np.expm1(-rate * LIMIT_YEARS) / rate if rate else float(LIMIT_YEARS)
        lines.append(
            {
                "basis": CONSTANT_RATE,
                "aic_above": np.nan,
                "years_within": within,
                "years": 1 / rate if rate else np.nan,
            }
        )
    found = pd.DataFrame(lines, columns=LIFETIME_VALUE.columns)
    found["value_within"] = found["years_within"].astype(float) * price.a_year
    found["value"] = found["years"].astype(float) * price.a_year
    return LIFETIME_VALUE.checked(found)
