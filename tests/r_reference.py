"""Reads the tables and numbers under data/r_survival, for the tests that R judges."""

import json
from functools import cache
from pathlib import Path

import pandas as pd

from analysis.design import Column, DesignMatrix
from analysis.outcome import Outcome

FOLDER = Path(__file__).parent / "data" / "r_survival"


@cache
def numbers(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@cache
def table(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv")


def cox_rows(name: str, covariates: list[str]) -> tuple[DesignMatrix, Outcome]:
    """Return a reference table in its own units: nothing standardised, as R was given it."""
    rows = table(name)
    frame = pd.DataFrame(
        {
            "lifetime_id": rows["id"],
            "account_id": rows["id"].astype(str),
            "start": rows["start"],
            "stop": rows["stop"],
            "event": rows["event"],
        }
    )
    design = DesignMatrix(
        rows[covariates].to_numpy(float), tuple(Column(name, name, "usage") for name in covariates), rows
    )
    return design, Outcome.from_counting_process(frame)
