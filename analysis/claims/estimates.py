"""Estimates: what the rows say of every test of every claim, as far as their events allow."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

from analysis.claims.asked import Asked, Grounds, not_given
from analysis.claims.contrast import Contrast, contrast_of
from analysis.claims.differences import difference_between_groups
from analysis.claims.green_rates import green_ratio
from analysis.claims.model import ClaimsModel, fit_claims
from analysis.claims.phase_rates import phase_remark, rate_ratio
from analysis.claims.rows import TestRows, of_hazard
from analysis.cox.cluster_errors import contrast_errors
from analysis.cox.proportional_hazards import GLOBAL, score_tests
from analysis.declared.claim_tests import ClaimTest, Hazard, Kind
from analysis.declared.factors import Covariate, control_family, families_named
from analysis.declared.floors import Evidence, Question, floors
from analysis.declared.study_parts import Report
from analysis.design.matrix import Design, DesignMatrix, learn_matrix
from analysis.errors import DesignError, ModelError
from analysis.wording.remarks import Remark, remark

LEVEL = 0.95
Learned = Callable[[tuple[Covariate, ...]], tuple[Design, DesignMatrix]]
"""The design of some covariates, learned from the rows once."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """What the rows say of a test.

    Attributes
    ----------
    says
        What is compared, in words; None where nothing could be.
    estimate, std_error, df, conf_low, conf_high
        Log hazard ratio (of rates: log rate ratio) with its 95% interval; NaN where there is none.
    p_value
        Of the claim: for "does not" of the smallest relevant effect, else of no effect.
    n_exposed, n_events
        Distinct lifetimes with event nearer to the end of the contrast than to its start, and all.
    n_clusters
        Parent accounts with an event.
    drift_p
        Smallest p value of its columns' tests of proportional hazards, times their number; NaN where not tested.
    columns
        Of the model, with a weight in it.
    is_shrunk
        Whether a ridge pulls its columns.
    is_partial
        Whether something that should move could not: the contrast is then a smaller one than the claim means.
    notes
        What a reader of it must know: what of it is left out, and why.
    refused
        Why it cannot be judged; None where it can.
    """

    asked: Asked
    says: Remark | None = None
    estimate: float = float("nan")
    std_error: float = float("nan")
    df: float = float("nan")
    conf_low: float = float("nan")
    conf_high: float = float("nan")
    p_value: float = float("nan")
    n_exposed: int = 0
    n_events: int = 0
    n_clusters: int = 0
    drift_p: float = float("nan")
    columns: tuple[str, ...] = ()
    is_shrunk: bool = False
    is_partial: bool = False
    notes: tuple[Remark, ...] = ()
    refused: Remark | None = None


def estimate_all(asked: Sequence[Asked], rows: TestRows, grounds: Grounds) -> tuple[Estimate, ...]:
    """Return what some rows say of tests that the source can put, in their order.

    Contrasts come from one time-varying Cox model a hazard, all families in it; where events are fewer than that takes,
    from one of the contract and the family that the contrast is of; where there are fewer still, from none.
    """
    learned = functools.cache(partial(learn_matrix, rows.intervals))
    found: dict[tuple[str, int], Estimate] = {}
    for hazard in Hazard:
        own = [one for one in asked if one.test.hazard is hazard]
        if own:
            for one in _of_hazard(own, hazard, rows, learned, grounds):
                found[one.asked.claim.name, one.asked.number] = one
    return tuple(found[one.claim.name, one.number] for one in asked)


def _of_hazard(
    asked: Sequence[Asked], hazard: Hazard, rows: TestRows, learned: Learned, grounds: Grounds
) -> list[Estimate]:
    frame, position = of_hazard(rows, hazard)

    def model_of(one_model: Sequence[Asked], covariates: Sequence[Covariate]) -> list[Estimate]:
        try:
            design, matrix = learned(tuple(covariates))
            tests = [one.test for one in one_model]
            model = fit_claims(frame, design, matrix.take(position), tests, grounds.study.time.mature_from_day)
        except (DesignError, ModelError) as error:
            return [Estimate(one, n_events=evidence.events, refused=error.remark) for one in one_model]
        return _from_model(one_model, model, evidence, grounds)

    with_event = frame.loc[frame["event"] == 1, ["lifetime_id", "cluster_id"]]
    evidence = Evidence(*with_event.nunique())
    ladder = floors(grounds.study.report, evidence)
    found = [
        rate_estimate(one, rows.phases, evidence, ladder[Question.FAMILY].obstacle)
        for one in asked
        if one.test.kind is Kind.RATES
    ]
    found += [flagged_estimate(one, rows.green, grounds.study.report) for one in asked if one.test.kind is Kind.FLAGGED]
    modelled = [one for one in asked if one.test.kind not in (Kind.RATES, Kind.FLAGGED)]
    contest = ladder[Question.CONTEST].obstacle
    if contest is None:
        return found + (model_of(modelled, grounds.covariates) if modelled else [])
    if few := ladder[Question.FAMILY].obstacle:
        return found + [Estimate(one, n_events=evidence.events, refused=few) for one in modelled]
    family_of = {covariate.name: covariate.family for covariate in grounds.covariates}
    for one in modelled:
        families = {family_of[name] for name in one.test.covariates if name in family_of} - {control_family()}
        if len(families) > 1 or one.test.kind is Kind.DIFFERENCE:
            found.append(Estimate(one, n_events=evidence.events, refused=contest))
            continue
        own = [covariate for covariate in grounds.covariates if covariate.family in {*families, control_family()}]
        apart = remark("claims.apart")
        found += [replace(estimate, notes=(apart, *estimate.notes)) for estimate in model_of([one], own)]
    return found


def _from_model(asked: Sequence[Asked], model: ClaimsModel, evidence: Evidence, grounds: Grounds) -> list[Estimate]:
    found, contrasts = [], []
    for one in asked:
        try:
            if one.test.kind is Kind.DIFFERENCE:
                told = difference_between_groups(one.test, model, grounds.most_clusters)
                found.append(
                    Estimate(
                        one, says=told.says, p_value=told.p_value, n_exposed=told.n_exposed, n_events=evidence.events,
                        n_clusters=evidence.clusters,
                    )
                )  # fmt: skip
            else:
                contrasts.append((one, contrast_of(one.test, model, grounds.study.time.mature_from_day)))
        except ModelError as error:
            found.append(Estimate(one, n_events=evidence.events, refused=error.remark))
    return found + _of_contrasts(contrasts, model, evidence, grounds)


def _of_contrasts(
    contrasts: Sequence[tuple[Asked, Contrast]], model: ClaimsModel, evidence: Evidence, grounds: Grounds
) -> list[Estimate]:
    if not contrasts:
        return []
    weights = np.column_stack([contrast.weights for _, contrast in contrasts])
    errors = contrast_errors(model.fit, weights, grounds.most_clusters)
    drifts = _drift_p_values(model) if grounds.with_drift else {}
    ridge = dict(zip(model.fit.names, model.fit.ridge, strict=True))
    event = model.frame["event"].to_numpy(np.int64) == 1
    found = []
    for (one, contrast), estimate, error, df in zip(
        contrasts, errors.estimates, errors.std_errors, errors.df, strict=True
    ):
        exposed = model.frame.loc[event & contrast.is_exposed, "lifetime_id"].nunique()
        made = with_interval(
            Estimate(one, says=contrast.says, n_exposed=int(exposed), n_events=evidence.events), estimate, error, df
        )
        missing = not_given(one, grounds)
        own = [drifts[name] for name in contrast.columns if not np.isnan(drifts.get(name, np.nan))]
        found.append(
            replace(
                made,
                n_clusters=evidence.clusters,
                columns=contrast.columns,
                drift_p=min(1.0, len(own) * min(own)) if own else float("nan"),
                is_shrunk=any(ridge[name] > 0 for name in contrast.columns),
                is_partial=bool(missing or contrast.left_out),
                notes=(*missing, *contrast.left_out),
                refused=None if np.isfinite(error) else remark("claims.one_cluster"),
            )
        )
    return found


def _drift_p_values(model: ClaimsModel) -> Mapping[str, float]:
    try:
        table, _ = score_tests(model.fit)
    except ModelError:
        return {}
    return {term: p for term, p in zip(table["term"], table["p_value"], strict=True) if term != GLOBAL}


def rate_estimate(asked: Asked, phases: pd.DataFrame, evidence: Evidence, few: Remark | None) -> Estimate:
    """Return the rate of leaving in one phase against another; refused where `few` says why, or one has no leaver."""
    start, end = asked.test.phases
    says = remark("claims.phases", start=phase_remark(start), end=phase_remark(end))
    if few:
        return Estimate(asked, says=says, n_events=evidence.events, refused=few)
    try:
        found = rate_ratio(phases, start, end)
    except ModelError as error:
        return Estimate(asked, says=says, n_events=evidence.events, refused=error.remark)
    blank = Estimate(asked, says=says, n_exposed=found.n_end, n_events=found.n_start + found.n_end)
    made = with_interval(blank, found.estimate, found.std_error, found.df)
    return replace(made, n_clusters=evidence.clusters, notes=(remark("claims.rates_of_time"),))


def flagged_estimate(asked: Asked, green: pd.DataFrame | Remark, report: Report) -> Estimate:
    """Return how often green accounts leave that families flag, against the others; refused where they are few."""
    named = asked.test.flagged_by
    says = remark("claims.flagged", families=families_named(named))
    if isinstance(green, Remark):
        return Estimate(asked, says=says, refused=green)
    with_event = green.loc[green["event"], ["lifetime_id", "cluster_id"]]
    evidence = Evidence(*with_event.nunique())
    blank = Estimate(asked, says=says, n_events=evidence.events, n_clusters=evidence.clusters)
    if few := floors(report, evidence)[Question.FAMILY].obstacle:
        return replace(blank, refused=few)
    try:
        ratio = green_ratio(green, named)
    except ModelError as error:
        return replace(blank, refused=error.remark)
    silent = tuple(family for family in named if family not in green or not green[family].any())
    made = replace(
        with_interval(blank, ratio.found.estimate, ratio.found.std_error, ratio.found.df),
        n_exposed=ratio.n_flagged,
        is_partial=bool(silent),
    )
    return replace(made, notes=(remark("claims.flags_nobody", families=families_named(silent)),)) if silent else made


def with_interval(blank: Estimate, estimate: float, error: float, df: float) -> Estimate:
    """Put an estimate with its interval, and the p value of its claim, into what is known of a test."""
    half = float(stats.t.isf((1 - LEVEL) / 2, df)) * error
    against = null_value(blank.asked.test)
    p_value = float(2 * stats.t.sf(abs(estimate - against) / error, df)) if error > 0 else float("nan")
    return replace(
        blank,
        estimate=float(estimate),
        std_error=float(error),
        df=float(df),
        conf_low=float(estimate - half),
        conf_high=float(estimate + half),
        p_value=p_value,
    )


def null_value(test: ClaimTest) -> float:
    """Return the log hazard ratio that a claim is tested against: no effect, or the smallest relevant one."""
    return {"not -": -np.log(test.relevant), "not +": np.log(test.relevant)}.get(test.expected.value, 0.0)
