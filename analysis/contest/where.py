"""Where: what a family is worth among some of the accounts, and whether that differs between them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.contest.frames import DIFFERENCES, HIDDEN_GROUPS, WHERE
from analysis.contest.subsets import Subsets
from analysis.contest.values import LOG_SCORE, family_parts, losses, ratio
from analysis.evaluation.measures.accuracy import group_rate
from analysis.inference.multiplicity import holm

LEAST_EVENTS = 10
"""A group in which fewer accounts left says nothing of what is worth what in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Where:
    """What families are worth, group by group.

    Attributes
    ----------
    table : DataFrame
        As `WHERE`.
    differences : DataFrame
        As `DIFFERENCES`.
    hidden : DataFrame
        As `HIDDEN_GROUPS`: what the groups hold that are not told.
    """

    table: pd.DataFrame
    differences: pd.DataFrame
    hidden: pd.DataFrame


def value_by_group(
    subsets: Subsets, cluster: NDArray[np.intp], groupings: Mapping[str, pd.Series], least_events: int = LEAST_EVENTS
) -> Where:
    """Value each family within groups of rows, by the first learner's logarithmic score.

    Parameters
    ----------
    subsets, cluster
        As in `analysis.contest.values.value_families`.
    groupings : mapping of str to Series, n values each
        The group of each row, by what it is grouped; missing values are in no group.
    least_events : int
        A group in which fewer left says nothing, and is left out. That is for its noise, and hides nobody: what it
        holds follows from the whole and the others, and is counted in `Where.hidden`.

    Notes
    -----
    A group's value is in hundredths of the loss that each quarter's own rate, over all groups, would have in it. That
    values differ is tested by Wald's statistic of all differences, its covariance from the clusters' own parts, against
    F with as many denominator degrees of freedom as the least sure of the groups has; Holm's method counts all tests.
    """
    event = subsets.rows["event"].to_numpy(bool)
    risk = next(iter(subsets.risk.values()))
    known = np.all([np.isfinite(one) for one in risk.values()], axis=0)
    parts = family_parts(LOG_SCORE, event, risk)
    whole = losses(LOG_SCORE, event, group_rate(event, subsets.rows["landmark"].to_numpy()))
    lines, tests, hidden = [], [], []
    for by, labels in groupings.items():
        label = labels.to_numpy(object)
        groups = [
            name
            for name in pd.unique(label[known & pd.notna(label)])
            if event[known & (label == name)].sum() >= least_events
        ]
        members = {name: known & (label == name) for name in sorted(groups, key=str)}
        hidden.append((by, *_left_out(subsets.rows, event, ~np.any([*members.values()], axis=0))))
        for family in subsets.families:
            for name, own in members.items():
                found = ratio(parts[family][own], whole[own], cluster[own])
                sizes = int(own.sum()), int(event[own].sum())
                lines.append((by, str(name), family, found.estimate, found.conf_low, found.conf_high, *sizes))
            if len(members) > 1:
                tests.append((by, family, *_difference(parts[family], whole, cluster, list(members.values()))))
    table = pd.DataFrame(tests, columns=[name for name in DIFFERENCES.columns if name != "adjusted_p_value"])
    adjusted = holm(table["p_value"].to_numpy(np.float64))
    return Where(
        WHERE.checked(pd.DataFrame(lines, columns=WHERE.columns)),
        DIFFERENCES.checked(table.assign(adjusted_p_value=adjusted)),
        HIDDEN_GROUPS.checked(pd.DataFrame(hidden, columns=HIDDEN_GROUPS.columns)),
    )


def _left_out(rows: pd.DataFrame, event: NDArray[np.bool_], hidden: NDArray[np.bool_]) -> tuple[int, int]:
    """Return how many different accounts the rows not shown are of, and how many lifetimes among them left."""
    is_hidden = np.broadcast_to(hidden, len(rows))
    own = rows.loc[is_hidden, "account_id"], rows.loc[is_hidden & event, "lifetime_id"]
    return own[0].nunique(), own[1].nunique()


def _difference(
    part: NDArray[np.float64], whole: NDArray[np.float64], cluster: NDArray[np.intp], members: list[NDArray[np.bool_]]
) -> tuple[int, float, float, float]:
    """Return numerator and denominator degrees of freedom, the statistic and its p value, of equal ratios."""
    n_clusters = int(cluster.max()) + 1
    ratios, own, df = [], [], []
    for rows in members:
        total = part[rows].sum() / whole[rows].sum()
        ratios.append(total)
        own.append(np.bincount(cluster[rows], part[rows] - total * whole[rows], n_clusters) / whole[rows].sum())
        df.append(ratio(part[rows], whole[rows], cluster[rows]).df)
    contrast = np.column_stack([-np.ones(len(members) - 1), np.eye(len(members) - 1)])
    found = contrast @ np.array(ratios)
    spread = contrast @ (np.array(own) @ np.array(own).T) @ contrast.T * n_clusters / (n_clusters - 1)
    if np.linalg.matrix_rank(spread) < len(found):
        return len(found), np.nan, np.nan, np.nan
    statistic = float(found @ np.linalg.solve(spread, found)) / len(found)
    denominator = float(np.nanmin(df))
    return len(found), denominator, statistic, float(stats.f.sf(statistic, len(found), denominator))
