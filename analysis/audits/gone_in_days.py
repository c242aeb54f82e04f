"""Gone in days: effects that are there today and were not a week before, as of facts that only leaving brings about."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import pandas as pd

from analysis.audits.alarm import Alarm, Verdict, found_if
from analysis.audits.lag_ladder import rungs
from analysis.audits.paired import influence_on, paired_changes
from analysis.audits.versions import fit_versions
from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.factors import control_family
from analysis.declared.floors import Question
from analysis.design.matrix import Covariate
from analysis.errors import DesignError, ModelError
from analysis.inference.multiplicity import holm

DAYS = 7
LEFT_OVER = 0.25
"""Share of today's effect that may be left of it a week before, for it to be gone."""
LEVEL = 0.001
SEEN = 4.0
"""Standard errors by which leavers must differ today, unadjusted, for a covariate to be fitted at all."""


def gone_in_days(tenure: CohortTables) -> list[Alarm]:
    """Fit each covariate beside the contract as it stands and as it stood a week before, on the same rows.

    Windows of four weeks share three of them with those of a week before: what is sure today and gone then rests on the
    facts of the last days alone. That may be the process of leaving itself, booked a few days ahead of its date.

    Returns
    -------
    list of Alarm
        One for each covariate that is gone, else one of none. estimate: log of the hazard ratio a week before over
        today's, with its interval; raised where both today's effect and the change are sure (Holm, `LEVEL`) and at most
        `LEFT_OVER` of the effect is left; n: lifetimes that churned.
    """
    if tenure.floor(Question.FAMILY).obstacle:
        return [Alarm("gone_in_days", "", Verdict.CANNOT_TELL)]
    declared = tenure.covariates("counting_process")
    contract = [covariate for covariate in declared if covariate.family == control_family()]
    others = [covariate for covariate in declared if covariate.family != control_family()]
    makers = rungs(tenure, [DAYS], [covariate.name for covariate in others]) if others else {}
    versions = {name: make() for name, make in makers.items()}
    events = 0 if not versions else int(versions["0"].loc[versions["0"]["event"] == 1, "lifetime_id"].nunique())
    if events < tenure.study.report.family_from_events:
        return [Alarm("gone_in_days", "", Verdict.CANNOT_TELL, n=events)]
    lines = []
    for covariate in others:
        if _fades(versions, covariate.name):
            lines += _changes(versions, contract, covariate)
    return _judged(lines, events)


def _fades(versions: dict[str, pd.DataFrame], name: str) -> bool:
    """Say whether leavers differ today, unadjusted, and by less than half as much a week before."""
    today, ago = (_difference(rows, name) for rows in versions.values())
    return abs(today) >= SEEN and abs(ago) <= abs(today) / 2


def _difference(rows: pd.DataFrame, name: str) -> float:
    """Return by how many standard errors the intervals in which one left differ from the others."""
    if not pd.api.types.is_numeric_dtype(rows[name]):
        return 0.0
    value, left = rows[name].to_numpy(np.float64), rows["event"].to_numpy(bool)
    known = ~np.isnan(value)
    n = (known & left).sum()
    spread = value[known].std() if known.any() else 0.0
    if n < 2 or spread == 0:
        return 0.0
    return float((value[known & left].mean() - value[known].mean()) / (spread / np.sqrt(n)))


def _changes(
    versions: dict[str, pd.DataFrame], contract: Sequence[Covariate], covariate: Covariate
) -> list[tuple[str, pd.Series]]:
    """Return how the effect of a covariate changes, with its p value today; nothing where it cannot be estimated."""
    with suppress(DesignError, ModelError):
        made = {name: (lambda rows=rows: rows) for name, rows in versions.items()}
        found = fit_versions(made, [*contract, covariate], lambda fit, _: influence_on(fit))
        today, ago = found["0"], found[str(DAYS)]
        line = paired_changes(today, ago).set_index("term")
        if covariate.name in line.index:
            own = line.loc[covariate.name].copy()
            own["error_today"] = float(np.sqrt((today.by_cluster[:, today.names.index(covariate.name)] ** 2).sum()))
            return [(covariate.name, own)]
    return []


def _judged(lines: Sequence[tuple[str, pd.Series]], events: int) -> list[Alarm]:
    changes = [line for _, line in lines]
    adjusted = holm(np.array([line["p_value"] for line in changes], dtype=np.float64)) if changes else np.zeros(0)
    alarms = []
    for (name, line), p_value in zip(lines, adjusted, strict=True):
        is_sure = p_value < LEVEL and abs(line["before"]) > 3.3 * line["error_today"]
        is_gone = line["after"] * np.sign(line["before"]) < LEFT_OVER * abs(line["before"])
        if is_sure and is_gone:
            numbers = (line["change"], line["conf_low"], line["conf_high"], float(p_value))
            alarms.append(Alarm("gone_in_days", name, found_if(True), *numbers, n=events))
    return alarms or [Alarm("gone_in_days", "", Verdict.NOT_FOUND, n=events)]
