"""ARR: what the book pays in a year, at the start of each month."""

import numpy as np
import pandas as pd

from analysis.money.frames import ARR
from analysis.money.paid import Paid, a_year, levels_on


def arr_by_month(paid: Paid) -> pd.DataFrame:
    """Return twelve times the price of a month of all subscriptions in force, as `ARR`.

    On the first of each month under observation, and on the snapshot. Of what has no price nothing is added; how many
    accounts that concerns is counted.
    """
    months = pd.date_range(paid.observed_from, paid.snapshot, freq="MS")
    days = [*months, *([] if paid.snapshot in months else [paid.snapshot])]
    lines = []
    for day in days:
        levels = levels_on(paid, day)
        lines.append(
            {
                "day": day,
                "arr": a_year(levels.table["monthly"].sum()) if levels.has_prices or levels.table.empty else np.nan,
                "accounts": len(levels.table),
                "unpriced": levels.n_unpriced,
            }
        )
    return ARR.checked(pd.DataFrame(lines, columns=ARR.columns))
