"""The tables of use of the random source: the log, its users and features, and holidays."""

import numpy as np
import pandas as pd
from random_draw import ACCOUNTS, BEGINS, Draw

FEATURES = ("x", "y", "z", *(f"new{number}" for number in range(36)))
REGIONS = ("north", "south", "east")


def random_usage(rng: np.random.Generator, rows: int = 12000) -> pd.DataFrame:
    """A fifth of it reaches the log late."""
    draw = Draw(rng, rows)
    account, used_on = draw.account(), draw.day()
    frame = pd.DataFrame(
        {
            "account_id": account,
            "used_on": used_on,
            "user_id": [f"{name}-u{number}" for name, number in zip(account, rng.integers(25, size=rows), strict=True)],
            "feature": draw.choice(*FEATURES),
            "events": rng.integers(1, 9, size=rows),
            "known_on": draw.later(used_on, 30, share=0.2),
        }
    )
    return frame.drop_duplicates(["account_id", "used_on", "user_id", "feature"])


def with_gaps(rng: np.random.Generator, usage: pd.DataFrame) -> pd.DataFrame:
    """Return usage that does not always say whose it was, or of what."""
    return usage.assign(**{name: _unsaid(rng, usage, name) for name in ("user_id", "feature")})


def _unsaid(rng: np.random.Generator, frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column that is not always filled in: of some accounts only about half of the time."""
    is_often = frame["account_id"].str.endswith("5")
    return frame[name].where(rng.random(len(frame)) >= np.where(is_often, 0.5, 0.05))


def random_users(rng: np.random.Generator) -> pd.DataFrame:
    """All users of the log but a few, some created on no day that anybody knows of, some known of late."""
    draw = Draw(rng, ACCOUNTS * 25)
    created_on = draw.day()
    account = np.repeat(np.char.add("a", np.arange(ACCOUNTS).astype(str)), 25)
    frame = pd.DataFrame(
        {
            "user_id": [f"{name}-u{place % 25}" for place, name in enumerate(account)],
            "account_id": account,
            "department": draw.choice(None, "it", "hr", "law", "sales", "finance", "service", "plant", "research"),
            "created_on": created_on.where(rng.random(draw.rows) < 0.9),
            "known_on": draw.later(created_on, 40, share=0.4),
        }
    )
    return frame[rng.random(draw.rows) < 0.95]


def random_features(rng: np.random.Generator) -> pd.DataFrame:
    """Three that were always there, and two released on or about the first of each month."""
    draw = Draw(rng, len(FEATURES))
    months = pd.Series(pd.date_range(BEGINS, periods=18, freq="MS").repeat(2))
    released_on = pd.concat([pd.Series([pd.NaT] * 3), months], ignore_index=True)
    shift = pd.to_timedelta(rng.integers(0, 9, size=draw.rows), unit="D")
    frame = {"feature": FEATURES, "depth": draw.choice("core", "advanced", None)}
    return pd.DataFrame(frame | {"released_on": released_on.where(rng.random(draw.rows) < 0.7, released_on + shift)})


def random_holidays(rng: np.random.Generator) -> pd.DataFrame:
    """A dozen days a year for all regions but one."""
    draw = Draw(rng, 36)
    return pd.DataFrame({"region": draw.choice(*REGIONS[:2]), "day": draw.day()}).drop_duplicates()


def add_hours(rng: np.random.Generator, usage: pd.DataFrame) -> pd.DataFrame:
    """Return usage with the events out of hours, which a third of the rows do not tell."""
    hours = pd.Series(rng.binomial(usage["events"], 0.3), index=usage.index)
    return usage.assign(out_of_hours_events=hours.where(rng.random(len(usage)) < 2 / 3))
