"""The study: one frozen object that holds every date, window, definition and seed of an analysis."""

import dataclasses
import datetime as dt
import itertools
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from analysis.declared.settings import parse_settings, read_toml
from analysis.declared.source import Source, check_time_zone, refuse_address
from analysis.errors import StudyError

# The calendar of queries/3_dates reaches so far.
FIRST_DAY = dt.date(1980, 1, 1)
LAST_DAY = dt.date(2078, 12, 31)
NAMES_OF_ACCOUNTS = ("account_id", "name")
"""Columns of accounts that tell each from all others, and so make no groups."""


@dataclass(frozen=True, slots=True)
class Time:
    """The dates and the clock; what follows from them is in ``queries/rules_of_time.md``. Days are calendar days.

    Attributes
    ----------
    time_zone
        Whose days they are, by its IANA name: a moment that names its own zone falls on that zone's day.
    """

    observation_start: dt.date
    snapshot: dt.date
    fiscal_year_start_month: int = 1
    event_date: Literal["notice", "end"] = "notice"
    allowed_gap_days: int = 30
    horizon_months: int = 3
    landmark_every_months: int = 1
    adoption_from_day: int = 90
    mature_from_day: int = 365
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Windows:
    """Lengths, in days, of the windows over which activity is measured."""

    recent_days: int = 28
    baseline_days: int = 91


@dataclass(frozen=True, slots=True)
class Definitions:
    """What words of the covariates mean; percentages are whole numbers, so that the queries compare integers.

    Attributes
    ----------
    key_user_percent
        Key users: so many of a hundred users, those with most use in the baseline window before the recent one.
    intermittent_percent
        Use is intermittent where it fell into at most so many of a hundred weeks, and into some.
    working_weeks
        A seat works if it was used in at least so many of the last four weeks.
    single_thread_percent
        Single-threaded: at least so many of a hundred held touches were with one and the same contact.
    unanswered_days
        A touch counts as unanswered when no answer came for so many days.
    handover_days
        A handover from sales belongs into the first so many days.
    released_days
        A feature is new for so many days.
    senior
        Seniorities, in lower case, of those whose questions weigh more.
    """

    key_user_percent: int = 10
    intermittent_percent: int = 75
    working_weeks: int = 2
    single_thread_percent: int = 80
    unanswered_days: int = 14
    handover_days: int = 30
    released_days: int = 180
    senior: tuple[str, ...] = ("manager", "director", "executive")


@dataclass(frozen=True, slots=True)
class Models:
    """What is fitted and how it is tested.

    Attributes
    ----------
    forecast_shrinkage
        How many times as far as each family's own data ask for its columns are shrunk in a forecast, rising; of several
        one is chosen among the training rows.
    """

    forecast_shrinkage: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, 30.0)
    forest_trees: int = 100
    forest_min_leaf: int = 60
    test_quarters: int = 3
    resamples: int = 200
    permutations: int = 20


@dataclass(frozen=True, slots=True)
class Audits:
    """How hard the audits look.

    Attributes
    ----------
    look_ahead_days
        Days on which the past is rebuilt.
    look_ahead_accounts
        Accounts whose covariates are compared then; of a larger book so many are drawn.
    lags
        Of the families, in days, rising.
    """

    look_ahead_days: int = 2
    look_ahead_accounts: int = 2000
    lags: tuple[int, ...] = (30, 60, 90)


@dataclass(frozen=True, slots=True)
class Report:
    """What the report may show, and to whom.

    Attributes
    ----------
    min_cell
        Groups with fewer are hidden, in tables and pictures alike, with what would give them away.
    curve_from_at_risk
        Curves over the age of lifetimes begin where so many are at risk, and are of those who had stayed so long.
    """

    name_accounts: bool = False
    capacity: int = 20
    segment: str = "segment"
    risk_tiers: tuple[float, ...] = (0.05, 0.15)
    min_cell: int = 5
    curve_from_at_risk: int = 10
    forecast_from_events: int = 10
    family_from_events: int = 10
    contest_from_events: int = 30


