"""Published: a health score and its components as they were published then, and the weights they stand for."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import nnls

from analysis.cohort.cohort_tables import CohortTables
from analysis.health_score.definition import FULL, Component, ScoreDefinition

TOTAL = "total"
FRESH_DAYS = 92
"""An older value says nothing of the landmark: it counts as missing."""
FITS_WITHIN = 1.0
"""Points by which 95% of totals may miss the weighted sum of components, rounding included, to be one."""
HISTORY = "health_scores"


@dataclass(frozen=True, slots=True, eq=False)
class PublishedScores:
    """What was published of each landmark row.

    Attributes
    ----------
    total : ndarray, shape (n,)
        NaN where none is fresh.
    band : ndarray of object, shape (n,)
        As published; None where none was.
    parts : DataFrame, n rows
        A column for each component; those published for users or subscriptions are named with their level, and are the
        mean over them.
    n_stale : int
        Rows whose last total is older than `FRESH_DAYS`.
    """

    total: NDArray[np.float64]
    band: NDArray[np.object_]
    parts: pd.DataFrame
    n_stale: int


def published_scores(tenure: CohortTables, landmarks: pd.DataFrame) -> PublishedScores | None:
    """Return what was published of landmark rows; None where the source holds no history."""
    if HISTORY not in tenure.given:
        return None
    found = tenure.ask("landmark_score_parts")
    is_fresh = found["age"].to_numpy(np.float64) <= FRESH_DAYS
    is_account = found["level"].to_numpy(object) == "account"
    is_total = is_account & (found["component"].to_numpy(object) == TOTAL)
    n_stale = len(landmarks.merge(found[is_total & ~is_fresh], on=["lifetime_id", "risk_date"]))
    names = found["component"].where(is_account, found["component"] + " (" + found["level"] + ")")
    fresh = found.assign(name=names)[is_fresh]
    values = fresh.pivot_table("value", ["lifetime_id", "risk_date"], "name")
    place = pd.MultiIndex.from_frame(landmarks[["lifetime_id", "risk_date"]])
    wide = values.reindex(place).reset_index(drop=True).astype(np.float64)
    bands = found[is_total & is_fresh].set_index(["lifetime_id", "risk_date"])["band"].reindex(place)
    total = wide[TOTAL].to_numpy() if TOTAL in wide else np.full(len(landmarks), np.nan)
    parts = wide[sorted(name for name in wide if name != TOTAL)].rename_axis(columns=None)
    return PublishedScores(total, bands.where(bands.notna(), None).to_numpy(object), parts, n_stale)


def recovered_definition(found: PublishedScores, name: str) -> ScoreDefinition | None:
    """Return the weights by which published components make the published total; None where none do.

    Weights are not negative; least squares on the rows that have all components. A total that 95% of rows miss by more
    than `FITS_WITHIN` points is not a weighted sum of what was published beside it. Totals of users or subscriptions
    are no components.
    """
    parts = found.parts[[name for name in found.parts if not name.startswith(f"{TOTAL} (")]]
    known = parts.notna().all(axis=1).to_numpy() & np.isfinite(found.total)
    if parts.shape[1] < 2 or known.sum() <= parts.shape[1]:
        return None
    points = parts.to_numpy(np.float64)[known]
    weights, _ = nnls(points, found.total[known])
    missed = np.abs(points @ weights - found.total[known])
    if weights.sum() == 0 or np.quantile(missed, 0.95) > FITS_WITHIN:
        return None
    share = np.round(FULL * weights / weights.sum(), 1)
    share[np.argmax(share)] += FULL - share.sum()
    named = zip(parts.columns, share, strict=True)
    return ScoreDefinition(name, tuple(Component(part, float(weight), published=part) for part, weight in named))
