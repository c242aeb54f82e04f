"""Score verdicts: how often weights are told to be raised or lowered, where the right ones are known."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from analysis.health_score.definition import FULL
from analysis.health_score.scored import scored_as_published
from analysis.health_score.weight_rows import WeightRows, contract_log_odds, weight_rows
from analysis.health_score.weights import Verdict, WeightVerdicts, Worth, judge_weights
from analysis.progress import Progress, quiet
from analysis.worlds.proofs.dealt_worlds import StudiedCompany, deal, rows_of_worlds

SLOPE = 3.0
"""Log odds by which 100 points of all components together lower the danger, in planted worlds."""
RIGHT = (30.0, 20.0, 50.0)
NONE_OF_FIRST = (0.0, 40.0, 60.0)
MEANS = ("judged", "shown", "worthless", "any_moved", "any_false", "kept", "held", "width")


@dataclass(frozen=True, slots=True)
class Case:
    """What is planted, and what the score says.

    Attributes
    ----------
    name
    right
        Weights by which accounts leave.
    published
        Weights of the score.
    is_shuffled
        Whether the points are those of other accounts of the quarter.
    """

    name: str
    right: tuple[float, ...]
    published: tuple[float, ...]
    is_shuffled: bool = False


CASES = (
    Case("right", RIGHT, RIGHT),
    Case("first 20 for 30", RIGHT, (20.0, 20.0 * 8 / 7, 50.0 * 8 / 7)),
    Case("first 10 for 30", RIGHT, (10.0, 20.0 * 9 / 7, 50.0 * 9 / 7)),
    Case("zero is right", NONE_OF_FIRST, NONE_OF_FIRST),
    Case("zero for 30", RIGHT, (0.0, 20.0 * 10 / 7, 50.0 * 10 / 7)),
    Case("shuffled", RIGHT, RIGHT, is_shuffled=True),
)


def planted_verdicts(
    company: StudiedCompany,
    worlds: Mapping[int, int],
    cases: Sequence[Case] = CASES,
    progress: Progress = quiet,
) -> Iterator[dict[str, object]]:
    """Draw anew who left, by known weights and the contract, and judge the weights.

    The rows are a company's own quarter starts, its points and contract as they are: only the outcome is drawn, from a
    logistic model of the components and of what the contract says there (`contract_log_odds`); who left is gone from
    later quarters.

    Parameters
    ----------
    company
        See `analysis.worlds.proofs.dealt_worlds`; its score needs a history with three components.
    worlds
        How many, by the leavers that a world is to have: parents are dealt anew as often as that takes.
    cases
        Judged in each world.
    progress
        Told of each size.

    Yields
    ------
    dict
        case, size, world, and what was found; see `summarise_score_verdicts`.
    """
    rows = _quarter_starts(company)
    contract = contract_log_odds(rows)[:, 0]
    for size, n_worlds in worlds.items():
        dealt = _dealt(rows, size, n_worlds)
        for world, chosen in enumerate(dealt):
            own, beside = rows.take(chosen), contract[chosen]
            for number, case in enumerate(cases):
                rng = np.random.default_rng([size, world, number])
                drawn = _redrawn(own, beside, case.right, size, rng)
                yield _judged(drawn, case, rng) | {"kind": "planted", "size": size, "world": world}
        progress(f"{company.name}: {len(dealt)} worlds of {size} leavers judged")


def dealt_verdicts(
    companies: Iterable[StudiedCompany], accounts_per_world: int, progress: Progress = quiet
) -> Iterator[dict[str, object]]:
    """Deal companies into worlds, all landmarks and outcomes as simulated, and judge three scores in each.

    The published score as it is; one whose weights are those that the whole company implies (*right*, as far as that
    can be known); and the published score shuffled among accounts.

    Yields
    ------
    dict
        As `planted_verdicts`.
    """
    for company in companies:
        rows = _rows_of(company)
        effects = np.maximum(-rows.fit(rows.points / FULL).coefficients[: len(rows.names)], 0.0)
        right = tuple(FULL * effects / effects.sum())
        published = tuple(rows.published)
        cases = (
            Case("right", right, right),
            Case("published", right, published),
            Case("shuffled", right, published, is_shuffled=True),
        )
        dealt = rows_of_worlds(deal(rows.rows, accounts_per_world, 0))
        for world, chosen in enumerate(dealt):
            own = rows.take(chosen)
            for case in cases:
                found = _judged(own, case, np.random.default_rng(world))
                yield found | {"kind": "dealt", "size": accounts_per_world, "world": f"{company.name}-{world}"}
        progress(f"{company.name}: {len(dealt)} dealt worlds judged")


def _rows_of(company: StudiedCompany) -> WeightRows:
    scored = scored_as_published(company.tenure, None)
    if scored is None:
        raise ValueError(f"{company.name} has no history of a health score.")
    return weight_rows(company.tenure, scored)


def _quarter_starts(company: StudiedCompany) -> WeightRows:
    rows = _rows_of(company)
    return rows.take(rows.rows["is_quarter_start"].to_numpy(bool))


def _dealt(rows: WeightRows, size: int, n_worlds: int) -> list[NDArray[np.intp]]:
    """Deal parents into worlds of twice as many lifetimes as are to leave, again and again with other seeds."""
    accounts = rows.rows["account_id"].nunique()
    per_world = min(2 * size, accounts)
    found: list[NDArray[np.intp]] = []
    for seed in range(n_worlds):
        found += rows_of_worlds(deal(rows.rows, per_world, seed))
        if len(found) >= n_worlds:
            break
    return found[:n_worlds]


def _redrawn(
    rows: WeightRows, contract: NDArray[np.float64], right: Sequence[float], size: int, rng: np.random.Generator
) -> WeightRows:
    log_odds = contract - SLOPE * (rows.points @ np.asarray(right)) / FULL**2
    place = np.unique(rows.outcome.lifetime, return_inverse=True)[1]

    def surplus(level: float) -> float:
        stayed = np.bincount(place, np.log1p(-expit(level + log_odds)))
        return float((1.0 - np.exp(stayed)).sum()) - size

    level = brentq(surplus, -30.0, 30.0)
    event = rng.random(len(log_odds)) < expit(level + log_odds)
    day = rows.rows["risk_date"].to_numpy("datetime64[D]").astype(np.int64)
    left_on = np.full(place.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(left_on, place[event], day[event])
    there = day <= left_on[place]
    return rows.with_event(event).take(there)


def _judged(rows: WeightRows, case: Case, rng: np.random.Generator) -> dict[str, object]:
    own = rows.with_weights(np.asarray(case.published))
    if case.is_shuffled:
        own = own.take(np.arange(len(own.event)))
        order = np.lexsort((rng.random(len(own.event)), own.quarter))
        points = own.points.copy()
        points[np.lexsort((np.arange(len(own.event)), own.quarter))] = own.points[order]
        own = own.with_points(points)
    found = judge_weights(own)
    return {"case": case.name, **_found(found, case)}


def _found(found: WeightVerdicts, case: Case) -> dict[str, object]:
    verdicts = list(found.verdicts.values())
    moved = [verdict in (Verdict.RAISE, Verdict.LOWER) for verdict in verdicts]
    right, published = np.asarray(case.right), np.asarray(case.published)
    sides = [Verdict.RAISE if up else Verdict.LOWER for up in right > published]
    wrong = [one and verdict is not side for one, verdict, side in zip(moved, verdicts, sides, strict=False)]
    table = found.table
    held = (table["conf_low"] <= right + 1e-9) & (right - 1e-9 <= table["conf_high"]) if len(table) else pd.Series()
    is_off = ~np.isclose(right, published)
    return {
        "n_events": found.n_leavers,
        "judged": found.obstacle is None,
        "shown": found.slope is not None and found.slope.worth == Worth.SHOWN,
        "worthless": found.slope is not None and found.slope.worth == Worth.WORTHLESS,
        "any_moved": any(moved),
        "first": str(verdicts[0]) if verdicts else "",
        "kept": np.mean([verdict is Verdict.KEEP for verdict in verdicts]) if verdicts else 0.0,
        "any_false": any(one and (bad or not off) for one, bad, off in zip(moved, wrong, is_off, strict=False)),
        "held": held.mean() if len(table) else np.nan,
        "width": (table["conf_high"] - table["conf_low"]).mean() if len(table) else np.nan,
        "needed": float(table["leavers_needed"].iloc[0]) if len(table) else np.nan,
    }


def summarise_score_verdicts(found: Iterable[dict[str, object]]) -> pd.DataFrame:
    """Sum up worlds by kind, case and size.

    Returns
    -------
    DataFrame
        kind (planted, dealt), case, size (leavers, or accounts of a dealt world), worlds, events (mean), judged, shown
        (the score's slope), worthless, any_moved (share of worlds in which any weight is to be raised or lowered),
        any_false (in which one is that is right, or to the wrong side), first_raised, first_lowered, kept (share of
        weights), held (share of intervals that hold the right weight), width (mean), needed (median of the leavers that
        the first weight would need: 20 told from 30 four times in five).
    """
    table = pd.DataFrame(list(found))
    lines = []
    for (kind, case, size), own in table.groupby(["kind", "case", "size"], sort=False):
        known = own["needed"].dropna()
        mean = {name: float(own[name].mean()) for name in MEANS}
        lines.append(
            {
                "kind": kind,
                "case": case,
                "size": size,
                "worlds": len(own),
                "events": float(own["n_events"].mean()),
                **mean,
                "first_raised": float((own["first"] == Verdict.RAISE).mean()),
                "first_lowered": float((own["first"] == Verdict.LOWER).mean()),
                "needed": float(known.median()) if len(known) else np.nan,
            }
        )
    return pd.DataFrame(lines)
