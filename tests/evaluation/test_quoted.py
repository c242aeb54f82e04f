"""What a scored quarter was forecast by is kept with its scores, and forecasts the same to the bit when it is read."""

import shutil
from pathlib import Path

import pytest
from samples import SAMPLE, with_little_work

from analysis.cohort.kept import answers_folder
from analysis.evaluation import kept_quarters
from analysis.models.base import horizon_risk
from analysis.progress import quiet
from analysis.workbench import Workbench, open_study


def opened(out: Path) -> Workbench:
    return with_little_work(open_study(SAMPLE, out=out, progress=quiet))


@pytest.fixture(scope="module")
def first(built_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    out = tmp_path_factory.mktemp("quoted") / "out"
    shutil.copytree(built_sample, out)
    tenure = opened(out)
    assert tenure.rolling.quoted  # asked for once
    return tenure


def learns_nothing(*_asked: object) -> None:
    raise AssertionError("models were learned again")


def test_it_is_read_without_learning_and_forecasts_the_same_bits(
    first: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_quarters, "rolling_origin_of", learns_nothing)
    again = opened(first.cohort_file.parent.parent).rolling
    assert not again.learned.is_made
    for known, read, choice in zip(first.rolling.quoted, again.quoted, first.rolling.choices, strict=True):
        rows = first.landmarks[first.landmarks["risk_date"] == choice.landmark]
        before, after = (horizon_risk(one.model, one.design.apply(rows)) for one in (known, read))
        assert before.tobytes() == after.tobytes()
        assert len(before)


def test_where_it_is_lost_it_is_learned_again(
    first: Workbench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(first.cohort_file.parent.parent, tmp_path / "out")
    tenure = opened(tmp_path / "out")
    kept = sorted(answers_folder(tenure).glob("RollingOrigin.quoted-*"))
    assert len(kept) == len(first.rolling.choices)
    (kept[-1] / "content.json").write_text("{}")
    monkeypatch.setattr(kept_quarters, "rolling_origin_of", learns_nothing)
    with pytest.raises(AssertionError, match="learned again"):
        _ = tenure.rolling.quoted
    monkeypatch.setattr(kept_quarters, "rolling_origin_of", lambda *_asked: first.rolling)
    assert len(tenure.rolling.quoted) == len(kept)
    monkeypatch.setattr(kept_quarters, "rolling_origin_of", learns_nothing)
    assert len(opened(tmp_path / "out").rolling.quoted) == len(kept)  # kept again
