"""Scalings: do points go with staying as straight as a weight takes them, and do two components measure one thing?"""

import itertools
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.contest.spline import curved_columns, knots_at_quantiles
from analysis.errors import ModelError
from analysis.health_score.cluster_logit import ClusterLogit
from analysis.health_score.definition import FULL
from analysis.health_score.weight_frames import BANDS, OVERLAPS, SCALINGS
from analysis.health_score.weight_rows import WeightRows
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm
from analysis.wording.remarks import Remark, remark

MOST_BANDS = 6
"""A component with no more distinct points is taken band by band; others are cut into fifths, and tested as a curve."""
N_PARTS = 5
SAME_THING = 0.8
"""Rank correlation from which two components measure the same thing."""
LEVEL = 0.95


class Shape(StrEnum):
    """What the data say of a scaling."""

    NOT_CONTRADICTED = "not_contradicted"
    BENDS = "bends"
    TURNS = "turns"
    """More leave in a band of more points than in the next one below."""
    UNTOLD = "untold"


_SAID = {Shape.TURNS: "health_score.scaling_turns", Shape.BENDS: "health_score.scaling_bends"}


@dataclass(frozen=True, slots=True, eq=False)
class Scalings:
    """What the data say of scalings, and which components overlap.

    Attributes
    ----------
    table : DataFrame
        As `SCALINGS`, a line for each component.
    bands : DataFrame
        As `BANDS`: what each band goes with, beside what the straight line takes it for.
    overlaps : DataFrame
        As `OVERLAPS`, a line for each pair.
    notes : tuple of Remark
    """

    table: pd.DataFrame
    bands: pd.DataFrame
    overlaps: pd.DataFrame
    notes: tuple[Remark, ...]


def judge_scalings(rows: WeightRows) -> Scalings:
    """Test each component's points for a bend and a turn, and name those that measure the same thing.

    Raises
    ------
    ModelError
        If the components cannot be fitted together.

    Notes
    -----
    Bends: robust score test of a restricted cubic spline's columns (four knots), or of bands beyond the line, in the
    model of all components and the contract; by Holm over the components. Turns: the bands' own coefficients, each
    against the band below, CR2, one-sided, by Holm over all pairs of bands.
    """
    full = rows.fit(rows.points / FULL)
    tests, bands = [], []
    for place, name in enumerate(rows.names):
        points = rows.points[:, place]
        band = bands_of(points)
        bent = _bent(points, band)
        tests.append(full.score_test(bent).p_value if bent.shape[1] else np.nan)
        bands.append(_bands(rows, full, place, band).assign(component=name))
    adjusted = holm(np.array(tests))
    own = pd.concat(bands, ignore_index=True)
    own["adjusted_p_value"] = holm(own["p_value"].to_numpy(np.float64))
    turned = set(own.loc[own["adjusted_p_value"] < SHOWN, "component"])
    shapes = [_shape(p, name in turned) for p, name in zip(adjusted, rows.names, strict=True)]
    table = pd.DataFrame(
        {
            "component": rows.names,
            "p_value": tests,
            "adjusted_p_value": adjusted,
            "vif": _inflation(rows.points),
            "shape": [str(shape) for shape in shapes],
        }
    )
    overlaps = _overlaps(rows)
    return Scalings(
        SCALINGS.checked(table), BANDS.checked(own[BANDS.columns]), OVERLAPS.checked(overlaps), _notes(table, overlaps)
    )


def bands_of(points: NDArray[np.float64]) -> NDArray[np.intp]:
    """Number the band of each row, rising with its points, shape (n,)."""
    values = np.unique(points)
    if len(values) <= MOST_BANDS:
        return np.searchsorted(values, points)
    edges = np.unique(np.quantile(points, np.arange(1, N_PARTS) / N_PARTS))
    return np.unique(np.searchsorted(edges, points, side="right"), return_inverse=True)[1]


