"""Files of a saved forecast that are not as they were written are refused, and so are those that nobody wrote so."""

import io
import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from saved_models import files_of, fitted, rewritten, with_file, with_manifest

from analysis.errors import DesignError, ModelError, SavedForecastError
from analysis.models.saved.arrays import array_bytes, array_of
from analysis.models.saved.files import CONTENT, FORMAT, MANIFEST, read_bundle, write_bundle
from analysis.models.saved.forecast import ANY, read_saved_forecast


def read(folder: Path):
    return read_saved_forecast(folder, expects=ANY)


def refused(folder: Path, code: str, match: str = "") -> None:
    with pytest.raises(SavedForecastError, match=match) as caught:
        read(folder)
    assert caught.value.remark.code == f"models.{code}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fitted().save("contract", tmp_path / "saved")
    return tmp_path / "saved"


class TestDamage:
    def test_every_byte_counts(self, folder):
        rng = np.random.default_rng(1)
        for name in files_of(folder):
            path = folder / name
            held = path.read_bytes()
            for place in [0, len(held) - 1, *rng.integers(0, len(held), 25)]:
                changed = bytearray(held)
                changed[place] ^= 1 << int(rng.integers(8))
                path.write_bytes(changed)
                try:
                    same = read_bundle(folder) == read_bundle(
                        folder
                    )  # a change between two numbers of JSON says the same
                except SavedForecastError:
                    continue
                assert name == MANIFEST
                assert same
                assert json.loads(bytes(changed)) == json.loads(held)
            path.write_bytes(held)
        read(folder)

    def test_a_file_that_is_cut_short_or_goes_on_is_told_by_name(self, folder):
        for name in files_of(folder):
            held = (folder / name).read_bytes()
            for wrong in (b"", held[:-2], held[: len(held) // 2], held + b"0"):
                (folder / name).write_bytes(wrong)
                refused(folder, "saved_changed", name)
            (folder / name).write_bytes(held)

    def test_arrays_of_two_models_are_not_exchanged(self, folder, tmp_path):
        fitted().save("cox", tmp_path / "other")
        for name in (*files_of(folder)[2:], CONTENT):
            held = (folder / name).read_bytes()
            (folder / name).write_bytes((tmp_path / "other" / name).read_bytes())
            refused(folder, "saved_changed", name)
            (folder / name).write_bytes(held)
        (folder / MANIFEST).write_bytes((tmp_path / "other" / MANIFEST).read_bytes())
        refused(folder, "saved_changed")

    def test_arrays_of_one_model_are_not_exchanged_either(self, folder):
        one, other = folder / "array-001.npy", folder / "array-002.npy"
        held = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(held)
        refused(folder, "saved_changed")

    def test_a_lost_file_is_told_by_name(self, folder):
        for name in files_of(folder)[1:]:
            held = (folder / name).read_bytes()
            (folder / name).unlink()
            refused(folder, "saved_lost", name)
            (folder / name).write_bytes(held)

    def test_what_is_no_part_of_it_is_told_by_name(self, folder):
        (folder / "notes.pkl").write_bytes(b"")
        refused(folder, "saved_stranger", "notes.pkl")
        (folder / "notes.pkl").unlink()
        (folder / "array-099.npy").mkdir()
        refused(folder, "saved_stranger", "array-099.npy")

    @pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")
    def test_a_file_is_a_file_neither_a_link_nor_a_pipe_nor_a_folder(self, folder, tmp_path):
        path = folder / "array-000.npy"
        elsewhere = tmp_path / "elsewhere"
        path.rename(elsewhere)
        path.symlink_to(elsewhere)
        refused(folder, "saved_changed", "array-000")
        path.unlink()
        os.mkfifo(path)
        refused(folder, "saved_changed", "array-000")
        path.unlink()
        path.mkdir()
        refused(folder, "saved_changed", "array-000")

    def test_where_there_is_none(self, folder, tmp_path):
        refused(tmp_path / "nowhere", "saved_missing", "save_forecast")
        (tmp_path / "empty").mkdir()
        refused(tmp_path / "empty", "saved_missing")
        refused(folder / MANIFEST, "saved_missing")
        (tmp_path / "empty" / MANIFEST).write_text("{}")
        refused(tmp_path / "empty", "saved_missing")

    def test_a_later_format_asks_for_a_later_version(self, folder):
        manifest = json.loads((folder / MANIFEST).read_text())
        (folder / MANIFEST).write_text(json.dumps(manifest | {"format": FORMAT + 1, "new": "thing"}))
        refused(folder, "saved_newer", f"format {FORMAT + 1}; .* up to {FORMAT}")


class TestManifest:
    @pytest.mark.parametrize("name", ["../stolen.npy", "/etc/passwd", "array-000.npy/../x", "array-0.npy", "C:\\x", ""])
    def test_names_in_it_are_no_paths(self, folder, name):
        manifest = json.loads((folder / MANIFEST).read_text())
        manifest["files"][name] = manifest["files"].pop("array-000.npy")
        with_manifest(folder, manifest)
        refused(folder, "saved_changed", MANIFEST)

    @pytest.mark.parametrize(
        "listed",
        [
            [],
            None,
            {},
            {CONTENT: None},
            {CONTENT: {"bytes": -1, "sha256": ""}},
            {CONTENT: {"bytes": 2**40, "sha256": ""}},
        ],
    )
    def test_what_it_lists_is_sizes_and_digests(self, folder, listed):
        with_manifest(folder, json.loads((folder / MANIFEST).read_text()) | {"files": listed})
        refused(folder, "saved_changed", MANIFEST)

    @pytest.mark.parametrize(
        "about",
        [
            {},
            {"facts": [], "learned_from": {}, "made_with": {}},
            {"facts": {}, "learned_from": {"cohort": 3}, "made_with": {}},
            {"facts": {}, "learned_from": {}, "made_with": {}},
        ],
    )
    def test_what_it_says_of_the_whole_is_what_is_said(self, folder, about):
        with_manifest(folder, json.loads((folder / MANIFEST).read_text()) | {"about": about})
        with pytest.raises(SavedForecastError, match=MANIFEST):
            read(folder)

    @pytest.mark.parametrize(
        "text",
        [
            b"",
            b"[]",
            b"null",
            b"{",
            b"\xff\xfe{}",
            b'{"what": NaN}',
            b'{"a": 1, "a": 2}',
            b'{"a": 1e999}',
            b'{"a": ' + b"9" * 5000 + b"}",
            b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        ],
        ids=["empty", "list", "null", "open", "no text", "nan", "twice", "infinite", "long", "deep"],
    )
    def test_json_that_readers_disagree_on_is_none(self, folder, text):
        with_file(folder, CONTENT, text)
        refused(folder, "saved_changed", CONTENT)
        (folder / MANIFEST).write_bytes(text)
        refused(folder, "saved_changed", MANIFEST)


class Opens:
    """Whoever unpickles it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return Path.touch, (Path(self.path),)


class TestArrays:
    def test_nothing_in_them_is_run(self, folder, tmp_path):
        mark = tmp_path / "was_run"
        objects = io.BytesIO()
        np.save(objects, np.array([Opens(mark)], dtype=object), allow_pickle=True)
        zipped = io.BytesIO()
        np.savez(zipped, np.arange(3.0))
        called = array_bytes(np.arange(3.0)).replace(b"(3,), }  ", b"(f(),), }")
        for held in (objects.getvalue(), pickle.dumps(Opens(mark)), zipped.getvalue(), called):
            with_file(folder, "array-000.npy", held)
            refused(folder, "saved_changed", "array-000")
        assert not mark.exists()
        with pytest.raises(ValueError, match="Object arrays cannot be loaded"):
            np.load(io.BytesIO(objects.getvalue()), allow_pickle=False)
        np.load(io.BytesIO(objects.getvalue()), allow_pickle=True)
        assert mark.exists()  # so the trap would have worked

    @pytest.mark.parametrize(
        "array",
        [
            np.zeros(3),
            np.zeros(0),
            np.arange(6).reshape(2, 3),
            np.zeros((2, 0, 3)),
            np.array([np.nan, -0.0, np.inf, 5e-324]),
        ],
    )
    def test_what_is_written_is_numpys_own_format_and_is_read_to_the_bit(self, array):
        held = array_bytes(array)
        for again in (array_of(held), np.load(io.BytesIO(held), allow_pickle=False)):
            assert (again.dtype, again.shape, again.tobytes()) == (array.dtype, array.shape, array.tobytes())
        assert array_of(held).flags.writeable

    @pytest.mark.parametrize(
        "array",
        [
            np.array("x"),
            np.zeros(3, np.float32),
            np.zeros(3, bool),
            np.array([None]),
            np.float64(1),
            np.zeros((1,) * 5),
        ],
    )
    def test_other_arrays_are_not_written(self, array):
        with pytest.raises(ValueError, match="float64 or int64"):
            array_bytes(np.asarray(array))

    def test_those_that_say_other_than_they_hold_are_none(self):
        held = array_bytes(np.arange(6.0).reshape(2, 3))
        for old, new in (
            (b"(2, 3)", b"(2, 4)"),
            (b"(2, 3)", b"(99999999, 99999999)"),
            (b"<f8", b">f8"),
            (b"<f8", b"|O8"),
            (b"False", b"True "),
            (b"NUMPY\x01", b"NUMPY\x02"),
            (b"\x93", b"\x92"),
            (b"(2, 3)", b"(-2, -3)"),
        ):
            assert array_of(held.replace(old, new)) is None
        for cut in range(0, len(held), 7):
            assert array_of(held[:cut]) is None
        fortran = io.BytesIO()
        np.save(fortran, np.asfortranarray(np.arange(6.0).reshape(2, 3)))
        assert array_of(fortran.getvalue()) is None


class TestWriting:
    def test_a_folder_with_anything_else_in_it_is_left_alone(self, folder, tmp_path):
        for name in ("letters", "manifest.json"):
            there = tmp_path / f"mine {name}"
            there.mkdir()
            (there / name).write_text("{}")
            with pytest.raises(SavedForecastError, match="would be replaced"):
                fitted().save("cox", there)
            assert (there / name).read_text() == "{}"
        (folder / "notes.txt").write_text("mine")
        with pytest.raises(SavedForecastError, match="would be replaced"):
            fitted().save("cox", folder)
        with pytest.raises(SavedForecastError, match="would be replaced"):
            fitted().save("cox", folder / "notes.txt")
        assert (folder / "notes.txt").read_text() == "mine"

    def test_an_earlier_forecast_is_replaced_whole(self, folder):
        digest = fitted().save("last quarter", folder)
        assert read(folder).digest == digest
        assert sorted(path.name for path in folder.iterdir()) == sorted(
            [MANIFEST, CONTENT, "array-000.npy", "array-001.npy"]
        )

    def test_an_empty_folder_will_do(self, tmp_path):
        (tmp_path / "new").mkdir()
        fitted().save("last quarter", tmp_path / "new")
        assert read(tmp_path / "new").facts.model == "last quarter"


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
        ("forest", "column", lambda a: a.put(0, -1)),
        ("forest", "column", lambda a: a.put(0, -2)),
        ("forest", "threshold", lambda a: a.put(0, np.nan)),
        ("forest", "survival", lambda a: a.put(0, 1.5)),
        ("forest", "n_nodes", lambda a: a.put([0, 1], [a[0] + 1, a[1] - 1])),
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
