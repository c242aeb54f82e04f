"""Four accounts and a forecast of them, small enough to be worked out by hand."""

import numpy as np
import pandas as pd
from simulated_landmarks import Declared

from analysis.cohort.kept import made
from analysis.design.matrix import learn_design
from analysis.evaluation.choice import Choice, Ground
from analysis.forecast.carriers import Carrier
from analysis.forecast.outlook import Forecast, Learned
from analysis.forecast.reasons import Explanation, Explanations, Reason

LANDMARK = pd.Timestamp("2024-01-01")
LANDMARKS = pd.DataFrame(
    {
        "lifetime_id": [1, 2, 3, 4, 1],
        "risk_date": [LANDMARK] * 4 + [LANDMARK - pd.DateOffset(months=1)],
        "seats": [10, 20, np.nan, 40, 99],
        "mrr": [10.0, 40.0, np.nan, 160.0, 495.0],
    }
)


def explained(forecast: float, peers: float, *reasons: Reason) -> Explanation:
    shares = (("usage", forecast - peers - 0.01), ("contract", 0.01))
    return Explanation(forecast, peers, shares, reasons, kept_first=1)


DROP = Reason("usage", 0.09, (Carrier("usage_drop", "high", 0.08, 0.4, 0.0, 0.1),))
TERM = Reason("contract", 0.3, (Carrier("term", "", 0.2, "monthly", "yearly", None),))
FORECAST = Forecast(
    landmark=LANDMARK,
    stands_on=LANDMARK,
    horizon_ends_on=pd.Timestamp("2024-04-01"),
    choice=Choice(LANDMARK, "forest", Ground.EARLIER_QUARTERS, 8, 97, {"forest": 0.16, "cox": 0.17}),
    models=("cox", "forest"),
    accounts=pd.DataFrame(
        {
            "lifetime_id": [1, 2, 3, 4],
            "account_id": ["a1", "a2", "a3", "a4"],
            "cox": [0.9, 0.1, 0.1, 0.1],
            "forest": [0.1, 0.2, 0.2, 0.5],
        }
    ),
    explanations=Explanations(
        (explained(0.1, 0.2), explained(0.2, 0.1, DROP), None, explained(0.5, 0.1, TERM)), 2, 3, 0.5
    ),
    n_training_rows=100,
    n_training_events=12,
    shrinkage=3.0,
    learned=made(Learned(learn_design(LANDMARKS, [Declared("seats", "contract")]), {})),
)
SEGMENTS = pd.Series({"a1": "web", "a2": "shop", "a3": "web", "a4": "web"})
