"""The study file: parsed into one frozen object, or refused with the key and what it must be."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from small_source import STUDY

from analysis.declared.study import read_study
from analysis.errors import StudyError


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


def test_what_a_study_leaves_out_has_a_default(tmp_path: Path) -> None:
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
        (
            "[time]",
            '[report]\nsegment = "account_id"\n[time]',
            "report.segment must be a column of accounts that",
        ),
        ("[time]", "[report]\nrisk_tiers = [nan]\n[time]", "risk_tiers must be a number that is neither infinite"),
        (
            "[time]",
            "[models]\nforecast_shrinkage = [inf]\n[time]",
            "must be a number that is neither infinite",
        ),
        (
            "[time]",
            "[report]\ncapacity = 99999999999\n[time]",
            "must be a whole number of at most 2,147,483,647",
        ),
        ("[time]", "[report]\nrisk_tiers = 0.1\n[time]", "risk_tiers must be a list"),
        ("[time]", "[report]\nrisk_tiers = [0.2, 0.1]\n[time]", "report.risk_tiers must rise"),
        ("[time]", "time = 3\n[times]", "unknown key 'times'"),
        ("[source]", "source", "cannot be read as TOML"),
        ("[source]", "[source]\nconstant_attributes = 'region'", "constant_attributes must be a list"),
        (
            "[source]",
            "[source]\nconstant_attributes = ['regions']",
            "names 'regions', which is no attribute of accounts. The nearest is 'region'",
        ),
        (
            "[source]",
            "[source]\nconstant_attributes = ['region', 'segment']",
            "names 'segment', which is never taken as constant",
        ),
        ('"small"', '"../small"', "name must be a plain folder name"),
        ('"small"', '""', "name must be a plain folder name"),
        ('"small"', '".hidden"', "name must be a plain folder name"),
        ('"small"', '"a\\nb"', "name must be a plain folder name"),
        ('"small"', '"small"\nseed = -1', "seed must not be negative"),
        ("2023-07-01", "2078-12-31", "time.snapshot, 2078-12-31, lies in the future"),
        ("2023-07-01", "2079-01-01", "time.snapshot must not lie after 2078-12-31"),
        ("2023-01-01", "1979-12-31", "time.observation_start must not lie before 1980-01-01"),
        ("[time]", "[time]\nallowed_gap_days = 3651", "time.allowed_gap_days must lie between 0 and 3650"),
        (
            "[time]",
            "[models]\nforecast_shrinkage = [-0.1]\n[time]",
            "models.forecast_shrinkage must be one or more numbers that rise",
        ),
        (
            "[time]",
            "[models]\nforecast_shrinkage = [1, nan]\n[time]",
            "forecast_shrinkage must be a number that is neither",
        ),
        ("[time]", "[report]\ncapacity = 0\n[time]", "report.capacity must be positive"),
        ("[time]", "[report]\ncurve_from_at_risk = 0\n[time]", "report.curve_from_at_risk must be at least 1"),
        ("[time]", "[report]\ncurrency = 'Euro'\n[time]", "report.currency must be the three capital letters"),
        ("[time]", "[report]\nmin_cell = 0\n[time]", "report.min_cell must be at least 1"),
        ("[time]", "[report]\nrisk_tiers = [-0.1, 0.1]\n[time]", "report.risk_tiers must rise between 0 and 1"),
        ("[time]", "[windows]\nbaseline_days = 55\n[time]", "baseline_days must be at least twice windows.recent_days"),
        ("[time]", "[windows]\nrecent_days = 0\n[time]", "windows.recent_days must be positive"),
    ],
)
def test_bad_values(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        read_study(study_from(tmp_path, STUDY.replace(old, new, 1)))


def test_ranges_hold_their_ends(tmp_path: Path) -> None:
    tomorrow = dt.date.today() + dt.timedelta(days=1)  # what is known up to its morning, today has brought
    text = STUDY.replace("2023-01-01", "1980-01-01").replace("2023-07-01", str(tomorrow))
    text = text.replace("small", "Q1 2023_v1.0-b")
    read_study(study_from(tmp_path, text + "allowed_gap_days = 3650\n[windows]\nbaseline_days = 56\n"))


def test_missing_study_file(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"No study file at .*Name one with --study"):
        read_study(tmp_path / "none.toml")
