"""The content of the quarterly report: finished answers, as no page has yet put them into words."""

from dataclasses import dataclass

import pandas as pd

from analysis.audits.alarm import Alarm
from analysis.audits.compared import Compared as ComparedPast
from analysis.audits.gaps import Gaps
from analysis.audits.signals import Ladder
from analysis.contest.verdicts import GainVerdict
from analysis.design.matrix import DroppedColumn
from analysis.evaluation.model_card import ModelCard
from analysis.evaluation.skill import Skill
from analysis.forecast.reading import Reading
from analysis.forecast.standpoint import Standpoint
from analysis.inference.drift import DriftPath, DriftVerdict
from analysis.inference.read_together import ReadTogether
from analysis.lifetimes.book import Quarter
from analysis.lifetimes.survival import Beginning, Stay
from analysis.money.brief import MoneyBrief
from analysis.wording.remarks import Remark
from reports.claims.content import Judged
from reports.contest.content import Compared
from reports.health_score.content import AuditedScore
from reports.quarterly.accounts import ToActOn
from reports.quarterly.money import MoneyContent
from reports.quarterly.renewals import RenewalsContent
from reports.quarterly.trend import TrendAhead


@dataclass(frozen=True, slots=True)
class Events:
    """Every kind of end, and what changes in lifetimes without ending them.

    Attributes
    ----------
    by_phase, by_clock
        Churn per year at risk, as `analysis.lifetimes.frames.RATES`.
    before_renewal
        The same by days to the end of the term and kind of term, as `BEFORE_RENEWAL`.
    kinds
        Kinds of term of which that shows something.
    ends
        Cumulative incidence by cause and age, as `ENDS`.
    changes
        Mean number of contractions and expansions by age, as `CHANGE_CURVES`; empty where nothing is known to change.
    n_returns
        Lifetimes that began after an earlier one of the same account.
    """

    by_phase: pd.DataFrame
    by_clock: pd.DataFrame
    before_renewal: pd.DataFrame
    kinds: tuple[str, ...]
    ends: pd.DataFrame
    changes: pd.DataFrame
    n_returns: int


@dataclass(frozen=True, slots=True)
class Contest:
    """The families compared.

    Attributes
    ----------
    compared
        What each is worth, in points of skill and of churn, and in which order.
    gain
        Whether all together make the quoted forecast better than the contract alone does.
    tests
        Joint tests, as `analysis.inference.frames.TESTS`.
    ratios
        As `analysis.inference.frames.RATIOS`.
    bounds
        As `analysis.inference.frames.BOUNDS`, marks of missing values left out.
    read_together
        Columns that are not to be read by themselves.
    drift
        Whether hazard ratios change over the lifetime.
    paths
        Of the columns that drift most.
    event_dates
        As `analysis.inference.frames.EVENT_DATES`; None where no notice is known.
    other_event_date
        The other way to date an event than the study's.
    dropped, notes, n_rows
        Columns left out and why, remarks, and rows of the fit.
    """

    compared: Compared
    gain: GainVerdict
    tests: pd.DataFrame
    ratios: pd.DataFrame
    bounds: pd.DataFrame
    read_together: tuple[ReadTogether, ...]
    drift: DriftVerdict
    paths: tuple[DriftPath, ...]
    event_dates: pd.DataFrame | None
    other_event_date: str
    dropped: tuple[DroppedColumn, ...]
    notes: tuple[Remark, ...]
    n_rows: int


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the numbers rest on: what was looked for, and how well what was known covers the book.

    Attributes
    ----------
    alarms
        One for each thing looked for.
    compared
        What of a rebuilt past was compared, and what looks ahead.
    ladder
        Early and late signals; None where the families are not compared, or too few lifetimes are old enough.
    late_knowledge, delays, matches
        As `LATE_KNOWLEDGE`, `REPORTING_DELAYS` and `MATCH_RATES` of `analysis.audits.frames`.
    gaps
        Which covariates lack values.
    """

    alarms: tuple[Alarm, ...]
    compared: ComparedPast
    ladder: Ladder | None
    late_knowledge: pd.DataFrame
    gaps: Gaps
    delays: pd.DataFrame
    matches: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Apart:
    """What each family shows by itself beside the contract, where events are too few to compare them.

    Attributes
    ----------
    tests, ratios, bounds
        As `analysis.inference.frames.TESTS`, `RATIOS` and `BOUNDS`, marks of missing values left out of the last.
    read_together
        Columns that are not to be read by themselves.
    notes
        What a reader of the fits must know.
    """

    tests: pd.DataFrame
    ratios: pd.DataFrame
    bounds: pd.DataFrame
    read_together: tuple[ReadTogether, ...]
    notes: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """All that the quarterly report says, before it is put into words.

    Attributes
    ----------
    book
        As `analysis.lifetimes.frames.BOOK`.
    last
        Its last settled quarter, if anybody was there at its start.
    settled_until
        An end after this day is provisional.
    attrition, known_leavers
        As `analysis.cohort.frames.ATTRITION` and `KNOWN_LEAVERS`; the latter are in no forecast.
    curves, at_risk
        As `analysis.lifetimes.frames.CURVES` and `AT_RISK`.
    beginnings
        From which age on the curve of each group is drawn.
    stays
        Which share of each group is still there after whole years.
    reading, skill, contest
        The forecast, how good such forecasts have been, and the families compared; None where there is none.
    no_forecast, no_contest
        Why there is none; None where there is one.
    judged
        The claims ledger.
    apart
        The families one at a time; None where they are compared, or where events are too few for that, too.
    trend
        How the rate moved, with the forecast beside it.
    health
        The first answers of the health score's audit.
    brief
        The few amounts of the first page.
    card
        The model card; None where nothing is forecast.
    accounts
        Those to act on.
    renewals, money
        Their sections.
    segment
        The label by which curves are told apart; None where there is none, or no group has enough for a curve.
    """

    standpoint: Standpoint
    n_events: int
    book: pd.DataFrame
    last: Quarter | None
    settled_until: pd.Timestamp
    attrition: pd.DataFrame
    findings: pd.DataFrame
    not_yet_known: pd.DataFrame
    curves: pd.DataFrame
    at_risk: pd.DataFrame
    beginnings: tuple[Beginning, ...]
    stays: tuple[Stay, ...]
    events: Events
    reading: Reading | None
    skill: Skill | None
    contest: Contest | None
    judged: Judged
    apart: Apart | None
    grounds: Grounds
    known_leavers: pd.DataFrame
    trend: TrendAhead
    health: AuditedScore
    brief: MoneyBrief
    card: ModelCard | None
    accounts: ToActOn
    segment: str | None
    no_forecast: Remark | None
    no_contest: Remark | None
    renewals: RenewalsContent
    money: MoneyContent
