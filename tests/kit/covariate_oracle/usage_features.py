"""Features that were there, new or deep, and which of them were used, one after the other."""

import datetime as dt
from typing import Any

from covariate_oracle.use_log import Morning, Row

RELEASED = dt.timedelta(180)


def expected(morning: Morning) -> dict[str, Any]:
    """Return the covariates of the topic."""
    known = [row for row in morning.log.features if row["released_on"] is None or row["released_on"] < morning.day]
    return {
        "released_features_tried": released_features_tried(morning, known),
        "days_since_release": days_since_release(morning, known),
        "core_feature_share": share_of_depth(morning, known, "core"),
        "advanced_feature_share": share_of_depth(morning, known, "advanced"),
    }


def released_features_tried(morning: Morning, known: list[Row]) -> float | None:
    """Return the share of the features new to the account that it used."""
    new_from = max(morning.origin, morning.day - RELEASED)
    if not morning.is_logged(morning.baseline_from) or not morning.is_logged(new_from, "features"):
        return None
    if not all(morning.is_said(rows, "feature") for rows in (morning.recent, morning.before)):
        return None
    new = {row["feature"] for row in known if row["released_on"] is not None and row["released_on"] >= new_from}
    return len(new & {row["feature"] for row in morning.baseline}) / len(new) if new else None


def days_since_release(morning: Morning, known: list[Row]) -> int | None:
    """Return the days since the newest release; one from before the log may not be the newest."""
    newest = max((row["released_on"] for row in known if row["released_on"] is not None), default=None)
    if newest is None or newest < morning.logs_from("features"):
        return None
    return (morning.day - newest).days - 1


def share_of_depth(morning: Morning, known: list[Row], depth: str) -> float | None:
    """Return the share of the features of a depth that were used lately."""
    there = {row["feature"] for row in known if row["depth"] == depth}
    if not there or not morning.is_logged(morning.recent_from) or not morning.is_said(morning.recent, "feature"):
        return None
    return len(there & {row["feature"] for row in morning.recent}) / len(there)
