"""A small made-up book of business with known effects, for the tests of the statistics."""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Declared:
    """What a design reads of a covariate."""

    name: str
    family: str
    transform: str = "identity"


COVARIATES = (
    Declared("usage_trend", "usage"),
    Declared("days_since_touch", "relationship", "log1p"),
    Declared("champions", "champion"),
    Declared("noise_one", "noise"),
    Declared("noise_two", "noise"),
    Declared("renewal_in_horizon", "contract"),
    Declared("segment", "contract", "category"),
)


def landmark_rows(n_accounts: int = 400, n_quarters: int = 10, seed: int = 1) -> pd.DataFrame:
    """Draw quarterly landmark rows: usage above its mean and champions protect, the noise does nothing."""
    rng = np.random.default_rng(seed)
    quarters = pd.date_range("2022-01-01", periods=n_quarters + 1, freq="QS")
    usage_level, champions = rng.normal(size=n_accounts), rng.poisson(1.0, n_accounts)
    segment = rng.choice(["small", "middle", "large"], n_accounts, p=[0.5, 0.3, 0.2])
    alive = np.arange(n_accounts)
    rows = []
    for landmark, horizon_end in itertools.pairwise(quarters):
        n = len(alive)
        days = (horizon_end - landmark).days
        usage = usage_level[alive] + rng.normal(scale=0.5, size=n)
        renewal = (rng.random(n) < 0.35).astype(float)
        log_hazard = -4.0 - 1.2 * (usage > 0) - 0.5 * champions[alive] + 2.0 * renewal
        death = rng.exponential(days / np.exp(log_hazard))
        event = death < days
        touch = rng.exponential(30, n)
        touch[rng.random(n) < 0.1] = np.nan
        rows.append(
            pd.DataFrame(
                {
                    "lifetime_id": alive,
                    "account_id": [f"A{k:04d}" for k in alive],
                    "cluster_id": [f"P{k // 2:04d}" for k in alive],
                    "risk_date": landmark,
                    "horizon_ends_on": horizon_end,
                    "horizon_days": days,
                    "followed_days": np.where(event, np.ceil(np.maximum(death, 1e-3)), days).astype(int),
                    "event": event.astype(int),
                    "cause": np.where(event, "churn", None),
                    "is_followed": True,
                    "out_on": pd.NaT,
                    "believed_from": pd.NaT,
                    "believed_until": pd.NaT,
                    "unpaid_from": pd.NaT,
                    "believed_cause": None,
                    "is_quarter_start": True,
                    "phase": "mature",
                    "term_months": 12,
                    "tenure_days": 400,
                    "usage_trend": usage,
                    "days_since_touch": touch,
                    "champions": champions[alive].astype(float),
                    "noise_one": rng.normal(size=n),
                    "noise_two": rng.normal(size=n),
                    "renewal_in_horizon": renewal,
                    "segment": segment[alive],
                }
            )
        )
        alive = alive[~event]
    return pd.concat(rows, ignore_index=True)


def with_other_ends(rows: pd.DataFrame, seed: int = 3) -> pd.DataFrame:
    """Of those that stayed some stop paying, and a few are merged, on some day of the horizon."""
    rng = np.random.default_rng(seed)
    n = len(rows)
    draw, day = rng.random(n), rng.integers(1, rows["horizon_days"] + 1, n)
    stayed = (rows["event"] == 0).to_numpy()
    unpaid, merged = stayed & (draw < 0.05 + 0.05 * (rows["usage_trend"] > 0)), stayed & (draw > 0.999)
    ended = unpaid | merged
    return rows.assign(
        cause=np.where(unpaid, "involuntary", np.where(merged, "merged", rows["cause"])),
        followed_days=np.where(ended, day, rows["followed_days"]),
    )
