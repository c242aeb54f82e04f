"""Lag ladder: what the factors of a month, two, three ago say of leaving now, beside what today's say."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from analysis.audits.frames import LAG_LADDER_FAMILIES
from analysis.audits.paired import Influence, influence_on, paired_changes
from analysis.audits.signals import Signal
from analysis.audits.versions import fit_versions
from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.rebuild import COHORT, rebuilt
from analysis.cox.fit import CoxFit
from analysis.declared.factors import Covariate as Declared
from analysis.declared.factors import control_family, read_covariates
from analysis.declared.study_parts import Windows
from analysis.design.matrix import Column, Covariate
from analysis.inference.hazard_ratios import hazard_ratios
from analysis.inference.joint_tests import family_tests
from analysis.inference.multiplicity import holm

LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class _Rung:
    """What is read off the fit of a rung."""

    ratios: pd.DataFrame
    tests: pd.DataFrame
    influence: Influence


def lag_ladder(
    tenure: CohortTables, lags: Sequence[int], covariates: Sequence[Covariate] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fit the model with the three families as they stood some days earlier, the contract as it stands.

    All rungs use the same rows: intervals of lifetimes old enough, and late enough after the logs began, that every
    window of every rung lies within both. A late signal is one that says something today, and significantly less so the
    longest lag ago, where nothing is left to see: it may be a symptom of a decision that was made already, and is never
    called a cause (rule 16 of ``queries/rules_of_time.md``). But a cause that works fast is lost as well when its
    window is another: late is said only where the window at the longest lag holds at least half of today's days, else
    that it is a late signal or a fast cause. An early signal says the same at the longest lag, too.

    Parameters
    ----------
    tenure
        The cohort.
    lags
        Days, rising; 0 is added.
    covariates
        Of the model; all that the data can measure by default.

    Returns
    -------
    effects : DataFrame
        For each column of a contending family and each lag: term, covariate, family, lag, estimate (log hazard ratio),
        conf_low, conf_high, p_value, change (from lag 0) with change_low, change_high and change_p (Holm over columns),
        signal ('early', 'late', 'late_or_fast' or '').
    families : DataFrame
        For each family and lag: family, lag, statistic, p_value of its joint test; rows and events of the rung.

    Raises
    ------
    DesignError, ModelError
        If the rows that are old enough cannot support a model.
    """
    declared = tenure.covariates("counting_process") if covariates is None else covariates
    made = rungs(tenure, lags, [covariate.name for covariate in declared if covariate.family != control_family()])
    tenure.progress(f"lag ladder: fitting {len(made)} rungs")
    of_model = {covariate.family for covariate in declared} - {control_family()}
    families = [family.name for family, is_measured in tenure.families() if is_measured and family.name in of_model]

    def read(fit: CoxFit, columns: Sequence[Column]) -> _Rung:
        joint = family_tests(fit, columns, families)
        joint = joint.assign(rows=len(fit.rows), events=fit.rows.n_subjects_with_event)
        return _Rung(hazard_ratios(fit, columns), joint, influence_on(fit))

    read_off = fit_versions(made, declared, read)
    effects, tests = [], []
    for name, rung in read_off.items():
        changes = paired_changes(read_off["0"].influence, rung.influence)
        table = rung.ratios.assign(lag=int(name))
        table[["change", "change_low", "change_high"]] = changes[["change", "conf_low", "conf_high"]]
        table["change_p"] = changes["p_value"]
        effects.append(table[table["family"].isin(families) & ~table["marks_missing"]])
        tests.append(rung.tests.assign(lag=int(name))[LAG_LADDER_FAMILIES.columns])
    ladder = pd.concat(effects, ignore_index=True)
    for column in ("change_p", "p_value"):
        ladder[f"{column}_holm"] = ladder.groupby("lag")[column].transform(lambda p: holm(p.to_numpy(np.float64)))
    return _with_signal(ladder, days_in_windows(tenure.study.windows, tenure.study.own.declared())), pd.concat(
        tests, ignore_index=True
    )


