"""Revenue: what accounts pay in a year."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MONTHS_A_YEAR = 12


def annual_revenue(landmarks: pd.DataFrame) -> NDArray[np.float64] | None:
    """Return what landmark rows pay in a year, shape (n,), NaN where not known; None if no price is known at all.

    Twelve times the price of a month of all subscriptions in force, whether or not their seats are known.
    """
    if "mrr" not in landmarks or landmarks["mrr"].isna().all():
        return None
    return MONTHS_A_YEAR * landmarks["mrr"].to_numpy(np.float64, na_value=np.nan)
