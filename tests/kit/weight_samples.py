"""Rows for the audit of weights: points drawn at random, and who left by known weights."""

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.design.outcome import Outcome
from analysis.health_score.definition import Component, ScoreDefinition
from analysis.health_score.weight_rows import WeightRows, quarters_of

NAMES = ("usage", "relationship", "nps")


def weight_sample(
    n_clusters, right, published, *, slope=4.0, seed=1, quarters=8, level=-1.5, names=NAMES, spread=0.0
) -> WeightRows:
    """Accounts, two of a parent, seen at each quarter start until they leave, by weights that are known."""
    rng = np.random.default_rng(seed)
    n = n_clusters * 2
    cluster = np.arange(n) // 2
    shared = rng.normal(0.0, spread, n_clusters)[cluster] if spread else np.zeros(n)
    steady = rng.uniform(0, 100, (n, len(names)))
    frames, points = [], []
    there = np.ones(n, dtype=bool)
    for day in pd.date_range("2023-01-01", periods=quarters, freq="QS"):
        now = np.clip(steady + rng.normal(0, 15, steady.shape), 0, 100)
        left = rng.random(n) < expit(level + shared - slope * (now @ np.asarray(right, float)) / 1e4)
        frames.append(
            pd.DataFrame(
                {
                    "lifetime_id": [f"a{k}#1" for k in range(n)],
                    "account_id": [f"a{k}" for k in range(n)],
                    "cluster_id": [f"p{k}" for k in cluster],
                    "risk_date": day,
                    "horizon_ends_on": day + pd.offsets.MonthBegin(3),
                    "is_quarter_start": True,
                    "is_followed": True,
                    "horizon_days": 91,
                    "followed_days": np.where(left, 40, 91),
                    "event": left.astype(np.int64),
                    "cause": np.where(left, "churn", ""),
                    "out_on": pd.Series(np.where(left, day + pd.Timedelta(days=40), pd.NaT)).astype("datetime64[ns]"),
                    "believed_from": pd.NaT,
                    "believed_until": pd.NaT,
                    "unpaid_from": pd.NaT,
                    "believed_cause": "",
                    "noise": rng.normal(size=n),
                }
            )[there]
        )
        points.append(now[there])
        there = there & ~left
    days = ["believed_from", "believed_until", "unpaid_from"]
    rows = pd.concat(frames, ignore_index=True).astype(dict.fromkeys(days, "datetime64[ns]"))
    outcome = Outcome.from_landmarks(rows)
    parts = zip(names, published, strict=True)
    return WeightRows(
        names=tuple(names),
        published=np.asarray(published, dtype=np.float64),
        points=np.vstack(points),
        outcome=outcome,
        quarter=quarters_of(rows),
        cluster=outcome.cluster_place,
        contract=None,
        covariates=(),
        rows=rows,
        definition=ScoreDefinition("score", tuple(Component(name, float(w), published=name) for name, w in parts)),
        n_lacking=0,
        n_variant=0,
        seed=1,
    )
