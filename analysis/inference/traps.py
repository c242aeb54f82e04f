"""Traps: what the usual mistakes with time make of a study's own curves and hazard ratios, beside what is right."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cox.coefficient_table import coefficient_table
from analysis.cox.fit import fit_cox
from analysis.declared.factors import Covariate
from analysis.declared.study_parts import Report
from analysis.design.matrix import learn_matrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.inference.fit import fit_matrix
from analysis.inference.hazard_ratios import hazard_ratios
from analysis.lifetimes.survival import survival_tables

RIGHT, WRONG = "right", "wrong"
COLUMNS = (
    "counted", "term", "hazard_ratio", "hazard_ratio_low", "hazard_ratio_high", "p_value", "lifetimes_that_left",
    "years_at_risk",
)  # fmt: skip
"""Of a table of hazard ratios, a row for each way to count and each column of the covariate."""


def as_if_seen_from_the_start(rows: pd.DataFrame) -> pd.DataFrame:
    """Return intervals with each lifetime at risk from its first day, though it was observed later: the mistake.

    Parameters
    ----------
    rows
        As the table ``counting_process``.

    Examples
    --------
    >>> rows = pd.DataFrame({"lifetime_id": ["a", "a"], "start": [400, 430], "stop": [430, 460]})
    >>> as_if_seen_from_the_start(rows)["start"].tolist()
    [0, 430]
    """
    first = rows["start"] == rows.groupby("lifetime_id")["start"].transform("min")
    return rows.assign(start=rows["start"].where(~first, 0))


def entry_curves(rows: pd.DataFrame, report: Report) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return survival curves and numbers at risk, with late entry and as if all had been seen from their first day.

    Both as `survival_tables` returns them, the groups being `RIGHT` and `WRONG`.
    """
    ways = {RIGHT: rows, WRONG: as_if_seen_from_the_start(rows)}
    tables = [survival_tables(Outcome.from_counting_process(counted), report) for counted in ways.values()]
    curves, at_risk = (
        pd.concat([table.assign(group=way) for way, table in zip(ways, of, strict=True)], ignore_index=True)
        for of in zip(*tables, strict=True)
    )
    return curves, at_risk


def entry_ratios(rows: pd.DataFrame, entered_late: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the hazard ratio of lifetimes that were observed from a later day on only, counted both ways.

    Parameters
    ----------
    rows
        As the table ``counting_process``, n rows.
    entered_late : ndarray of bool, shape (n,)
    """
    ways = {RIGHT: rows, WRONG: as_if_seen_from_the_start(rows)}
    return _ratios({way: (counted, entered_late) for way, counted in ways.items()}, "a customer before the study began")


def immortal_ratios(rows: pd.DataFrame, happened: NDArray[np.bool_], term: str) -> pd.DataFrame:
    """Return the hazard ratio of something that happened, from the interval on in which it was known, and as fixed.

    As fixed it is said of a lifetime from its first day on if it ever happened: of days, too, on which the lifetime had
    to stay for it to happen at all.

    Parameters
    ----------
    rows
        As the table ``counting_process``, n rows.
    happened : ndarray of bool, shape (n,)
        Whether it was so on an interval's first day.
    term
        What it is called.
    """
    told = pd.DataFrame({"lifetime": rows["lifetime_id"].to_numpy(), "start": rows["start"], "so": happened})
    told = told.sort_values(["lifetime", "start"], kind="stable")
    since = told.groupby("lifetime")["so"].cummax().reindex(rows.index)
    ever = told.groupby("lifetime")["so"].transform("max").reindex(rows.index)
    return _ratios({RIGHT: (rows, since.to_numpy(bool)), WRONG: (rows, ever.to_numpy(bool))}, term)


def notice_ratios(by_notice: pd.DataFrame, by_end: pd.DataFrame, covariate: Covariate) -> pd.DataFrame:
    """Return the hazard ratio of a covariate with the event dated by notice, and by the end: use after notice included.

    Parameters
    ----------
    by_notice, by_end
        The intervals, dated so.
    covariate
        Per standard deviation of the intervals by notice, and on the clock of the model of all families.
    """
    design, matrix = learn_matrix(by_notice, [covariate])
    found = []
    for way, rows, values in ((RIGHT, by_notice, matrix), (WRONG, by_end, design.apply(by_end))):
        inference = fit_matrix(design, values, rows)
        ratios = hazard_ratios(inference.fit, inference.columns)
        found.append(_counted(ratios[~ratios["marks_missing"]], way, rows))
    return pd.concat(found, ignore_index=True)


def _ratios(ways: Mapping[str, tuple[pd.DataFrame, NDArray[np.bool_]]], term: str) -> pd.DataFrame:
    """Return the ratio of one mark, rows with it against rows without; each kind of term has its own baseline."""
    found = []
    for way, (rows, mark) in ways.items():
        if mark.all() or not mark.any():
            raise ModelError(f"'{term}' is so {'throughout' if mark.all() else 'nowhere'}: nothing to compare.")
        outcome = Outcome.from_counting_process(rows)
        counting = outcome.counting_rows(rows["term_kind"].to_numpy(object))
        fit = fit_cox(mark.astype(np.float64)[:, None], counting, names=(term,))
        found.append(_counted(coefficient_table(fit), way, rows[mark]))
    return pd.concat(found, ignore_index=True)


def _counted(ratios: pd.DataFrame, way: str, rows: pd.DataFrame) -> pd.DataFrame:
    left = rows.loc[rows["event"] == 1, "lifetime_id"].nunique()
    years = (rows["stop"] - rows["start"]).sum() / 365
    told = ratios.assign(counted=way, lifetimes_that_left=left, years_at_risk=years)
    return told[list(COLUMNS)]
