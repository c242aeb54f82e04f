"""Displays of what is left out, of interventions, and of what other weights would do."""

from collections.abc import Mapping

import pandas as pd

from analysis.contest.values import LOG_SCORE
from analysis.declared.factors import control_family, families_named
from analysis.figures.display import Display
from analysis.figures.health_left import draw_gains, draw_treated, draw_what_if
from analysis.health_score.colours import COLOUR_NAMES
from analysis.health_score.contamination import Contamination
from analysis.health_score.left_out import COMPONENT, FAMILY, LeftOut
from analysis.health_score.scored import COLOURS
from analysis.health_score.what_if import WhatIf
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import english, remark

_BARS = (
    "health_score.what_if_book_before", "health_score.what_if_leavers_before", "health_score.what_if_book_after",
    "health_score.what_if_leavers_after",
)  # fmt: skip
_AXES = {FAMILY: "health_score.gain_axis", COMPONENT: "health_score.carried_axis"}


def show_left_out(found: LeftOut, colors: Mapping[str, str]) -> Display:
    """Return what each family adds to forecasts by the score."""
    return _gains(found, FAMILY, colors)


def show_carried(found: LeftOut) -> Display:
    """Return what forecasts by the score lose without each component."""
    return _gains(found, COMPONENT, {})


def _gains(found: LeftOut, part: str, colors: Mapping[str, str]) -> Display:
    table = found.table[found.table["part"] == part].reset_index(drop=True)
    drawn, names, label = (
        drawn_gains(found, part, english()),
        gain_names(found, part, english()),
        gain_axis(part, english()),
    )
    return Display(
        label, table, (lambda ax: draw_gains(ax, drawn, names, colors, label)) if len(drawn) else None,
        size=(8.4, gains_height(drawn)),
    )  # fmt: skip


def gains_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_gains` needs for a frame."""
    return 1.0 + 0.45 * len(frame)


def drawn_gains(found: LeftOut, part: str, catalogue: Catalogue) -> pd.DataFrame:
    """Return what `draw_gains` needs of families or components: with the contract known, where it is; largest first.

    The contract itself, which is worth many times as much, stands in the table alone.
    """
    table = found.table
    own = (
        table[(table["part"] == part) & (table["metric"] == LOG_SCORE) & (table["name"] != control_family())]
        .drop_duplicates("name", keep="last")
        .sort_values("estimate", ascending=False, kind="stable")
    )
    told = [
        f"{catalogue.number(one.estimate, 1)} ({catalogue.span(one.conf_low, one.conf_high, 1)})"
        for one in own.itertuples()
    ]
    return own.assign(text=told).reset_index(drop=True)


def gain_names(found: LeftOut, part: str, catalogue: Catalogue) -> dict[str, str]:
    """Return what families or components are called; a component has the name that its owner gave it."""
    names = list(dict.fromkeys(found.table.loc[found.table["part"] == part, "name"]))
    if part == COMPONENT:
        return {name: name for name in names}
    return {name: catalogue.format_field(families_named([name])[0], "") for name in names}


def gain_axis(part: str, catalogue: Catalogue) -> str:
    """Return what the axis of gains is called."""
    return remark(_AXES[part]).in_words(catalogue)


def show_contamination(found: Contamination) -> Display:
    """Return each colour's risk as seen and without interventions, and what that does to the verdicts."""
    names, labels = colour_names(english()), treated_labels(english())
    return Display(
        "Risk by colour as seen, and without interventions",
        found.bands,
        (lambda ax: draw_treated(ax, found.bands, names, labels)) if len(found.bands) else None,
        size=(7.0, 2.8),
        notes=(str(found.sentence),),
    )


def colour_names(catalogue: Catalogue) -> dict[str, str]:
    """Return what the colours of a score are called."""
    return {name: remark(COLOUR_NAMES[name]).in_words(catalogue) for name in COLOURS}


def treated_labels(catalogue: Catalogue) -> tuple[str, str, str]:
    """Return what the axis of `draw_treated`, its hollow and its filled dots are called."""
    codes = ("health_score.treated_axis", "health_score.treated_seen", "health_score.treated_without")
    axis, seen, without = (remark(code).in_words(catalogue) for code in codes)
    return axis, seen, without


def show_what_if(before: WhatIf, after: WhatIf, words: Catalogue) -> Display:
    """Return colours' shares of book and leavers with other weights, beside those of the score as it is."""
    names, labels = colour_names(words), tuple(remark(code).in_words(words) for code in _BARS)
    return Display(
        remark("health_score.what_if_title").in_words(words),
        after.table,
        lambda ax: draw_what_if(ax, before.table, after.table, names, labels),
        size=(7.0, 3.0),
    )
