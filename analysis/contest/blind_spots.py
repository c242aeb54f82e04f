"""Blind spots: who leaves though one family says that all is well, in cells of accounts high or low by each family."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.contest.cell_notes import cell_notes
from analysis.contest.effect_frames import BLIND_SPOTS
from analysis.declared.factors import families_named
from analysis.declared.suppression import hidden_cells
from analysis.errors import ModelError
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm
from analysis.wording.remarks import Remark, remark

LEVEL = 0.95
_SAME = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class BlindSpots:
    """The cells of accounts by what each family says, and those in which one family alone would mislead.

    Attributes
    ----------
    families : tuple of str
        By which cells are cut; the first is the one that most scores are built from.
    table : DataFrame
        As `BLIND_SPOTS`, the cell where all is well first.
    spots : tuple of int
        Rows of the table in which the first family is well, another is not, and more are shown to leave than where all
        are well; that with the most leavers first.
    silent : tuple of str
        Families asked for that say the same of all, so that they cut nothing.
    notes : tuple of Remark
    """

    families: tuple[str, ...]
    table: pd.DataFrame
    spots: tuple[int, ...]
    silent: tuple[str, ...]
    notes: tuple[Remark, ...]


def blind_spots(
    rows: pd.DataFrame, book: pd.DataFrame, families: Sequence[str], min_cell: int = 1, currency: str | None = None
) -> BlindSpots:
    """Cut accounts in halves by each family, and say how many left in each cell, and who is there now.

    The worse half are the rows of a quarter of which a family says more than of the median row of that quarter; rows on
    the median go to the half that is the smaller without them. Quarters in which one of the families says the same of
    all, as where its columns were not measured yet, are in no cell. The accounts at risk now are cut at their own
    medians. A cell with fewer than `min_cell` accounts is hidden, with what would tell of it
    (`analysis.declared.suppression`).

    Parameters
    ----------
    rows : DataFrame
        As `FAMILY_PREDICTORS`, with the event.
    book : DataFrame
        The same for the accounts at risk now, without event; ``annual_revenue`` where it is known.
    families : sequence of str
        Columns of both, at least one.
    min_cell : int
        The study's ``report.min_cell``.
    currency : str, optional
        Of what accounts pay.

    Raises
    ------
    ModelError
        If no family tells accounts apart, or those that do never in the same quarter.
    """
    tells = {family: _tells(rows[family], rows["landmark"]) for family in families}
    kept = [family for family in families if tells[family].any()]
    if not kept:
        raise ModelError(remark("contest.no_cells", families=families_named(families)))
    in_cells = np.logical_and.reduce([tells[family] for family in kept])
    if not in_cells.any():
        raise ModelError(remark("contest.no_quarter_of_all", families=families_named(kept)))
    n_quarters = rows["landmark"].nunique()
    rows = rows[in_cells].reset_index(drop=True)
    worse = {family: _worse(rows[family], rows["landmark"]) for family in kept}
    rows = rows.assign(cluster_id=pd.factorize(rows["cluster_id"])[0])
    now = {family: _worse(book[family], pd.Series(0, index=book.index)) for family in kept}
    signs = sorted(itertools.product([False, True], repeat=len(kept)), key=lambda cell: (sum(cell), cell))
    lines, told = [], []
    for cell in signs:
        own, here = _in_cell(worse, kept, cell), _in_cell(now, kept, cell)
        told.append(own)
        lines.append(dict(zip(kept, cell, strict=True)) | _observed(rows, own) | _today(book, here))
    table = pd.DataFrame(lines)
    event, cluster = rows["event"].to_numpy(bool), rows["cluster_id"].to_numpy(object)
    table = table.join(pd.DataFrame([compare_shares(event, cluster, own, told[0]) for own in told]))
    table["is_hidden"] = hidden_cells(table["n_accounts"].to_numpy(), min_cell)
    table["is_hidden_now"] = hidden_cells(table["accounts_now"].to_numpy(), min_cell)
    table = _covered(table)
    table["adjusted_p_value"] = holm(table["p_value"].to_numpy(np.float64))
    checked = BLIND_SPOTS.checked(table[[*kept, *BLIND_SPOTS.columns]])
    spots = _spots(checked, kept)
    silent = tuple(family for family in families if family not in kept)
    mute = n_quarters - rows["landmark"].nunique()
    return BlindSpots(tuple(kept), checked, spots, silent, cell_notes(checked, kept, spots, silent, mute, currency))


def _tells(said: pd.Series, quarter: pd.Series) -> NDArray[np.bool_]:
    """Mark the rows of quarters in which a family tells accounts apart, shape (n,)."""
    by_quarter = said.groupby(quarter)
    return (by_quarter.transform("max") - by_quarter.transform("min") > _SAME).to_numpy(bool)


def _worse(said: pd.Series, quarter: pd.Series) -> NDArray[np.bool_]:
    """Mark the rows above the median of their quarter, or from it on where that halves it better, shape (n,)."""
    beside = said - said.groupby(quarter).transform("median")
    above, from_it_on = beside > _SAME, beside >= -_SAME
    share, wider = (mark.groupby(quarter).transform("mean") for mark in (above, from_it_on))
    is_better = (wider < 1) & ((wider - 0.5).abs() < (share - 0.5).abs())
    return above.mask(is_better, from_it_on).to_numpy(bool)


def _in_cell(worse: dict[str, NDArray[np.bool_]], kept: Sequence[str], cell: Sequence[bool]) -> NDArray[np.bool_]:
    return np.logical_and.reduce([worse[family] == is_worse for family, is_worse in zip(kept, cell, strict=True)])


def _observed(rows: pd.DataFrame, own: NDArray[np.bool_]) -> dict[str, float]:
    """Return how many rows of a cell left, with an interval that allows for rows of one cluster."""
    event, cluster = rows["event"].to_numpy(bool)[own], rows["cluster_id"].to_numpy(object)[own]
    low, high = clustered_interval(event, cluster)
    return {
        "n_rows": len(event),
        "n_accounts": rows["account_id"][own].nunique(),
        "n_events": rows.loc[own & rows["event"].to_numpy(bool), "lifetime_id"].nunique(),
        "estimate": float(event.mean()) if len(event) else np.nan,
        "conf_low": low,
        "conf_high": high,
    }


def _today(book: pd.DataFrame, own: NDArray[np.bool_]) -> dict[str, float]:
    revenue = book["annual_revenue"][own].dropna() if "annual_revenue" in book else pd.Series(dtype=float)
    return {"accounts_now": int(own.sum()), "revenue_now": float(revenue.sum()) if len(revenue) else np.nan}


def clustered_interval(
    event: NDArray[np.bool_], cluster: NDArray, level: float = LEVEL, weight: NDArray[np.float64] | None = None
) -> tuple[float, float]:
    """Return Wilson's interval of a share whose rows are dependent within clusters.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
    cluster : ndarray, shape (n,)
    level : float
    weight : ndarray, shape (n,), optional
        What each row counts, above zero; one by default.

    Notes
    -----
    The number of rows is replaced by that of independent ones that would tell as much: p (1 - p) over the variance
    between clusters, at most n, times (z / t)^2 with one degree of freedom less than there are clusters (Korn and
    Graubard 1998, Survey Methodology 24, 193). Where all or none left it is the number of clusters; of weighted rows
    the number of clusters that would, of equal weight, tell as much (Kish 1965, Survey Sampling, 11.7).
    """
    from statsmodels.stats.proportion import proportion_confint  # statsmodels brings polars: only who asks waits

    if not len(event):
        return float("nan"), float("nan")
    counted = np.ones(len(event)) if weight is None else weight
    share, code = float(np.average(event, weights=counted)), pd.factorize(cluster)[0]
    totals, n_clusters = np.bincount(code, counted * (event - share)), int(code.max()) + 1
    variance = float((totals**2).sum()) / counted.sum() ** 2 * n_clusters / max(n_clusters - 1, 1)
    effective = min(share * (1 - share) / variance, len(event)) if variance > 0 else n_clusters
    if variance == 0 and weight is not None:
        of_clusters = np.bincount(code, counted)
        effective = float(of_clusters.sum() ** 2 / (of_clusters**2).sum())
    tail = (1 - level) / 2
    effective *= (stats.norm.isf(tail) / stats.t.isf(tail, max(n_clusters - 1, 1))) ** 2
    low, high = proportion_confint(share * effective, effective, alpha=1 - level, method="wilson")
    return float(low) if share > 0 else 0.0, float(high) if share < 1 else 1.0  # and not what rounding makes of them


def compare_shares(
    event: NDArray[np.bool_],
    cluster: NDArray,
    own: NDArray[np.bool_],
    other: NDArray[np.bool_],
    weight: NDArray[np.float64] | None = None,
) -> dict[str, float]:
    """Compare the shares of two groups of rows: their difference, its interval, and a robust score test.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
    cluster : ndarray, shape (n,)
        Rows that share one are dependent, across the groups, too.
    own, other : ndarray of bool, shape (n,)
        The rows of one group and of that it is compared with; nothing is known where they are the same, or one is
        empty.
    weight : ndarray, shape (n,), optional
        What each row counts, above zero; one by default.

    Returns
    -------
    dict
        difference, difference_low, difference_high, p_value.

    Notes
    -----
    The interval is made of those of the two shares (Newcombe's hybrid, with the correlation of the two over clusters:
    Zou and Donner 2008, Statistics in Medicine 27, 1693), so that a group in which nobody left has one, too. The test's
    variance is at least that of independent rows: where nobody of a small group left, that between clusters says as
    good as nothing.
    """
    lacking = {"difference": np.nan, "difference_low": np.nan, "difference_high": np.nan, "p_value": np.nan}
    if (own == other).all() or not own.any() or not other.any():
        return lacking
    counted = np.ones(len(event)) if weight is None else weight
    here, there = (float(np.average(event[k], weights=counted[k])) for k in (own, other))
    (low, high), (low_there, high_there) = (
        clustered_interval(event[k], cluster[k], weight=None if weight is None else weight[k]) for k in (own, other)
    )
    both = own | other
    code = pd.factorize(cluster[both])[0]
    first, second = (
        np.bincount(code, (counted * (event - share) * k)[both]) for share, k in ((here, own), (there, other))
    )
    scale = np.sqrt((first**2).sum() * (second**2).sum())
    alike = float(first @ second / scale) if scale > 0 else 0.0
    difference = here - there
    less, more = (here - low, high_there - there), (high - here, there - low_there)
    residual = event[both] - np.average(event[both], weights=counted[both])
    towards = counted * (own / counted[own].sum() - other / counted[other].sum())
    score = np.bincount(code, towards[both] * residual)
    pooled = float(np.average(event[both], weights=counted[both]))
    as_independent = pooled * (1 - pooled) * float((towards[both] ** 2).sum())
    spread = float(np.sqrt(max((score**2).sum(), as_independent)))
    return {
        "difference": float(difference),
        "difference_low": float(difference - _joined(*less, alike)),
        "difference_high": float(difference + _joined(*more, alike)),
        "p_value": float(2 * stats.norm.sf(abs(score.sum()) / spread)) if spread > 0 else np.nan,
    }


def _joined(one: float, other: float, alike: float) -> float:
    return float(np.sqrt(max(one**2 + other**2 - 2 * alike * one * other, 0.0)))


def _covered(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table without the numbers of hidden cells; what is compared with a hidden one is hidden, too."""
    compared = ["difference", "difference_low", "difference_high", "p_value"]
    observed = ["n_rows", "n_accounts", "n_events", "estimate", "conf_low", "conf_high", *compared]
    table = table.astype(dict.fromkeys([*observed, "accounts_now", "revenue_now"], np.float64))
    table.loc[table["is_hidden"], observed] = np.nan
    if table["is_hidden"].iloc[0]:
        table[compared] = np.nan
    table.loc[table["is_hidden_now"], ["accounts_now", "revenue_now"]] = np.nan
    return table


def _spots(table: pd.DataFrame, families: Sequence[str]) -> tuple[int, ...]:
    if len(families) < 2:
        return ()
    is_spot = ~table[families[0]] & (table["adjusted_p_value"] < SHOWN) & (table["difference"] > 0)
    found = table[is_spot].sort_values("estimate", ascending=False, kind="stable")
    return tuple(int(place) for place in found.index)
