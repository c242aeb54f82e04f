"""Reasons: what raises the hazard of each account above that of the mean account."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import DesignMatrix
from analysis.models.landmark_cox import LandmarkCox


@dataclass(frozen=True, slots=True)
class Reason:
    """A covariate that raises an account's hazard by being ``high`` or ``low`` ('' where it has no degrees)."""

    covariate: str
    direction: str


def name_reasons(
    design: DesignMatrix, cox: LandmarkCox, most: int = 3, least: float = 0.1
) -> tuple[tuple[Reason, ...], ...]:
    """Name, for each account, what raises its log hazard by at least `least` above the mean account, largest first."""
    centred = design.values - design.values.mean(axis=0)
    covariates = list(dict.fromkeys(column.covariate for column in design.columns))
    member = np.array(
        [[column.covariate == name for name in covariates] for column in design.columns], dtype=np.float64
    )
    raised = (centred * cox.coefficients_) @ member
    has_degrees = [len(np.unique(column)) > 2 for column in design.values.T]
    value_column = {column.name: place for place, column in enumerate(design.columns) if has_degrees[place]}
    found = []
    for row, order in enumerate(np.argsort(-raised, axis=1, kind="stable")[:, :most]):
        names = [covariates[k] for k in order if raised[row, k] >= least]
        found.append(tuple(Reason(name, _direction(centred[row], value_column.get(name))) for name in names))
    return tuple(found)


def _direction(centred: NDArray[np.float64], place: int | None) -> str:
    if place is None:
        return ""
    return "high" if centred[place] > 0 else "low"
