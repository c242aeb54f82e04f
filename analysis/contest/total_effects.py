"""Total effects: what goes with a family, through the others and beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.content import places, row_digests
from analysis.contest.effect_frames import TOTAL_EFFECTS
from analysis.contest.ends import HeldOut
from analysis.contest.quarter_logit import QuarterLogit, fit_quarter_logit
from analysis.contest.resampled import Resampled, resampled
from analysis.contest.risk_difference import Shown, held_to_holm, shown_by
from analysis.declared.factors import families_named
from analysis.design.resampling import cluster_resamples
from analysis.errors import ModelError
from analysis.wording.remarks import Remark, remark

_DIRECT = ""
"""The name of the adjustment for the others as they are now, beside those for the others of each family earlier."""


@dataclass(frozen=True, slots=True, eq=False)
class TotalEffects:
    """Total and direct effects, on the same rows.

    Attributes
    ----------
    table : DataFrame
        As `TOTAL_EFFECTS`, a row for each family that tells accounts apart.
    n_rows, n_events, n_clusters : int
        Held-out rows that have an earlier one, lifetimes among them that churned, and parent accounts.
    n_left_out, n_events_left_out : int
        Rows that have none, and lifetimes among them that churned.
    notes : tuple of Remark
    """

    table: pd.DataFrame
    n_rows: int
    n_events: int
    n_clusters: int
    n_left_out: int
    n_events_left_out: int
    notes: tuple[Remark, ...]


def total_effects(
    rows: pd.DataFrame,
    before: pd.DataFrame,
    families: Sequence[str],
    *,
    least_events: int = 0,
    n_resamples: int = 200,
    seed: int = 0,
) -> TotalEffects:
    """Compare accounts apart in one family, the others as they are now, and as they stood a horizon earlier.

    Held equal beside the contract are the other families now (direct), or as they were three months before (total): a
    champion who leaves may move use, and whoever holds today's use equal takes away what runs through it. Both are
    differences of `analysis.contest.risk_difference`, of the same rows, between the same two values of what the family
    says now; rows without an earlier one are left out of both.

    Parameters
    ----------
    rows : DataFrame
        As `FAMILY_PREDICTORS`, with the event.
    before : DataFrame
        As `FAMILY_PREDICTORS_BEFORE`, a line for each of them, in their order.
    families : sequence of str
        To compare; columns of both. The contract is held equal as it is now, where there is a column of it.
    least_events : int
        Lifetimes that churned which are needed among rows with an earlier one.
    n_resamples, seed : int
        Of the clusters. Total and direct are found again in the same resamples, so that their difference is paired;
        what the families say is held fixed.

    Raises
    ------
    ModelError
        If churns are too few among the rows, fewer than two families tell accounts apart, or a likelihood has no
        maximum.

    Notes
    -----
    The total effect adjusts for causes common to a family and to churn that stood a horizon earlier, and for nothing
    that the family may have moved since (VanderWeele 2019, Eur. J. Epidemiol. 34, 211). What another family did within
    that time is left in: where it moves the family asked about, and churn beside it, the total holds it, too.
    In 150 worlds each of 500 parents, with and without an effect beside use, intervals of the champion's total, direct
    and paired difference covered the truth in 93 to 95%, those of use (direct; without it all three) in 92 to 95%.
    """
    known = before["said_on"].notna().to_numpy(bool)
    churned = rows["event"].to_numpy(bool)
    kept, then = rows[known].reset_index(drop=True), before[known].reset_index(drop=True)
    n_events = int(kept.loc[kept["event"].to_numpy(bool), "lifetime_id"].nunique())
    if n_events < max(least_events, 1) or kept["event"].all():
        raise ModelError(remark("contest.total_too_few", rows=len(kept), events=n_events, needed=max(least_events, 1)))
    adjusted = _adjusted(kept, then, families)
    varying = adjusted[_DIRECT].names
    told = [family for family in families if family in varying]
    if len(told) < 2:
        raise ModelError(remark("contest.total_alone", number=len(told), families=families_named(told)))
    whole = {name: fit_quarter_logit(one.values, one.event, one.quarter) for name, one in adjusted.items()}
    if not all(fit.is_found for fit in whole.values()):
        raise ModelError(remark("contest.no_maximum", rows=len(kept), events=n_events))
    place = places(kept["cluster_id"].to_numpy(object), row_digests(kept))
    found = _points(adjusted, whole, np.ones(len(kept), dtype=np.int64), told)
    drawn = []
    for weights in cluster_resamples(place, n_resamples, seed):
        again = {name: fit_quarter_logit(one.values, one.event, one.quarter, weights, whole[name])
                 for name, one in adjusted.items()}  # fmt: skip
        if all(fit.is_found for fit in again.values()):
            drawn.append(_points(adjusted, again, weights, told))
    table = _table(told, found, np.array(drawn).reshape(-1, len(told), 2))
    silent = [family for family in families if family not in told]
    return TotalEffects(
        table=table,
        n_rows=len(kept),
        n_events=n_events,
        n_clusters=int(place.max()) + 1,
        n_left_out=int((~known).sum()),
        n_events_left_out=int(rows.loc[churned & ~known, "lifetime_id"].nunique()),
        notes=(
            remark("contest.total_read"),
            remark(
                "contest.total_rows", rows=len(kept), events=n_events, left_out=int((~known).sum()),
                events_left_out=int(rows.loc[churned & ~known, "lifetime_id"].nunique()),
            ),
            *_said(table),
            *([remark("contest.difference_silent", families=families_named(silent))] if silent else []),
            *([remark("contest.difference_resamples", found=len(drawn), drawn=n_resamples)]
              if len(drawn) < n_resamples else []),
            remark("contest.total_limit"),
        ),
    )  # fmt: skip


def _adjusted(rows: pd.DataFrame, before: pd.DataFrame, families: Sequence[str]) -> dict[str, HeldOut]:
    """Return the columns of each fit: all as they are, and for each family the others as they were."""
    found = {_DIRECT: HeldOut.of(rows, families)}
    for family in families:
        if family in found[_DIRECT].names:
            others = {name: before[name].to_numpy(np.float64) for name in families if name != family}
            found[family] = HeldOut.of(rows.assign(**others), families)
    return found


def _points(
    adjusted: Mapping[str, HeldOut],
    fits: Mapping[str, QuarterLogit],
    weights: NDArray[np.int64],
    families: Sequence[str],
) -> NDArray[np.float64]:
    """Return each family's total and direct difference in points, shape (k, 2)."""
    direct = adjusted[_DIRECT].read(fits[_DIRECT], weights)
    totals = [adjusted[family].read(fits[family], weights)[family].estimate for family in families]
    return np.column_stack([totals, [direct[family].estimate for family in families]])


