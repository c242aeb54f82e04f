"""Covariate effects: hazard ratios per standard deviation and per unit, beside the sign that was expected."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.contest.effect_frames import COVARIATE_EFFECTS
from analysis.declared.factors import Covariate, read_covariates
from analysis.inference.fit import Inference
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm

YES_OR_NO = "yes or no"
"""How the unit of covariates that are marks begins."""


class Per(StrEnum):
    """What a ratio is of."""

    UNIT = "unit"
    DOUBLING = "doubling"
    """Of the covariate, or of one more than it where it may be zero: it enters the model by its logarithm."""
    MARK = "mark"
    """Of having it."""


class Direction(StrEnum):
    """Whether the sign found is the one that was expected."""

    AS_EXPECTED = "as_expected"
    AGAINST = "against"
    UNEXPECTED = "unexpected"
    """An effect is shown, and none was expected in either direction."""
    UNSURE = "unsure"
    """No effect is shown."""


def covariate_effects(
    inference: Inference,
    ratios: pd.DataFrame,
    signals: Mapping[str, str] | None = None,
    covariates: Sequence[Covariate] = (),
) -> pd.DataFrame:
    """Put beside each hazard ratio what one unit makes out, what was expected, and what the lag ladder said.

    Parameters
    ----------
    inference
        The time-varying Cox model.
    ratios
        As `analysis.inference.frames.RATIOS`, of its columns.
    signals
        Of each column of the lag ladder, by name; None where the ladder was not made.
    covariates
        Those declared; the product's own by default.

    Returns
    -------
    DataFrame
        As `COVARIATE_EFFECTS`: family by family in the model's order, the highest ratio of each first. A direction is
        shown where p is below 5% after Holm's method over the columns.
    """
    declared = {covariate.name: covariate for covariate in covariates or read_covariates()}
    spreads = _spreads(inference)
    shown = ratios[~ratios["marks_missing"]].reset_index(drop=True)
    lines = []
    for row in shown.itertuples():
        covariate = declared.get(row.covariate)
        per, factor = _per(row.term, covariate, spreads.get(row.covariate, 1.0))
        low, high = factor * np.array([row.conf_low, row.conf_high])
        lines.append(
            {
                "per": per.value,
                "unit": covariate.unit if covariate else "",
                "unit_ratio": float(np.exp(factor * row.estimate)),
                "unit_ratio_low": float(np.exp(low)),
                "unit_ratio_high": float(np.exp(high)),
                "expected": covariate.expected_sign if covariate else "?",
                "signal": None if signals is None else signals.get(row.term, ""),
            }
        )
    table = shown.join(pd.DataFrame(lines, dtype=object).infer_objects())
    table["adjusted_p_value"] = holm(table["p_value"].to_numpy(np.float64))
    table["direction"] = [_direction(row).value for row in table.itertuples()]
    order = {family: place for place, family in enumerate(dict.fromkeys(table["family"]))}
    table = table.sort_values("estimate", ascending=False, kind="stable")
    table = table.sort_values("family", key=lambda names: names.map(order), kind="stable", ignore_index=True)
    return COVARIATE_EFFECTS.checked(table[COVARIATE_EFFECTS.columns])


def _spreads(inference: Inference) -> dict[str, float]:
    """Return the training standard deviation of each numeric covariate, on the scale on which it enters."""
    return {
        covariate.name: float(memory["spread"])
        for covariate, memory in zip(inference.design.covariates, inference.design.memories, strict=True)
        if "spread" in memory
    }


def _per(term: str, covariate: Covariate | None, spread: float) -> tuple[Per, float]:
    """Return what the second ratio is of, and how many of the first's units that is."""
    if term != (covariate.name if covariate else term):
        return Per.MARK, 1.0
    if covariate is not None and covariate.unit.startswith(YES_OR_NO):
        return Per.MARK, 1 / spread
    if covariate is not None and covariate.transform in ("log1p", "log_from_one"):
        return Per.DOUBLING, float(np.log(2)) / spread
    return Per.UNIT, 1 / spread


def _direction(row: object) -> Direction:
    p_value, expected, estimate = (getattr(row, name) for name in ("adjusted_p_value", "expected", "estimate"))
    if not p_value < SHOWN:
        return Direction.UNSURE
    if expected not in ("+", "-"):
        return Direction.UNEXPECTED
    return Direction.AS_EXPECTED if (estimate > 0) == (expected == "+") else Direction.AGAINST
