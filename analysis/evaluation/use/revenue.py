"""Revenue: what accounts pay in a year."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MONTHS_A_YEAR = 12


def annual_revenue(landmarks: pd.DataFrame) -> NDArray[np.float64] | None:
    """Return the annual recurring revenue of landmark rows, shape (n,), NaN where not known; None if not measured.

    Monthly price x 12, from the price of a seat and the seats.
    """
    if not {"seats", "mrr_per_seat"} <= set(landmarks):
        return None
    seats, price = (landmarks[name].to_numpy(np.float64, na_value=np.nan) for name in ("seats", "mrr_per_seat"))
    return seats * price * MONTHS_A_YEAR
