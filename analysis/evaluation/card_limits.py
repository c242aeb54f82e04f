"""Card limits: under which conditions the quoted forecasts should not be relied on, each computed."""

from collections.abc import Sequence

from analysis.evaluation.calibration.verdict import CalibrationVerdict
from analysis.evaluation.card_codes import LIMIT_OF_CALIBRATION, LIMIT_OF_LEAD, LIMIT_OF_LEVEL
from analysis.evaluation.card_facts import SampleSize
from analysis.evaluation.choice import Choice, Ground
from analysis.evaluation.over_time.by_group import GroupReading, GroupsVerdict
from analysis.evaluation.over_time.calibration import RateDriftVerdict
from analysis.evaluation.over_time.covariates import CovariateDrift, CovariatesVerdict
from analysis.evaluation.readings import PairVerdict
from analysis.wording.remarks import Remark, remark

ENOUGH_PER_COLUMN = 10
"""Events for each column: with fewer a regression without penalty would learn chance (Peduzzi and others 1996)."""
ENOUGH_QUARTERS = 8
ENOUGH_EVENTS = 100
"""To judge calibration by (Collins, Ogundimu and Altman 2016, Stat. Med. 35, 214)."""


def size_limits(size: SampleSize, n_quarters: int, n_events: int) -> list[Remark]:
    """Say where there is too little to learn from, or to judge by.

    Parameters
    ----------
    size
        What was learned from.
    n_quarters, n_events
        Scored: quarters, and forecasts of accounts that left.
    """
    found = []
    if size.events_per_column < ENOUGH_PER_COLUMN:
        found.append(
            remark(
                "evaluation.limit.per_column",
                events=size.events,
                of_columns=size.columns,
                ratio=size.events_per_column,
                enough=ENOUGH_PER_COLUMN,
            )
        )
    if n_quarters < ENOUGH_QUARTERS:
        found.append(remark("evaluation.limit.quarters", quarters=n_quarters, enough=ENOUGH_QUARTERS))
    if n_events < ENOUGH_EVENTS:
        found.append(remark("evaluation.limit.events", events=n_events, enough=ENOUGH_EVENTS))
    return found


def skill_limits(calibration: CalibrationVerdict | None, lead: PairVerdict | None, choice: Choice) -> list[Remark]:
    """Say where forecasts are not shown to be right, or better than the contract alone, or well chosen.

    Parameters
    ----------
    calibration
        Of the forecasts quoted then.
    lead
        Of the same over the contract alone.
    choice
        Of the model quoted now.
    """
    found = []
    if calibration is not None and calibration.reading in LIMIT_OF_CALIBRATION:
        found.append(remark(LIMIT_OF_CALIBRATION[calibration.reading]))
    if lead is not None and lead.lead in LIMIT_OF_LEAD:
        found.append(remark(LIMIT_OF_LEAD[lead.lead]))
    if choice.ground is not Ground.EARLIER_QUARTERS:
        found.append(remark("evaluation.limit.choice"))
    return found


def stability_limits(
    groups: Sequence[GroupsVerdict], rate: RateDriftVerdict, covariates: CovariatesVerdict | None
) -> list[Remark]:
    """Say where forecasts fail in some groups, or with time.

    Parameters
    ----------
    groups
        One verdict for each kind of group.
    rate
        Whether the level drifts.
    covariates
        What moved by the last scored quarter.
    """
    differ = tuple(one.by for one in groups if one.reading is GroupReading.DIFFER and one.by != "quarter")
    found = [remark("evaluation.limit.groups", kinds=len(differ))] if differ else []
    if rate.drift in LIMIT_OF_LEVEL:
        found.append(remark(LIMIT_OF_LEVEL[rate.drift]))
    if covariates is not None and covariates.drift is CovariateDrift.MOVED:
        number, of = len(covariates.moved), covariates.n_covariates
        found.append(remark("evaluation.limit.moved", number=number, of=of, landmark=covariates.landmark))
    return found
