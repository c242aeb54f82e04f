"""Files of a saved forecast that are not as they were written are refused, and so are those that nobody wrote so."""

import io
import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from saved_models import files_of, fitted, read, refused, with_file, with_manifest

from analysis.errors import SavedForecastError
from analysis.models.saved.arrays import array_bytes, array_of
from analysis.models.saved.files import CONTENT, FORMAT, MANIFEST, read_bundle


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
                with pytest.raises(SavedForecastError):
                    read_bundle(folder)
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
        own = {name: (folder / name).read_bytes() for name in (*files_of(folder)[2:], CONTENT)}
        differing = [name for name, held in own.items() if held != (tmp_path / "other" / name).read_bytes()]
        assert len(differing) > 2
        for name in differing:
            held = own[name]
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
        [np.array("x"), np.zeros(3, np.float32), np.zeros(3, bool), np.array([None]), np.zeros(()), np.zeros((1,) * 5)],
    )
    def test_other_arrays_are_not_written(self, array):
        with pytest.raises(ValueError, match="float64 or int64"):
            array_bytes(array)

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
