"""Silent: what the hazard ratios of a study keep to themselves: immortal time, a share that never leaves, drift."""

from collections.abc import Sequence

import pandas as pd

from analysis.curves.rates import DAYS_A_YEAR
from analysis.curves.vanishing import vanishing
from analysis.declared.contract import read_contract
from analysis.declared.factors import Covariate, alternatives, control_family
from analysis.inference.drift import Drift, DriftVerdict
from analysis.wording.remarks import Remark, remark

LONG_DAYS = 90
"""Days at risk from which on a lifetime is long enough for a covariate to change in it."""
ENOUGH_LIFETIMES = 20
CLOCK = ["term_kind", "days_before", "renewal_due", "deadline_due"]


def silent_remarks(counting_process: pd.DataFrame, covariates: Sequence[Covariate]) -> tuple[Remark, ...]:
    """Say what hazard ratios do not say of themselves: immortal time, and a hazard that vanishes.

    Parameters
    ----------
    counting_process
        The intervals fitted.
    covariates
        Of the model.
    """
    return (*_immortal(counting_process, covariates), *_vanished(counting_process))


def drift_remark(drift: DriftVerdict) -> Remark:
    """Put the test of proportional hazards of all columns together into words."""
    return remark("inference.not_drifting" if drift.drift is Drift.NONE else "inference.drifting", p=drift.p_value)


def never_changing(counting_process: pd.DataFrame, covariates: Sequence[Covariate]) -> tuple[Covariate, ...]:
    """Return the covariates of contending families that differ between lifetimes and never change within a long one.

    Each of them rests on a table whose rows are dated: what holds from the first day on to the last was either there
    before any lifetime began, or was written over the past.

    Parameters
    ----------
    counting_process
        lifetime_id, start, stop, and the covariates.
    covariates
        Those asked about.
    """
    long = _long(counting_process)
    if long["lifetime_id"].nunique() < ENOUGH_LIFETIMES:
        return ()
    asked = [covariate for covariate in covariates if covariate.family != control_family() and _dated(covariate)]
    found = []
    for covariate in asked:
        values = long[covariate.name].astype(object).where(long[covariate.name].notna(), None)
        codes = pd.Series(pd.factorize(values, use_na_sentinel=False)[0], index=long.index)
        spread = codes.groupby(long["lifetime_id"]).agg(["min", "max"])
        if (spread["min"] == spread["max"]).all() and codes.max() > 0:
            found.append(covariate)
    return tuple(found)


def _long(counting_process: pd.DataFrame) -> pd.DataFrame:
    days = (counting_process["stop"] - counting_process["start"]).groupby(counting_process["lifetime_id"]).sum()
    return counting_process[counting_process["lifetime_id"].isin(days.index[days > LONG_DAYS])]


def _dated(covariate: Covariate) -> tuple[str, ...]:
    """Return the tables behind a covariate whose rows have a day."""
    contract = read_contract()
    tables = (name.partition(".")[0] for need in covariate.needs for name in alternatives(need))
    return tuple(dict.fromkeys(name for name in tables if name in contract and contract[name].row_known))


def _immortal(counting_process: pd.DataFrame, covariates: Sequence[Covariate]) -> tuple[Remark, ...]:
    found = never_changing(counting_process, covariates)
    if not found:
        return ()
    names = tuple(covariate.name for covariate in found)
    dates = tuple(dict.fromkeys(table for covariate in found for table in _dated(covariate)))
    lifetimes = int(_long(counting_process)["lifetime_id"].nunique())
    return (remark("inference.immortal", covariates=names, dates=dates, lifetimes=lifetimes),)


def _vanished(counting_process: pd.DataFrame) -> tuple[Remark, ...]:
    found = vanishing(
        *(counting_process[name] for name in ("start", "stop", "event")),
        subject=counting_process["lifetime_id"],
        stratum=counting_process.groupby(CLOCK, dropna=False).ngroup(),
    )
    if found is None or not found.is_shown:
        return ()
    return (
        remark(
            "inference.vanished",
            age=round(found.last),
            lifetimes=found.n_after,
            years=found.time_after / DAYS_A_YEAR,
            expected=found.expected,
        ),
    )