def _bent(points: NDArray[np.float64], band: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the columns that a straight line lacks, shape (n, m)."""
    if len(np.unique(points)) <= MOST_BANDS:
        return (band[:, None] == np.arange(2, band.max() + 1)).astype(np.float64)
    knots = knots_at_quantiles(points)
    return curved_columns(points, knots) / FULL if len(knots) else np.empty((len(points), 0))


def _bands(rows: WeightRows, full: ClusterLogit, place: int, band: NDArray[np.intp]) -> pd.DataFrame:
    """Return each band with its log odds against the lowest, and a test that it is above that of the band below."""
    points, number = rows.points[:, place], int(band.max()) + 1
    grouped = pd.Series(points).groupby(band)
    middle = grouped.mean().to_numpy(np.float64)
    leavers = pd.Series(rows.outcome.lifetime[rows.event]).groupby(band[rows.event]).nunique()
    table = pd.DataFrame(
        {
            "points_from": grouped.min().to_numpy(np.float64),
            "points_to": grouped.max().to_numpy(np.float64),
            "n_rows": grouped.size().to_numpy(np.int64),
            "n_events": leavers.reindex(range(number), fill_value=0).to_numpy(np.int64),
            "line": full.coefficients[place] * (middle - middle[0]) / FULL,
        }
    )
    lacking = np.full(number, np.nan)
    table = table.assign(estimate=lacking, conf_low=lacking, conf_high=lacking, p_value=lacking)
    others = np.delete(rows.points, place, axis=1) / FULL
    marks = (band[:, None] == np.arange(1, number)).astype(np.float64)
    try:
        fit = rows.fit(np.column_stack([marks, others]))
    except ModelError:
        return table
    covariance = fit.covariance
    for k in range(1, number):
        mark, step = np.zeros(len(fit.coefficients)), np.zeros(len(fit.coefficients))
        mark[k - 1] = step[k - 1] = 1.0
        if k > 1:
            step[k - 2] = -1.0
        half = stats.t.isf((1 - LEVEL) / 2, fit.degrees_of_freedom(mark)) * np.sqrt(mark @ covariance @ mark)
        at = fit.coefficients[k - 1]
        t = step @ fit.coefficients / np.sqrt(step @ covariance @ step)
        table.loc[k, ["estimate", "conf_low", "conf_high"]] = [at, at - half, at + half]
        table.loc[k, "p_value"] = float(stats.t.sf(t, fit.degrees_of_freedom(step)))
    table.loc[0, "estimate"] = 0.0
    return table


def _shape(p_value: float, turns: bool) -> Shape:
    if turns:
        return Shape.TURNS
    if not np.isfinite(p_value):
        return Shape.UNTOLD
    return Shape.BENDS if p_value < SHOWN else Shape.NOT_CONTRADICTED


def _inflation(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the variance inflation of each column by the others, shape (k,)."""
    spread = np.ptp(points, axis=0) > 0
    found = np.full(points.shape[1], np.nan)
    if spread.sum() > 1:
        found[spread] = np.diag(np.linalg.pinv(np.corrcoef(points[:, spread], rowvar=False)))
    return found


def _overlaps(rows: WeightRows) -> pd.DataFrame:
    lines = []
    for one, other in itertools.combinations(range(len(rows.names)), 2):
        pair = rows.points[:, [one, other]]
        rho = float(stats.spearmanr(pair).statistic) if (np.ptp(pair, axis=0) > 0).all() else np.nan
        lines.append((rows.names[one], rows.names[other], rho, bool(abs(rho) > SAME_THING)))
    return pd.DataFrame(lines, columns=OVERLAPS.columns)


def _notes(table: pd.DataFrame, overlaps: pd.DataFrame) -> tuple[Remark, ...]:
    notes = []
    for shape, code in _SAID.items():
        own = tuple(table.loc[table["shape"] == str(shape), "component"])
        if own:
            notes.append(remark(code, components=own))
    notes += [
        remark("health_score.same_thing", component=pair.component, other=pair.other, correlation=pair.correlation)
        for pair in overlaps[overlaps["is_same_thing"]].itertuples()
    ]
    return tuple(notes)
