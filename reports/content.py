"""The content of the quarterly report: frozen tables and numbers, as no page has yet put them into words."""

from dataclasses import dataclass

import pandas as pd

from analysis.design.matrix import DroppedColumn
from analysis.wording.remarks import Remark


@dataclass(frozen=True, slots=True)
class Outlook:
    """The forecast from the last landmark.

    Attributes
    ----------
    models
        model, expected, low, high; in accounts.
    tiers
        low, high, accounts, expected.
    segments
        segment, accounts, expected, mean; small cells are NaN.
    first
        The accounts to look at, most likely to leave first.
    """

    headline: str
    probabilities: tuple[float, ...]
    models: pd.DataFrame
    tiers: pd.DataFrame
    segments: pd.DataFrame
    first: pd.DataFrame
    n_training_rows: int
    n_training_events: int


@dataclass(frozen=True, slots=True)
class Events:
    """Every kind of end, and what changes in lifetimes without ending them.

    Attributes
    ----------
    by_phase, by_clock
        Churn per year at risk (group, events, exposure, rate, conf_low, conf_high).
    ends
        Cumulative incidence by cause and age.
    changes
        Mean number of contractions and expansions by age; empty where nothing is known to change.
    n_returns
        Lifetimes that began after an earlier one of the same account.
    """

    by_phase: pd.DataFrame
    by_clock: pd.DataFrame
    ends: pd.DataFrame
    changes: pd.DataFrame
    n_returns: int


@dataclass(frozen=True, slots=True)
class Contest:
    """The families compared: joint tests, losses of the forecast, hazard ratios.

    Attributes
    ----------
    drifts
        The test of proportional hazards, a line a column.
    drift_p
        Of all columns together.
    event_dates
        Joint tests and hazard ratios with the event dated the other way; None where no notice is known.
    paths
        Of the columns that drift most: their lines of `drifts` (at most `MOST_PATHS`) and the smoothed log hazard ratio
        over the lifetime.
    """

    tests: pd.DataFrame
    losses: pd.DataFrame
    leader: str | None
    ratios: pd.DataFrame
    drifts: pd.DataFrame
    drift_p: float
    event_dates: pd.DataFrame | None
    paths: tuple[tuple[pd.Series, pd.DataFrame], ...]
    dropped: tuple[DroppedColumn, ...]
    notes: tuple[Remark, ...]
    n_rows: int


@dataclass(frozen=True, slots=True)
class Skill:
    """Out-of-time scores."""

    pooled: pd.DataFrame
    by_fold: pd.DataFrame
    pairs: pd.DataFrame
    calibration: pd.DataFrame
    notes: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the numbers rest on: what was looked for, and how well what was known covers the book.

    Attributes
    ----------
    alarms
        One line for each thing looked for, columns as `analysis.audits.alarm.Alarm`.
    look_ahead
        day, what, compared, differing.
    ladder, ladder_families
        Effects and joint tests with the families as they stood earlier; empty where there are too few events.
    late_knowledge
        Effects as known beside effects as observed; empty where the source says nothing of when it learned.
    coverage
        covariate, family, quarter_from, rows, share.
    delays, matches
        How late facts are learned; how many rows belong to a lifetime.
    """

    alarms: pd.DataFrame
    look_ahead: pd.DataFrame
    ladder: pd.DataFrame
    ladder_families: pd.DataFrame
    late_knowledge: pd.DataFrame
    coverage: pd.DataFrame
    delays: pd.DataFrame
    matches: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Summary:
    """All that the quarterly report says, before it is put into words.

    Attributes
    ----------
    known_leavers
        Accounts under notice at the snapshot: lifetime_id, account_id, notice_on, ends_on, seats, mrr.
        In no forecast.
    no_forecast, no_contest
        Why there is none; empty where there is one.
    """

    landmark: pd.Timestamp
    horizon_ends_on: pd.Timestamp
    is_preliminary: bool
    n_at_risk: int
    n_events: int
    book: pd.DataFrame
    attrition: pd.DataFrame
    findings: pd.DataFrame
    not_yet_known: pd.DataFrame
    curves: pd.DataFrame
    at_risk: pd.DataFrame
    events: Events
    outlook: Outlook | None
    skill: Skill | None
    contest: Contest | None
    grounds: Grounds
    known_leavers: pd.DataFrame
    segment: str | None
    no_forecast: str
    no_contest: str
