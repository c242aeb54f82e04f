"""Values: what knowing a family is worth to forecasts of later quarters, with intervals by clusters."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contest.frames import VALUE_CONTRASTS, VALUES
from analysis.contest.subsets import Subsets
from analysis.evaluation.measures.accuracy import group_rate
from analysis.evaluation.measures.cluster_interval import UNKNOWN, Interval, cluster_interval
from analysis.forecast.shapley import Coalition, shapley_values
from analysis.inference.multiplicity import holm
from analysis.models.scoring import NEVER_SURER

TOTAL = "all"
"""The name under which all families together are valued."""
LOG_SCORE, IPA = "log_score", "ipa"
METRICS = (LOG_SCORE, IPA)


@dataclass(frozen=True, slots=True, eq=False)
class FamilyValues:
    """What families are worth, and by how much they differ.

    Attributes
    ----------
    table : DataFrame
        As `VALUES`.
    contrasts : DataFrame
        As `VALUE_CONTRASTS`.
    """

    table: pd.DataFrame
    contrasts: pd.DataFrame


def ratio(part: NDArray[np.float64], whole: NDArray[np.float64], cluster: NDArray[np.intp]) -> Interval:
    """Divide the sum of one column by that of another, in hundredths.

    Parameters
    ----------
    part, whole : ndarray, shape (n,)
    cluster : ndarray of int, shape (n,)
        Rows of a cluster are taken as one draw.

    Examples
    --------
    Four clusters of one row: the mean of 1, 2, 3 and 6 over one each.

    >>> found = ratio(np.array([1.0, 2.0, 3.0, 6.0]), np.full(4, 100.0), np.arange(4))
    >>> round(found.estimate, 2), round(found.df, 2)
    (3.0, 1.0)
    """
    total, of = float(part.sum()), float(whole.sum())
    if not of > 0:
        return UNKNOWN
    return cluster_interval(100 * total / of, (part - total / of * whole) * (100 / of), cluster)


def value_families(subsets: Subsets, cluster: NDArray[np.intp]) -> FamilyValues:
    """Value each family: the mean, over all orders in which families may be learned, of what knowing it then adds.

    Parameters
    ----------
    subsets
        Forecasts by each subset of the families.
    cluster : ndarray of int, shape (n,)
        Number of each row's cluster.

    Notes
    -----
    Shapley values of the predictiveness of subsets (Williamson and Feng 2020, ICML) by held-out losses, which are sums
    over rows: so is each family's value, and its interval needs no refit (Williamson, Gilbert, Simon and Carone 2023,
    J. Am. Stat. Assoc. 118, 1645). A model learns nothing from columns that tell nothing, and loses a little by trying:
    such a family's value is below zero, and stays there. The unit is a hundredth of what the loss would be by each
    quarter's own rate.
    """
    event = subsets.rows["event"].to_numpy(bool)
    quarter = subsets.rows["landmark"].to_numpy()
    tables, contrasts = [], []
    for learner, risk in subsets.risk.items():
        known = np.all([np.isfinite(one) for one in risk.values()], axis=0)
        kept = {some: one[known] for some, one in risk.items()}
        for metric in METRICS:
            whole = losses(metric, event[known], group_rate(event[known], quarter[known]))
            parts = _parts(metric, event[known], kept)
            tables += _valued(learner, metric, parts, whole, cluster[known], subsets.families)
            contrasts += _contrasted(learner, metric, parts, whole, cluster[known], subsets.families)
    table = pd.DataFrame(tables).assign(n_rows=len(event), n_events=int(event.sum()))
    noise = _noise_of(subsets, event, quarter, cluster)
    floors = [noise.get((m, f), np.nan) if name == next(iter(subsets.risk)) else np.nan
              for name, m, f in zip(table["model"], table["metric"], table["family"], strict=True)]  # fmt: skip
    return FamilyValues(
        VALUES.checked(table.assign(noise=floors)[VALUES.columns]),
        VALUE_CONTRASTS.checked(pd.DataFrame(contrasts, columns=VALUE_CONTRASTS.columns)),
    )


def losses(metric: str, event: NDArray[np.bool_], risk: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each row's loss, shape (n,): minus the log likelihood, or the squared distance."""
    if metric == LOG_SCORE:
        return -np.log(np.clip(np.where(event, risk, 1.0 - risk), NEVER_SURER, 1.0))
    return (event - risk) ** 2


def family_parts(
    metric: str, event: NDArray[np.bool_], risk: Mapping[Coalition, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """Return what each family adds to each row, shape (n,): its loss without the family less that with it."""
    return shapley_values({some: -losses(metric, event, one) for some, one in risk.items()})


def _parts(
    metric: str, event: NDArray[np.bool_], risk: Mapping[Coalition, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    parts = family_parts(metric, event, risk)
    return parts | {TOTAL: np.sum(list(parts.values()), axis=0)}


def _valued(
    learner: str,
    metric: str,
    parts: Mapping[str, NDArray[np.float64]],
    whole: NDArray[np.float64],
    cluster: NDArray[np.intp],
    families: Sequence[str],
) -> list[dict[str, object]]:
    found = {name: ratio(parts[name], whole, cluster) for name in (*families, TOTAL)}
    adjusted = dict(zip(families, holm(np.array([found[name].p_value for name in families])), strict=True))
    has_shares = found[TOTAL].conf_low > 0
    return [
        {
            "model": learner,
            "metric": metric,
            "family": name,
            "estimate": one.estimate,
            "conf_low": one.conf_low,
            "conf_high": one.conf_high,
            "p_value": one.p_value,
            "adjusted_p_value": adjusted.get(name, one.p_value),
            "share": one.estimate / found[TOTAL].estimate if has_shares and name != TOTAL else np.nan,
        }
        for name, one in found.items()
    ]


def _contrasted(
    learner: str,
    metric: str,
    parts: Mapping[str, NDArray[np.float64]],
    whole: NDArray[np.float64],
    cluster: NDArray[np.intp],
    families: Sequence[str],
) -> list[tuple[object, ...]]:
    pairs = list(itertools.combinations(families, 2))
    found = [ratio(parts[one] - parts[other], whole, cluster) for one, other in pairs]
    adjusted = holm(np.array([each.p_value for each in found]))
    return [
        (learner, metric, one, other, each.estimate, each.conf_low, each.conf_high, each.p_value, after)
        for (one, other), each, after in zip(pairs, found, adjusted, strict=True)
    ]


def _noise_of(
    subsets: Subsets, event: NDArray[np.bool_], quarter: NDArray, cluster: NDArray[np.intp]
) -> dict[tuple[str, str], float]:
    """Return what shuffled columns of each family add to the contract, by metric and family."""
    alone = next(iter(subsets.risk.values()))[frozenset()]
    found = {}
    for family, risk in subsets.noise.items():
        known = np.isfinite(risk) & np.isfinite(alone)
        for metric in METRICS:
            gained = losses(metric, event[known], alone[known]) - losses(metric, event[known], risk[known])
            whole = losses(metric, event[known], group_rate(event[known], quarter[known]))
            found[(metric, family)] = ratio(gained, whole, cluster[known]).estimate
    return found
