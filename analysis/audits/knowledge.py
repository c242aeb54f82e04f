"""Knowledge: what the findings would become if every fact counted from the day it happened, not when it was learned."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.audits.paired import paired_changes
from analysis.audits.rebuild import COHORT, rebuilt
from analysis.audits.versions import fit_versions
from analysis.cohort_tables import CohortTables
from analysis.contract import read_contract
from analysis.design import Covariate
from analysis.effects.hazard_ratios import hazard_ratios
from analysis.effects.multiplicity import holm
from analysis.inference import fit_inference

LEVEL = 0.01
COLUMNS = (
    *("covariate", "family", "cells", "term", "as_known", "as_observed", "change"),
    *("conf_low", "conf_high", "p_holm", "flatters"),
)


def late_knowledge(tenure: CohortTables) -> pd.DataFrame:
    """Compare the model on what was known with the same model on what had happened, known or not.

    Parameters
    ----------
    tenure
        The cohort.

    Returns
    -------
    DataFrame
        For each covariate that has other values when days of knowledge (``known_on``, ``ended_known_on``) are ignored:
        covariate, family, cells (that differ), term, as_known, as_observed (log hazard ratios; as known 0 where too
        little was known in time for an estimate; missing where neither model has the column), change with conf_low,
        conf_high and p_holm, flatters (the shortcut makes the effect
        significantly stronger, or turns it: a fact is dated back). Empty where the source gives no such days.
    """
    blanked = _without_days_of_knowledge(tenure)
    if not blanked:
        return pd.DataFrame(columns=list(COLUMNS))
    tenure.progress(f"late knowledge: {', '.join(blanked)} as if known when it happened")
    declared = tenure.covariates("counting_process")
    rows = tenure.counting_process
    observed = _as_observed(tenure, rows, blanked, [covariate.name for covariate in declared])
    fits, columns = fit_versions({"known": rows, "observed": observed}, declared)
    paired = paired_changes(fits["known"], fits["observed"])
    paired.insert(0, "covariate", [column.covariate for column in columns])
    paired = paired[[not column.marks_missing for column in columns]]
    cells = [(c.name, c.family, _n_differing(rows[c.name], observed[c.name])) for c in declared]
    table = pd.DataFrame(cells, columns=["covariate", "family", "cells"]).query("cells > 0")
    table = table.merge(
        paired.rename(columns={"before": "as_known", "after": "as_observed"}), on="covariate", how="left"
    )
    table = _with_what_was_never_known(table, observed, declared)
    tested = table["p_value"].notna()
    table["p_holm"] = np.nan
    table.loc[tested, "p_holm"] = holm(table.loc[tested, "p_value"].to_numpy(np.float64))
    table["flatters"] = (table["p_holm"] < LEVEL) & (table["as_observed"].abs() > table["as_known"].abs())
    return table[list(COLUMNS)]


def _with_what_was_never_known(
    table: pd.DataFrame, observed: pd.DataFrame, declared: Sequence[Covariate]
) -> pd.DataFrame:
    """Where hardly anything was known in time, take the effect as known for none, as observed from a fit of its own."""
    lacking = table.loc[table["p_value"].isna(), "covariate"]
    if lacking.empty:
        return table
    inference = fit_inference(observed, declared)
    own = hazard_ratios(inference.fit, inference.columns).query("not marks_missing")
    own = own.drop_duplicates("covariate").set_index("covariate")
    for position, name in lacking.items():
        if name in own.index:
            line = own.loc[name]
            effect, low, high = line["estimate"], line["conf_low"], line["conf_high"]
            values = {"term": line["term"], "as_known": 0.0, "as_observed": effect, "change": effect}
            values |= {"conf_low": low, "conf_high": high, "p_value": line["p_value"]}
            table.loc[position, list(values)] = list(values.values())
    return table


def _as_observed(
    tenure: CohortTables, rows: pd.DataFrame, blanked: dict[str, str], names: Sequence[str]
) -> pd.DataFrame:
    """Return the rows with covariates that ignore when anything was learned; lifetimes' ids are given anew."""
    with rebuilt(tenure, blanked, ["covariates"]) as con:
        seen = con.execute(
            f"select account_id, lifetime_number, risk_date, {', '.join(names)} from covariates "
            "inner join lifetimes using (lifetime_id)"
        ).df()
    keys = rows[["lifetime_id", "risk_date"]].merge(
        tenure.table("lifetimes")[["lifetime_id", "account_id", "lifetime_number"]], on="lifetime_id", how="left"
    )
    values = keys.merge(seen, on=["account_id", "lifetime_number", "risk_date"], how="left", validate="one_to_one")
    return rows.assign(**{name: values[name].to_numpy() for name in names})


def _without_days_of_knowledge(tenure: CohortTables) -> dict[str, str]:
    """Return a select of each table that says when things were learned, with that left empty."""
    selects = {}
    for table in read_contract().values():
        given = [name for name in table.column_names if f"{table.name}.{name}" in tenure.given]
        days = [name for name in given if name.endswith("known_on")]
        if days:
            empty = ", ".join(f"cast(null as date) as {name}" for name in days)
            selects[table.name] = f"select * replace ({empty}) from {COHORT}.{table.name}"
    return selects


def _n_differing(one: pd.Series, other: pd.Series) -> int:
    return int(((one != other) & ~(one.isna() & other.isna())).sum())
