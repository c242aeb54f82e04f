"""Read together: columns of a fitted Cox model that say so much the same that none is to be read by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.sparse.csgraph import connected_components

from analysis.cox.cluster_errors import cluster_errors
from analysis.cox.fit import CoxFit
from analysis.design.matrix import Column

INFLATED = 5.0
"""A column whose variance the others inflate by so much has hardly an effect of its own to estimate."""
ALIKE = 0.5
"""Columns whose correlation, all others held, is as large tell one effect between them."""


@dataclass(frozen=True, slots=True)
class ReadTogether:
    """Columns that are read together, and what they say as one.

    Attributes
    ----------
    terms : tuple of str
        The columns, in the order of the model.
    falls : tuple of bool
        Of each, whether it falls where the first one rises.
    inflation : tuple of float
        Of each, by how much the other columns of the model inflate the variance of its coefficient.
    is_opposed : bool
        Whether coefficients of the columns pull against each other: one of them points the other way than all together.
    estimate, conf_low, conf_high : float
        Log hazard ratio of all moving together, as they do among those at risk, by one standard deviation of what they
        have in common, the first one rising; and its 95% interval.
    """

    terms: tuple[str, ...]
    falls: tuple[bool, ...]
    inflation: tuple[float, ...]
    is_opposed: bool
    estimate: float
    conf_low: float
    conf_high: float


def read_together(fit: CoxFit, columns: Sequence[Column], level: float = 0.95) -> tuple[ReadTogether, ...]:
    """Group the columns of a fitted Cox model that cannot be told apart.

    A column belongs with others where they inflate the variance of its coefficient `INFLATED` times: with those whose
    correlation with it, all other columns held, is at least `ALIKE`, or with the nearest one where none is. So do two
    columns, or a column and such a group, that are as much alike and whose coefficients pull against each other.
    Columns that mark missing values are held, and in no group; levels of one covariate do not link each other.

    Parameters
    ----------
    fit : CoxFit
    columns : sequence of Column
        Of the design, in the order of the fit.
    level : float
        Of the intervals.

    Returns
    -------
    tuple of ReadTogether
        In the order of their first columns; empty where each column can be read by itself.

    Notes
    -----
    Variances and correlations are those of the information of the partial likelihood: of columns among those at risk
    together (Davis, Hyde, Bangdiwala and Nelson 1986, in Modern Statistical Methods in Chronic Disease Epidemiology,
    140). What the columns of a group have in common is their first principal component.
    """
    information = np.asarray(np.linalg.inv(fit.covariance), dtype=np.float64)
    inflation = np.diag(information) * np.diag(fit.covariance)
    error = np.sqrt(np.diag(fit.covariance))
    alike = -fit.covariance / np.outer(error, error)
    values = np.flatnonzero([not column.marks_missing for column in columns])
    covariate = np.array([columns[int(k)].covariate for k in values])
    alike = np.where(covariate[:, None] == covariate, 0.0, alike[np.ix_(values, values)])  # levels exclude each other
    groups = _groups(inflation[values], alike, fit.coefficients[values])
    groups = _with_pulling(groups, fit, information, values)
    if not groups:
        return ()
    errors, found = cluster_errors(fit), []
    for members in (values[group] for group in groups):
        step = _common_step(information, members) * fit.scale[members]
        share = step * fit.coefficients[members]
        weights = np.zeros(len(columns))
        weights[members] = step
        estimate, error, df = errors.of_sum(weights)
        half = float(stats.t.isf((1 - level) / 2, df)) * error
        found.append(
            ReadTogether(
                terms=tuple(columns[k].name for k in members),
                falls=tuple(bool(part < 0) for part in step),
                inflation=tuple(inflation[members].tolist()),
                is_opposed=bool((share * share.sum() < 0).any()),
                estimate=estimate,
                conf_low=estimate - half,
                conf_high=estimate + half,
            )
        )
    return tuple(found)


def others_of(groups: Sequence[ReadTogether], term: str) -> tuple[str, ...]:
    """Return the columns that a column is to be read with; none where it can be read by itself."""
    return tuple(other for group in groups if term in group.terms for other in group.terms if other != term)


def _groups(
    inflation: NDArray[np.float64], alike: NDArray[np.float64], coefficients: NDArray[np.float64]
) -> list[NDArray[np.intp]]:
    """Return the positions of each group of two or more, in the order of their first."""
    size = np.abs(alike)
    is_inflated = inflation >= INFLATED
    pulls = alike * np.outer(coefficients, coefficients) < 0
    linked = (size >= ALIKE) & (is_inflated[:, None] | is_inflated | pulls)
    for alone in np.flatnonzero(is_inflated & ~linked.any(axis=1)):
        if size[alone].any():
            linked[alone, size[alone].argmax()] = True
    _, number = connected_components(linked, directed=False)
    groups = [np.flatnonzero(number == k) for k in dict.fromkeys(number)]
    return [group for group in groups if len(group) > 1]


def _with_pulling(
    groups: list[NDArray[np.intp]], fit: CoxFit, information: NDArray[np.float64], values: NDArray[np.intp]
) -> list[NDArray[np.intp]]:
    """Add to each group the columns that are alike to all of it together, and pull against it.

    What a group takes of the variance of another coefficient is its squared multiple correlation with that column.
    """
    taken = {int(values[k]) for group in groups for k in group}
    found = []
    for group in groups:
        members = values[group]
        of_group = fit.covariance[np.ix_(members, members)]
        for k in (int(k) for k in values if int(k) not in taken):
            beside = fit.covariance[members, k]
            share = beside @ np.linalg.solve(of_group, beside) / fit.covariance[k, k]
            block = np.append(members, k)
            says = _common_step(information, block) * fit.scale[block] * fit.coefficients[block]
            if share >= ALIKE**2 and says[-1] * says[:-1].sum() < 0:
                group = np.append(group, np.searchsorted(values, k))
                taken.add(k)
        found.append(np.sort(group))
    return sorted(found, key=lambda group: int(group[0]))


def _common_step(information: NDArray[np.float64], members: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return by how many of its standard deviations each column moves with one of what they have in common."""
    block = information[np.ix_(members, members)]
    spread = np.sqrt(np.diag(block))
    values, vectors = np.linalg.eigh(block / np.outer(spread, spread))
    step = vectors[:, -1] * np.sqrt(values[-1])
    return step if step[0] > 0 else -step
