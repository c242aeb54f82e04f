"""Displays of families' effects beside others: total and direct, by event, and without interventions."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.contest.by_event import ByEvent
from analysis.contest.total_effects import TotalEffects
from analysis.contest.touches import TouchEffects
from analysis.declared.factors import families_named
from analysis.design.contraction import CONTRACTION
from analysis.figures.display import Display
from analysis.figures.points import draw_points, points_height
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import english, remark

_LABELS = {
    "total": "contest.label_total",
    "direct": "contest.label_direct",
    "churn": "contest.label_churn",
    "contraction": "contest.label_contraction",
}


def show_total_effects(found: TotalEffects, colors: Mapping[str, str]) -> Display:
    """Return each family's difference in points of churn, the others as they stood a horizon earlier, and now."""
    return _points("contest.total_title", found.table, drawn_totals(found, english()), colors, found.notes)


def drawn_totals(found: TotalEffects, catalogue: Catalogue) -> pd.DataFrame:
    """Return what `draw_points` needs, two lines a family, in the words of a catalogue."""
    lines = []
    for row in found.table.itertuples():
        through = remark("contest.through", points=row.through, low=row.through_low, high=row.through_high)
        for kind in ("total", "direct"):
            span = [getattr(row, f"{kind}{end}") for end in ("", "_low", "_high")]
            below = through.in_words(catalogue) if kind == "direct" else ""
            lines.append(_line(row, _LABELS[kind], span, below, catalogue))
    return pd.DataFrame(lines)


def show_by_event(found: ByEvent, colors: Mapping[str, str]) -> Display:
    """Return what goes with each family by event, churn and contraction, and whether that differs."""
    return _points("contest.by_event_title", found.table, drawn_events(found, english()), colors, found.notes)


def drawn_events(found: ByEvent, catalogue: Catalogue) -> pd.DataFrame:
    """Return what `draw_points` needs, two lines a family, in the words of a catalogue."""
    lines = []
    for row in found.table.itertuples():
        below = ""
        if row.event == CONTRACTION:
            below = remark("contest.events_differ", p=row.adjusted_p_value).in_words(catalogue)
        span = [row.estimate, row.conf_low, row.conf_high]
        lines.append(_line(row, _LABELS[row.event], span, below, catalogue))
    return pd.DataFrame(lines)


def show_touches(found: TouchEffects, labelled: pd.DataFrame, colors: Mapping[str, str]) -> Display:
    """Return hazard ratios of what rests on touches, with and without those that were interventions.

    Parameters
    ----------
    labelled
        Its table, with a label for each column.
    colors
        Colour of each family.
    """
    drawn = drawn_touches(labelled, english())
    title, axis = (remark(code).in_words(english()) for code in ("contest.touches_title", "contest.touches_axis"))
    return Display(
        title,
        found.table,
        lambda ax: draw_points(ax, drawn, colors, axis),
        size=(9.0, points_height(drawn)),
        notes=tuple(str(note) for note in found.notes),
    )


def drawn_touches(labelled: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return what `draw_points` needs, two lines a column, in the words of a catalogue."""
    lines, without = [], remark("contest.touches_without").in_words(catalogue)
    for row in labelled.itertuples():
        for code, ends in (("all", ("estimate", "conf_low", "conf_high")),
                           ("without", ("without", "without_low", "without_high"))):  # fmt: skip
            values = [getattr(row, name) for name in ends]
            flag = remark("contest.flagged") if row.response_to_risk and code == "without" else None
            lines.append(
                {
                    "family": row.family,
                    "label": row.label if code == "all" else without,
                    "estimate": values[0],
                    "conf_low": values[1],
                    "conf_high": values[2],
                    "text": f"{catalogue.number(values[0])} ({catalogue.span(values[1], values[2])})",
                    "below": flag.in_words(catalogue) if flag else "",
                }
            )
    return pd.DataFrame(lines)


def _line(row: Any, code: str, span: list[float], below: str, catalogue: Catalogue) -> dict[str, object]:
    """Return one line of a picture of points, in the words of a catalogue."""
    (family,) = families_named([row.family])
    estimate, low, high = span
    return {
        "family": row.family,
        "label": remark(code, family=family).in_words(catalogue),
        "estimate": estimate,
        "conf_low": low,
        "conf_high": high,
        "text": remark("contest.difference_told", points=estimate, low=low, high=high).in_words(catalogue),
        "below": below,
    }


def _points(code: str, table: pd.DataFrame, drawn: pd.DataFrame, colors: Mapping[str, str], notes: Any) -> Display:
    return Display(
        remark(code).in_words(english()),
        table,
        lambda ax: draw_points(ax, drawn, colors),
        size=(9.0, points_height(drawn)),
        notes=tuple(str(note) for note in notes),
    )
