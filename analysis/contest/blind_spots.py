"""Blind spots: who leaves though one family says that all is well, in cells of accounts high or low by each family."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

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


def blind_spots(rows: pd.DataFrame, book: pd.DataFrame, families: Sequence[str], min_cell: int = 1) -> BlindSpots:
    """Cut accounts in halves by each family, and say how many left in each cell, and who is there now.

    The worse half are the rows of a quarter of which a family says more than of the median row of that quarter; rows on
    the median go to the half that is the smaller without them. The accounts at risk now are cut at their own medians. A
    cell with fewer than `min_cell` accounts is hidden, with what would tell of it (`analysis.declared.suppression`).

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

    Raises
    ------
    ModelError
        If no family tells accounts apart.
    """
    worse = {family: _worse(rows[family], rows["landmark"]) for family in families}
    kept = [family for family in families if worse[family].any()]
    if not kept:
        raise ModelError(remark("contest.no_cells", families=families_named(families)))
    rows = rows.assign(cluster_id=pd.factorize(rows["cluster_id"])[0])
    now = {family: _worse(book[family], pd.Series(0, index=book.index)) for family in kept}
    signs = sorted(itertools.product([False, True], repeat=len(kept)), key=lambda cell: (sum(cell), cell))
    lines, told = [], []
    for cell in signs:
        own, here = _in_cell(worse, kept, cell), _in_cell(now, kept, cell)
        told.append(own)
        lines.append(dict(zip(kept, cell, strict=True)) | _observed(rows, own) | _today(book, here))
    table = pd.DataFrame(lines)
    table = table.join(pd.DataFrame([_against(rows, own, told[0]) for own in told]))
    table["is_hidden"] = hidden_cells(table["n_accounts"].to_numpy(), min_cell)
    table["is_hidden_now"] = hidden_cells(table["accounts_now"].to_numpy(), min_cell)
    table = _covered(table)
    table["adjusted_p_value"] = holm(table["p_value"].to_numpy(np.float64))
    checked = BLIND_SPOTS.checked(table[[*kept, *BLIND_SPOTS.columns]])
    spots = _spots(checked, kept)
    silent = tuple(family for family in families if family not in kept)
    return BlindSpots(tuple(kept), checked, spots, silent, _notes(checked, kept, spots, silent))


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


def clustered_interval(event: NDArray[np.bool_], cluster: NDArray, level: float = LEVEL) -> tuple[float, float]:
    """Return Wilson's interval of a share whose rows are dependent within clusters.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
    cluster : ndarray, shape (n,)
    level : float

    Notes
    -----
    The number of rows is replaced by that of independent ones that would tell as much: p (1 - p) over the variance
    between clusters, at most n, times (z / t)^2 with one degree of freedom less than there are clusters (Korn and
    Graubard 1998, Survey Methodology 24, 193). Where all or none left it is the number of clusters.
    """
    if not len(event):
        return float("nan"), float("nan")
    share = float(event.mean())
    totals = np.bincount(pd.factorize(cluster)[0], event - share)
    n_clusters = len(totals)
    variance = float((totals**2).sum()) / len(event) ** 2 * n_clusters / max(n_clusters - 1, 1)
    effective = min(share * (1 - share) / variance, len(event)) if variance > 0 else n_clusters
    tail = (1 - level) / 2
    effective *= (stats.norm.isf(tail) / stats.t.isf(tail, max(n_clusters - 1, 1))) ** 2
    low, high = proportion_confint(share * effective, effective, alpha=1 - level, method="wilson")
    return float(low), float(high)


def _against(rows: pd.DataFrame, own: NDArray[np.bool_], well: NDArray[np.bool_]) -> dict[str, float]:
    """Compare a cell with the one where all is well: difference of shares, its interval, and a robust score test.

    The interval is made of those of the two shares (Newcombe's hybrid, with the correlation of the two over clusters:
    Zou and Donner 2008, Statistics in Medicine 27, 1693), so that a cell in which nobody left has one, too.
    """
    lacking = {"difference": np.nan, "difference_low": np.nan, "difference_high": np.nan, "p_value": np.nan}
    if (own == well).all() or not own.any() or not well.any():
        return lacking
    event, cluster = rows["event"].to_numpy(np.float64), rows["cluster_id"].to_numpy(object)
    here, there = event[own].mean(), event[well].mean()
    (low, high), (low_well, high_well) = (clustered_interval(event[k] > 0, cluster[k]) for k in (own, well))
    both = own | well
    code = pd.factorize(cluster[both])[0]
    first, second = (np.bincount(code, ((event - share) * k)[both]) for share, k in ((here, own), (there, well)))
    scale = np.sqrt((first**2).sum() * (second**2).sum())
    alike = float(first @ second / scale) if scale > 0 else 0.0
    difference = here - there
    less, more = (here - low, high_well - there), (high - here, there - low_well)
    residual = event[both] - event[both].mean()
    score = np.bincount(code, (own[both] - own[both].mean()) * residual)
    spread = float(np.sqrt((score**2).sum()))
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


def _notes(
    table: pd.DataFrame, families: Sequence[str], spots: Sequence[int], silent: Sequence[str]
) -> tuple[Remark, ...]:
    """Say what a leader must see: who leaves where the first family says that all is well."""
    (first,) = families_named(families[:1])
    well = table.iloc[0]
    notes = [remark("contest.cells_observed")]
    for place in spots:
        cell = table.iloc[place]
        notes.append(
            remark(
                "contest.blind_spot",
                well=families_named(family for family in families if not cell[family]),
                worse=families_named(family for family in families if cell[family]),
                left=float(cell["estimate"]),
                left_well=float(well["estimate"]),
                now=_there_now(cell),
            )
        )
    if not spots and len(families) > 1:
        notes.append(remark("contest.no_blind_spot", family=first))
    if silent:
        notes.append(remark("contest.cells_silent", families=families_named(silent)))
    if table["is_hidden"].any() or table["is_hidden_now"].any():
        notes.append(remark("contest.cells_hidden"))
    return tuple(notes)


def _there_now(cell: pd.Series) -> Remark:
    accounts, revenue = cell["accounts_now"], cell["revenue_now"]
    if pd.isna(accounts):
        return remark("contest.there_too_few")
    if pd.isna(revenue):
        return remark("contest.there_now", accounts=round(accounts))
    return remark("contest.there_now_paying", accounts=round(accounts), revenue=round(revenue))
