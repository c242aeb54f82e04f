"""The page of a contest: frozen content becomes one self-contained HTML file."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.contest.adjusted_displays import drawn_events, drawn_totals, drawn_touches
from analysis.contest.blind_spots import BlindSpots
from analysis.contest.by_event import ByEvent
from analysis.contest.effect_displays import (
    PLACE_COLORS,
    cell_labels,
    drawn_cells,
    drawn_differences,
    drawn_vacancy,
    map_notes,
    place_labels,
    vacancy_axis,
)
from analysis.contest.risk_difference import RiskDifferences
from analysis.contest.total_effects import TotalEffects
from analysis.contest.touches import TouchEffects
from analysis.contest.vacancy import Vacancy
from analysis.contest.values import IPA, LOG_SCORE, TOTAL
from analysis.contest.where import LEAST_EVENTS
from analysis.figures.cells import draw_cells, map_height
from analysis.figures.contest import draw_family_values, values_height
from analysis.figures.effects import draw_hazard_ratios, forest_height
from analysis.figures.points import draw_points, points_height
from analysis.figures.style import as_svg
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import Remark
from analysis.workbench import Workbench
from reports.contest import sentences
from reports.contest.content import Compared, Contest
from reports.evaluation.sentences import group_label
from reports.writing.html import environment


def render_contest(tenure: Workbench, content: Contest, catalogue: Catalogue, provenance: Mapping[str, str]) -> str:
    """Return the page of a contest as one HTML document.

    Parameters
    ----------
    tenure
        The study: its title, families and labels.
    content
        All numbers.
    catalogue
        The language.
    provenance
        What the page can be made again from.
    """
    labels = {family.name: family.label(catalogue.language) for family, _ in tenure.families()}
    labels[TOTAL] = catalogue("contest.all_families")
    return (
        environment(catalogue, group_label=partial(group_label, catalogue))
        .get_template("contest/page.html.j2")
        .render(
            language=catalogue.language,
            study=tenure.study,
            standpoint=content.standpoint,
            obstacle=content.obstacle,
            f=content.compared,
            labels=labels,
            colors=tenure.colors,
            provenance=provenance,
            **(_of_compared(content.compared, catalogue, labels, tenure.colors) if content.compared else {}),
        )
    )


def _of_compared(
    found: Compared, text: Catalogue, labels: Mapping[str, str], colors: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the templates ask for where families could be compared."""
    values, where, differences = (found.tables[name] for name in ("values", "where", "differences"))
    by_ipa = values[values["metric"] == IPA].set_index(["model", "family"])
    pairs = found.tables["contrasts"]
    told = [by for by in dict.fromkeys(where["by"]) if by in set(differences["by"])]
    return {
        "short": sentences.in_short(text, found, labels),
        "worth": values[values["metric"] == LOG_SCORE],
        "by_ipa": by_ipa,
        "pairs": pairs[(pairs["metric"] == LOG_SCORE) & (pairs["model"] == found.ranking.model)],
        "told": told,
        "where": where.set_index(["by", "group", "family"]),
        "groups": {by: list(dict.fromkeys(where.loc[where["by"] == by, "group"])) for by in told},
        "families": [one.family for one in found.ranking.families],
        "told_together": [TOTAL] if len(found.ranking.families) > 1 else [],
        "of_where": {by: sentences.where_sentences(text, differences[differences["by"] == by], labels) for by in told},
        "least_events": LEAST_EVENTS,
        "points": None if isinstance(found.differences, Remark) else _points(found.differences, text, colors),
        "totals": None if isinstance(found.totals, Remark) else _totals(found.totals, text, colors),
        "touches": None if isinstance(found.touches, Remark) else _touches(found.touches, text, colors),
        "by_event": None if isinstance(found.by_event, Remark) else _by_event(found.by_event, text, colors),
        "hidden": found.hidden_groups.set_index("by"),
        "cells": None if isinstance(found.cells, Remark) else _cells(found.cells, text),
        "vacancy": None if isinstance(found.vacancy, Remark) else _vacancy(found.vacancy, text),
        "notes_of": lambda part: [] if isinstance(part, Remark) else [note.in_words(text) for note in part.notes],
        "figure": Markup(_figure(found, text, labels, colors)),
    }


def _figure(found: Compared, text: Catalogue, labels: Mapping[str, str], colors: Mapping[str, str]) -> str:
    names = {name: text(f"model.{name}") for name in dict.fromkeys(found.drawn["model"])}
    said = [
        text("contest.figure_text", estimate=text.number(e, 1), span=text.span(low, high, 1))
        for e, low, high in found.drawn[["estimate", "conf_low", "conf_high"]].itertuples(index=False)
    ]
    return as_svg(
        "contest", draw_family_values, size=(7.4, values_height(found.drawn)), alt=text("contest.figure_alt"),
        frame=found.drawn.assign(model=found.drawn["model"].map(names), text=said), colors=colors, families=labels,
        models=list(names.values()), x_label=text("contest.figure_x"), noise_label=text("contest.figure_noise"),
    )  # fmt: skip


def _points(found: RiskDifferences, text: Catalogue, colors: Mapping[str, str]) -> Markup:
    return _dots("points", drawn_differences(found, text), colors, text("contest.points_alt"), text("contest.points_x"))


def _totals(found: TotalEffects, text: Catalogue, colors: Mapping[str, str]) -> Markup:
    return _dots("total", drawn_totals(found, text), colors, text("contest.total_alt"), text("contest.total_x"))


def _by_event(found: ByEvent, text: Catalogue, colors: Mapping[str, str]) -> Markup:
    return _dots(
        "by_event", drawn_events(found, text), colors, text("contest.by_event_alt"), text("contest.by_event_x")
    )


def _touches(found: TouchEffects, text: Catalogue, colors: Mapping[str, str]) -> Markup:
    labelled = found.table.assign(label=[text.label(str(term)) for term in found.table["term"]])
    return _dots(
        "touches", drawn_touches(labelled, text), colors, text("contest.touches_alt"), text("contest.touches_x")
    )


def _dots(name: str, drawn: pd.DataFrame, colors: Mapping[str, str], alt: str, x_label: str) -> Markup:
    """Draw estimates with their intervals, and beside them what they come to."""
    return Markup(
        as_svg(
            name, draw_points, size=(8.6, points_height(drawn)), alt=alt, frame=drawn, colors=colors, x_label=x_label,
        )
    )  # fmt: skip


def _cells(found: BlindSpots, text: Catalogue) -> Markup:
    drawn = drawn_cells(found, text)
    rows, columns = cell_labels(found.families, text)
    return Markup(
        as_svg(
            "cells", draw_cells, size=(8.6, map_height(drawn)), alt=text("contest.cells_alt"), frame=drawn,
            row_labels=rows, column_labels=columns, notes=map_notes(found, text),
        )
    )  # fmt: skip


def _vacancy(found: Vacancy, text: Catalogue) -> Markup:
    drawn = drawn_vacancy(found, text)
    if drawn.empty or not drawn["hazard_ratio"].notna().any():
        return Markup("")
    return Markup(
        as_svg(
            "vacancy", draw_hazard_ratios, size=(8.4, forest_height(drawn)), alt=text("contest.vacancy_alt"),
            frame=drawn, colors=PLACE_COLORS, x_label=vacancy_axis(text),
            family_labels=place_labels(text),
        )
    )  # fmt: skip