@dataclass(frozen=True, slots=True)
class Study:
    """The frozen content of a study file (``study.toml``).

    Attributes
    ----------
    name
        Short name; output goes to ``out/<name>/``.
    rules
        Contract rules lowered from error to warning, by name; every report lists them.
    """

    name: str
    source: Source
    time: Time
    title: str = ""
    seed: int = 20240101
    windows: Windows = field(default_factory=Windows)
    definitions: Definitions = field(default_factory=Definitions)
    models: Models = field(default_factory=Models)
    audits: Audits = field(default_factory=Audits)
    report: Report = field(default_factory=Report)
    lowered_rules: tuple[str, ...] = ()

    def with_source(self, path: Path) -> "Study":
        """Return the same study reading its raw data from another folder."""
        refuse_address(path)
        return dataclasses.replace(self, source=dataclasses.replace(self.source, path=path.resolve()))

    def query_parameters(self) -> dict[str, Any]:
        """Return the named parameters that queries may ask for; a list is one text, each entry between commas."""
        own = [dataclasses.asdict(part) for part in (self.time, self.windows, self.definitions)]
        parameters = {name: value for part in own for name, value in part.items()}
        return parameters | {
            "senior": f",{','.join(self.definitions.senior)},",
            "is_region_constant": "region" in self.source.constant_attributes,
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the study as plain nested values, without the folder the data happen to lie in."""
        content = dataclasses.asdict(self)
        del content["source"]["path"]
        return content


def read_study(path: str | Path) -> Study:
    """Read and check a study file.

    Parameters
    ----------
    path
        The TOML file; relative paths inside it are relative to its folder.

    Raises
    ------
    StudyError
        If the file cannot be read, a key is unknown or missing, or a value is of the wrong type or out of range.
    """
    path = Path(path)
    try:
        content = read_toml(path)
    except FileNotFoundError:
        raise StudyError(f"No study file at {path}. Name one with --study PATH.") from None
    study = parse_settings(Study, content, where=str(path))
    refuse_address(study.source.path)
    source = dataclasses.replace(study.source, path=(path.parent / study.source.path).resolve())
    study = dataclasses.replace(study, source=source)
    _check_ranges(study, str(path))
    source.check(str(path))
    check_time_zone(study.time.time_zone, str(path))
    return study


def _check_ranges(study: Study, where: str) -> None:
    """Refuse values that no analysis can be made of."""
    time, windows, models, report = study.time, study.windows, study.models, study.report
    rules = [
        (
            re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _.-]*", study.name) is not None,
            "name must be a plain folder name: letters, digits, spaces, '_', '.' and '-', the first a letter or digit",
        ),
        (study.seed >= 0, "seed must not be negative"),
        (time.observation_start >= FIRST_DAY, f"time.observation_start must not lie before {FIRST_DAY}"),
        (time.snapshot <= LAST_DAY, f"time.snapshot must not lie after {LAST_DAY}"),
        (
            time.snapshot <= dt.date.today() + dt.timedelta(days=1),
            f"time.snapshot, {time.snapshot}, lies in the future: what is still to come would be read as not happening",
        ),
        (time.observation_start < time.snapshot, "time.observation_start must lie before time.snapshot"),
        (1 <= time.fiscal_year_start_month <= 12, "time.fiscal_year_start_month must lie between 1 and 12"),
        (1 <= time.horizon_months <= 12, "time.horizon_months must lie between 1 and 12"),
        (time.landmark_every_months in (1, 3), "time.landmark_every_months must be 1 or 3"),
        (0 <= time.allowed_gap_days <= 3650, "time.allowed_gap_days must lie between 0 and 3650"),
        (
            0 < time.adoption_from_day < time.mature_from_day,
            "time.adoption_from_day must lie between 0 and time.mature_from_day",
        ),
        (windows.recent_days > 0, "windows.recent_days must be positive"),
        (
            windows.baseline_days >= 2 * windows.recent_days,
            "windows.baseline_days must be at least twice windows.recent_days",
        ),
        (windows.baseline_days <= 434, "windows.baseline_days must be at most 434 (62 weeks)"),
        *_definition_rules(study.definitions),
        (study.audits.look_ahead_days >= 1, "audits.look_ahead_days must be positive"),
        (study.audits.look_ahead_accounts >= 1, "audits.look_ahead_accounts must be positive"),
        (
            bool(study.audits.lags) and all(low < high for low, high in itertools.pairwise((0, *study.audits.lags))),
            "audits.lags must be one or more numbers of days that rise from above 0",
        ),
        (
            bool(models.forecast_shrinkage)
            and all(ridge >= 0 and math.isfinite(ridge) for ridge in models.forecast_shrinkage)
            and all(low < high for low, high in itertools.pairwise(models.forecast_shrinkage)),
            "models.forecast_shrinkage must be one or more numbers that rise from 0 or above",
        ),
        (models.forest_trees > 0 and models.forest_min_leaf > 0, "models.forest_* must be positive"),
        (
            min(models.test_quarters, models.resamples, models.permutations) > 0,
            "models.test_quarters, resamples and permutations must be positive",
        ),
        (
            report.segment not in NAMES_OF_ACCOUNTS,
            f"report.segment must be a column of accounts that makes groups, which '{report.segment}' does not",
        ),
        (report.capacity > 0, "report.capacity must be positive"),
        (report.min_cell >= 1, "report.min_cell must be at least 1"),
        (report.curve_from_at_risk >= 1, "report.curve_from_at_risk must be at least 1"),
        (
            all(low < high for low, high in itertools.pairwise((0.0, *report.risk_tiers, 1.0))),
            "report.risk_tiers must rise between 0 and 1",
        ),
    ]
    for holds, message in rules:
        if not holds:
            raise StudyError(f"{where}: {message}.")


def _definition_rules(definitions: Definitions) -> list[tuple[bool, str]]:
    percents = (definitions.key_user_percent, definitions.intermittent_percent, definitions.single_thread_percent)
    days = (definitions.unanswered_days, definitions.handover_days, definitions.released_days)
    return [
        (all(1 <= percent <= 100 for percent in percents), "definitions.*_percent must lie between 1 and 100"),
        (1 <= definitions.working_weeks <= 4, "definitions.working_weeks must lie between 1 and 4"),
        (all(1 <= number <= 365 for number in days), "definitions.*_days must lie between 1 and 365"),
        (
            all(name and name == name.lower() and "," not in name for name in definitions.senior),
            "definitions.senior must be names in lower case without commas",
        ),
    ]
