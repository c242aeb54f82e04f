"""Kinds: for every kind of forecaster how it becomes a state, and a state becomes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from analysis.errors import ModelError, SavedForecastError
from analysis.models.base import Forecaster
from analysis.models.blend import Blend
from analysis.models.boosting import Boosting
from analysis.models.forest import Forest
from analysis.models.forest_choice import TunedForest
from analysis.models.kaplan_meier_cells import KaplanMeierCells
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.logistic import Logistic
from analysis.models.published_score import PublishedScoreOnly
from analysis.models.recalibration import Recalibrated, Recalibration
from analysis.models.rivals import FamiliesOnly, LastSettledQuarterRate
from analysis.models.saved import plain, trees
from analysis.models.saved.state import State
from analysis.models.stack import Stack
from analysis.wording.remarks import remark


@dataclass(frozen=True, slots=True)
class Kind:
    """How a forecaster of one class is taken apart and put together."""

    name: str
    of: type
    state_of: Callable[[Any], State]
    model_of: Callable[[State], Any]


def state_of(model: Forecaster) -> State:
    """Return what a fitted forecaster consists of.

    Raises
    ------
    ModelError
        If it is of a class that cannot be saved.
    """
    kind = _BY_CLASS.get(type(model))
    if kind is None:
        known = ", ".join(one.of.__name__ for one in _KINDS)
        raise ModelError(f"A {type(model).__name__} cannot be saved; these can: {known}.")
    return kind.state_of(model)


def forecaster_of(state: State) -> Forecaster:
    """Return the forecaster that consists of this.

    Raises
    ------
    SavedForecastError
        If this version knows no such kind, or it is not what such a kind consists of.
    """
    kind = _BY_NAME.get(state.kind)
    if kind is None:
        raise SavedForecastError(
            remark("models.saved_unknown", where=state.where, kind=state.kind[:80], known=tuple(_BY_NAME))
        )
    return kind.model_of(state)


def _families_state(model: FamiliesOnly) -> State:
    return State("families_only", {"families": list(model.families)}, {}, {"model": state_of(model.model_)})


def _families_of(state: State) -> FamiliesOnly:
    inner: Any = forecaster_of(state.part("model"))
    model = FamiliesOnly(inner, state.texts("families"))
    model.model_ = inner
    return model


def _recalibrated_state(model: Recalibrated) -> State:
    line = model.recalibration
    facts = {"intercept": float(line.intercept), "slope": float(line.slope), "n_events": int(line.n_events)}
    return State("recalibrated", facts, {}, {"model": state_of(model.model)})


def _recalibrated_of(state: State) -> Recalibrated:
    line = Recalibration(state.number("intercept"), state.number("slope", 0.0), state.whole("n_events"))
    inner: Any = forecaster_of(state.part("model"))
    return Recalibrated(inner, line)


def _blend_state(model: Blend) -> State:
    weights = [[name, float(weight)] for name, weight in model.weights.items()]
    return State("blend", {"weights": weights}, {}, {name: state_of(model.models[name]) for name in model.weights})


def _blend_of(state: State) -> Blend:
    weights = {}
    for one in state.fact("weights", list):
        is_weight = type(one) is list and [type(part) for part in one] == [str, float] and 0.0 < one[1] <= 1.0
        state.require(is_weight and one[0] not in weights, "weights", one)
        weights[one[0]] = one[1]
    state.require(abs(sum(weights.values()) - 1.0) < 1e-9, "weights", sum(weights.values()))
    state.require(set(weights) == set(state.parts), "weights", list(weights))
    return Blend({name: forecaster_of(state.part(name)) for name in weights}, weights)


def _stack_of(state: State) -> Stack:
    model = Stack({})
    inner: Any = forecaster_of(state.part("blend"))
    state.require(isinstance(inner, Blend), "blend", type(inner).__name__)
    model.blend_ = inner
    return model


_KINDS = (
    Kind("landmark_cox", LandmarkCox, plain.cox_state, plain.cox_of),
    Kind("logistic", Logistic, plain.logistic_state, plain.logistic_of),
    Kind("forest", Forest, trees.forest_state, trees.forest_of),
    Kind("tuned_forest", TunedForest, trees.tuned_forest_state, trees.tuned_forest_of),
    Kind("boosting", Boosting, trees.boosting_state, trees.boosting_of),
    Kind("published_score", PublishedScoreOnly, plain.published_score_state, plain.published_score_of),
    Kind("kaplan_meier_cells", KaplanMeierCells, plain.kaplan_meier_state, plain.kaplan_meier_of),
    Kind("last_settled_quarter", LastSettledQuarterRate, plain.last_quarter_state, plain.last_quarter_of),
    Kind("families_only", FamiliesOnly, _families_state, _families_of),
    Kind("recalibrated", Recalibrated, _recalibrated_state, _recalibrated_of),
    Kind("blend", Blend, _blend_state, _blend_of),
    Kind("stack", Stack, lambda model: State("stack", {}, {}, {"blend": state_of(model.blend_)}), _stack_of),
)
_BY_CLASS = {kind.of: kind for kind in _KINDS}
_BY_NAME = {kind.name: kind for kind in _KINDS}
