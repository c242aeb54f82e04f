"""Treated: risk by colour, and how well score and components order, had nobody been treated within the horizon."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.content import places, row_digests
from analysis.design.outcome import HORIZON_PARTS
from analysis.evaluation.measures.cluster_interval import UNKNOWN, Interval, cluster_interval
from analysis.evaluation.measures.discrimination import weighted_auc
from analysis.health_score.contamination import (
    TOTAL,
    BandCase,
    Contamination,
    Known,
    Warned,
    effect_of,
    nothing_known,
)
from analysis.health_score.exposure import (
    Exposure,
    days_since_last,
    exposure_of,
    untreated_weights,
    weighted_risk,
)
from analysis.health_score.left_frames import TREATED_BANDS, TREATED_COMPONENTS
from analysis.health_score.scored import COLOURS, Origin, Scored
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm

MOST_TREATED = 0.9
"""Share of a band beyond which nothing is said of those left alone."""
ENOUGH = 10
"""Lifetimes of a band that left before an intervention, from which on its risk is told."""
RECENT_DAYS = 92
"""In which an earlier intervention says something of the next."""
MATTERS = 0.01
"""AUC by which a component must have lost for a reader to judge it otherwise."""
_LABELS = ("segment_in_force", "touch_model_in_force", "phase")


def contamination_of(tenure: CohortTables, scored: Scored) -> Contamination:
    """Judge what the interventions of a study did to what is seen of a score.

    Parameters
    ----------
    tenure
        The cohort.
    scored
        All landmark rows with the score; those that are settled and have one are judged.
    """
    judged = scored.is_settled & scored.has_score
    counts = int(judged.sum()), int((scored.is_settled & ~scored.has_score).sum())
    if "interventions" not in tenure.given:
        return nothing_known(Known.NO_TABLE, *counts)
    if "interventions.started_on" not in tenure.given:
        return nothing_known(Known.NO_DATES, *counts)
    return contamination(scored, tenure.ask("interventions_started"), scores_by_day(tenure, scored))


def scores_by_day(tenure: CohortTables, scored: Scored) -> pd.DataFrame:
    """Return each account's score as it came to be known: account_id, day, value."""
    if scored.origin is Origin.PUBLISHED:
        return tenure.ask("published_scores").rename(columns={"scored_on": "day"})[["account_id", "day", "value"]]
    rows = scored.rows
    known = pd.DataFrame({"account_id": rows["account_id"], "day": rows["risk_date"], "value": scored.score})
    return known[scored.has_score]


def contamination(scored: Scored, started: pd.DataFrame, by_day: pd.DataFrame) -> Contamination:
    """Judge what interventions did to what is seen of a score.

    Parameters
    ----------
    scored
        Landmark rows with the score; those that are settled and have one are judged.
    started : DataFrame
        account_id, started_on: a line an intervention.
    by_day : DataFrame
        account_id, day, value: the score as it came to be known, which may set off an intervention from that day on.
    """
    judged = scored.is_settled & scored.has_score
    own = scored.take(judged)
    counts = len(own.rows), int((scored.is_settled & ~scored.has_score).sum())
    exposure = exposure_of(own.rows, started)
    if not exposure.is_treated.any():
        return nothing_known(Known.NONE, *counts)
    columns = _known_before(own, days_since_last(own.rows, started))
    weight = untreated_weights(exposure, own.colour, columns, _known_by_part(own, by_day))
    cluster = places(own.rows["cluster_id"].to_numpy(object), row_digests(own.rows))
    bands = _bands(own, exposure, weight, cluster)
    is_refused = bands["case"].isin([BandCase.MOSTLY_TREATED, BandCase.TOO_FEW]).any()
    components = _components(own, exposure, weight, cluster, bool(is_refused))
    return Contamination(Known.SOME, effect_of(components), bands, components, *counts)


