"""What if: what other weights and thresholds would do to colours, green leavers and precision at capacity."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DesignError
from analysis.evaluation.use.capacity import flagged_share
from analysis.health_score.definition import FULL, Colours, ScoreDefinition
from analysis.health_score.left_frames import WHAT_IF
from analysis.health_score.scored import COLOURS, Scored, colours_of, weighted_score
from analysis.wording.remarks import remark


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """A score with other weights and thresholds, on the accounts that were at risk at the start of each quarter.

    Attributes
    ----------
    definition : ScoreDefinition
        With these weights, 100 in sum, and thresholds.
    table : DataFrame
        As `WHAT_IF`: each colour's share of the book and of the leavers, and how many of it left.
    green_leavers : float
        Share of the leavers that were green.
    precision : float
        Share of the accounts of lowest score, as many a quarter as the team can look after, that left.
    caught : float
        Share of the leavers that were among them.
    changing : int
        Accounts of the last landmark that would have another colour than they have.
    of : int
        Accounts of the last landmark with a score.
    n_rows, n_leavers : int
        Rows and leavers behind the shares.
    """

    definition: ScoreDefinition
    table: pd.DataFrame
    green_leavers: float
    precision: float
    caught: float
    changing: int
    of: int
    n_rows: int
    n_leavers: int


def what_if(scored: Scored, weights: dict[str, float], colours: Colours, capacity: int) -> WhatIf:
    """Return what other weights and thresholds would have done.

    It describes what was, and promises nothing: weights that are chosen by it look better here than they will be.

    Parameters
    ----------
    scored
        All landmark rows with the score, its points and definition.
    weights
        Of each component, not negative; made 100 in sum.
    colours
        Thresholds.
    capacity
        Accounts that the team looks after in a quarter.

    Raises
    ------
    DesignError
        If there are no points of components, weights are not those of the components, negative or all zero, or
        thresholds are out of order.
    """
    definition = _definition(scored, weights, colours)
    asked = _asked(scored)
    own = scored.take(asked)
    score = weighted_score(own.rows, own.points, definition)
    colour = colours_of(own.rows, score, definition)
    judged = own.rows["is_quarter_start"].to_numpy(bool) & own.is_settled & np.isfinite(score)
    event, day = own.event[judged], own.rows["risk_date"].to_numpy()[judged]
    flagged = flagged_share(-score[judged], day, capacity)[0]
    last = (own.rows["risk_date"] == own.rows["risk_date"].max()).to_numpy() & own.has_score & np.isfinite(score)
    table = _by_colour(colour[judged], event)
    leavers = int(event.sum())
    return WhatIf(
        definition=definition,
        table=table,
        green_leavers=float(table.set_index("colour").loc[COLOURS[-1], "share_of_leavers"]),
        precision=_share(float(flagged @ event), float(flagged.sum())),
        caught=_share(float(flagged @ event), leavers),
        changing=int((colour[last] != own.colour[last]).sum()),
        of=int(last.sum()),
        n_rows=int(judged.sum()),
        n_leavers=leavers,
    )


def normalised(weights: dict[str, float]) -> dict[str, float]:
    """Return weights made 100 in sum.

    Raises
    ------
    DesignError
        If one is negative or no number, or all are zero.
    """
    values = np.array(list(weights.values()), dtype=np.float64)
    if not (np.isfinite(values).all() and (values >= 0).all() and values.sum() > 0):
        raise DesignError(
            remark("health_score.unusable_weights", weights=tuple(f"{name} {one:g}" for name, one in weights.items()))
        )
    return {name: float(FULL * one / values.sum()) for name, one in weights.items()}


def _definition(scored: Scored, weights: dict[str, float], colours: Colours) -> ScoreDefinition:
    known = scored.definition
    if known is None or {one.name for one in known.components} - set(scored.points):
        raise DesignError(remark("health_score.no_points"))
    names = [one.name for one in known.components]
    if set(weights) != set(names):
        raise DesignError(remark("health_score.other_weights", needed=tuple(names), found=tuple(weights)))
    if not 0 <= colours.red_below <= colours.green_from <= FULL:
        raise DesignError(
            remark("health_score.no_thresholds", red_below=colours.red_below, green_from=colours.green_from)
        )
    changed = known.with_weights(normalised(weights))
    return ScoreDefinition(changed.name, changed.components, colours, changed.overrides, is_proposed=True)


def _asked(scored: Scored) -> NDArray[np.bool_]:
    """Mark the rows that any answer rests on, so that a slider need not wait for the others."""
    day = scored.rows["risk_date"]
    return scored.rows["is_quarter_start"].to_numpy(bool) | (day == day.max()).to_numpy()


def _by_colour(colour: NDArray[np.object_], event: NDArray[np.bool_]) -> pd.DataFrame:
    lines = []
    for name in COLOURS:
        own = colour == name
        left = int(event[own].sum())
        lines.append(
            (
                name,
                int(own.sum()),
                left,
                _share(own.sum(), len(own)),
                _share(left, event.sum()),
                _share(left, own.sum()),
            )
        )
    return WHAT_IF.checked(pd.DataFrame(lines, columns=WHAT_IF.columns))


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")
