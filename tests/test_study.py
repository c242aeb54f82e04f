"""The study file: parsed into one frozen object, or refused with the key and what it must be."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from small_source import STUDY

from analysis.errors import StudyError
from analysis.study import read_study


def study_from(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_are_relative_to_the_study_file(tmp_path: Path) -> None:
    assert read_study(study_from(tmp_path, STUDY)).source.path == tmp_path / "data"


def test_study_is_frozen(tmp_path: Path) -> None:
    study = read_study(study_from(tmp_path, STUDY))
    with pytest.raises(dataclasses.FrozenInstanceError):
        study.name = "other"  # type: ignore[misc]


def test_defaults_are_those_of_the_design(tmp_path: Path) -> None:
    study = read_study(study_from(tmp_path, STUDY))
    assert (study.time.horizon_months, study.time.event_date, study.report.min_cell) == (3, "notice", 5)
    assert study.time.snapshot == dt.date(2023, 7, 1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "small"', "", "required key 'name' is missing"),
        ('name = "small"', "name = 3", "name must be text, but is 3"),
        ("2023-07-01", '"2023-07-01"', "snapshot must be a date, but is '2023-07-01'"),
        ("2023-07-01", "2023-07-01T10:00:00", "snapshot must be a date"),
        ("2023-07-01", "2022-07-01", "time.observation_start must lie before time.snapshot"),
        ("[time]", "[time]\nhorizon_months = 0", "time.horizon_months must lie between 1 and 12"),
        ("[time]", "[time]\nhorizon_months = true", "horizon_months must be a whole number, but is True"),
        ("[time]", '[time]\nevent_date = "sometime"', "event_date must be one of notice, end, but is 'sometime'"),
        ("[time]", "[report]\nrisk_tiers = 0.1\n[time]", "risk_tiers must be a list"),
        ("[time]", "[report]\nrisk_tiers = [0.2, 0.1]\n[time]", "report.risk_tiers must rise"),
        ("[time]", "time = 3\n[times]", "unknown key 'times'"),
        ("[source]", "source", "cannot be read as TOML"),
    ],
)
def test_bad_values(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        read_study(study_from(tmp_path, STUDY.replace(old, new, 1)))


def test_missing_study_file(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"No study file at .*Name one with --study"):
        read_study(tmp_path / "none.toml")
