"""The parts of a study: its clock, windows, definitions, models, audits, report and engine."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal


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
    forest_min_leaf, forest_columns, forest_bins
        Rows that a leaf of the forest has at least, share of the columns that a node tries, and quantiles that columns
        are cut into: of several one is chosen among the training rows, one after the other.
    test_quarters
        Quarters that are forecast with what was known at their start, counted back from the last settled one.
    """

    forecast_shrinkage: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, 30.0)
    forest_trees: int = 100
    forest_min_leaf: tuple[int, ...] = (20, 60)
    forest_columns: tuple[float, ...] = (0.1, 0.3)
    forest_bins: tuple[int, ...] = (64, 16)
    test_quarters: int = 8
    resamples: int = 200


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


EngineKind = Literal["duckdb", "spark"]


@dataclass(frozen=True, slots=True)
class LogEngine:
    """What runs the queries that read the logs of use; results do not depend on it.

    Attributes
    ----------
    kind
        DuckDB, in this process, or Spark.
    master
        Where Spark runs, in its own words (``local[2]``, ``spark://host:7077``), or the address of a Spark Connect
        server (``sc://host:15002``). A session that the process has already is taken in its place.
    tables
        What Spark knows logs of use by that lie in no folder of the source: the name of a table of its catalogue
        (``main.product.usage_daily``), or files at an address (``parquet.`s3a://lake/usage_daily```), by the name that
        the contract gives the log.
    buckets
        In how many buckets of accounts, one after the other, DuckDB runs them and all else that has rows by account and
        date: more take less memory, and more time.
    """

    kind: EngineKind = "duckdb"
    master: str = "local[*]"
    tables: dict[str, str] = field(default_factory=dict)
    buckets: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """What the report may show, and to whom.

    Attributes
    ----------
    min_cell
        Groups with fewer are hidden, in tables and pictures alike, with what would give them away.
    curve_from_at_risk
        Curves over the age of lifetimes begin where so many are at risk, and are of those who had stayed so long.
    currency
        Of prices, by its code (EUR, JPY), where ``subscriptions.currency`` is not given; empty: they are plain numbers.
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
    currency: str = ""
