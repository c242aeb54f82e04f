"""Displays of what is left out, of interventions, and of what other weights would do."""

from collections.abc import Mapping

from analysis.contest.values import LOG_SCORE
from analysis.figures.display import Display
from analysis.figures.health_left import draw_gains, draw_treated, draw_what_if
from analysis.health_score.contamination import Contamination
from analysis.health_score.left_out import COMPONENT, FAMILY, LeftOut
from analysis.health_score.scored import COLOURS
from analysis.health_score.what_if import WhatIf

_NAMES = {name: name for name in COLOURS}


def show_left_out(found: LeftOut, colors: Mapping[str, str]) -> Display:
    """Return what each family adds to forecasts by the score."""
    return _gains(found, FAMILY, colors, "Points of skill that a family adds to the score (100 = certainty)")


def show_carried(found: LeftOut) -> Display:
    """Return what forecasts by the score lose without each component."""
    return _gains(found, COMPONENT, {}, "Points of skill lost without the component (100 = certainty)")


def _gains(found: LeftOut, part: str, colors: Mapping[str, str], title: str) -> Display:
    table = found.table[found.table["part"] == part].reset_index(drop=True)
    own = (
        table[table["metric"] == LOG_SCORE]
        .drop_duplicates("name", keep="last")
        .sort_values("estimate", ascending=False, kind="stable")
    )
    text = [f"{one.estimate:.1f} ({one.conf_low:.1f} to {one.conf_high:.1f})" for one in own.itertuples()]
    drawn = own.assign(text=text)
    names = {name: name for name in own["name"]}
    return Display(
        title,
        table,
        lambda ax: draw_gains(ax, drawn, names, colors, title),
        size=(7.4, 1.0 + 0.45 * len(own)),
        notes=("The contract is known beside the score, except where it is asked about itself.",),
    )


def show_contamination(found: Contamination) -> Display:
    """Return each colour's risk as seen and without interventions, and what that does to the verdicts."""
    labels = ("Left within the horizon", "as seen", "without interventions")
    is_drawn = len(found.bands) > 0
    return Display(
        "Risk by colour as seen, and without interventions",
        found.bands,
        (lambda ax: draw_treated(ax, found.bands, _NAMES, labels)) if is_drawn else None,
        size=(7.0, 2.8),
        notes=(str(found.sentence),),
    )


def show_what_if(before: WhatIf, after: WhatIf) -> Display:
    """Return colours' shares of book and leavers with other weights, beside those of the score as it is."""
    labels = ("book, as it is", "leavers, as it is", "book, what if", "leavers, what if")
    return Display(
        "Colours with other weights and thresholds",
        after.table,
        lambda ax: draw_what_if(ax, before.table, after.table, _NAMES, labels),
        size=(7.0, 3.0),
    )
