"""Scored: landmark rows with the health score, its points and colours, as published then or as computed now."""

import operator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.cohort_tables import CohortTables
from analysis.errors import DesignError
from analysis.health_score.definition import FULL, ScoreDefinition
from analysis.health_score.published import PublishedScores, published_scores, recovered_definition
from analysis.wording.remarks import remark

COLOURS = ("red", "yellow", "green")
"""From worst to best."""
NEUTRAL = {"neutral": 50.0, "worst": 0.0}
_LABELS = {"segment": "segment_in_force", "touch_model": "touch_model_in_force", "phase": "phase", "term": "term"}
_COMPARED = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class Origin(StrEnum):
    """Where a score comes from."""

    PUBLISHED = "published"
    """It was published then, and is taken as it stands."""
    COMPUTED = "computed"
    """It was computed now, by a definition, from what was known then."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Landmark rows and their health score.

    Attributes
    ----------
    origin : Origin
        Published and computed scores are never mixed.
    rows : DataFrame
        Of ``landmarks``, n of them, in their order.
    score : ndarray, shape (n,)
        0 to 100; NaN where there is none.
    colour : ndarray of object, shape (n,)
        One of `COLOURS`; None where there is no score.
    points : DataFrame, n rows
        Of each component, NaN where its value is missing.
    definition : ScoreDefinition or None
        What it is made of. Of a published score that of the study's file, or the weights by which the published
        components make the total; None where neither is known.
    is_recovered : bool
        Whether the weights were found from the history, and not declared.
    """

    origin: Origin
    rows: pd.DataFrame
    score: NDArray[np.float64]
    colour: NDArray[np.object_]
    points: pd.DataFrame
    definition: ScoreDefinition | None
    is_recovered: bool = False

    @property
    def has_score(self) -> NDArray[np.bool_]:
        """Mark the rows that have a score, shape (n,)."""
        return np.isfinite(self.score)

    @property
    def is_settled(self) -> NDArray[np.bool_]:
        """Mark the rows whose outcome is settled, shape (n,)."""
        return self.rows["is_followed"].to_numpy(bool)

    @property
    def event(self) -> NDArray[np.bool_]:
        """Mark the rows that churned within their horizon, shape (n,); of rows that are not settled it says nothing."""
        return self.rows["event"].to_numpy(np.int64) == 1

    def take(self, chosen: NDArray) -> "Scored":
        """Return some of the rows, by mask or place."""
        return Scored(
            self.origin,
            self.rows.iloc[np.flatnonzero(chosen) if chosen.dtype == bool else chosen].reset_index(drop=True),
            self.score[chosen],
            self.colour[chosen],
            self.points.iloc[np.flatnonzero(chosen) if chosen.dtype == bool else chosen].reset_index(drop=True),
            self.definition,
            self.is_recovered,
        )


def scored_as_published(tenure: CohortTables, definition: ScoreDefinition | None) -> Scored | None:
    """Return landmark rows with the score that was published then; None where there is no history of a total.

    Parameters
    ----------
    tenure
        The cohort.
    definition
        Of the study's file: its colours hold where none were published, its weights if it names these components.
    """
    rows = tenure.landmarks
    found = published_scores(tenure, rows)
    if found is None or not np.isfinite(found.total).any():
        return None
    declared = _weights_declared(found, definition)
    known = declared or recovered_definition(found, tenure.study.name)
    colours = definition or known or ScoreDefinition(tenure.study.name, ())
    own = _colours(found.total, colours)
    is_named = np.isin(found.band, COLOURS)
    colour = np.where(is_named & np.isfinite(found.total), found.band, own)
    return Scored(
        Origin.PUBLISHED, rows, found.total, colour, found.parts, known, declared is None and known is not None
    )


def _weights_declared(found: PublishedScores, definition: ScoreDefinition | None) -> ScoreDefinition | None:
    if definition is None:
        return None
    named = {one.published for one in definition.components}
    return definition if named <= set(found.parts.columns) else None


