"""Reasons: what raises the hazard of each account above that of the mean account."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.matrix import DesignMatrix
from analysis.models.landmark_cox import LandmarkCox


@dataclass(frozen=True, slots=True)
class Reason:
    """A covariate that raises an account's hazard.

    Attributes
    ----------
    covariate
        Its name.
    direction
        By being ``high`` or ``low``, or, of what only is or is not, by ``yes`` or ``no``; '' where it is neither: of
        levels, and where an effect may rise and fall.
    """

    covariate: str
    direction: str


def name_reasons(
    design: DesignMatrix, cox: LandmarkCox, rows: pd.DataFrame, most: int = 3, least: float = 0.1
) -> tuple[tuple[Reason, ...], ...]:
    """Name, for each account, what raises its log hazard by at least `least` above the mean account, largest first.

    What is not known of an account is no reason, whatever filled the gap (rule 13 of ``queries/rules_of_time.md``). The
    mean is that of the accounts whose value is known, and columns that mark missing values are no part of it.

    Parameters
    ----------
    design
        Of the accounts, with the columns that the model was fitted to.
    cox
        The model.
    rows
        The covariates of the accounts, as they were before the design filled them; in the order of `design`.
    most
        Reasons for each account.
    least
        On the scale of log hazards.
    """
    names = list(dict.fromkeys(column.covariate for column in design.columns))
    is_known = rows[names].notna().to_numpy()
    raised = np.zeros((len(design), len(names)))
    directions = []
    for position, name in enumerate(names):
        of_it = [k for k, c in enumerate(design.columns) if c.covariate == name and not c.marks_missing]
        known = is_known[:, position]
        centred = np.zeros((len(design), len(of_it)))
        if known.any():
            centred[known] = design.values[np.ix_(known, of_it)] - design.values[np.ix_(known, of_it)].mean(axis=0)
        raised[:, position] = centred @ cox.coefficients_[of_it]
        is_degree = len(of_it) == 1 and design.columns[of_it[0]].name == name
        directions.append(_directions(centred[:, 0], known) if is_degree else np.full(len(design), ""))
    found = []
    for row, order in enumerate(np.argsort(-raised, axis=1, kind="stable")[:, :most]):
        found.append(tuple(Reason(names[k], str(directions[k][row])) for k in order if raised[row, k] >= least))
    return tuple(found)


def _directions(centred: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.str_]:
    """Say on which side of the mean each account is, of a covariate that is one column of that name."""
    above, below = ("high", "low") if len(np.unique(centred[known])) > 2 else ("yes", "no")
    return np.where(centred > 0, above, below)
