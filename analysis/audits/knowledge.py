"""Knowledge: what the findings would become if every fact counted from the day it happened, not when it was learned."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import pandas as pd

from analysis.audits.alarm import Alarm, Verdict, verdict
from analysis.audits.frames import LATE_KNOWLEDGE
from analysis.audits.paired import influence_on, paired_changes
from analysis.audits.versions import fit_versions
from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.rebuild import COHORT, rebuilt
from analysis.declared.contract import read_contract
from analysis.declared.factors import control_family
from analysis.design.matrix import Covariate
from analysis.errors import DesignError, ModelError
from analysis.inference.fit import REFUSED, fit_inference
from analysis.inference.hazard_ratios import hazard_ratios
from analysis.inference.multiplicity import holm

LEVEL = 0.01
MATTERS = 0.2
"""A log hazard ratio per standard deviation that changes by less misleads nobody, however sure the change is."""


def late_knowledge(tenure: CohortTables) -> pd.DataFrame:
    """Compare what was known with what had happened, known or not, in one covariate after the other.

    Each is fitted by itself, adjusted for the contract, as it was known and as it would be if every fact had been known
    when it happened: few events suffice for that.

    Parameters
    ----------
    tenure
        The cohort.

    Returns
    -------
    DataFrame
        For each covariate that has other values when days of knowledge (``known_on``, ``ended_known_on``) are ignored:
        covariate, family, cells (that differ), as_known, as_observed (log hazard ratios per standard deviation; as
        known 0 where too little was known in time for an estimate; both missing where neither has one), change with
        conf_low, conf_high and p_holm, flatters (the shortcut makes the effect stronger, or turns it, significantly and
        by more than `MATTERS`: a fact is dated back). Empty where the source gives no such days.
    """
    blanked = without_days_of_knowledge(tenure)
    if not blanked:
        return LATE_KNOWLEDGE.empty()
    tenure.progress(f"late knowledge: {', '.join(blanked)} as if known when it happened")
    declared = tenure.covariates("counting_process")
    rows = tenure.counting_process
    observed = _as_observed(tenure, rows, blanked, [covariate.name for covariate in declared])
    contract = [covariate for covariate in declared if covariate.family == control_family()]
    lines = []
    for covariate in declared:
        cells = _n_differing(rows[covariate.name], observed[covariate.name])
        if cells:
            known = {"covariate": covariate.name, "family": covariate.family, "cells": cells}
            lines.append(known | _change(rows, observed, contract, covariate))
    table = pd.DataFrame(lines, columns=[*LATE_KNOWLEDGE.columns, "p_value"])
    tested = table["p_value"].notna()
    table.loc[tested, "p_holm"] = holm(table.loc[tested, "p_value"].to_numpy(np.float64))
    known, observed_ = table["as_known"], table["as_observed"]
    is_stronger = (observed_.abs() > known.abs()) | (observed_ * known < 0)
    table["flatters"] = is_stronger & (table["p_holm"] < LEVEL) & (table["change"].abs() > MATTERS)
    return table[LATE_KNOWLEDGE.columns]


def _change(
    rows: pd.DataFrame, observed: pd.DataFrame, contract: Sequence[Covariate], covariate: Covariate
) -> dict[str, float]:
    """Return the effect of a covariate as known and as observed, and the change; empty where none can be estimated."""
    covariates = [*(other for other in contract if other != covariate), covariate]
    with suppress(DesignError, ModelError):
        versions = {"known": lambda: rows, "observed": lambda: observed}
        found = fit_versions(versions, covariates, lambda fit, _: influence_on(fit))
        changes = paired_changes(found["known"], found["observed"])
        line = changes.set_index("term")
        if covariate.name in line.index:
            return line.loc[covariate.name].rename({"before": "as_known", "after": "as_observed"}).to_dict()
    with suppress(DesignError, ModelError):
        if not _says_too_little(rows, covariates):
            return {}
        inference = fit_inference(observed, covariates)
        line = hazard_ratios(inference.fit, inference.columns).set_index("term")
        if covariate.name in line.index:
            own = line.loc[covariate.name, ["estimate", "conf_low", "conf_high", "p_value"]].to_dict()
            return own | {"as_known": 0.0, "as_observed": own["estimate"], "change": own["estimate"]}
    return {}


def _says_too_little(rows: pd.DataFrame, covariates: Sequence[Covariate]) -> bool:
    """Say whether the last of some covariates, as known, sets too few apart for an effect to be estimated."""
    own = covariates[-1].name
    try:
        dropped = fit_inference(rows, covariates).dropped
    except (DesignError, ModelError):
        return True
    return any(column.name == own and column.reason.code not in REFUSED for column in dropped)


def _as_observed(
    tenure: CohortTables, rows: pd.DataFrame, blanked: dict[str, str], names: Sequence[str]
) -> pd.DataFrame:
    """Return the rows with covariates that ignore when anything was learned."""
    with rebuilt(tenure, blanked, ["covariates"]) as engine:
        seen = engine.frame(f"select lifetime_id, risk_date, {', '.join(names)} from covariates")
    keys = rows[["lifetime_id", "risk_date"]]
    values = keys.merge(seen, on=["lifetime_id", "risk_date"], how="left", validate="one_to_one")
    return rows.assign(**{name: values[name].to_numpy() for name in names})


def knowledge_alarms(table: pd.DataFrame, told: Sequence[str], missing: Sequence[str]) -> list[Alarm]:
    """Return a verdict for each covariate that ignoring days of learning changes, and one for what lacks such days.

    Parameters
    ----------
    table
        As `LATE_KNOWLEDGE`.
    told
        Tables that say of some rows when they were learned.
    missing
        Columns that would say so of others and are not given, or empty: of those facts nothing can be told.
    """
    alarms = [
        Alarm(
            "late_knowledge",
            row.covariate,
            verdict(bool(row.flatters), MATTERS, row.conf_low, row.conf_high),
            *(row.change, row.conf_low, row.conf_high, row.p_holm),
            n=int(row.cells),
        )
        for row in table.itertuples()
    ]
    if told and not alarms:
        alarms.append(Alarm("late_knowledge", ", ".join(told) if missing else "", Verdict.NOT_FOUND))
    if missing or not told:
        alarms.append(Alarm("late_knowledge", ", ".join(missing), Verdict.CANNOT_TELL))
    return alarms


def without_days_of_knowledge(tenure: CohortTables) -> dict[str, str]:
    """Return a select of each table that says of any row when it was learned, with that left empty, by name."""
    selects = {}
    for table in read_contract().values():
        given = [name for name in table.column_names if f"{table.name}.{name}" in tenure.given]
        days = [name for name in given if name.endswith("known_on") and is_filled(tenure, table.name, name)]
        if days:
            cells = (f"cast(null as date) as {name}" if name in days else name for name in table.column_names)
            selects[table.name] = f"select {', '.join(cells)} from {COHORT}.{table.name}"
    return selects


def is_filled(tenure: CohortTables, table: str, column: str) -> bool:
    """Say whether any row of a table has a value in a column."""
    return bool(tenure.query(f"select count({column}) > 0 as is_filled from {table}")["is_filled"].iloc[0])


def _n_differing(one: pd.Series, other: pd.Series) -> int:
    return int(((one != other).fillna(value=True) & ~(one.isna() & other.isna())).sum())