def scored_by_definition(tenure: CohortTables, definition: ScoreDefinition) -> Scored:
    """Return landmark rows with the score that a definition gives on what was known then.

    Raises
    ------
    DesignError
        If a component rests on a covariate or a published component that the source does not give, an override on such
        a covariate, or a variant on such a label.
    """
    rows = tenure.landmarks
    points = component_points(tenure, rows, definition)
    score = weighted_score(rows, points, definition)
    return Scored(Origin.COMPUTED, rows, score, colours_of(rows, score, definition), points, definition)


def component_points(tenure: CohortTables, rows: pd.DataFrame, definition: ScoreDefinition) -> pd.DataFrame:
    """Return the points of each component, NaN where its value is missing.

    Raises
    ------
    DesignError
        As `scored_by_definition`.
    """
    measured = {covariate.name for covariate in tenure.covariates("landmarks")}
    needs_history = any(one.published for one in definition.components)
    found = published_scores(tenure, rows) if needs_history else None
    day = rows["risk_date"].to_numpy("datetime64[D]")
    points = {}
    for one in definition.components:
        if one.covariate and one.covariate in measured:
            value = pd.to_numeric(rows[one.covariate]).to_numpy(np.float64, na_value=np.nan)
        elif one.published and found is not None and one.published in found.parts:
            value = found.parts[one.published].to_numpy(np.float64)
        else:
            raise DesignError(
                remark("health_score.not_measured", component=one.name, value=one.covariate or one.published)
            )
        points[one.name] = one.scaling.apply(value, day)
    return pd.DataFrame(points, index=range(len(rows)))


def weights_by_row(rows: pd.DataFrame, definition: ScoreDefinition) -> NDArray[np.float64]:
    """Return the weight of each component for each row, that of its variant where it has one, shape (n, components).

    Raises
    ------
    DesignError
        If a variant is by a label that rows do not have.
    """
    weights = np.tile([one.weight for one in definition.components], (len(rows), 1))
    for variant in definition.variants:
        own = (_column(rows, _LABELS[variant.by]).to_numpy(object) == variant.of).astype(bool)
        weights[own] = [variant.weights[one.name] for one in definition.components]
    return weights


def weighted_score(rows: pd.DataFrame, points: pd.DataFrame, definition: ScoreDefinition) -> NDArray[np.float64]:
    """Return the weighted mean of points, shape (n,); NaN where no component with a weight is known.

    Raises
    ------
    DesignError
        As `weights_by_row`.
    """
    weights = weights_by_row(rows, definition)
    values = points[[one.name for one in definition.components]].to_numpy(np.float64)
    is_known = np.isfinite(values).any(axis=1)
    for place, one in enumerate(definition.components):
        if one.missing != "left_out":
            values[:, place] = np.where(np.isfinite(values[:, place]), values[:, place], NEUTRAL[one.missing])
    counted = weights * np.isfinite(values)
    total = counted.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        score = (counted * np.nan_to_num(values)).sum(axis=1) / total
    return np.where(is_known & (total > 0), np.clip(score, 0.0, FULL), np.nan)


def colours_of(rows: pd.DataFrame, score: NDArray[np.float64], definition: ScoreDefinition) -> NDArray[np.object_]:
    """Return the colour of each score, overrides applied in order, shape (n,).

    Raises
    ------
    DesignError
        If an override is by a covariate that rows do not have.
    """
    colour = _colours(score, definition)
    for override in definition.overrides:
        value = pd.to_numeric(_column(rows, override.covariate)).to_numpy(np.float64, na_value=np.nan)
        applies = np.isfinite(value) & _COMPARED[override.compared](value, override.value)
        colour[applies & (colour == override.never)] = override.instead
    return colour


def _column(rows: pd.DataFrame, name: str) -> pd.Series:
    if name not in rows:
        raise DesignError(remark("health_score.rule_not_measured", value=name))
    return rows[name]


def _colours(score: NDArray[np.float64], definition: ScoreDefinition) -> NDArray[np.object_]:
    limits = definition.colours
    colour = np.full(len(score), None, dtype=object)
    known = np.isfinite(score)
    place = np.searchsorted([limits.red_below, limits.green_from], score[known], side="right")
    colour[known] = np.array(COLOURS, dtype=object)[place]
    return colour
