"""Reads the tables and numbers under data/r_survival, for the tests that R judges."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.rows import counting_rows
from analysis.design.matrix import Column, DesignMatrix
from analysis.design.outcome import Outcome

FOLDER = Path(__file__).parents[1] / "data" / "r_survival"

COX_CASES = ["heart", "jasa1", "mgus", "bladder2", "veteran", "veteran_split91", "pbc", "pbcseq", "churn"]
"""Fits whose results were copied: cox_<case>.json of <case>.csv."""

MORE_CASES: dict[str, dict] = {
    "heart_weighted": {"name": "heart", "covariates": ["age", "year", "surgery", "transplant"], "weights": True},
    "lung_everything": {
        "name": "lung", "covariates": ["age", "ph_ecog"], "strata": "sex", "cluster": "inst",
        "weights": True, "offset": True,
    },
    "bladder2_everything": {
        "name": "bladder2", "covariates": ["size", "number"], "strata": "rx", "weights": True, "offset": True,
    },
    "churn_weighted": {
        "name": "churn", "covariates": ["storage_log2", "payroll_active", "csat_score"], "weights": True,
    },
    "lung_stratified": {"name": "lung", "covariates": ["age", "ph_ecog"], "strata": "sex", "cluster": "inst"},
}  # fmt: skip
"""Fits of more_cases.R, one a key of more_cases.json."""


@cache
def numbers(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@cache
def table(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", float_precision="round_trip")


def cox_rows(name: str, covariates: list[str]) -> tuple[DesignMatrix, Outcome]:
    """Return a reference table in its own units: nothing standardised, as R was given it."""
    rows = table(name)
    frame = pd.DataFrame(
        {
            "lifetime_id": rows["id"],
            "account_id": rows["id"].astype(str),
            "start": rows.get("start", 0.0),
            "stop": rows["stop"],
            "event": rows["event"],
        }
    )
    design = DesignMatrix(
        rows[covariates].to_numpy(float), tuple(Column(name, name, "usage") for name in covariates), rows
    )
    return design, Outcome.from_counting_process(frame)


@cache
def cox_fit(case: str, ties: str) -> CoxFit:
    """Fit one of `COX_CASES` as R did."""
    return fit_table(case, numbers(f"cox_{case}")["covariates"], ties=ties)


@cache
def more_fit(case: str, ties: str) -> CoxFit:
    """Fit one of `MORE_CASES` as R did."""
    return fit_table(**MORE_CASES[case], ties=ties)


def more(case: str, ties: str) -> dict:
    return numbers("more_cases")[case][ties]


def fit_table(
    name: str,
    covariates: list[str],
    *,
    ties: str = "efron",
    strata: str | None = None,
    cluster: str = "id",
    weights: bool = False,
    offset: bool = False,
    ridge: float | list[float] = 0.0,
) -> CoxFit:
    """Fit columns of a reference table, with the weights and offsets of more_cases.R where asked for."""
    rows = table(name)
    outcome = counting_rows(
        rows.get("start"),
        rows["stop"],
        rows["event"],
        strata=None if strata is None else rows[strata],
        weights=case_weights(len(rows)) if weights else None,
        offset=row_offsets(len(rows)) if offset else None,
        cluster=rows[cluster],
    )
    return fit_cox(rows[covariates], outcome, names=covariates, ties=ties, ridge=ridge)


def case_weights(n: int) -> NDArray[np.float64]:
    return 0.5 + (37 * np.arange(1, n + 1)) % 11 / 8


def row_offsets(n: int) -> NDArray[np.float64]:
    return (np.arange(1, n + 1) % 5 - 2) / 8
