"""The pictures of a score's audit, each drawn from one frozen result, in the words of a language."""

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.figures.health_left import draw_gains, draw_treated
from analysis.figures.health_score import (
    COLOUR_FACES,
    draw_leads,
    draw_pairs,
    draw_score_curve,
    draw_shares,
    pairs_height,
    shares_height,
)
from analysis.figures.style import as_svg
from analysis.figures.weights import draw_weights, weights_height
from analysis.health_score import left_displays as left
from analysis.health_score import order_displays as order
from analysis.health_score import weight_displays as weights
from analysis.health_score.left_out import COMPONENT, FAMILY
from analysis.health_score.order_verdicts import COIN
from analysis.wording.catalogue import Catalogue
from reports.writing.alternatives import told_texts

_WIDE = 8.6


def pictures(
    found: dict[str, Any], limits: Sequence[float], text: Catalogue, colors: Mapping[str, str]
) -> dict[str, str]:
    """Return every picture as SVG, by name; one that nothing can be drawn of is left out."""
    drawn: dict[str, str] = {}
    if "weights" in found:
        frame = weights.drawn_weights(found["weights"], text)
        if len(frame):
            drawn["weights"] = _svg(
                "weights", draw_weights, weights_height(frame), text, frame=frame, x_label=weights.weight_axis(text),
                marks=weights.weight_marks(text),
            )  # fmt: skip
    for name, frame, faces, at, from_zero in _shares(found, text):
        if len(frame) and frame["estimate"].notna().any():
            drawn[name] = _svg(
                name, draw_shares, shares_height(frame), text, frame=frame, colors=faces, at=at, from_zero=from_zero,
                x_label=order.axis(name, text),
            )  # fmt: skip
    if "colours" in found and len(found["colours"].curve):
        x_label, y_label = order.axis("score", text), order.axis("rate", text)
        drawn["curve"] = _svg(
            "curve", draw_score_curve, 3.6, text, frame=found["colours"].curve, limits=limits, x_label=x_label,
            y_label=y_label,
        )  # fmt: skip
    if "warning" in found:
        warned, leads = found["warning"]
        drawn |= _pairs("warning", order.drawn_warnings(warned, text), order.warning_names(text), text)
        drawn["lead"] = _svg(
            "lead", draw_leads, 2.9, text, frame=order.drawn_leads(leads, text), names=order.lead_names(text),
            x_label=order.axis("lead", text),
        )  # fmt: skip
    if "flagged" in found:
        drawn |= _pairs("flagged", order.drawn_flagged(found["flagged"], text), order.flagged_names(text), text)
    if "left_out" in found:
        for part, name in ((FAMILY, "left_out"), (COMPONENT, "carried")):
            frame = left.drawn_gains(found["left_out"], part, text)
            if len(frame):
                drawn[name] = _svg(
                    name, draw_gains, left.gains_height(frame), text, frame=frame, colors=dict(colors),
                    names=left.gain_names(found["left_out"], part, text), x_label=left.gain_axis(part, text),
                )  # fmt: skip
    if "interventions" in found and len(found["interventions"].bands):
        drawn["interventions"] = _svg(
            "interventions", draw_treated, 2.9, text, frame=found["interventions"].bands, names=left.colour_names(text),
            labels=left.treated_labels(text),
        )  # fmt: skip
    return drawn


def _shares(found: dict[str, Any], text: Catalogue) -> list[tuple[str, Any, Any, float | None, bool]]:
    shares: list[tuple[str, Any, Any, float | None, bool]] = []
    if "order" in found:
        shares.append(("order", order.drawn_ordering(found["order"], text), order.SUBJECT_FACES, COIN, False))
    if "colours" in found:
        own = found["colours"]
        shares.append(("colours", order.drawn_colours(own, text), COLOUR_FACES, order.book_rate(own), True))
    if "alarms" in found:
        shares.append(("alarms", order.drawn_alarms(found["alarms"], text), order.SUBJECT_FACES, None, True))
    return shares


def _pairs(name: str, frame: Any, names: list[str], text: Catalogue) -> dict[str, str]:
    if not len(frame):
        return {}
    label = order.axis(name, text)
    return {name: _svg(name, draw_pairs, pairs_height(frame), text, frame=frame, names=names, x_label=label)}


def _svg(name: str, draw: Any, height: float, text: Catalogue, **arguments: Any) -> str:
    frame, content = arguments["frame"], ""
    if {"label", "text"} <= set(frame):
        content = told_texts(text, frame, "text", *(["below"] if "below" in frame else []))
    alt = text(f"health.alt_{name}")
    return as_svg(f"score-{name}", draw, size=(_WIDE, height), alt=alt, content=content, **arguments)