def rungs(tenure: CohortTables, lags: Sequence[int], shifted: Sequence[str]) -> dict[str, Callable[[], pd.DataFrame]]:
    """Return what makes the rows of every rung, by lag in days as text, 0 first: the same intervals in each.

    Parameters
    ----------
    tenure
        The cohort.
    lags
        Days, rising, without 0.
    shifted
        The covariates that are taken from so many days before.
    """
    rows = tenure.counting_process
    reach = max(lags) + tenure.study.windows.baseline_days
    first = _seen_from(tenure) + pd.Timedelta(days=reach)
    today = rows[(rows["start"] >= reach) & (rows["risk_date"] >= first)].reset_index(drop=True)
    old_enough = f"risk_date - origin >= {reach} and risk_date >= cast('{first:%Y-%m-%d}' as date)"
    seen = _earlier_covariates(tenure, lags, old_enough, shifted)

    def rung(lag: int) -> pd.DataFrame:
        asked = today[["lifetime_id"]].assign(risk_date=today["risk_date"] - pd.Timedelta(days=lag))
        values = asked.merge(seen, on=["lifetime_id", "risk_date"], how="left", validate="one_to_one")
        return today.assign(**{name: values[name].to_numpy() for name in shifted})

    return {"0": lambda: today} | {str(lag): partial(rung, lag) for lag in lags}


def _earlier_covariates(
    tenure: CohortTables, lags: Sequence[int], old_enough: str, shifted: Sequence[str]
) -> pd.DataFrame:
    """Return the covariates of all lags, in one pass over their dates: lifetime_id, risk_date, covariates.

    `old_enough` is SQL of the rows at risk whose lags are wanted.
    """
    tenure.progress(f"lag ladder: covariates of {', '.join(map(str, lags))} days earlier")
    earlier = " union ".join(
        f"select * replace (risk_date - {lag} as risk_date) from {COHORT}.risk_dates where {old_enough}" for lag in lags
    )
    tables = {covariate.table for covariate in tenure.covariates() if covariate.name in shifted}
    table = tables.pop() if len(tables) == 1 else "covariates"
    with rebuilt(tenure, {"risk_dates": earlier}, [table]) as engine:
        return engine.frame(f"select lifetime_id, risk_date, {', '.join(shifted)} from {table}")


def _seen_from(tenure: CohortTables) -> pd.Timestamp:
    """Return the first day from which every log that the source gives, and the calendar of the cohort, is complete."""
    given = {name.partition(".")[0] for name in tenure.given}
    logs = [day for name, day in tenure.parameters.items() if name.removesuffix("_observed_from") in given]
    calendar = tenure.study.time.observation_start - dt.timedelta(days=tenure.study.windows.baseline_days)
    return max(pd.Timestamp(day) for day in [*logs, calendar])


def days_in_windows(windows: Windows, covariates: Iterable[Declared] | None = None) -> dict[str, int]:
    """Return how many days each declared covariate looks back; a state of the day is not among them."""
    days = {"recent": windows.recent_days, "baseline": windows.baseline_days}
    declared = read_covariates() if covariates is None else covariates
    begins = {covariate.name: re.findall(r"\w+", covariate.window)[0] for covariate in declared}
    return {name: days.get(word) or int(word) for name, word in begins.items() if word in days or word.isdigit()}


def _with_signal(ladder: pd.DataFrame, window_days: Mapping[str, int]) -> pd.DataFrame:
    """Say of each column whether it is an early signal, a late one, late or a fast cause, or none, on all its lines."""
    longest = ladder["lag"].max()
    today = ladder[ladder["lag"] == 0].set_index("term")
    ago = ladder[ladder["lag"] == longest].set_index("term")
    signs = np.sign(ladder["estimate"]).groupby(ladder["term"]).agg(["min", "max"]).reindex(today.index)
    is_seen = today["p_value_holm"] < LEVEL
    seen_ago = is_seen & (ago["p_value_holm"] < LEVEL) & (signs["min"] == signs["max"])
    fades = (ago["change_p_holm"] < LEVEL) & (ago["change"] * today["estimate"] < 0)
    late = is_seen & fades & ~seen_ago
    overlaps = 2 * longest <= today["covariate"].map(window_days).fillna(0)
    signal = pd.Series(
        np.select(
            [seen_ago, late & overlaps, late],
            [Signal.EARLY.value, Signal.LATE.value, Signal.LATE_OR_FAST.value],
            Signal.NEITHER.value,
        ),
        index=today.index,
    )
    return ladder.assign(signal=ladder["term"].map(signal))
