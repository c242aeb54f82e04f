"""Rows in which a champion moves use and use moves leaving, drawn so that the truth of every effect is known."""

import numpy as np
import pandas as pd
from scipy.special import expit

FAMILIES = ["usage", "champion"]
LEVEL, OF_USE, MOVED, KEPT = -2.4, 1.2, 0.7, 0.5
_BEYOND = 1.2815515655446004


def drawn_rows(
    n_clusters: int, seed: int, beside: float = 0.0, moved: float = MOVED, n_quarters: int = 2
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw held-out rows, and what families said of them a horizon earlier.

    What the champion says now follows in part what use said before, so that use before confounds it. It moves use
    within the horizon by `moved`, and leaving by `beside` on its own; use moves leaving by `OF_USE`.
    """
    rng = np.random.default_rng(seed)
    n = 2 * n_clusters * n_quarters
    account = np.tile(np.arange(2 * n_clusters), n_quarters)
    quarter = np.repeat(np.arange(n_quarters), 2 * n_clusters)
    shared = rng.normal(scale=0.3, size=(n_clusters, 2))[account // 2]
    before = {"usage": rng.normal(scale=0.5, size=n) + shared[:, 0]}
    before["champion"] = rng.normal(scale=0.5, size=n) + shared[:, 1]
    champion = 0.4 * before["usage"] + rng.normal(scale=0.6, size=n)
    usage = KEPT * before["usage"] + moved * champion + rng.normal(scale=0.4, size=n)
    contract = rng.normal(scale=0.4, size=n)
    log_odds = LEVEL + 0.2 * quarter + contract + OF_USE * usage + beside * champion
    keys = {
        "landmark": pd.to_datetime("2024-01-01") + pd.to_timedelta(91 * quarter, unit="D"),
        "lifetime_id": [f"{one}#{q}" for one, q in zip(account, quarter, strict=True)],
    }
    said = {"contract": contract, "usage": usage, "champion": champion}
    rows = pd.DataFrame(
        {
            **keys,
            "account_id": [f"a{one}" for one in account],
            "cluster_id": [f"c{one // 2}" for one in account],
            "event": rng.random(n) < expit(log_odds),
            **said,
        }
    )
    then = pd.DataFrame({**keys, "said_on": keys["landmark"] - pd.Timedelta(days=91), "contract": contract, **before})
    return rows, then


def true_points(beside: float = 0.0, moved: float = MOVED, n: int = 1_000_000) -> dict[str, float]:
    """Return the true effects in points: leaving with each account set to either end, and what follows from it.

    No model is fitted: the equations that draw the rows are run again with the family set by hand.
    """
    rng = np.random.default_rng(99)
    before = rng.normal(scale=np.hypot(0.5, 0.3), size=n)
    champion = 0.4 * before + rng.normal(scale=0.6, size=n)
    luck, contract = rng.normal(scale=0.4, size=n), rng.normal(scale=0.4, size=n)
    level = LEVEL + 0.2 * rng.integers(0, 2, n) + contract
    usage = KEPT * before + moved * champion + luck

    def points(said: np.ndarray, left) -> float:
        low, high = (expit(left(end)).mean() for end in (-_BEYOND * said.std(), _BEYOND * said.std()))
        return float(100 * (high - low))

    def by_champion(end: float) -> np.ndarray:
        return level + OF_USE * (KEPT * before + moved * end + luck) + beside * end

    return {
        "total_champion": points(champion, by_champion),
        "direct_champion": points(champion, lambda end: level + OF_USE * usage + beside * end),
        "direct_usage": points(usage, lambda end: level + OF_USE * end + beside * champion),
    }
