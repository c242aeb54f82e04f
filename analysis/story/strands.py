"""Strands: what an account pays for, how it is used, who looks after it, and what was forecast, ready to be drawn."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.health_score.published import HISTORY
from analysis.story.facts import people_named
from analysis.story.picture import Strand
from analysis.story.scores import ScoresTold
from analysis.story.told import Told, day_number, days, not_measured
from analysis.story.weeks import periods_of
from analysis.wording.remarks import Remark

MOST_ROWS = 8
"""Of bars that lie over one another; what is more lies on the last."""
SHORTEST = 5.0
"""Days that a bar is wide at least, to be seen."""
BANDS = ("red", "yellow", "green")
_CHAMPIONS = ("champion", "executive_sponsor")
_NONE = "none recorded"
_WEEK, _MONTHS = 7.0, 100.0
"""Days between two points of a line, at most: of weeks, and of what is told by the month or the quarter."""


def contract_strand(told: Told) -> Strand:
    """Return the subscriptions: a bar for each, cut where a version begins; trials among them."""
    until = told.ends_on
    whole = told.versions.assign(until=told.versions["covered_until"].fillna(until))
    runs = whole.groupby("subscription_id", sort=False).agg(begins=("started_on", "min"), ends=("until", "max"))
    rows = dict(zip(runs.index, _packed(runs["begins"], runs["ends"]), strict=True))
    names: dict[int, list[str]] = {}
    for version in whole.itertuples():
        named = version.product if isinstance(version.product, str) else "subscription"
        own = names.setdefault(rows[version.subscription_id], [])
        own += [] if named in own else [named]
    spans = [
        {"kind": "paid" if one.kind == "paid" else "trial", "row": rows[one.subscription_id], **_days(one.started_on,
                                                                                                     one.until)}
        for one in whole.itertuples()
    ]  # fmt: skip
    keys = [("paid", "paid; cut at renewals and changes")] if (whole["kind"] == "paid").any() else []
    keys += [("trial", "trial, or free")] if (whole["kind"] != "paid").any() else []
    labels = [_shortened(", ".join(names[row])) for row in sorted(names)]
    note = "" if len(whole) else "no subscription"
    return Strand("contract", "Contract", "", 0.9, len(names) or 1, labels, note=note, spans=spans, keys=keys)


def price_strand(told: Told, currency: str | None, why: Mapping[str, Remark]) -> Strand:
    """Return what is paid a month."""
    strand = ("price", "Price", f"{currency or 'currency units'} a month")
    if note := not_measured(told, why, "subscriptions.mrr"):
        return Strand(*strand, height=0.45, note=note)
    return Strand(*strand, height=0.65, lines=_steps(told, "mrr", "price"))


def use_strand(
    told: Told,
    weeks: pd.DataFrame,
    band: pd.DataFrame,
    baseline_days: int,
    is_per_seat: bool,
    why: Mapping[str, Remark],
) -> Strand:
    """Return use by week, beside what was usual of the account, and of its peers."""
    strand = ("use", "Use", "events a week")
    if note := not_measured(told, why, "usage_daily"):
        return Strand(*strand, height=0.5, note=note)
    shown = weeks[weeks["is_whole"].astype(bool) | (weeks["covered_days"] == 0)]
    middle = days(shown["week"]) + 3.5
    lines = [*_line("use", middle, shown["events"], _WEEK), *_line("usual", middle, shown["usual"], _WEEK)]
    keys = [("use", "use of the week"), ("usual", f"its usual ({baseline_days} days before)")]
    if len(band):
        last = band.iloc[-1]
        kind = ", ".join(name.replace("_", " ") for name in (last["segment"], last["term_kind"]) if name)
        place = days(band["week"]) + 3.5
        lines += _line("peers", place, band["middle"], _WEEK)
        keys += [("peers", f"peers: median of {int(last['accounts']) - 1} ({_shortened(kind)})")]
        keys += [("band", "their middle half" + (", for as many seats" if is_per_seat else ""))]
        bands = _banded(place, band)
    else:
        bands = []
    return Strand(*strand, height=1.45, lines=lines, bands=bands, keys=keys,
                  log="usage_daily")  # fmt: skip


def seats_strand(told: Told, why: Mapping[str, Remark]) -> Strand:
    """Return the seats paid, and how many of them were used in each logged period."""
    paid, used = "subscriptions.seats" in told.given, {"user_activity", "usage_daily.user_id"} & told.given
    if not paid and not used:
        return Strand(
            "seats", "Seats", "paid, and used", height=0.5, note=not_measured(told, why, "subscriptions.seats")
        )
    log = "user_activity" if "user_activity" in told.given else "usage_daily"
    lines, keys = (_steps(told, "seats", "seats"), [("seats", "seats paid")]) if paid else ([], [])
    unit = "paid, and used" if paid else "used"
    if used and len(told.users):
        length = int(told.users["period_days"].mode().iloc[0])
        own = periods_of(told, length, log)
        lines += _line("active", days(own["period_start"]) + length / 2, own["users"], length)
        keys.append(("active", f"used in {'the week' if length == 7 else f'{length} days'}"))
    elif used:
        keys.append(("active", "used: none in the log"))
    else:
        unit = "paid; who uses them is not measured"
    return Strand("seats", "Seats", unit, height=1.0, lines=lines, keys=keys, log=log if used else "")


def touches_strand(told: Told, why: Mapping[str, Remark]) -> Strand:
    """Return the touches, by who began them."""
    if note := not_measured(told, why, "touchpoints"):
        return Strand("touches", "Touches", "", height=0.5, note=note)
    whose = ["vendor", "customer", *(["automated"] if (told.touches["whose"] == "automated").any() else [])]
    points = [
        {
            "kind": "automated" if one.whose == "automated" else one.status,
            "day": day_number(one.occurred_on),
            "at": -float(whose.index(one.whose)),
        }
        for one in told.touches.itertuples()
    ]
    there = {point["kind"] for point in points}
    words = {"held": "held", "cancelled": "cancelled", "no_show": "nobody came"}
    keys = [(kind, word) for kind, word in words.items() if kind in there]
    return Strand("touches", "Touches", "by who began them", rows=len(whose), names=whose,
                  points=points, keys=keys, note="" if points else _NONE, log="touchpoints")  # fmt: skip


def tickets_strand(told: Told, why: Mapping[str, Remark]) -> Strand:
    """Return the tickets, each as long as it was open."""
    if note := not_measured(told, why, "tickets"):
        return Strand("tickets", "Tickets", "", height=0.5, note=note)
    tickets, until = told.tickets, told.ends_on
    ends = tickets["resolved_on"].fillna(until).clip(lower=tickets["opened_on"])
    wide = pd.Timedelta(days=2 * SHORTEST)
    rows = _packed(tickets["opened_on"], ends + wide)
    is_escalated = tickets["escalated_on"].notna()
    spans, points = [], []
    for row, one, end, escalated in zip(rows, tickets.itertuples(), ends, is_escalated, strict=True):
        kind = "escalated" if escalated else "ticket"
        spans.append({"kind": kind, "row": row, **_days(one.opened_on, end, SHORTEST)})
        if escalated:
            points.append({"kind": "escalation", "day": day_number(one.escalated_on), "at": -float(row)})
    keys = [("ticket", "open")] if len(spans) else []
    keys += [("escalated", "open, and escalated"), ("escalation", "on that day")] if len(points) else []
    return Strand("tickets", "Tickets", f"{len(spans)} in all", rows=max(rows, default=0) + 1, spans=spans,
                  points=points, keys=keys, note="" if spans else _NONE, log="tickets")  # fmt: skip


def people_strand(told: Told, why: Mapping[str, Remark]) -> Strand:
    """Return champions and sponsors, from when to when each was in the role, and when it was known that one went."""
    label = "Champions"
    if not {f"contacts.role={role}" for role in _CHAMPIONS} & told.given and (
        note := not_measured(told, why, "contacts.role=champion") or not_measured(told, why, "contacts")
    ):
        return Strand("people", label, "", height=0.5, note=note)
    people = people_named(told)
    people = people[people["role"].isin(_CHAMPIONS)]
    names = list(dict.fromkeys(people["label"]))
    until = told.ends_on
    spans, points = [], []
    for one in people.itertuples():
        row = names.index(one.label)
        kind = "champion" if one.role == "champion" else "sponsor"
        ends = until if pd.isna(one.ended_on) else one.ended_on
        begins = told.begins_on if pd.isna(one.started_on) else one.started_on
        spans.append({"kind": kind, "row": row, **_days(begins, ends, SHORTEST)})
        if pd.notna(one.ended_on):
            points.append({"kind": "gone", "day": day_number(one.end_known_on), "at": -float(row)})
    words = {"champion": "champion", "sponsor": "executive sponsor"}
    keys = [(kind, word) for kind, word in words.items() if any(span["kind"] == kind for span in spans)]
    keys += [("gone", "known to have gone")] if points else []
    return Strand("people", label, "and executive sponsors", rows=len(names) or 1, names=names, spans=spans,
                  points=points, keys=keys, note="" if spans else _NONE, log="contacts")  # fmt: skip


def score_strand(scores: ScoresTold) -> Strand:
    """Return the health score, as published or as computed on each landmark, in its colours."""
    if scores.note:
        return Strand("score", "Health score", "", height=0.5, note=scores.note)
    day, value = days(scores.table["scored_on"]), scores.table["value"].to_numpy(np.float64)
    colour = scores.table["band"].where(scores.table["band"].isin(BANDS), "uncoloured")
    points = [{"kind": k, "day": d, "at": v} for k, d, v in zip(colour, day, value, strict=True)]
    there = [one for one in (*BANDS, "uncoloured") if one in set(colour)]
    keys = [(one, "no colour published" if one == "uncoloured" else one) for one in there]
    way, none, log = ("by its definition, from what was known then", "none: nothing of it was known", "")
    if not scores.is_computed:
        way, none, log = ("as published", "none published", HISTORY)
    return Strand("score", "Health score", way, height=0.8, points=points, keys=keys,
                  lines=_line("score", day, value, _MONTHS), note="" if points else none,
                  log=log)  # fmt: skip


def forecast_strand(forecasts: pd.DataFrame, months: int, since: pd.Timestamp | None, note: str) -> Strand:
    """Return the probability of leaving within the horizon, forecast on each landmark by what was known then."""
    from_then = "" if since is None else f"; from {since:%Y-%m-%d}"
    label = ("forecast", "Forecast", f"to leave in {months} months, as known then{from_then}")
    if note:
        return Strand(*label, height=0.55, note=note, writes="share")
    day = days(forecasts["landmark"])
    lines = [
        *_line("forecast", day, forecasts["probability"], _MONTHS),
        *_line("book", day, forecasts["book"], _MONTHS),
    ]
    keys = [("forecast", "this account"), ("book", "mean of all accounts")]
    return Strand(*label, height=1.1, lines=lines, keys=keys, writes="share")


def _days(begins: pd.Timestamp, ends: pd.Timestamp, shortest: float = 0.0) -> dict[str, float]:
    first, last = day_number(begins), day_number(ends)
    return {"begins": first, "ends": max(last, first + shortest)}


def _line(kind: str, day: np.ndarray, value: Any, most_apart: float) -> list[dict[str, Any]]:
    """Return a line that breaks where its points are further apart, in days."""
    numbers = np.asarray(value, dtype=np.float64)
    far = np.flatnonzero(np.diff(day) > most_apart) + 1
    points = zip(np.insert(day, far, day[far]), np.insert(numbers, far, np.nan), strict=True)
    return [{"kind": kind, "day": d, "value": v} for d, v in points]


def _banded(place: np.ndarray, band: pd.DataFrame) -> list[dict[str, float]]:
    """Return a band that breaks where a week is missing."""
    far = np.flatnonzero(np.diff(place) > _WEEK) + 1
    place = np.insert(place, far, place[far])
    band = pd.DataFrame({name: np.insert(band[name].to_numpy(np.float64), far, np.nan) for name in ("low", "high")})
    return [
        {"day": d, "low": low, "high": high}
        for d, low, high in zip(place, band["low"], band["high"], strict=True)
    ]  # fmt: skip


def _steps(told: Told, column: str, kind: str) -> list[dict[str, Any]]:
    """Return a line that steps where a level begins, and breaks where nothing is paid."""
    found: list[tuple[float, float]] = []
    before = None
    for level in told.levels.itertuples():
        ends = told.snapshot if pd.isna(level.level_until) else min(level.level_until, told.snapshot)
        value = getattr(level, column)
        number = np.nan if pd.isna(value) else float(value)
        if before is not None and before < level.level_from:
            found.append((day_number(before), np.nan))
        found += [(day_number(level.level_from), number), (day_number(ends), number)]
        before = ends
    return [{"kind": kind, "day": day, "value": value} for day, value in found]


def _packed(begins: pd.Series, ends: pd.Series) -> list[int]:
    """Return the row of each run of days, so that few lie over one another; in order of `begins`."""
    free: list[pd.Timestamp] = []
    rows = []
    for first, last in zip(begins, ends, strict=True):
        row = next((place for place, until in enumerate(free) if until <= first), len(free))
        row = min(row, MOST_ROWS - 1)
        free[row : row + 1] = [last]
        rows.append(row)
    return rows


def _shortened(text: str, most: int = 22) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}\N{HORIZONTAL ELLIPSIS}"
