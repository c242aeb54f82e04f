"""The picture of an account: its strands as bars, signs, lines and bands on one axis of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.story.days import is_under_notice, runs, stay_of_days
from analysis.story.told import Told, days

MOST_BEFORE, LEAST_BEFORE = 365, 120
"""Days before the first log that are drawn: of an account that is older by more than the first, the second."""
AFTER_END, MOST_AHEAD = 60, 130
"""Days drawn after the last end, and at most after the snapshot."""
WORDS = {"notice": "under notice", "no_contract": "no contract", "not_logged": "not logged: nothing is known"}


@dataclass(frozen=True, slots=True, eq=False)
class Strand:
    """One strand of a picture; what its frames hold is said in `analysis.figures.story.draw_story`.

    Attributes
    ----------
    key, label, unit
        Its name, what it is called, and in which unit it is.
    height, rows, names, writes
        How high it is, and what its scale is: of numbers, or of rows, with their names from the top.
    note
        Why nothing of it is drawn; '' where something is.
    spans, points, lines, bands, keys
        What it holds, and what that means; rows as mappings.
    log
        The table whose log says which days are known; '' where none does.
    """

    key: str
    label: str
    unit: str
    height: float = 0.9
    rows: int = 0
    names: Sequence[str] = ()
    writes: str = "number"
    note: str = ""
    spans: Sequence[Mapping[str, Any]] = ()
    points: Sequence[Mapping[str, Any]] = ()
    lines: Sequence[Mapping[str, Any]] = ()
    bands: Sequence[Mapping[str, Any]] = ()
    keys: Sequence[tuple[str, str]] = ()
    log: str = ""


@dataclass(frozen=True, slots=True)
class Edges:
    """The days between which a picture lies; what is older is told at its left edge."""

    begins: pd.Timestamp
    ends: pd.Timestamp

    @property
    def numbers(self) -> tuple[float, float]:
        """The two as days since 1970."""
        first, last = days(pd.Series([self.begins, self.ends]))
        return float(first), float(last)


def edges_of(told: Told, ahead: pd.Timestamp | None) -> Edges:
    """Return the days that the picture of an account needs.

    Parameters
    ----------
    told
        What is known of it.
    ahead
        A day to come that it reaches to, such as the end of a forecast's horizon.
    """
    first = told.begins_on if told.begins_on is not None else told.snapshot
    logged = [pd.Timestamp(told.logs[f"{log}_observed_from"]) for log in ("usage_daily", "touchpoints", "tickets")]
    oldest = min((day for day in logged if day.year > 1900), default=first)
    if first < oldest - pd.Timedelta(days=MOST_BEFORE) and oldest < told.ends_on:
        first = oldest - pd.Timedelta(days=LEAST_BEFORE)
    last = min(told.ends_on + pd.Timedelta(days=AFTER_END), told.snapshot)
    if told.ends_on == told.snapshot:
        coming = [day for day in (ahead, *told.leaver["ends_on"], *told.terms["notice_by"]) if pd.notna(day)]
        near = [day for day in coming if day <= told.snapshot + pd.Timedelta(days=MOST_AHEAD)]
        last = max([told.snapshot + pd.Timedelta(days=14), *near])
    pad = pd.Timedelta(days=max(3, round((last - first).days * 0.01)))
    return Edges(first - pad, last + pad)


def frames_of(told: Told, strands: Sequence[Strand], edges: Edges) -> dict[str, Any]:
    """Return the arguments of `analysis.figures.story.draw_story`, but for the lines below the picture."""
    shades = _shades(told, strands, edges)
    return {
        "lanes": pd.DataFrame([
            {name: getattr(one, name) for name in ("key", "label", "unit", "height", "rows", "writes", "note")}
            for one in strands
        ]),
        "rows": pd.DataFrame(
            [(one.key, row, name) for one in strands for row, name in enumerate(one.names)],
            columns=["lane", "row", "text"],
        ),
        "spans": _gathered(strands, "spans", ["kind", "begins", "ends", "row"]),
        "points": _gathered(strands, "points", ["kind", "day", "at"]),
        "lines": _gathered(strands, "lines", ["kind", "day", "value"]),
        "bands": _gathered(strands, "bands", ["day", "low", "high"]),
        "keys": pd.DataFrame(
            [{"lane": one.key, "kind": kind, "text": text} for one in strands for kind, text in one.keys],
            columns=["lane", "kind", "text"],
        ),
        "shades": shades,
        "marks": _marks(told, edges),
        "edges": edges.numbers,
        "head": told.account_id,
        "words": {kind: word for kind, word in WORDS.items() if kind in set(shades["kind"])},
    }  # fmt: skip


def _gathered(strands: Sequence[Strand], name: str, columns: list[str]) -> pd.DataFrame:
    rows = [{"lane": one.key, **row} for one in strands for row in getattr(one, name)]
    found = pd.DataFrame(rows, columns=["lane", *columns])
    return found.astype({column: "float64" for column in columns if column not in ("kind", "row")})


def _shades(told: Told, strands: Sequence[Strand], edges: Edges) -> pd.DataFrame:
    """Return the days under notice, those without a contract, and of each strand those beyond its log."""
    begins, ends = max(edges.begins, told.begins_on or edges.begins), min(edges.ends, told.snapshot)
    span = pd.date_range(begins, ends - pd.Timedelta(days=1))
    found = [("", "no_contract", run) for run in runs(stay_of_days(told, span) < 0, span)]
    found += [("", "notice", run) for run in runs(is_under_notice(told, span), span)]
    for one in strands:
        if one.log and not one.note:
            found += [(one.key, "not_logged", run) for run in told.days_not_logged(one.log, edges.begins, ends)]
    lines = [{"lane": lane, "kind": kind, "begins": run[0], "ends": run[1]} for lane, kind, run in found]
    frame = pd.DataFrame(lines, columns=["lane", "kind", "begins", "ends"])
    for name in ("begins", "ends"):
        frame[name] = days(pd.to_datetime(frame[name]))
    return frame


def _marks(told: Told, edges: Edges) -> pd.DataFrame:
    """Return the days that are told in words above the first strand, on two lines where they are near each other."""
    found: list[tuple[pd.Timestamp, str, str, str]] = []
    for number, stay in enumerate(told.paid.itertuples()):
        again = "again " if number else ""
        if stay.origin < edges.begins:
            found.append((edges.begins, f"\N{LEFTWARDS ARROW} since {stay.origin:%Y-%m-%d}", "right", "begin"))
        else:
            found.append((stay.origin, f"{again}since {stay.origin:%Y-%m-%d}", "right", "begin"))
        if pd.notna(stay.notice_on):
            found.append((stay.notice_on, f"notice {stay.notice_on:%Y-%m-%d}", "left", "notice"))
        if pd.notna(stay.ended_on) and stay.ended_on <= told.snapshot:
            verb = {"churn": "left", "involuntary": "did not pay", "merged": "merged"}.get(str(stay.cause), "left")
            found.append((stay.ended_on, f"{verb} {stay.ended_on:%Y-%m-%d}", "left", "end"))
    if edges.begins < told.snapshot < edges.ends and told.ends_on == told.snapshot:
        found.append((told.snapshot, f"snapshot {told.snapshot:%Y-%m-%d}", "left", "snapshot"))
    agreed = told.leaver["ends_on"].dropna()
    found += [(day, f"to end {day:%Y-%m-%d}", "left", "ahead") for day in agreed[agreed < edges.ends]]
    coming = told.terms["notice_by"].dropna()
    if told.leaver.empty:
        ahead = coming[(coming >= told.snapshot) & (coming < edges.ends)]
        found += [(day, f"notice by {day:%Y-%m-%d}", "left", "ahead") for day in ahead]
    marks = pd.DataFrame(found, columns=["on", "text", "side", "kind"]).sort_values("on", kind="stable")
    marks["day"] = days(pd.to_datetime(marks["on"]))
    return marks.assign(line=_lines_apart(marks, edges))[["day", "text", "side", "kind", "line"]]


_LETTER_SHARE = 0.0092
"""Of the width of the axis that a letter of a mark takes."""


def _lines_apart(marks: pd.DataFrame, edges: Edges) -> list[int]:
    """Return the line on which each mark is written, so that none is written over another."""
    begins, ends = edges.numbers
    free = [-np.inf] * 4
    chosen = []
    for mark in marks.itertuples():
        wide = len(mark.text) * _LETTER_SHARE * (ends - begins)
        left = mark.day if mark.side == "right" else mark.day - wide
        line = next((place for place, until in enumerate(free) if until <= left), len(free) - 1)
        free[line] = left + wide
        chosen.append(line)
    return chosen
