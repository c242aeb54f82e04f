"""Rapport: how well vendor and customer get on, and what was said of it in surveys."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.accounts.stays import Stays, while_there
from analysis.worlds.company.setting.days import Dates, any_of


@dataclass(slots=True)
class Rapport:
    """The relation with each account.

    Attributes
    ----------
    level
        0 on average; 1 is well above it.
    unanswered_reviews
        Calendar reviews in a row that were neither held nor answered.
    """

    level: NDArray[np.float64]
    unanswered_reviews: NDArray[np.intp]


def draw_rapport(n: int, rng: np.random.Generator) -> Rapport:
    """Draw how each relation begins."""
    return Rapport(rng.normal(0, 0.9, n), np.zeros(n, dtype=np.intp))


def change_of_rapport(rapport: Rapport, has_open_bug: NDArray[np.bool_], rng: np.random.Generator) -> None:
    """Let the rapport with each account drift; an open fault wears on it."""
    rapport.level = 0.93 * rapport.level + rng.normal(0, 0.35, len(rapport.level)) - 0.1 * has_open_bug


def share(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability of a log odds."""
    return 1 / (1 + np.exp(-logit))


def surveys_of_month(
    accounts: Accounts,
    stays: Stays,
    rapport: Rapport,
    vitality: NDArray[np.float64],
    days: Dates,
    month: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the month's NPS answers: asked twice a year, fewer than half answer, the content more often."""
    here = stays.here(days)
    asked = here[(here + month) % 6 == 0]
    answers = asked[rng.random(len(asked)) < share(-0.3 + 0.4 * rapport.level[asked])]
    mood = 7.2 + 1.3 * rapport.level[answers] + 0.7 * vitality[answers]
    rows = pd.DataFrame(
        {
            "account_id": accounts.account_id[answers],
            "responded_on": any_of(days, len(answers), rng),
            "kind": "nps",
            "score": np.clip(np.round(mood + rng.normal(0, 1.3, len(answers))), 0, 10),
        }
    )
    return while_there(rows, "responded_on", stays, answers)
