"""Residuals: what each row, subject or event adds to the score, to the coefficients, or beyond what was expected."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cox.fit import CoxFit
from analysis.cox.one_thread import one_thread
from analysis.cox.partial_likelihood import exposure
from analysis.cox.sandwich import grouped_score
from analysis.errors import ModelError

ResidualKind = Literal["martingale", "deviance", "score", "dfbeta", "schoenfeld", "scaled_schoenfeld"]


def martingale_residuals(fit: CoxFit) -> NDArray[np.float64]:
    """Return events seen less events expected of each row, shape (n,).

    Notes
    -----
    Therneau, Grambsch and Fleming (1990), Biometrika 77, 147. With Efron's ties, the expectation of a row that dies
    is lower step by step, as in R's ``residuals(type = "martingale")``.
    """
    at, pairs = fit.maximum.end, np.ones(len(fit.likelihood.sets.time))
    return fit.rows.event - at.risk * exposure(fit.likelihood, at.steps, pairs)


def deviance_residuals(fit: CoxFit) -> NDArray[np.float64]:
    """Return martingale residuals made about as long above zero as below, shape (n,).

    Notes
    -----
    Therneau, Grambsch and Fleming (1990), Biometrika 77, 147, equation 8, as R's ``residuals(type = "deviance")``.
    """
    martingale, event = martingale_residuals(fit), fit.rows.event
    expected = np.where(event, np.maximum(event - martingale, np.finfo(np.float64).tiny), 1.0)
    return np.sign(martingale) * np.sqrt(np.maximum(-2 * (martingale + np.log(expected)), 0.0))


def score_residuals(fit: CoxFit) -> NDArray[np.float64]:
    """Return each row's contribution to the score, without its case weight, shape (n, p).

    Times the case weights they add up to the score, which is zero at a fit without ridge.
    """
    rows = fit.rows
    one = np.ones(len(rows))
    return grouped_score(fit.likelihood, fit.maximum.end, np.arange(len(rows)), one) * fit.scale


@one_thread
def dfbeta(fit: CoxFit, by: Literal["row", "subject", "cluster"] = "row") -> NDArray[np.float64]:
    """Return the approximate change of each coefficient that a row or group brings, shape (rows or groups, p).

    Parameters
    ----------
    fit : CoxFit
    by : {'row', 'subject', 'cluster'}
        Groups are in the order in which they first appear in the rows.

    Notes
    -----
    Case weight x score residual x inverse information (Cain and Lange 1984, Biometrics 40, 493); their sum of
    squares by cluster is the robust covariance.
    """
    rows = fit.rows
    groups = {"row": np.arange(len(rows)), "subject": rows.subject, "cluster": rows.cluster}
    score = grouped_score(fit.likelihood, fit.maximum.end, groups[by])
    return (score * fit.scale) @ fit.covariance


def schoenfeld_residuals(fit: CoxFit) -> pd.DataFrame:
    """Return, for each event, its covariates less their mean among those at risk.

    Returns
    -------
    DataFrame
        A line an event, by stratum and time: stratum, time, and one column for each of ``fit.names``, in its units.

    Notes
    -----
    Schoenfeld (1982), Biometrika 69, 239; with Efron's ties less the mean over the steps.
    """
    sets = fit.likelihood.sets
    pairs = np.sort(sets.death_pairs, kind="stable")
    refuse_taken(fit.names, ("stratum", "time"))
    frame = pd.DataFrame(schoenfeld_values(fit), columns=list(fit.names))
    frame.insert(0, "stratum", fit.rows.stratum_labels[sets.stratum[pairs]])
    frame.insert(1, "time", sets.time[pairs])
    return frame


def schoenfeld_values(fit: CoxFit) -> NDArray[np.float64]:
    """Return the numbers of `schoenfeld_residuals`, shape (events, p)."""
    likelihood, sets = fit.likelihood, fit.likelihood.sets
    order = np.argsort(sets.death_pairs, kind="stable")
    rows, pairs = sets.event_rows[order], sets.death_pairs[order]
    return (likelihood.values[rows] - fit.maximum.end.steps.death_mean[pairs]) * fit.scale


def residuals_of_kind(fit: CoxFit, kind: ResidualKind, index: pd.Index) -> pd.Series | pd.DataFrame:
    """Return residuals by what R calls them, with the labels of the rows fitted or a line an event.

    Parameters
    ----------
    fit : CoxFit
    kind : {'martingale', 'deviance', 'score', 'dfbeta', 'schoenfeld', 'scaled_schoenfeld'}
    index : Index, length n
        Labels of the rows fitted.

    Raises
    ------
    ModelError
        If there is no such kind; as `schoenfeld_residuals`.
    """
    match kind:
        case "martingale" | "deviance":
            found = martingale_residuals(fit) if kind == "martingale" else deviance_residuals(fit)
            return pd.Series(found, index=index, name=kind)
        case "score" | "dfbeta":
            table = score_residuals(fit) if kind == "score" else dfbeta(fit)
            return pd.DataFrame(table, index=index, columns=list(fit.names))
        case "schoenfeld":
            return schoenfeld_residuals(fit)
        case "scaled_schoenfeld":
            return scaled_schoenfeld_residuals(fit)
    raise ModelError(f"The kind of residuals must be one of {', '.join(get_args(ResidualKind))}; {kind!r} arrived.")


def refuse_taken(names: Sequence[str], taken: Sequence[str]) -> None:
    """Refuse a column that is called as one that residuals have of their own.

    Raises
    ------
    ModelError
        With its name.
    """
    both = [name for name in names if name in taken]
    if both:
        raise ModelError(f"Residuals have a column '{both[0]}' of their own. Rename the covariate '{both[0]}'.")


@one_thread
def scaled_schoenfeld_residuals(fit: CoxFit) -> pd.DataFrame:
    """Return, for each event, a rough estimate of the coefficients at its time, in the shape of `schoenfeld_residuals`.

    The coefficients plus the Schoenfeld residuals scaled by the average covariance of the covariates at an event.
    Within a stratum, a column that is the same for all at risk gets no estimate (NaN).

    Notes
    -----
    Grambsch and Therneau (1994), Biometrika 81, 515, equation 5, with the average over events in which a column varies,
    as R's ``cox.zph``.
    """
    frame = schoenfeld_residuals(fit)
    scaled = frame.copy()
    varies = _varies(fit)
    mean_information = average_information(fit, varies)
    stratum = np.repeat(fit.likelihood.sets.stratum, fit.likelihood.sets.deaths)
    residuals = frame[list(fit.names)].to_numpy()
    estimates = np.full_like(residuals, np.nan)
    for s in np.unique(stratum):
        columns, lines = np.flatnonzero(varies[s]), np.flatnonzero(stratum == s)
        if len(columns):
            block = np.ix_(columns, columns)
            change = np.linalg.solve(mean_information[block], residuals[np.ix_(lines, columns)].T).T
            estimates[np.ix_(lines, columns)] = fit.coefficients[columns] + change
    scaled[list(fit.names)] = estimates
    return scaled


def average_information(fit: CoxFit, varies: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Return the information of an average event, shape (p, p).

    Events count for a pair of columns where both vary within their stratum.
    """
    informative = _varies(fit) if varies is None else varies
    events = np.bincount(fit.likelihood.sets.stratum, fit.likelihood.sets.deaths, len(fit.rows.strata))
    both = np.einsum("s,sj,sk->jk", events, informative, informative)
    information = fit.maximum.information * np.outer(fit.scale, fit.scale)
    return information / np.where(both > 0, both, 1.0)


def _varies(fit: CoxFit) -> NDArray[np.bool_]:
    """Say which columns differ among the rows of each stratum that are ever at risk at an event, shape (strata, p)."""
    sets, rows = fit.likelihood.sets, fit.rows
    seen = np.flatnonzero(sets.first < sets.last)
    order = seen[np.argsort(rows.stratum[seen], kind="stable")]
    groups, firsts = np.unique(rows.stratum[order], return_index=True)
    values = fit.likelihood.values[order]
    result = np.zeros((len(rows.strata), values.shape[1]), dtype=bool)
    result[groups] = np.maximum.reduceat(values, firsts) > np.minimum.reduceat(values, firsts)
    return result
