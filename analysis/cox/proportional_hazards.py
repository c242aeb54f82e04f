"""Proportional hazards: does a coefficient change over time? Score test by column and for all, and its path."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from formulaic.transforms import natural_cubic_spline
from numpy.typing import NDArray
from scipy import stats

from analysis.cox.fit import CoxFit
from analysis.cox.one_thread import one_thread
from analysis.cox.residuals import average_information, refuse_taken, scaled_schoenfeld_residuals, schoenfeld_values
from analysis.curves.nonparametric import kaplan_meier
from analysis.errors import ModelError
from analysis.wording.remarks import remark

Transform = Literal["km", "rank", "identity", "log"]

GLOBAL = "GLOBAL"


@dataclass(frozen=True, slots=True, eq=False)
class ProportionalHazards:
    """Tests of constant coefficients, and what they are made of.

    Attributes
    ----------
    transform : str
        Of time, against which coefficients may drift: 'km' (1 - Kaplan-Meier), 'rank', 'identity' or 'log'.
    table : DataFrame
        term, estimate (the constant coefficient fitted), statistic (chi-square), df, p_value; a line a column, and one
        for all, `GLOBAL`.
    residuals : DataFrame
        A line an event: stratum, time, x (time transformed), and a rough estimate of each coefficient at that time
        (scaled Schoenfeld residuals).
    variance : ndarray, shape (p, p)
        Covariance of one event's estimates.
    """

    transform: Transform
    table: pd.DataFrame
    residuals: pd.DataFrame
    variance: NDArray[np.float64]


@one_thread
def proportional_hazards_test(fit: CoxFit, transform: Transform = "km") -> ProportionalHazards:
    """Test each coefficient, and all together, for a drift with transformed time.

    The score test of adding the product of a column and g(time) to the model. It takes lifetimes as independent; what
    a ridge says of a coefficient counts as known.

    Raises
    ------
    ModelError
        If the transform is unknown, cannot be taken ('log' of time zero), or is the same at all events; if a column
        has the name of one that residuals have of their own.

    Notes
    -----
    Grambsch and Therneau (1994), Biometrika 81, 515, as the exact score test of R's ``cox.zph`` (survival 3).
    """
    refuse_taken(fit.names, ("x",))
    table, g = score_tests(fit, transform)
    estimates = scaled_schoenfeld_residuals(fit)
    estimates.insert(2, "x", np.repeat(g, fit.likelihood.sets.deaths))
    return ProportionalHazards(
        transform=transform,
        table=table,
        residuals=estimates,
        variance=np.linalg.inv(average_information(fit)).astype(np.float64),
    )


@one_thread
def score_tests(fit: CoxFit, transform: Transform = "km") -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Return the table of `proportional_hazards_test`, whatever columns are called, and g(time) of each event time.

    Raises
    ------
    ModelError
        As `proportional_hazards_test`, but for names.
    """
    sets, end, p = fit.likelihood.sets, fit.maximum.end, len(fit.names)
    g = transformed_time(fit, transform, sets.time)
    centred = g - np.average(g, weights=sets.deaths)
    residuals = schoenfeld_values(fit)
    own_weight = fit.rows.weights[sets.event_rows[np.argsort(sets.death_pairs, kind="stable")]]
    at_event = np.repeat(centred, sets.deaths) * own_weight
    drift = np.r_[np.zeros(p), at_event @ (residuals / fit.scale)]
    blocks = [fit.likelihood.information(end, centred**power) for power in (1, 2)]
    known = fit.maximum.information + np.diag(fit.ridge / fit.scale**2)
    information = np.block([[known, blocks[0]], [blocks[0], blocks[1]]])
    lines = [(name, fit.coefficients[k], *_score_test(drift, information, p, [k])) for k, name in enumerate(fit.names)]
    lines.append((GLOBAL, np.nan, *_score_test(drift, information, p, range(p))))
    return pd.DataFrame(lines, columns=["term", "estimate", "statistic", "df", "p_value"]), g


