"""Kept values: what is read is what was written, to the bit and the type; what is no value of ours is refused."""

import dataclasses
import datetime as dt
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.audits.alarm import Verdict
from analysis.errors import StoreError
from analysis.forecast.intervals import Interval
from analysis.lifetimes.book import Quarter
from analysis.store.plain import as_plain, from_plain
from analysis.store.values import VALUE, read_value, write_value
from analysis.wording.remarks import Remark, remark

TABLE = pd.DataFrame(
    {
        "number": [0.1, np.nan, -0.0],
        "large": np.array([1, 2, 2**62], dtype=np.int64),
        "small": np.array([1, 2, 3], dtype=np.int32),
        "flag": [True, False, True],
        "day": pd.to_datetime(["2024-01-01", None, "2024-02-29"]),
        "moment": np.array(["2024-01-01T00:00:01", "NaT", "1600-01-01"], dtype="datetime64[us]"),
        "text": ["解約", None, "a\x00\ud800"],
        "mixed": [Interval(0.8, 1.0, 2.0), (1, "a"), math.nan],
        "band": pd.Categorical(["low", None, "high"], categories=["low", "high"], ordered=True),
        "count": pd.array([1, None, 3], dtype="Int64"),
    },
    index=[5, 3, 4],
)


def same(one: object, other: object) -> bool:
    """Tell whether two values are equal in value and type, all the way down; NaN equals NaN, 0.0 is not -0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, pd.DataFrame | pd.Series):
        one, other = pd.DataFrame(one), pd.DataFrame(other)
        return (
            list(one.dtypes) == list(other.dtypes)
            and same(list(one.columns), list(other.columns))
            and type(one.index) is type(other.index)
            and one.index.equals(other.index)
            and all(same(list(one.iloc[:, k]), list(other.iloc[:, k])) for k in range(one.shape[1]))
        )
    if isinstance(one, np.ndarray):
        return (
            one.dtype == other.dtype and one.shape == other.shape and same(one.ravel().tolist(), other.ravel().tolist())
        )
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, float):
        return one.hex() == other.hex() or (one != one and other != other)
    return one is other or one == other


@pytest.mark.parametrize(
    "value",
    [
        None, True, 0, 2**70, "解約\x00\ud800", 0.1 + 0.2, math.nan, -math.inf, -0.0, (), (1, (2.0, "a")), [1],
        {"b": 1, "a": (2,)}, {(1, "x"): None}, frozenset({"b", "a"}), dt.date(2024, 2, 29),
        pd.Timestamp("2024-01-01 00:00:00.000001"),
        pd.Timestamp("2024-01-01").as_unit("s"), pd.NaT, np.float64(0.1), np.int64(3), np.bool_(True),
        Verdict.CANNOT_TELL,
        np.arange(6.0).reshape(2, 3), np.array(["2024-01-01"], dtype="datetime64[ns]"), Interval(0.8, 1.0, math.inf),
        Quarter(pd.Timestamp("2024-01-01"), 5, 1, 0.2),
        remark("design.constant", names=("a", "b"), inner=remark("x.y", n=1)),
        TABLE, TABLE.reset_index(drop=True), TABLE.head(0), TABLE["number"], pd.DataFrame(), pd.DataFrame(index=[1, 2]),
        TABLE.set_index(["large", "flag"])[["number"]], TABLE[["number", "number"]],
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_is_read_is_what_was_written(tmp_path: Path, value: object) -> None:
    write_value(tmp_path / "kept", value)
    assert same(read_value(tmp_path / "kept", type(value) if value is not pd.NaT else object), value)


def test_the_same_value_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_value(tmp_path / name, {"table": TABLE, "set": frozenset(["c", "a", "b"])})
    assert (tmp_path / "one" / VALUE).read_bytes() == (tmp_path / "other" / VALUE).read_bytes()


def test_what_is_no_data_is_not_kept_and_what_was_kept_stays(tmp_path: Path) -> None:
    write_value(tmp_path / "kept", (1,))
    for value in (print, object(), 1j, type("Own", (), {})(), (1, [open])):
        with pytest.raises(StoreError, match="cannot be kept as data"):
            write_value(tmp_path / "kept", value)
    assert read_value(tmp_path / "kept", tuple) == (1,)


class TestRefused:
    """Nothing that a file says is run, and nothing that is broken is taken for a value."""

    def kept(self, folder: Path, told: object) -> Path:
        write_value(folder, 1)
        import hashlib

        text = json.dumps(told)
        head = json.dumps({"format": 1, "sha256": hashlib.sha256(text.encode()).hexdigest()})
        (folder / VALUE).write_text(f"{head}\n{text}\n", encoding="ascii")
        return folder

    @pytest.mark.parametrize(
        ("told", "why"),
        [
            ({"!": "data", "class": "os:system", "of": {}}, "'os:system' is no class of this project"),
            ({"!": "data", "class": "subprocess:Popen", "of": {"args": "id"}}, "is no class of this project"),
            ({"!": "data", "class": "reports.cli.__main__:Main", "of": {}}, "is no class of this project"),
            ({"!": "data", "class": "analysis.engine.engine:Engine", "of": {}}, "is no dataclass, and no enumeration"),
            ({"!": "data", "class": "analysis.nowhere:Gone", "of": {}}, "there is no analysis.nowhere:Gone any more"),
            ({"!": "data", "class": "analysis.wording.remarks:Remark", "of": {"code": "x"}}, "has other fields by now"),
            ({"!": "enum", "class": "analysis.audits.alarm:Verdict", "of": "MAYBE"}, "MAYBE"),
            ({"!": "pickle", "of": "gASV"}, "nothing is called 'pickle'"),
            ({"__reduce__": []}, "!"),
        ],
    )
    def test_what_it_may_not_name(self, tmp_path: Path, told: object, why: str) -> None:
        with pytest.raises(StoreError, match=f"cannot be read: .*{why}"):
            read_value(self.kept(tmp_path / "kept", told), object)

    def test_another_class(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="is a int, not a Remark"):
            read_value(self.kept(tmp_path / "kept", 1), Remark)

    def test_any_byte_changed_or_lost(self, tmp_path: Path) -> None:
        write_value(tmp_path / "kept", {"rate": 0.25, "n": 17})
        path = tmp_path / "kept" / VALUE
        content = path.read_bytes()
        for place in range(0, len(content) - 1, 3):
            for broken in (content[:place], content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]):
                path.write_bytes(broken)
                with pytest.raises(StoreError, match="cannot be read"):
                    read_value(tmp_path / "kept", dict)

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="There is no value in"):
            read_value(tmp_path / "nowhere", object)


def test_nothing_but_what_was_made_comes_back() -> None:
    assert from_plain(as_plain(Verdict.CANNOT_TELL)) is Verdict.CANNOT_TELL
