"""Weights: are a health score's weights right? A verdict for each component, with the leavers behind it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.errors import ModelError
from analysis.health_score.cluster_logit import ClusterLogit, ScoreTest
from analysis.health_score.definition import FULL
from analysis.health_score.power import leavers_needed
from analysis.health_score.weight_frames import WEIGHTS
from analysis.health_score.weight_rows import WeightRows, obstacle_to_weights
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm
from analysis.wording.remarks import Remark, remark

KEEP_MARGIN = 5.0
RELEVANT = float(np.log(1.5))
"""Log odds of leaving between the 10th and the 90th percentile of a score: one that tells less is of little use."""
LEVEL = 0.95


class Verdict(StrEnum):
    """What to do with a weight."""

    KEEP = "keep"
    RAISE = "raise"
    LOWER = "lower"
    CANNOT_TELL = "cannot_tell"


class Worth(StrEnum):
    """Whether a score, as it stands, tells who leaves beyond the contract."""

    SHOWN = "shown"
    NOT_SHOWN = "not_shown"
    WORTHLESS = "worthless"
    """Not shown, and a relevant slope is excluded."""


@dataclass(frozen=True, slots=True)
class Slope:
    """The own slope of the score in use, contract held equal.

    Attributes
    ----------
    estimate, conf_low, conf_high
        Log odds of leaving at the 90th percentile of the score less those at the 10th: below zero where it protects.
    p_value
        Of no slope.
    reach
        Points between those percentiles.
    worth
    """

    estimate: float
    conf_low: float
    conf_high: float
    p_value: float
    reach: float
    worth: Worth


@dataclass(frozen=True, slots=True, eq=False)
class WeightVerdicts:
    """Each component's weight in use and the implied one, and what to do with it.

    Attributes
    ----------
    table : DataFrame
        As `WEIGHTS`, a line for each component; without lines where nothing can be judged.
    slope : Slope or None
    obstacle : Remark or None
        Why nothing can be judged.
    notes : tuple of Remark
    n_rows, n_leavers, n_clusters : int
        Rows with all components, and distinct lifetimes that left and the parents that they belong to.
    """

    table: pd.DataFrame
    slope: Slope | None
    obstacle: Remark | None
    notes: tuple[Remark, ...]
    n_rows: int
    n_leavers: int
    n_clusters: int

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """Of each component; empty where nothing can be judged."""
        return {str(line.component): Verdict(line.verdict) for line in self.table.itertuples()}


def judge_weights(rows: WeightRows, keep_margin: float = KEEP_MARGIN) -> WeightVerdicts:
    """Judge each weight of a score.

    Parameters
    ----------
    rows
        From `weight_rows`.
    keep_margin
        Points by which a weight may be off and still be kept.

    Notes
    -----
    Unshrunk logistic regression of leaving within the horizon on all components' points, with an intercept for each
    calendar quarter and, beside them, the contract's columns, its clock and phase among them. A trace of a penalty is
    on these alone; what it does to the others is taken back to first order. Implied weights are 100 b / sum(b); their
    intervals hold every weight that a 5% test of b_j = w sum(b) does not reject (Fieller 1954, J. R. Stat. Soc. B 16,
    175), cut at 0 and 100: where the components together say little, that is all of it. Errors are CR2 by parents, with
    Satterthwaite's degrees of freedom.

    A verdict to raise or lower rests on a robust score test of one degree of freedom, of the component beyond the
    score in use, by Holm over the components, and on an implied weight on the same side. *Keep* comes first: an
    interval within the margin shows that the weight is near enough, whatever is significant inside it.
    """
    lacking = obstacle_to_weights(rows)
    leavers, clusters = rows.outcome.n_lifetimes_with_event, len(np.unique(rows.cluster[rows.event]))
    if lacking is not None:
        return _unjudged(lacking, rows, leavers, clusters)
    try:
        null, full = rows.fit(rows.score[:, None] / FULL), rows.fit(rows.points / FULL)
    except ModelError as error:
        return _unjudged(error.remark, rows, leavers, clusters)
    slope = slope_of(null, rows.score)
    tests = [null.score_test(one / FULL) for one in rows.points.T]
    adjusted = holm(np.array([test.p_value for test in tests]))
    # Of a score that tells nothing the errors are known, and not the size of what they are compared with.
    is_shown = slope.worth == Worth.SHOWN
    total = -float(full.coefficients[: len(rows.names)].sum()) if is_shown else RELEVANT * FULL / slope.reach
    lines = []
    for place, (name, test) in enumerate(zip(rows.names, tests, strict=True)):
        raw, low, high = implied_weight(full, place, len(rows.names))
        effect, spread = -full.coefficients[place], float(np.sqrt(full.covariance[place, place]))
        needed = leavers_needed(full, place, len(rows.names), leavers, total)
        lines.append(
            {
                "component": name,
                "published": float(rows.published[place]),
                "implied": float(np.clip(raw, 0.0, FULL)),
                "conf_low": low,
                "conf_high": high,
                "raw": raw,
                "effect": effect,
                "std_error": spread,
                "p_value": test.p_value,
                "adjusted_p_value": adjusted[place],
                "leans": _side(test),
                "leavers_needed": needed,
                "n_rows": len(rows.event),
                "n_events": leavers,
                "verdict": str(_verdict(float(rows.published[place]), raw, (low, high), test, float(adjusted[place]),
                                        slope.worth, keep_margin)),
            }
        )  # fmt: skip
    table = WEIGHTS.checked(pd.DataFrame(lines))
    return WeightVerdicts(
        table, slope, None, _notes(rows, table, slope, keep_margin), len(rows.event), leavers, clusters
    )


def slope_of(null: ClusterLogit, score: NDArray[np.float64]) -> Slope:
    """Say what the score in use alone tells beyond the contract."""
    reach = float(np.diff(np.quantile(score, [0.1, 0.9]))[0])
    contrast = np.zeros(len(null.coefficients))
    contrast[0] = 1.0
    error, df = float(np.sqrt(null.covariance[0, 0])), null.degrees_of_freedom(contrast)
    middle, half = float(null.coefficients[0]), float(stats.t.isf((1 - LEVEL) / 2, df)) * error
    low, high, at = (one * reach / FULL for one in (middle - half, middle + half, middle))
    p_value = float(2 * stats.t.sf(abs(middle) / error, df))
    return Slope(at, low, high, p_value, reach, _worth(middle, p_value, low))


def _worth(slope: float, p_value: float, low: float) -> Worth:
    if p_value < SHOWN and slope < 0:
        return Worth.SHOWN
    return Worth.WORTHLESS if low > -RELEVANT else Worth.NOT_SHOWN


def implied_weight(full: ClusterLogit, place: int, n_components: int) -> tuple[float, float, float]:
    """Return a component's implied weight as it is, and its interval from 0 to 100.

    Parameters
    ----------
    full
        The fit of all components.
    place
        Of the component.
    n_components
    """
    b, covariance = -full.coefficients[:n_components], full.covariance[:n_components, :n_components]
    total, own = float(b.sum()), float(b[place])
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = float(np.float64(FULL) * own / total)
    share = np.clip(raw / FULL, 0.0, 1.0) if np.isfinite(raw) else 0.0
    contrast = np.zeros(len(full.coefficients))
    contrast[:n_components] = -share
    contrast[place] += 1.0
    t = float(stats.t.isf((1 - LEVEL) / 2, full.degrees_of_freedom(contrast)))
    spread, across, variance = covariance.sum(), covariance[place].sum(), covariance[place, place]
    low, high = _fieller(own, total, t**2 * variance, t**2 * across, t**2 * spread)
    return (raw if total > 0 else np.nan), FULL * low, FULL * high


def _fieller(part: float, total: float, variance: float, across: float, spread: float) -> tuple[float, float]:
    """Return the shares w from 0 to 1 with (part - w total)^2 within its variance; all of them where it is no interval.

    Variances come times the square of the quantile.
    """
    square, middle, rest = total**2 - spread, part * total - across, part**2 - variance
    root = middle**2 - square * rest
    if square <= 0 or root < 0 or total <= 0:
        return 0.0, 1.0
    ends = (middle + np.sqrt(root) * np.array([-1.0, 1.0])) / square
    low, high = np.clip(ends, 0.0, 1.0)
    return float(low), float(high)


def _side(test: ScoreTest) -> str:
    """Return to which side a component's own score leans: fewer leave than the score says where its points are high."""
    if not np.isfinite(test.step):
        return ""
    return str(Verdict.RAISE if test.step < 0 else Verdict.LOWER)


