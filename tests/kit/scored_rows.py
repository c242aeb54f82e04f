"""Landmark rows with a health score, drawn month by month, so that it is known what the score says of leaving."""

import datetime as dt

import numpy as np
import pandas as pd
from scipy.stats import norm

from analysis.declared.study_parts import Report, Time
from analysis.health_score.scored import Origin, Scored

REPORT = Report()
TIME = Time(dt.date(2022, 1, 1), dt.date(2024, 6, 1))
STARTS = list(pd.date_range("2022-01-01", "2024-06-01", freq="MS"))
ENDS = [day + pd.DateOffset(months=3) for day in STARTS]


def drawn_book(says: float, n_accounts: int = 300, hazard: float = 0.03, seed: int = 1) -> Scored:
    """Draw a book of accounts, in clusters of two, whose hazard of leaving a month is worse the lower their score.

    `says` is the log hazard ratio of one standard deviation less of score; the score drifts from month to month.
    """
    rng = np.random.default_rng(seed)
    lines = []
    for number in range(n_accounts):
        state, first = rng.normal(), int(rng.integers(0, 6))
        term = "monthly" if number % 3 else "yearly"
        left_on, scores = None, []
        for month in range(first, len(STARTS)):
            scores.append((month, state))
            if rng.random() < hazard * np.exp(says * state):
                left_on = STARTS[month] + pd.Timedelta(days=int(rng.integers(1, 28)))
                break
            state = 0.8 * state + 0.6 * rng.normal()
        lines += [_row(number, first, term, month, worse, left_on) for month, worse in scores]
    rows = pd.DataFrame(lines)
    return scored_of(rows, np.round(100 * norm.cdf(-rows.pop("worse").to_numpy()), 1))


def _row(number: int, first: int, term: str, month: int, worse: float, left_on: pd.Timestamp | None) -> dict:
    day, ends = STARTS[month], ENDS[month]
    horizon = (ends - day).days
    event = left_on is not None and left_on <= ends
    return {
        "lifetime_id": f"a{number}#1",
        "account_id": f"a{number}",
        "cluster_id": f"c{number // 2}",
        "risk_date": day,
        "horizon_ends_on": ends,
        "is_quarter_start": day.month % 3 == 1,
        "is_followed": ends <= STARTS[-1],
        "horizon_days": horizon,
        "followed_days": (left_on - day).days if event else horizon,
        "event": int(event),
        "cause": "churn" if event else None,
        "out_on": left_on if left_on is not None else pd.NaT,
        "believed_from": pd.NaT,
        "believed_until": pd.NaT,
        "unpaid_from": pd.NaT,
        "believed_cause": None,
        "tenure_days": 31 * (month - first),
        "term_kind": term,
        "phase": "mature" if month - first > 11 else "adoption",
        "segment_in_force": "large" if number % 4 == 0 else "small",
        "touch_model_in_force": "tech",
        "worse": worse,
    }


def scored_of(rows: pd.DataFrame, score: np.ndarray) -> Scored:
    """Return rows with a score, red below 40, green from 60, None where there is none."""
    colour = np.select([score < 40, score < 60], ["red", "yellow"], "green").astype(object)
    colour[np.isnan(score)] = None
    for name in ("out_on", "believed_from", "believed_until", "unpaid_from"):
        if name in rows:
            rows[name] = pd.to_datetime(rows[name])
    return Scored(Origin.PUBLISHED, rows, score, colour, pd.DataFrame(index=range(len(rows))), None)


def with_score(scored: Scored, score: np.ndarray) -> Scored:
    """Return the same rows with another score."""
    return scored_of(scored.rows.copy(), score)


def shuffled(scored: Scored, seed: int) -> Scored:
    """Return the scores dealt anew among the clusters: an account keeps one account's scores, which say nothing."""
    rng = np.random.default_rng(seed)
    places = list(scored.rows.groupby("account_id").indices.values())
    score = np.full(len(scored.score), np.nan)
    for mine, dealt in zip(places, rng.permutation(len(places)), strict=True):
        others = scored.score[places[dealt]]
        score[mine] = others[np.arange(len(mine)) % len(others)]
    return with_score(scored, score)