def _table(families: Sequence[str], found: NDArray[np.float64], drawn: NDArray[np.float64]) -> pd.DataFrame:
    """Return the table of totals, direct effects and their differences, of resamples in shape (b, k, 2)."""
    lines = []
    for place, family in enumerate(families):
        (total, direct), again = found[place], drawn[:, place, :]
        through = resampled(float(total - direct), (again[:, 0] - again[:, 1]).tolist())
        lines.append(
            {"family": family}
            | _span("total", resampled(float(total), again[:, 0].tolist()))
            | _span("direct", resampled(float(direct), again[:, 1].tolist()))
            | _span("through", through)
            | {"p_value": through.p_value, "shown": shown_by(through).value}
        )
    table = held_to_holm(pd.DataFrame(lines))
    return TOTAL_EFFECTS.checked(table[list(TOTAL_EFFECTS.columns)])


def _span(name: str, one: Resampled) -> dict[str, object]:
    return {name: one.estimate, f"{name}_low": one.low, f"{name}_high": one.high}


def _said(table: pd.DataFrame) -> list[Remark]:
    """Say of which families something runs through the others, and of which that is not shown."""
    codes = {Shown.MORE: "contest.through_more", Shown.LESS: "contest.through_less"}
    said = []
    for line in table.itertuples():
        if code := codes.get(Shown(line.shown)):
            (family,) = families_named([line.family])
            span = {"low": line.through_low, "high": line.through_high}
            said.append(remark(code, family=family, total=line.total, through=abs(line.through), **_turned(span, code)))
    if unsure := table.loc[table["shown"] == Shown.UNSURE, "family"].tolist():
        said.append(remark("contest.through_unsure", families=families_named(unsure)))
    return said


def _turned(span: dict[str, float], code: str) -> dict[str, float]:
    """Return an interval of how much less, where that is told, with positive ends."""
    return span if code.endswith("more") else {"low": -span["high"], "high": -span["low"]}
