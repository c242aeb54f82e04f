"""Displays of a score's order, colours, warnings, alarms, and of what would have caught its green leavers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.declared.factors import families_named
from analysis.figures.display import Display
from analysis.figures.health_score import (
    COLOUR_FACES,
    draw_leads,
    draw_pairs,
    draw_score_curve,
    draw_shares,
    pairs_height,
    shares_height,
)
from analysis.figures.style import ACCENT, CYCLE, MUTED, WARN
from analysis.health_score.alarms import CAPACITY, Alarms, alarm_named
from analysis.health_score.colours import COLOUR_NAMES, ColourMeanings
from analysis.health_score.flagged_families import ALONE, ANY, AT_ALL, SEVERAL, FlaggedFamilies
from analysis.health_score.lead_time import LeadTimes
from analysis.health_score.order_verdicts import AUC, BASE_RATE, COIN, SCORE, SHARED_ROWS, SUBJECTS
from analysis.health_score.ordering import Ordering
from analysis.health_score.warning import GREEN, Warnings
from analysis.models.registry import CONTRACT_ONLY
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import Remark, english, remark

SUBJECT_FACES = {SCORE: WARN, "quoted": ACCENT, CONTRACT_ONLY: CYCLE[2], BASE_RATE: MUTED}
_DIFFERENCE = ("difference", "difference_low", "difference_high", "p_value")


def show_ordering(found: Ordering) -> Display:
    """Return how well the score orders accounts, beside forecasts on the same rows."""
    drawn, catalogue = drawn_ordering(found, english()), english()
    return Display(
        "Does the score order accounts by who leaves?",
        found.table,
        (lambda ax: draw_shares(ax, drawn, SUBJECT_FACES, axis("order", catalogue), COIN, False))
        if len(drawn)
        else None,
        size=(9.0, shares_height(drawn)),
        notes=_said([found.verdict.remark, *(one.remark for one in found.beside), *found.notes]),
    )


def drawn_ordering(found: Ordering, catalogue: Catalogue) -> pd.DataFrame:
    """Return what `draw_shares` needs of the AUC within the horizon: all rows, then each subject on shared ones."""
    table = found.table
    whole = table[(table["measure"] == AUC) & (table["days"] == table["days"].max())]
    whole = whole[(whole["subject"] == SCORE) | (whole["rows"] == SHARED_ROWS)]
    if (whole["rows"] == SHARED_ROWS).any():
        whole = whole[whole["rows"] == SHARED_ROWS]
    whole = whole[whole["subject"] != BASE_RATE]
    return _drawn(whole, whole["subject"], [_named(SUBJECTS[one], catalogue) for one in whole["subject"]], catalogue)


def show_colours(found: ColourMeanings) -> Display:
    """Return who left in each colour."""
    drawn, book = drawn_colours(found, english()), book_rate(found)
    label = axis("colours", english())
    is_known = bool(drawn["estimate"].notna().any())
    return Display(
        "Do the colours mean anything?",
        found.table,
        (lambda ax: draw_shares(ax, drawn, COLOUR_FACES, label, book)) if is_known else None,
        size=(9.0, shares_height(drawn)),
        notes=_said([found.verdict.remark, *found.notes]),
        columns=("colour", "n_rows", "n_accounts", "n_leavers", "rate", "conf_low", "conf_high", "lift"),
    )


def book_rate(found: ColourMeanings) -> float | None:
    """Return the share of all settled rows that left; None where a group of them is hidden, or nothing is told."""
    table = found.table
    if table["rate"].isna().any():
        return None
    return float((table["rate"] * table["n_rows"]).sum() / table["n_rows"].sum())


def drawn_colours(found: ColourMeanings, catalogue: Catalogue) -> pd.DataFrame:
    """Return what `draw_shares` needs of the colours, in the words of a catalogue."""
    table = found.table
    drawn = table.assign(estimate=table["rate"])
    names = [_named(COLOUR_NAMES[one], catalogue) for one in table["colour"]]
    below = [_of_book(line, catalogue) for _, line in table.iterrows()]
    return _drawn(drawn, table["colour"], names, catalogue).assign(below=below)


def _of_book(line: pd.Series, catalogue: Catalogue) -> str:
    if pd.isna(line["share_of_leavers"]):
        return ""
    share, gone = float(line["share_of_book"]), float(line["share_of_leavers"])
    return remark("health_score.colours_told", share=share, gone=gone).in_words(catalogue)


def show_score_curve(found: ColourMeanings, limits: Sequence[float] = ()) -> Display:
    """Return the share that left against the score; `limits` are the scores at which yellow and green begin."""
    x_label, y_label = axis("score", english()), axis("rate", english())
    return Display(
        "Who left, by score",
        found.curve,
        (lambda ax: draw_score_curve(ax, found.curve, limits, x_label, y_label)) if len(found.curve) else None,
    )


def show_warnings(found: Warnings) -> Display:
    """Return how many of the leavers were green before they left, beside stayers like them."""
    drawn, catalogue = drawn_warnings(found, english()), english()
    names, label = warning_names(catalogue), axis("warning", catalogue)
    return Display(
        "Would the score have warned?",
        found.table,
        (lambda ax: draw_pairs(ax, drawn, names, label)) if len(drawn) else None,
        size=(9.0, pairs_height(drawn)),
        notes=_said([*(one.remark for one in found.verdicts), *found.notes]),
        columns=("days", "colour", "share_leavers", "share_stayers", *_DIFFERENCE),
    )


def warning_names(catalogue: Catalogue) -> list[str]:
    """Return what leavers and stayers are called in the picture of warnings."""
    return [_named("health_score.warning_leavers", catalogue), _named("health_score.warning_stayers", catalogue)]


def drawn_warnings(found: Warnings, catalogue: Catalogue) -> pd.DataFrame:
    """Return what `draw_pairs` needs of the share that was green, in the words of a catalogue."""
    green = found.table[found.table["colour"] == GREEN]
    labels = [remark("health_score.warning_days", days=int(days)).in_words(catalogue) for days in green["days"]]
    return _paired(green, labels, catalogue)


def show_lead_times(found: LeadTimes) -> Display:
    """Return how long before leaving scores fell."""
    drawn, catalogue = drawn_leads(found, english()), english()
    names, label = lead_names(catalogue), axis("lead", catalogue)
    return Display(
        "How long before leaving did the score fall?",
        found.table,
        (lambda ax: draw_leads(ax, drawn, names, label)) if len(drawn) else None,
        size=(9.0, 2.9),
        notes=_said(found.notes),
    )


def lead_names(catalogue: Catalogue) -> dict[str, str]:
    """Return what the parts of a bar of leavers are called, by column."""
    codes = {
        "fell": "health_score.lead_fell",
        "always": "health_score.lead_always",
        "above": "health_score.lead_above",
        "unknown": "health_score.lead_unknown",
    }
    return {name: _named(code, catalogue) for name, code in codes.items()}


def drawn_leads(found: LeadTimes, catalogue: Catalogue) -> pd.DataFrame:
    """Return what `draw_leads` needs, in the words of a catalogue."""
    table = found.table
    limits = {"green": "health_score.lead_green", "yellow": "health_score.lead_yellow"}
    texts = [
        "" if np.isnan(days) else remark("health_score.lead_told", median=days).in_words(catalogue)
        for days in table["lead_median"]
    ]
    parts = {name: table[f"n_{name}"] for name in ("fell", "always", "above", "unknown")}
    return pd.DataFrame({"label": [_named(limits[one], catalogue) for one in table["below"]], "text": texts, **parts})


def show_alarms(found: Alarms) -> Display:
    """Return how many alarms were right, by the score and by forecasts beside it."""
    drawn, catalogue = drawn_alarms(found, english()), english()
    return Display(
        "What are alarms worth?",
        found.table,
        (lambda ax: draw_shares(ax, drawn, SUBJECT_FACES, axis("alarms", catalogue))) if len(drawn) else None,
        size=(10.5, shares_height(drawn)),
        notes=_said([*(one.remark for one in found.verdicts), *found.notes]),
    )


def drawn_alarms(found: Alarms, catalogue: Catalogue) -> pd.DataFrame:
    """Return what `draw_shares` needs of the alarms; at capacity on the rows that all subjects have, if there are."""
    table = found.table
    at_capacity = table["alarm"] == CAPACITY
    if (table["rows"] == SHARED_ROWS).any():
        table = table[~at_capacity | (table["rows"] == SHARED_ROWS)]
    drawn = table.rename(columns={"hit_rate": "estimate", "hit_low": "conf_low", "hit_high": "conf_high"})
    labels = [_alarm(line).in_words(catalogue) for _, line in table.iterrows()]
    below = [_worth(line).in_words(catalogue) for _, line in table.iterrows()]
    found_drawn = _drawn(drawn, table["subject"], labels, catalogue)
    told = [
        remark("health_score.alarm_told", told=text, base=base).in_words(catalogue)
        for text, base in zip(found_drawn["text"], table["other_rate"].to_numpy(np.float64), strict=True)
    ]
    return found_drawn.assign(text=told, below=below)


def _alarm(line: pd.Series) -> Remark:
    return alarm_named(line["subject"], None if line["alarm"] == CAPACITY else int(line["points"]))


def _worth(line: pd.Series) -> Remark:
    if pd.isna(line["false_per_right"]):
        return remark("health_score.alarm_none_right")
    return remark(
        "health_score.alarm_false",
        false=float(line["false_per_right"]),
        share=float(line["share_warned"]),
        stayers=float(line["share_stayers"]),
    )


def show_flagged(found: FlaggedFamilies) -> Display:
    """Return which family would have flagged leavers that the score called green, beside green stayers."""
    drawn, catalogue = drawn_flagged(found, english()), english()
    names, label = flagged_names(catalogue), axis("flagged", catalogue)
    return Display(
        "Which family would have flagged the leavers that the score called green?",
        found.table,
        (lambda ax: draw_pairs(ax, drawn, names, label)) if len(drawn) else None,
        size=(9.0, pairs_height(drawn)),
        notes=_said(found.notes),
        columns=("way", "family", "share_leavers", "share_stayers", *_DIFFERENCE),
    )


def flagged_names(catalogue: Catalogue) -> list[str]:
    """Return what green leavers and stayers are called in the picture."""
    return [_named("health_score.flagged_leavers", catalogue), _named("health_score.flagged_stayers", catalogue)]


def drawn_flagged(found: FlaggedFamilies, catalogue: Catalogue) -> pd.DataFrame:
    """Return what `draw_pairs` needs: each family, each alone, several, none."""
    table = found.table[found.table["way"] != ANY]
    labels = []
    for line in table.itertuples():
        if line.way in (AT_ALL, ALONE):
            (family,) = families_named([line.family])
            name = catalogue.format_field(family, "")
            said = remark("health_score.flagged_alone", family=name).in_words(catalogue)
            labels.append(name if line.way == AT_ALL else said)
        else:
            code = "health_score.flagged_several" if line.way == SEVERAL else "health_score.flagged_none"
            labels.append(_named(code, catalogue))
    return _paired(table, labels, catalogue)


AXES = {
    "order": "health_score.order_axis",
    "colours": "health_score.colours_axis",
    "score": "health_score.curve_axis",
    "rate": "health_score.curve_rate_axis",
    "warning": "health_score.warning_axis",
    "lead": "health_score.lead_axis",
    "alarms": "health_score.alarms_axis",
    "flagged": "health_score.flagged_axis",
}


def axis(picture: str, catalogue: Catalogue) -> str:
    """Return what the axis of a picture is called, by a key of `AXES`."""
    return _named(AXES[picture], catalogue)


def _named(code: str, catalogue: Catalogue) -> str:
    return remark(code).in_words(catalogue)


def _drawn(table: pd.DataFrame, keys: pd.Series, labels: list[str], catalogue: Catalogue) -> pd.DataFrame:
    frame = table[["estimate", "conf_low", "conf_high"]].astype(np.float64).reset_index(drop=True)
    texts = [_interval(one, low, high, catalogue) for one, low, high in frame.to_numpy()]
    return frame.assign(label=labels, key=keys.to_numpy(object), text=texts, below="")


def _paired(table: pd.DataFrame, labels: list[str], catalogue: Catalogue) -> pd.DataFrame:
    lines = []
    for label, (_, line) in zip(labels, table.iterrows(), strict=True):
        for who, name in enumerate(("leavers", "stayers")):
            reach = (float(line[f"share_{name}"]), float(line[f"{name}_low"]), float(line[f"{name}_high"]))
            held = dict(zip(("estimate", "conf_low", "conf_high"), reach, strict=True))
            lines.append({"label": label, "who": who, **held, "text": _interval(*reach, catalogue)})
    return pd.DataFrame(lines, columns=["label", "who", "estimate", "conf_low", "conf_high", "text"])


def _interval(share: float, low: float, high: float, catalogue: Catalogue) -> str:
    if np.isnan(share):
        return ""
    told = catalogue.share(share)
    if np.isnan(low):
        return told
    return remark("health_score.share_told", share=told, low=low, high=high).in_words(catalogue)


def _said(remarks: Sequence[Remark]) -> tuple[str, ...]:
    return tuple(str(one) for one in remarks)
