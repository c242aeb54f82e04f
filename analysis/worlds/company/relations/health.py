"""The published health score of the simulated company, which overrates usage, and what it sets off."""

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.worlds.company.accounts.population import TOUCH, Accounts
from analysis.worlds.company.accounts.stays import Stays, while_there
from analysis.worlds.company.relations.rapport import Rapport
from analysis.worlds.company.setting.days import Dates

WEIGHTS = {"usage": 0.7, "relationship": 0.15, "nps": 0.15}
SCORED = ("active_day_share", "features_used", "answered_share", "nps")
"""Covariates that the score is made of."""
RED, GREEN = 40.0, 60.0


def published_scores(frame: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Return the score of every account at risk as published on a day: three components and their total, 0 to 100."""

    def points(column: str, centre: float, scale: float) -> NDArray[np.float64]:
        away = (frame[column].to_numpy(np.float64, na_value=np.nan) - centre) / scale
        return 100 / (1 + np.exp(-np.nan_to_num(away)))

    components = {
        "usage": 0.5 * points("active_day_share", 0.55, 0.12) + 0.5 * points("features_used", 7, 1.5),
        "relationship": points("answered_share", 0.7, 0.2),
        "nps": points("nps", 7, 1.2),
    }
    components["total"] = sum(WEIGHTS[name] * components[name] for name in WEIGHTS)  # type: ignore[assignment]
    return pd.DataFrame(
        {
            "account_id": np.tile(frame["account_id"].to_numpy(object), len(components)),
            "scored_on": np.datetime64(day),
            "component": np.repeat(np.array(list(components), dtype=object), len(frame)),
            "value": np.round(np.concatenate(list(components.values())), 1),
        }
    ).assign(
        band=lambda scores: np.select([scores["value"] < RED, scores["value"] >= GREEN], ["red", "green"], "yellow")
    )


def red_accounts(scores: pd.DataFrame, place: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the accounts whose total is red, given the accounts in the order of the scores."""
    total = scores[scores["component"] == "total"]
    return place[(total["band"] == "red").to_numpy()]


def interventions_of_month(
    accounts: Accounts,
    stays: Stays,
    rapport: Rapport,
    red: NDArray[np.intp],
    effect: float,
    days: Dates,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Call half of the red accounts that anybody looks after; return the interventions and their touches."""
    looked_after = accounts.touch_model[red] != TOUCH.index("tech")
    called = red[looked_after & (rng.random(len(red)) < 0.5)]
    rapport.level[called] += effect
    started_on = days[rng.integers(2, 12, len(called))]
    identity = np.array(
        [f"I{day}-{account}" for day, account in zip(started_on, accounts.account_id[called], strict=True)],
        dtype=object,
    )
    actions = pd.DataFrame(
        {
            "intervention_id": identity,
            "account_id": accounts.account_id[called],
            "started_on": started_on,
            "kind": "call",
            "trigger": "red score",
        }
    )
    touches = pd.DataFrame(
        {
            "account_id": accounts.account_id[called],
            "occurred_on": started_on,
            "kind": "call",
            "initiated_by": "vendor",
            "status": np.where(rng.random(len(called)) < 0.7, "held", "no_show"),
            "automated": False,
            "intervention_id": identity,
        }
    )
    return while_there(actions, "started_on", stays, called), while_there(touches, "occurred_on", stays, called)