def _verdict(
    published: float, raw: float, interval: tuple[float, float], test: ScoreTest, p_value: float, worth: Worth,
    margin: float,
) -> Verdict:  # fmt: skip
    if worth != Worth.SHOWN or not np.isfinite(raw):
        return Verdict.CANNOT_TELL
    if published - margin <= interval[0] and interval[1] <= published + margin:
        return Verdict.KEEP
    if p_value < SHOWN:
        side = Verdict(_side(test))
        if (raw > published) == (side is Verdict.RAISE):
            return side
    return Verdict.CANNOT_TELL


def _unjudged(obstacle: Remark, rows: WeightRows, leavers: int, clusters: int) -> WeightVerdicts:
    table = pd.DataFrame(columns=WEIGHTS.columns)
    return WeightVerdicts(table, None, obstacle, (), len(rows.event), leavers, clusters)


def _notes(rows: WeightRows, table: pd.DataFrame, slope: Slope, margin: float) -> tuple[Remark, ...]:
    notes = [remark("health_score.weights_read", margin=margin)]
    if slope.worth == Worth.WORTHLESS:
        notes.append(remark("health_score.worthless", low=float(np.exp(-slope.conf_high)), ratio=float(
            np.exp(-slope.conf_low)), relevant=float(np.exp(RELEVANT))))  # fmt: skip
    elif slope.worth == Worth.NOT_SHOWN:
        notes.append(remark("health_score.slope_not_shown"))
    wrong = tuple(table.loc[table["effect"] < 0, "component"])
    if wrong:
        notes.append(remark("health_score.wrong_sign", components=wrong))
    if rows.n_lacking:
        settled = len(rows.event) + rows.n_lacking + rows.n_variant
        notes.append(remark("health_score.rows_lacking", rows=rows.n_lacking, of=settled))
    if rows.n_variant:
        notes.append(remark("health_score.rows_of_variants", rows=rows.n_variant))
    return tuple(notes)
