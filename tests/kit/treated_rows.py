"""Landmark rows of a planted company that calls accounts when their score is low."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.health_score.definition import Component, ScoreDefinition
from analysis.health_score.scored import Origin, Scored

HORIZON = 91
LANDMARK = np.datetime64("2024-01-01")


@dataclass(frozen=True)
class Called:
    """Rows, their interventions, and the risk that each row would have had without."""

    scored: Scored
    started: pd.DataFrame
    by_day: pd.DataFrame
    risk: np.ndarray

    def true_risk(self, colour):
        return self.risk[self.scored.colour == colour].mean()


def called(n, effect, seed, *, calls=2.0, yearly=0.8):
    """Red accounts are called at `calls` a quarter, and a call multiplies their hazard by `effect`."""
    rng = np.random.default_rng(seed)
    good, noise = rng.uniform(0, 100, (2, n))
    score = 0.6 * good + 0.4 * noise
    colour = np.select([score < 40, score >= 60], ["red", "green"], "yellow").astype(object)
    hazard = yearly / 365 * np.exp(-2.5 * (good - 50) / 100)
    rate = np.where(colour == "red", calls * np.exp((40 - score) / 20) / HORIZON, 0.0)
    with np.errstate(divide="ignore"):
        call_day = np.where(rate > 0, rng.exponential(1.0, n) / np.where(rate > 0, rate, 1.0), np.inf)
    need = rng.exponential(1.0, n)  # of accumulated hazard
    early = need / hazard
    end = np.where(
        early <= call_day, early, call_day + (need - hazard * np.minimum(call_day, early)) / (hazard * effect)
    )
    left = end < HORIZON
    name = np.array([f"A{k:06d}" for k in range(n)], dtype=object)
    rows = pd.DataFrame(
        {
            "lifetime_id": name,
            "account_id": name,
            "cluster_id": name,
            "risk_date": LANDMARK,
            "horizon_days": HORIZON,
            "followed_days": np.where(left, np.floor(end).astype(int) + 1, HORIZON),
            "event": left.astype(int),
            "is_followed": True,
        }
    )
    rows["risk_date"] = rows["risk_date"].astype("datetime64[us]")
    points = pd.DataFrame({"good": good, "noise": noise})
    parts = (Component("good", 60.0, published="good"), Component("noise", 40.0, published="noise"))
    scored = Scored(Origin.PUBLISHED, rows, score, colour, points, ScoreDefinition("score", parts))
    happened = np.isfinite(call_day) & (call_day < np.minimum(end, HORIZON))
    days = LANDMARK + np.floor(call_day[happened]).astype(int)
    started = pd.DataFrame({"account_id": name[happened], "started_on": days.astype("datetime64[us]")})
    by_day = pd.DataFrame({"account_id": name, "day": rows["risk_date"], "value": score})
    return Called(scored, started, by_day, 1 - np.exp(-hazard * HORIZON))
