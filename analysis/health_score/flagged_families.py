"""Flagged families: which family would have flagged the leavers that the score called green?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.claims.frames import GREEN as GREEN_ROWS
from analysis.contest.blind_spots import clustered_interval, compare_shares
from analysis.declared.factors import families_named
from analysis.declared.floors import Evidence
from analysis.declared.study_parts import Report
from analysis.health_score.order_frames import FLAGGED
from analysis.health_score.scored import COLOURS, Scored
from analysis.health_score.settled import is_thin, too_few
from analysis.inference.multiplicity import holm
from analysis.wording.remarks import Remark, remark

TOP = 0.2
"""A family flags the rows of a quarter of which it says most: so large a share at most."""
GREEN = COLOURS[-1]
SHOWN = 0.05
AT_ALL, ALONE, ANY, SEVERAL, NONE = "at_all", "alone", "any", "several", "none"


@dataclass(frozen=True, slots=True, eq=False)
class FlaggedFamilies:
    """What families said of the accounts that the score called green.

    Attributes
    ----------
    table : DataFrame
        As `FLAGGED`; empty with too few green leavers.
    families : tuple of str
        Those compared.
    catching : tuple of str
        Families that are shown to have flagged more of the green leavers than of the green stayers.
    n_leavers, n_stayers
        Green rows that churned within the quarter's horizon, in distinct lifetimes; green rows that stayed.
    is_thin
        Leavers are so few that nothing is to be quoted without its interval.
    notes : tuple of Remark
    """

    table: pd.DataFrame
    families: tuple[str, ...]
    catching: tuple[str, ...]
    n_leavers: int
    n_stayers: int
    is_thin: bool
    notes: tuple[Remark, ...]


def flagged_families(
    scored: Scored, predictors: pd.DataFrame, families: Sequence[str], report: Report
) -> FlaggedFamilies:
    """Say which family would have flagged green leavers, and how many green stayers it would have flagged with them.

    Parameters
    ----------
    scored
        All landmark rows.
    predictors : DataFrame
        As `analysis.contest.frames.FAMILY_PREDICTORS`: what each family says of rows of past quarters, learned before
        them and without their cluster.
    families
        Columns of it. One that says the same of all rows flags nobody, and is left out.
    report
        Of the study: its floors.

    Notes
    -----
    A family flags a row if no more than a fifth (`TOP`) of the quarter's rows have as much said of them, or more: of a
    quarter's whole book, whatever the score says. A fifth of the stayers is flagged by chance, by a family that knows
    nothing: so leavers are held against the green stayers of the same quarters. Shares and tests by clusters
    (`compare_shares`); Holm over the families.
    """
    rows = flagged_rows(scored, predictors, families)
    flags = {family: rows[family].to_numpy(bool) for family in families}
    kept = tuple(family for family in families if flags[family].any())
    silent = [family for family in families if family not in kept]
    notes = [remark("health_score.family_silent", families=families_named(silent))] if silent else []
    colour = rows["colour"].to_numpy(object)
    green = colour == GREEN
    event = predictors["event"].to_numpy(bool)
    left = predictors[green & event]
    found = Evidence(left["lifetime_id"].nunique(), left["cluster_id"].nunique())
    n_stayers = int((green & ~event).sum())
    unscored = int((event & pd.isna(colour)).sum())
    if unscored:
        notes.append(remark("health_score.leavers_unscored", leavers=unscored))
    why = too_few(report, found) if kept else remark("health_score.no_family_flags")
    if why is not None:
        return FlaggedFamilies(FLAGGED.empty(), kept, (), found.events, n_stayers, True, (why, *notes))
    table = _table(kept, flags, green, event, predictors["cluster_id"].to_numpy(object), found.events)
    at_all = table[table["way"] == AT_ALL]
    caught = at_all[(at_all["adjusted_p_value"] < SHOWN) & (at_all["difference"] > 0)]
    catching = tuple(caught["family"])
    thin = is_thin(report, found)
    return FlaggedFamilies(table, kept, catching, found.events, n_stayers, thin, (_said(table, catching), *notes))


def flagged_rows(scored: Scored, predictors: pd.DataFrame, families: Sequence[str]) -> pd.DataFrame:
    """Return rows of past quarters with their colour, and whether each family flags them.

    Parameters
    ----------
    scored, predictors, families
        As in `flagged_families`.

    Returns
    -------
    DataFrame
        landmark, lifetime_id, cluster_id, event, colour (missing without a score), and a mark for each family; in the
        order of the predictors.
    """
    keys = scored.rows[["risk_date", "lifetime_id"]].assign(colour=scored.colour)
    rows = predictors[["landmark", "lifetime_id", "cluster_id", "event"]]
    coloured = rows.merge(
        keys, how="left", left_on=["landmark", "lifetime_id"], right_on=["risk_date", "lifetime_id"]
    ).drop(columns="risk_date")
    flags = {family: top_of_quarter(predictors[family], predictors["landmark"]) for family in families}
    return coloured.assign(**flags)


def green_rows(scored: Scored, predictors: pd.DataFrame, families: Sequence[str]) -> pd.DataFrame:
    """Return those of `flagged_rows` that the score called green, as `analysis.claims.frames.GREEN`."""
    rows = flagged_rows(scored, predictors, families)
    return GREEN_ROWS.checked(rows[rows["colour"] == GREEN].drop(columns="colour").reset_index(drop=True))


def top_of_quarter(said: pd.Series, quarter: pd.Series) -> NDArray[np.bool_]:
    """Mark the rows of which a family says most in their quarter, a fifth at most, shape (n,).

    Rows that tie at the limit are all out, if they do not all fit.
    """
    order = said.groupby(quarter).rank(ascending=False, method="max")
    return (order <= TOP * said.groupby(quarter).transform("size")).to_numpy(bool)


def _table(
    families: Sequence[str],
    flags: dict[str, NDArray[np.bool_]],
    green: NDArray[np.bool_],
    event: NDArray[np.bool_],
    cluster: NDArray[np.object_],
    n_leavers: int,
) -> pd.DataFrame:
    number = np.sum([flags[family] for family in families], axis=0)
    marks: list[tuple[str, str | None, NDArray[np.bool_]]] = [(AT_ALL, family, flags[family]) for family in families]
    marks += [(ALONE, family, flags[family] & (number == 1)) for family in families]
    marks += [(ANY, None, number > 0), (SEVERAL, None, number > 1), (NONE, None, number == 0)]
    lines = []
    for way, family, mark in marks:
        shares: dict[str, float] = {}
        for who, rows in (("leavers", green & event), ("stayers", green & ~event)):
            low, high = clustered_interval(mark[rows], cluster[rows])
            share = float(mark[rows].mean()) if rows.any() else np.nan
            shares |= {f"share_{who}": share, f"{who}_low": low, f"{who}_high": high}
        counts = {"n_leavers": n_leavers, "n_stayers": int((green & ~event).sum())}
        compared = compare_shares(mark, cluster, green & event, green & ~event)
        lines.append({"way": way, "family": family, **counts, **shares, **compared})
    table = pd.DataFrame(lines).reindex(columns=FLAGGED.columns)
    at_all = (table["way"] == AT_ALL).to_numpy()
    table.loc[at_all, "adjusted_p_value"] = holm(table.loc[at_all, "p_value"].to_numpy(np.float64))
    return FLAGGED.checked(table)


def _said(table: pd.DataFrame, catching: Sequence[str]) -> Remark:
    anyone = table[table["way"] == ANY].iloc[0]
    values = {
        "leavers": int(anyone["n_leavers"]),
        "share": float(anyone["share_leavers"]),
        "low": float(anyone["leavers_low"]),
        "high": float(anyone["leavers_high"]),
        "beside": float(anyone["share_stayers"]),
    }
    if catching:
        return remark("health_score.families_catch", families=families_named(catching), **values)
    return remark("health_score.no_family_catches", **values)
