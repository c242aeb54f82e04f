"""Files whose digests are right, and that no model of ours wrote: refused by name, or harmless."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from saved_models import fitted, read, refused, rewritten

from analysis.errors import DesignError, ModelError, SavedForecastError
from analysis.models.saved.arrays import array_bytes, array_of
from analysis.models.saved.files import read_bundle, write_bundle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fitted().save("contract", tmp_path / "saved")
    return tmp_path / "saved"


def mutated(rng: np.random.Generator, content, arrays: list[bytes]) -> str:
    """Change one thing somewhere in a state; return what was changed."""
    if rng.random() < 0.5:
        return mutated_array(rng, arrays)
    odd = [None, True, -1, 0, 1, 7, 2**53, 1.5, -1e300, "", "x", "__import__('os')", [], {}, [[]], {"kind": "cox"}]
    place, path = content, []
    while True:
        keys = list(place) if isinstance(place, dict) else range(len(place))
        if not keys:
            return "nothing"
        key = keys[int(rng.integers(len(keys)))]
        path.append(key)
        if isinstance(place[key], dict | list) and place[key] and rng.random() < 0.93:
            place = place[key]
            continue
        if rng.random() < 0.2:
            del place[key]
        else:
            place[key] = odd[int(rng.integers(len(odd)))]
        return str(path)


def mutated_array(rng: np.random.Generator, arrays: list[bytes]) -> str:
    k = int(rng.integers(len(arrays)))
    array = array_of(arrays[k])
    if rng.random() < 0.25:
        arrays[k] = [
            lambda: array_bytes(array[:-1]),
            lambda: array_bytes(np.concatenate([array, array])),
            lambda: array_bytes(array.reshape(1, *array.shape)),
            lambda: array_bytes(array.astype(float).astype(int)),
            lambda: arrays[int(rng.integers(len(arrays)))],
            lambda: array_bytes(array[::-1].copy()),
        ][int(rng.integers(6))]()
        return f"array {k}"
    if array.size:
        odd = [-1, 0, 1, 2, 5, 100, 65_535, 2**31 - 1, 2**62, -(2**62)]
        if array.dtype == float:
            odd += [np.nan, np.inf, -np.inf, 1e300, -1e-300, 0.5]
        for _ in range(int(rng.integers(1, 4))):
            array.flat[int(rng.integers(array.size))] = odd[int(rng.integers(len(odd)))]
    arrays[k] = array_bytes(array)
    return f"array {k}"


@pytest.mark.slow
def test_whatever_is_changed_with_its_digests_is_refused_or_forecasts_probabilities(tmp_path):
    """No crash, no endless loop, nothing outside an array, no other error."""
    known, folder = fitted(), tmp_path / "saved"
    known.save("all", folder)
    whole = read_bundle(folder)
    rng, n_refused = np.random.default_rng(int(os.environ.get("TENURE_FUZZ_SEED", "3"))), 0
    n_tried = int(os.environ.get("TENURE_FUZZ", "120"))
    for _ in range(n_tried):
        content, arrays = json.loads(json.dumps(whole.content)), list(whole.arrays)
        mutated(rng, content, arrays)
        write_bundle(folder, whole.about, content, arrays)
        try:
            found = read(folder)
            risk = found.model.predict_incidence(known.matrix_of_others, [13.0])
        except SavedForecastError:
            n_refused += 1
        except (DesignError, ModelError):
            continue
        else:
            assert ((risk >= 0.0) & (risk <= 1.0)).all()
    assert n_refused > n_tried / 3


def of_part(kind: str, content: dict) -> dict:
    """Return the part of a kind."""
    found = [content["model"]]
    while found[0]["kind"] != kind:
        found = [*found[1:], *found[0]["parts"].values()]
    return found[0]


@pytest.mark.parametrize(
    ("kind", "array", "change"),
    [
        ("forest", "left", lambda a: a.put(0, 0)),
        ("forest", "left", lambda a: a.put(0, 10**6)),
        ("forest", "right", lambda a: a.put(0, 1)),
        ("forest", "right", lambda a: a.put(0, -1)),
        ("forest", "column", lambda a: a.put(0, 99)),
        ("forest", "column", lambda a: a.put(0, -2)),
        ("forest", "threshold", lambda a: a.put(0, np.nan)),
        ("forest", "survival", lambda a: a.put(0, 1.5)),
        ("forest", "n_edges", lambda a: a.put(0, -1)),
        ("forest", "edges", lambda a: a.put(1, -99.0)),
        ("boosting", "left", lambda a: a.put(0, 0)),
        ("boosting", "left", lambda a: a.put(0, a.shape[1] - 1)),
        ("boosting", "column", lambda a: a.put(0, 99)),
        ("boosting", "value", lambda a: a.put(0, np.inf)),
        ("boosting", "timing", lambda a: a.put(3, 1.5)),
        ("landmark_cox", "scale", lambda a: a.put(0, 0.0)),
        ("landmark_cox", "hazard_to", lambda a: a.put(1, 9.0)),
        ("landmark_cox", "times", lambda a: a.put(0, 99.0)),
        ("landmark_cox", "standardised", lambda a: a.put(0, np.nan)),
        ("kaplan_meier_cells", "incidence", lambda a: a.put(5, 1.0)),
        ("published_score", "knots", lambda a: a.put(0, 9.0)),
    ],
)
def test_arrays_that_no_model_has_are_told_by_name(tmp_path, kind, array, change):
    fitted().save("all", tmp_path / "saved")

    def changed(content, arrays):
        place = of_part(kind, content)["arrays"][array]
        numbers = array_of(arrays[place])
        change(numbers)
        arrays[place] = array_bytes(numbers)

    rewritten(tmp_path / "saved", changed)
    refused(tmp_path / "saved", "saved_impossible", array)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("recalibrated", "slope", -1.0),
        ("recalibrated", "slope", True),
        ("blend", "weights", [["cox", 1.0]]),
        ("families_only", "families", "contract"),
        ("last_settled_quarter", "landmark", "2024-13-01"),
        ("kaplan_meier_cells", "cells", [["yearly"]]),
        ("forest", "n_trees", 10**9),
        ("forest", "columns", [["x", "x", "x", 1]]),
        ("logistic", "intercept", "0"),
        ("tuned_forest", "chosen", [1]),
        ("boosting", "max_trees", 0),
        ("boosting", "signs", {"champions": 2}),
        ("boosting", "keeps_signs", 1),
    ],
)
def test_facts_that_no_model_has_are_told_by_name(tmp_path, kind, name, value):
    fitted().save("all", tmp_path / "saved")
    rewritten(tmp_path / "saved", lambda content, _: of_part(kind, content)["facts"].update({name: value}))
    refused(tmp_path / "saved", "saved_impossible", f"'{name}'")


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.update(transform="__import__('os').system"),
        lambda one: one.update(learned={}),
        lambda one: one.update(learned={"median": 0.0, "mean": 0.0, "spread": 0.0}),
        lambda one: one.update(learned={"median": 0.0, "mean": 0.0, "spread": -1.0}),
        lambda one: one.update(transform="category", learned={"levels": [1]}),
        lambda one: one.update(transform="clock", learned={"knots": {"yearly": [30, 0]}}),
        lambda one: one.update(transform="clock", learned={"knots": {"yearly": [0, 10**9]}}),
        lambda one: one.update(name=3),
    ],
)
def test_a_design_that_nobody_learned_is_refused(folder, change):
    rewritten(folder, lambda content, _: change(content["design"]["facts"]["covariates"][0]))
    refused(folder, "saved_impossible")


def test_a_kind_that_is_not_known_is_told_by_name(folder):
    rewritten(folder, lambda content, _: content["model"].update(kind="os.system"))
    refused(folder, "saved_unknown", r"'os\.system' is no kind of model .* it reads landmark_cox, logistic")


def test_parts_in_parts_without_end_are_refused(folder):
    def nested(content, _):
        facts = {"intercept": 0.0, "slope": 1.0, "n_events": 0}
        for _ in range(300):
            content["model"] = {
                "kind": "recalibrated",
                "facts": facts,
                "arrays": {},
                "parts": {"model": content["model"]},
            }

    rewritten(folder, nested)
    refused(folder, "saved_impossible")
