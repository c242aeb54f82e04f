"""What families say of held-out rows, drawn so that the truth is known."""

import numpy as np
import pandas as pd
from scipy.special import expit

FAMILIES = ["usage", "relationship", "champion"]


def predictor_rows(
    effects: dict[str, float], n_clusters: int = 600, n_quarters: int = 4, seed: int = 1, level: float = -2.6
) -> pd.DataFrame:
    """Draw rows of clusters of two accounts; an effect is the true coefficient of what a family says, 1 as learned."""
    rng = np.random.default_rng(seed)
    account = np.tile(np.arange(2 * n_clusters), n_quarters)
    quarter = np.repeat(np.arange(n_quarters), 2 * n_clusters)
    said = {name: rng.normal(scale=0.6, size=len(account)) for name in ("contract", *FAMILIES)}
    log_odds = level + 0.2 * quarter + said["contract"]
    log_odds = log_odds + sum(effect * said[name] for name, effect in effects.items())
    return pd.DataFrame(
        {
            "landmark": pd.to_datetime("2024-01-01") + pd.to_timedelta(91 * quarter, unit="D"),
            "lifetime_id": [f"{number}#{q}" for number, q in zip(account, quarter, strict=True)],
            "account_id": [f"a{number}" for number in account],
            "cluster_id": [f"c{number // 2}" for number in account],
            "event": rng.random(len(account)) < expit(log_odds),
            **said,
        }
    )


def book_of(rows: pd.DataFrame, revenue: float = 100.0) -> pd.DataFrame:
    """Return the rows of the last quarter as the accounts at risk now, each paying the same."""
    last = rows[rows["landmark"] == rows["landmark"].max()]
    return last.drop(columns="event").assign(annual_revenue=revenue).reset_index(drop=True)