def _known_before(own: Scored, since: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what may have led to a call and was known before the landmark, shape (n, p)."""
    parts = [own.score[:, None], _is(own.colour, COLOURS[:-1]), (since <= RECENT_DAYS)[:, None]]
    points = own.points.to_numpy(np.float64)
    if points.size:
        parts.append(np.where(np.isfinite(points), points, 50.0))
    for name in _LABELS:
        if name in own.rows:
            label = own.rows[name].fillna("").to_numpy(object)
            parts.append(_is(label, sorted(set(label))[1:]))
    return np.column_stack(parts).astype(np.float64)


def _is(value: NDArray[np.object_], names: tuple[str, ...] | list[str]) -> NDArray[np.bool_]:
    return np.column_stack([value == name for name in names]) if len(names) else np.zeros((len(value), 0), dtype=bool)


def _known_by_part(own: Scored, by_day: pd.DataFrame) -> NDArray[np.float64]:
    """Return the score that was known when each part begins, and whether it is red or yellow, shape (n, 13, 3)."""
    n, rows = len(own.rows), own.rows
    elapsed = np.floor(rows["horizon_days"].to_numpy(np.float64)[:, None] * np.arange(HORIZON_PARTS) / HORIZON_PARTS)
    day = rows["risk_date"].to_numpy("datetime64[D]")[:, None] + elapsed.astype("timedelta64[D]")
    asked = pd.DataFrame(
        {
            "account_id": np.repeat(rows["account_id"].to_numpy(object), HORIZON_PARTS),
            "day": day.ravel().astype("datetime64[us]"),
            "place": np.arange(n * HORIZON_PARTS),
        }
    ).sort_values("day", kind="stable")
    known = by_day.assign(day=by_day["day"].to_numpy("datetime64[us]")).sort_values(["day", "value"], kind="stable")
    value = pd.merge_asof(asked, known, on="day", by="account_id").sort_values("place")["value"].to_numpy(np.float64)
    score = np.where(np.isfinite(value), value, np.repeat(own.score, HORIZON_PARTS)).reshape(n, HORIZON_PARTS)
    limits = [own.score[own.colour == colour].max(initial=-1.0) for colour in COLOURS[:-1]]
    return np.stack([score, *(score <= limit for limit in limits)], axis=2)


def _bands(own: Scored, exposure: Exposure, weight: NDArray[np.float64], cluster: NDArray[np.intp]) -> pd.DataFrame:
    lines = []
    lifetime = own.rows["lifetime_id"].to_numpy(object)
    for colour in COLOURS:
        of = own.colour == colour
        if not of.any():
            continue
        mine, inside = exposure.take(of), weight[of]
        left = mine.event & ~mine.is_treated
        n_left = len(set(lifetime[of][left]))
        case = _case(mine, n_left)
        seen, seen_parts = weighted_risk(mine.event, np.ones_like(inside))
        raw = cluster_interval(seen, seen_parts, cluster[of])
        without = difference = UNKNOWN
        if case is BandCase.UNTREATED:
            without, difference = raw, Interval(0.0, 0.0, 0.0, 1.0)
        elif case is BandCase.JUDGED:
            risk, parts = weighted_risk(mine.event, inside)
            without = cluster_interval(risk, parts, cluster[of])
            difference = cluster_interval(risk - seen, parts - seen_parts, cluster[of])
        lines.append(
            (
                colour, int(of.sum()), len(set(lifetime[of][mine.event])), n_left, float(mine.is_treated.mean()),
                raw.estimate, raw.conf_low, raw.conf_high,
                without.estimate, without.conf_low, without.conf_high,
                difference.estimate, difference.conf_low, difference.conf_high, difference.p_value,
                float(inside.sum() ** 2 / (inside**2).sum()) if inside.any() else 0.0, case.value,
            )
        )  # fmt: skip
    return TREATED_BANDS.checked(pd.DataFrame(lines, columns=TREATED_BANDS.columns))


def _case(mine: Exposure, n_left: int) -> BandCase:
    treated = float(mine.is_treated.mean())
    if treated == 0:
        return BandCase.UNTREATED
    if treated > MOST_TREATED:
        return BandCase.MOSTLY_TREATED
    stays = ~mine.is_treated & ~mine.event
    return BandCase.TOO_FEW if n_left < ENOUGH or not stays.any() else BandCase.JUDGED


def _components(
    own: Scored, exposure: Exposure, weight: NDArray[np.float64], cluster: NDArray[np.intp], is_refused: bool
) -> pd.DataFrame:
    values = {TOTAL: own.score} | {name: own.points[name].to_numpy(np.float64) for name in own.points}
    lines = [_component(name, one, own, exposure, weight, cluster, is_refused) for name, one in values.items()]
    table = pd.DataFrame(lines)
    is_part = (table["name"] != TOTAL).to_numpy()
    adjusted = table["p_value"].to_numpy(np.float64).copy()
    adjusted[is_part] = holm(adjusted[is_part])
    table["adjusted_p_value"] = adjusted
    table["warning"] = [_warned(line) for line in table.to_dict("records")]
    return TREATED_COMPONENTS.checked(table[TREATED_COMPONENTS.columns])


def _component(
    name: str,
    points: NDArray[np.float64],
    own: Scored,
    exposure: Exposure,
    weight: NDArray[np.float64],
    cluster: NDArray[np.intp],
    is_refused: bool,
) -> dict[str, object]:
    known = np.isfinite(points)
    value, group, treated = points[known], cluster[known], exposure.is_treated[known]
    low = _fewest(value)
    shares, more = _treated_shares(low, treated, group)
    day = own.rows["risk_date"].to_numpy()[known]
    auc, seen = weighted_auc(exposure.event[known], -value, np.ones(len(value)), day)
    untreated, difference = np.nan, UNKNOWN
    if not is_refused:
        untreated, parts = weighted_auc(exposure.event[known], -value, weight[known], day)
        difference = cluster_interval(untreated - auc, parts - seen, group)
    return {
        "name": name, "treated_low": shares[0], "treated_others": shares[1],
        "is_trigger": bool(more.conf_low > 0), "auc": auc, "untreated_auc": untreated,
        "difference": difference.estimate, "conf_low": difference.conf_low, "conf_high": difference.conf_high,
        "p_value": difference.p_value,
    }  # fmt: skip


def _fewest(value: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the third of rows with the fewest points; where more than two thirds have the most, all that have less."""
    if not len(value):
        return np.zeros(0, dtype=bool)
    limit = np.quantile(value, 1 / 3, method="inverted_cdf")
    return value <= limit if limit < value.max() else value < limit


def _treated_shares(
    low: NDArray[np.bool_], treated: NDArray[np.bool_], cluster: NDArray[np.intp]
) -> tuple[tuple[float, float], Interval]:
    """Return the share treated among the low rows and among the others, and by how much the first is larger."""
    if not low.any() or low.all():
        return (float("nan"), float("nan")), UNKNOWN
    first, second = float(treated[low].mean()), float(treated[~low].mean())
    parts = np.where(low, (treated - first) / low.sum(), -(treated - second) / (~low).sum())
    return (first, second), cluster_interval(first - second, parts, cluster)


def _warned(line: dict[str, object]) -> str:
    if not line["is_trigger"]:
        return Warned.CLEAR.value
    difference, high = float(str(line["difference"])), float(str(line["conf_high"]))
    if difference > 0 and float(str(line["adjusted_p_value"])) < SHOWN:
        return Warned.SHOWN.value
    return Warned.CLEAR.value if high < MATTERS else Warned.POSSIBLE.value
