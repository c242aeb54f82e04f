"""Proposal: other weights for a health score, where they would have told later quarters better than those in use."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.suppression import hidden_cells
from analysis.design.population import elapsed_at, still_there
from analysis.errors import ModelError
from analysis.evaluation.use.revenue import annual_revenue
from analysis.health_score.definition import FULL, Colours, ScoreDefinition, definition_text
from analysis.health_score.gain import Gain, gain_of_learning
from analysis.health_score.scored import COLOURS, Scored, colours_of, weighted_score
from analysis.health_score.shrunk_weights import choose_penalty, free_columns, in_fives, learn, weights_of
from analysis.health_score.weight_frames import MOVES, PROPOSED
from analysis.health_score.weight_rows import (
    CONTRACT_RIDGE,
    WeightRows,
    contract_columns,
    obstacle_to_weights,
    parts_of,
)
from analysis.models.cross_fit import cluster_folds
from analysis.wording.remarks import Remark, remark

PLACES = 1
"""Decimals of colours' thresholds."""


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """Weights learned from all settled rows, and whether they may be proposed.

    Attributes
    ----------
    table : DataFrame
        As `PROPOSED`, a line for each component.
    gain : Gain or None
        Out of time; None where no quarter could be scored.
    is_proposed : bool
        Whether the gain is shown, and the weights differ from those in use.
    definition : ScoreDefinition or None
        The proposed score, marked as such.
    text : str
        Of a file that `read_definition` reads back; empty where nothing is proposed.
    moves : DataFrame
        As `MOVES`: the accounts at risk now by their colour before and after; without lines where nothing is proposed.
    notes : tuple of Remark
    """

    table: pd.DataFrame
    gain: Gain | None
    is_proposed: bool
    definition: ScoreDefinition | None
    text: str
    moves: pd.DataFrame
    notes: tuple[Remark, ...]


def propose_weights(tenure: CohortTables, scored: Scored, rows: WeightRows, n_quarters: int = 8) -> Proposal:
    """Learn weights that are not negative, shrunk to those in use and rounded to fives, and judge them out of time.

    They are proposed, with a definition and the accounts that would change colour, only where `gain_of_learning` shows
    a gain. Thresholds of colours are then moved so that each colour keeps its share of the accounts at risk now.

    Parameters
    ----------
    tenure
        The study's cohort.
    scored
        The score, of all its landmark rows.
    rows
        From `weight_rows`.
    n_quarters
        Quarters to judge by, at most.

    Raises
    ------
    ModelError
        If there are too few leavers, months or rows, or too few clusters to learn from.
    """
    if lacking := obstacle_to_weights(rows):
        raise ModelError(lacking)
    weights, penalty = learned_weights(rows)
    notes = []
    try:
        gain = gain_of_learning(rows, n_quarters, tenure.study.time.allowed_gap_days, tenure.progress)
    except ModelError as error:
        gain = None
        notes.append(error.remark)
    differs = not np.allclose(weights, rows.published)
    is_proposed = gain is not None and gain.is_shown and differs
    if gain is not None and not is_proposed:
        notes.append(remark("health_score.not_proposed" if differs else "health_score.nothing_to_propose"))
    table = pd.DataFrame({"component": rows.names, "published": rows.published, "learned": weights})
    table = PROPOSED.checked(table.assign(shrinkage=penalty))
    if not is_proposed:
        return Proposal(table, gain, False, None, "", pd.DataFrame(columns=MOVES.columns), tuple(notes))
    definition, now = _definition(tenure, scored, rows, weights)
    moves = _moves(scored, definition, now, tenure.study.report.min_cell)
    notes += _said(rows, definition, moves)
    return Proposal(table, gain, True, definition, definition_text(definition), moves, tuple(notes))


def learned_weights(rows: WeightRows) -> tuple[NDArray[np.float64], float]:
    """Return weights in fives, learned from all rows, shape (k,), and the penalty that folds of clusters chose.

    Raises
    ------
    ModelError
        If the likelihood has no maximum.
    """
    free, ridge = free_columns(contract_columns(rows), rows.quarter, CONTRACT_RIDGE)
    own = rows.points, free, rows.event, ridge
    penalty = choose_penalty(*own, rows.published, cluster_folds(rows.outcome, rows.seed))
    effects = learn(*own).shrunk(rows.published, penalty)
    return in_fives(weights_of(effects, rows.published)), penalty


def _definition(
    tenure: CohortTables, scored: Scored, rows: WeightRows, weights: NDArray[np.float64]
) -> tuple[ScoreDefinition, NDArray[np.bool_]]:
    """Return the proposed score, its colours' shares as they are now, and a mark on the accounts at risk now."""
    landmarks = scored.rows
    is_last = (landmarks["risk_date"] == landmarks["risk_date"].max()).to_numpy(bool)
    now = is_last & still_there(landmarks, elapsed_at(tenure.study.time.snapshot, landmarks)) & scored.has_score
    plain = rows.definition.with_weights(dict(zip(rows.names, weights, strict=True)))
    score = weighted_score(landmarks[now], parts_of(scored.points[now], plain), plain)
    shares = [np.mean(np.isin(scored.colour[now], COLOURS[:place])) for place in (1, 2)]
    red, green = np.clip(np.round(np.nanquantile(score, shares), PLACES), 1.0, FULL - 1.0)
    return replace(plain, colours=Colours(float(red), float(max(red, green))), is_proposed=True), now


def _moves(scored: Scored, definition: ScoreDefinition, now: NDArray[np.bool_], min_cell: int) -> pd.DataFrame:
    rows, before = scored.rows[now].reset_index(drop=True), scored.colour[now]
    after = colours_of(rows, weighted_score(rows, parts_of(scored.points[now], definition), definition), definition)
    revenue = annual_revenue(rows)
    lines = []
    for one in COLOURS:
        for other in COLOURS:
            own = (before == one) & (after == other)
            paid = np.nan if revenue is None else float(np.nansum(revenue[own]))
            lines.append((one, other, int(own.sum()), paid))
    table = pd.DataFrame(lines, columns=["from_colour", "to_colour", "accounts", "annual_revenue"])
    table["is_hidden"] = hidden_cells(table["accounts"].to_numpy(), min_cell)
    table["accounts"] = table["accounts"].astype(np.float64)
    table.loc[table["is_hidden"], ["accounts", "annual_revenue"]] = np.nan
    return MOVES.checked(table)


def _said(rows: WeightRows, definition: ScoreDefinition, moves: pd.DataFrame) -> list[Remark]:
    colours = definition.colours
    notes = [remark("health_score.colours_kept", red=colours.red_below, green=colours.green_from)]
    if rows.definition.variants:
        notes.append(remark("health_score.variants_dropped"))
    if moves["is_hidden"].any():
        notes.append(remark("health_score.moves_hidden"))
    return notes