def transformed_time(fit: CoxFit, transform: Transform, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return g(time) at each of `times`, which must be among the rows' stop times."""
    rows = fit.rows
    match transform:
        case "identity":
            g = times.astype(np.float64)
        case "log":
            if not (times > 0).all():
                raise ModelError(
                    "The transform 'log' needs events at times above zero. Use 'km', 'rank' or 'identity'."
                )
            g = np.log(times)
        case "rank":
            ordered = np.sort(rows.stop)
            g = (np.searchsorted(ordered, times, "left") + 1 + np.searchsorted(ordered, times, "right")) / 2
        case "km":
            curve = kaplan_meier(rows.start, rows.stop, rows.event)
            before = np.searchsorted(curve["time"].to_numpy(), times, side="left") - 1
            g = 1 - curve["estimate"].to_numpy()[before]
        case _:
            raise ModelError(f"transform must be 'km', 'rank', 'identity' or 'log'; {transform!r} arrived.")
    if np.ptp(g) == 0:
        raise ModelError(remark("cox.one_time"))
    return g


@one_thread
def coefficient_path(
    result: ProportionalHazards, term: str, *, df: int = 4, level: float = 0.95, n_points: int = 40
) -> pd.DataFrame:
    """Smooth the estimates of one coefficient over transformed time.

    Parameters
    ----------
    result : ProportionalHazards
    term : str
    df : int
        Degrees of freedom of the natural cubic spline, at least 2 (a straight line).
    level : float
        Of the pointwise interval.
    n_points : int

    Returns
    -------
    DataFrame
        x, time (x transformed back), estimate, conf_low, conf_high.

    Raises
    ------
    ModelError
        If there is no such term, or too few events for a line.

    Notes
    -----
    Therneau and Grambsch (2000), 6.2, in the manner of R's ``plot.cox.zph``; knots at quantiles of the distinct x.
    """
    terms = [name for name in result.table["term"] if name != GLOBAL]
    if term not in terms:
        raise ModelError(f"No such column: {term!r}. The test has {', '.join(terms)}.")
    seen = result.residuals.dropna(subset=[term]).sort_values("x", kind="stable")
    x, y = seen["x"].to_numpy(), seen[term].to_numpy()
    distinct = len(np.unique(x))
    if distinct < 2 or len(x) < 3:
        raise ModelError(remark("cox.no_path", column=term, events=len(x)))
    grid = np.linspace(x[0], x[-1], n_points)
    basis, at = _natural_splines(x, grid, min(max(df, 2), distinct))
    weights, *_ = np.linalg.lstsq(basis, y, rcond=None)
    spread = np.einsum("ij,jk,ik->i", at, np.linalg.pinv(basis.T @ basis), at)
    own = result.variance[terms.index(term), terms.index(term)]
    half = stats.norm.isf((1 - level) / 2) * np.sqrt(own * spread)
    estimate = at @ weights
    time = np.interp(grid, x, seen["time"].to_numpy())
    return pd.DataFrame(
        {"x": grid, "time": time, "estimate": estimate, "conf_low": estimate - half, "conf_high": estimate + half}
    )


def _score_test(
    drift: NDArray[np.float64], information: NDArray[np.float64], p: int, columns: Sequence[int]
) -> tuple[float, int, float]:
    kept = np.r_[np.arange(p), p + np.asarray(columns)]
    block = information[np.ix_(kept, kept)]
    scale = np.sqrt(np.diag(block))
    if not (scale > 0).all():
        return np.nan, len(columns), np.nan
    scaled = drift[kept] / scale
    statistic = float(scaled @ np.linalg.solve(block / np.outer(scale, scale), scaled))
    return statistic, len(columns), float(stats.chi2.sf(statistic, len(columns)))


def _natural_splines(
    x: NDArray[np.float64], grid: NDArray[np.float64], df: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a basis of natural cubic splines at x, shape (n, df), and the same at the grid, shape (n_points, df).

    They have `df` knots, at quantiles of the distinct x from the first to the last.
    """
    if df == 2:  # a line has no knot inside, which formulaic's splines need
        return np.column_stack([np.ones_like(x), x]), np.column_stack([np.ones_like(grid), grid])
    learned: dict[str, object] = {}
    at_x, at_grid = natural_cubic_spline(x, df=df, _state=learned), natural_cubic_spline(grid, _state=learned)
    return np.column_stack(list(at_x.values())), np.column_stack(list(at_grid.values()))
