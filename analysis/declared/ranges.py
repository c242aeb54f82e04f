"""Ranges: what the values of a study must lie between."""

import datetime as dt
import itertools
import math
import re
from typing import Protocol

from analysis.declared.long_tables import LOGS
from analysis.declared.study_parts import Audits, Definitions, LogEngine, Models, Report, Time, Windows
from analysis.errors import StudyError

# The calendar of queries/3_dates reaches so far.
FIRST_DAY = dt.date(1980, 1, 1)
LAST_DAY = dt.date(2078, 12, 31)
_PART = r"(\w+|`[^`]+`)"
_NAMED = rf"{_PART}(\.{_PART}){{0,3}}"
NAMES_OF_ACCOUNTS = ("account_id", "name")
"""Columns of accounts that tell each from all others, and so make no groups."""


class Parts(Protocol):
    """What of a study has ranges."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def seed(self) -> int: ...  # noqa: D102

    @property
    def time(self) -> Time: ...  # noqa: D102

    @property
    def windows(self) -> Windows: ...  # noqa: D102

    @property
    def definitions(self) -> Definitions: ...  # noqa: D102

    @property
    def models(self) -> Models: ...  # noqa: D102

    @property
    def audits(self) -> Audits: ...  # noqa: D102

    @property
    def report(self) -> Report: ...  # noqa: D102

    @property
    def engine(self) -> LogEngine: ...  # noqa: D102


def check_ranges(study: Parts, where: str) -> None:
    """Refuse values that no analysis can be made of.

    Parameters
    ----------
    study
        As it was parsed.
    where
        The file, for messages.

    Raises
    ------
    StudyError
        That names the first of them.
    """
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
        *_engine_rules(study.engine),
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
        (models.forest_trees > 0, "models.forest_trees must be positive"),
        *(
            (
                bool(choices) and all(1 <= choice <= 65_536 for choice in choices),
                f"models.{name} must be one or more whole numbers from 1 to 65536",
            )
            for name, choices in (("forest_min_leaf", models.forest_min_leaf), ("forest_bins", models.forest_bins))
        ),
        (
            bool(models.forest_columns) and all(0 < share <= 1 for share in models.forest_columns),
            "models.forest_columns must be shares above 0, at most 1",
        ),
        (
            min(models.test_quarters, models.resamples) > 0,
            "models.test_quarters and resamples must be positive",
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
        (
            re.fullmatch(r"([A-Z]{3})?", report.currency) is not None,
            "report.currency must be the three capital letters of a currency's code, as EUR, or be left out",
        ),
    ]
    for holds, message in rules:
        if not holds:
            raise StudyError(f"{where}: {message}.")


def _engine_rules(engine: LogEngine) -> list[tuple[bool, str]]:
    return [
        (1 <= engine.buckets <= 1000, "engine.buckets must lie between 1 and 1000"),
        (engine.tables.keys() <= LOGS, f"engine.tables may name logs of use only: {', '.join(sorted(LOGS))}"),
        *(
            (
                re.fullmatch(_NAMED, named) is not None,
                f"engine.tables.{log} must be a table's name in Spark, as main.product.usage_daily, or files at an "
                f"address, as parquet.`s3a://lake/usage_daily`, but is {named!r}",
            )
            for log, named in engine.tables.items()
        ),
    ]


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
