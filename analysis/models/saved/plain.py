"""Plain: the state of models that consist of a few coefficients or rates."""

import datetime as dt
import math

import numpy as np
from numpy.typing import NDArray

from analysis.design.outcome import HORIZON_PARTS
from analysis.models.kaplan_meier_cells import KaplanMeierCells
from analysis.models.landmark_cox import HazardCourse, LandmarkCox
from analysis.models.logistic import Logistic
from analysis.models.published_score import KNOTS, PublishedScoreOnly
from analysis.models.rivals import LastSettledQuarterRate
from analysis.models.saved.state import State, columns_as_facts, columns_of

_GRID = HORIZON_PARTS + 1


def cox_state(model: LandmarkCox) -> State:
    """Return what a fitted Cox model consists of."""
    course = model.course_
    return State(
        "landmark_cox",
        {
            "ridge": _chosen(model.ridge),
            "shrinkage": _known(model.shrinkage_),
            "columns": columns_as_facts(model.columns_),
            "shift": float(course.shift),
        },
        {
            "coefficients": model.coefficients_,
            "centre": course.centre,
            "scale": course.scale,
            "standardised": course.coefficients,
            "times": course.times,
            "hazard_to": course.hazard_to,
        },
    )


def cox_of(state: State) -> LandmarkCox:
    """Return the Cox model that consists of this; where its ridge had been chosen, it can't be fitted again."""
    model = LandmarkCox(ridge=_number(state, "ridge"))
    model.shrinkage_ = _number(state, "shrinkage")
    model.columns_ = columns_of(state)
    p = len(model.columns_)
    model.coefficients_ = state.numbers("coefficients", p)
    scale, times = state.numbers("scale", p), state.numbers("times", None)
    hazard_to = state.numbers("hazard_to", len(times) + 1)
    state.require((scale > 0).all(), "scale", scale.min(initial=np.inf))
    state.require((np.diff(times) > 0).all(), "times", times)
    state.require((np.diff(hazard_to, prepend=0.0) >= 0).all(), "hazard_to", hazard_to)
    model.course_ = HazardCourse(
        state.numbers("centre", p), scale, state.numbers("standardised", p), state.number("shift"), times, hazard_to
    )
    return model


def logistic_state(model: Logistic) -> State:
    """Return what a fitted logistic regression consists of."""
    return State(
        "logistic",
        {
            "ridge": _chosen(model.ridge),
            "columns": columns_as_facts(model.columns_),
            "intercept": float(model.intercept_),
        },
        {"coefficients": model.coefficients_, "timing": model.timing_},
    )


def logistic_of(state: State) -> Logistic:
    """Return the logistic regression that consists of this; where its ridge had been chosen, it can't be refitted."""
    model = Logistic(ridge=_number(state, "ridge"))
    model.columns_ = columns_of(state)
    model.coefficients_ = state.numbers("coefficients", len(model.columns_))
    model.intercept_ = state.number("intercept")
    model.timing_ = timing_of(state, "timing")
    return model


def published_score_state(model: PublishedScoreOnly) -> State:
    """Return what a fitted curve of the published score consists of."""
    arrays = {"knots": model.knots_, "centre": model.centre_, "spread": model.spread_}
    return State("published_score", {}, arrays, {"curve": logistic_state(model.curve_)})


def published_score_of(state: State) -> PublishedScoreOnly:
    """Return the curve of the published score that consists of this."""
    model = PublishedScoreOnly()
    model.knots_ = knots = state.numbers("knots", None)
    state.require(1 <= len(knots) <= len(KNOTS) and (np.diff(knots) > 0).all(), "knots", knots)
    n_pieces = max(1, len(knots) - 1)
    model.centre_, model.spread_ = state.numbers("centre", n_pieces), state.numbers("spread", n_pieces)
    state.require((model.spread_ > 0).all(), "spread", model.spread_)
    curve = state.part("curve")
    state.require(curve.kind == "logistic", "curve", curve.kind)
    model.curve_ = logistic_of(curve)
    state.require(len(model.curve_.columns_) == n_pieces + 1, "curve", len(model.curve_.columns_))
    return model


def kaplan_meier_state(model: KaplanMeierCells) -> State:
    """Return the incidence of every cell."""
    cells = [list(cell) for cell in model.incidence_]
    facts = {"columns": columns_as_facts(model.columns_), "cells": cells}
    return State("kaplan_meier_cells", facts, {"incidence": np.array(list(model.incidence_.values()))})


def kaplan_meier_of(state: State) -> KaplanMeierCells:
    """Return the cells that have this incidence."""
    model = KaplanMeierCells()
    model.columns_ = columns_of(state)
    names = state.fact("cells", list)
    for name in names:
        is_cell = type(name) is list and len(name) <= 2 and all(type(part) is str for part in name)
        state.require(is_cell, "cells", name)
    cells = [tuple(name) for name in names]
    state.require(len(set(cells)) == len(cells) and () in cells, "cells", len(cells))
    incidence = state.shares("incidence", len(cells), _GRID)
    state.require((np.diff(incidence, axis=1) >= 0).all(), "incidence", "falls")
    model.incidence_ = dict(zip(cells, incidence, strict=True))
    return model


def last_quarter_state(model: LastSettledQuarterRate) -> State:
    """Return the rate of the quarter."""
    landmark = str(model.landmark_.astype("datetime64[D]"))
    return State("last_settled_quarter", {"landmark": landmark}, {"incidence": model.incidence_})


def last_quarter_of(state: State) -> LastSettledQuarterRate:
    """Return the rate that a quarter had."""
    model = LastSettledQuarterRate()
    model.landmark_ = np.datetime64(date_of(state, "landmark"), "D")
    model.incidence_ = timing_of(state, "incidence")
    return model


def date_of(state: State, name: str) -> dt.date:
    """Return a day, written as ``2024-01-31``.

    Raises
    ------
    SavedForecastError
        If it is none.
    """
    text = state.text(name)
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise state.refusal(name, text) from None


def timing_of(state: State, name: str) -> NDArray[np.float64]:
    """Return shares that rise over the parts of the horizon.

    Raises
    ------
    SavedForecastError
        If they are none.
    """
    found = state.shares(name, _GRID)
    state.require((np.diff(found) >= 0).all(), name, found)
    return found


def _chosen(ridge: object) -> float | None:
    """Return a ridge that was given; one that was chosen has no number."""
    return _known(float(ridge)) if isinstance(ridge, int | float) else None


def _known(number: float) -> float | None:
    return None if math.isnan(number) else float(number)


def _number(state: State, name: str) -> float:
    return math.nan if state.fact(name, int, float, type(None)) is None else state.number(name, 0.0)
