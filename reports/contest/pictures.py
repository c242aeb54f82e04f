"""The pictures of the contest, each drawn from one frozen answer."""

from collections.abc import Mapping, Sequence

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
from analysis.figures.cells import draw_cells, map_height
from analysis.figures.contest import both_height, draw_both, draw_family_values, values_height
from analysis.figures.effects import draw_hazard_ratios, forest_height
from analysis.figures.points import draw_points, points_height
from analysis.figures.style import as_svg
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import Remark
from reports.contest.content import Compared
from reports.writing.alternatives import told_texts


def values_picture(found: Compared, text: Catalogue, labels: Mapping[str, str], colors: Mapping[str, str]) -> Markup:
    """Draw what each family is worth by each kind of model, beside its shuffled columns."""
    values, words = _values(found, text, labels)
    return Markup(
        as_svg(
            "contest", draw_family_values, size=(7.4, values_height(values)), alt=text("contest.figure_alt"),
            content=told_texts(text, _first(values, words), "text"), frame=values, colors=colors, **words,
        )
    )  # fmt: skip


def both_picture(
    found: Compared, text: Catalogue, labels: Mapping[str, str], colors: Mapping[str, str], currency: str | None = None
) -> Markup:
    """Draw both questions side by side: what each family is worth, and how many points of churn it makes out."""
    if isinstance(found.differences, Remark):
        return values_picture(found, text, labels, colors)
    values, words = _values(found, text, labels)
    points = drawn_differences(found.differences, text, currency).set_index("family")
    points = points.loc[list(dict.fromkeys(values["family"]))].reset_index()
    return Markup(
        as_svg(
            "contest", draw_both, size=(9.6, both_height(values)), alt=text("contest.both_alt"),
            content=told_texts(text, _first(values, words), "text") + text("list.sentences")
            + told_texts(text, points, "text", "below"),
            values=values, points=points, colors=colors, points_label=text("contest.both_points_x"), **words,
        )
    )  # fmt: skip


def _values(found: Compared, text: Catalogue, labels: Mapping[str, str]) -> tuple[pd.DataFrame, dict]:
    """Return what `draw_family_values` draws, and the words around it."""
    names = {name: text(f"model.{name}") for name in dict.fromkeys(found.drawn["model"])}
    said = [
        text("contest.figure_text", estimate=text.number(e, 1), span=text.span(low, high, 1))
        for e, low, high in found.drawn[["estimate", "conf_low", "conf_high"]].itertuples(index=False)
    ]
    words = {
        "families": labels,
        "models": list(names.values()),
        "x_label": text("contest.figure_x"),
        "noise_label": text("contest.figure_noise"),
    }
    return found.drawn.assign(model=found.drawn["model"].map(names), text=said), words


def _first(values: pd.DataFrame, words: dict) -> pd.DataFrame:
    """Return the rows whose numbers are printed, of the first kind of model, by the names of their families."""
    own = values[values["model"] == words["models"][0]]
    return own.assign(label=own["family"].map(words["families"]))


def points_picture(
    found: RiskDifferences, text: Catalogue, colors: Mapping[str, str], currency: str | None = None
) -> Markup:
    """Draw how many points of churn each family makes out."""
    drawn = drawn_differences(found, text, currency)
    return _dots("points", drawn, text, colors, text("contest.points_alt"), text("contest.points_x"))


def totals_picture(found: TotalEffects, text: Catalogue, colors: Mapping[str, str]) -> Markup:
    """Draw each family's points of churn, through other families and beside them."""
    return _dots("total", drawn_totals(found, text), text, colors, text("contest.total_alt"), text("contest.total_x"))


def events_picture(found: ByEvent, text: Catalogue, colors: Mapping[str, str]) -> Markup:
    """Draw what each family goes with, leaving beside shrinking."""
    alt, x_label = text("contest.by_event_alt"), text("contest.by_event_x")
    return _dots("by_event", drawn_events(found, text), text, colors, alt, x_label)


def touches_picture(found: TouchEffects, text: Catalogue, colors: Mapping[str, str]) -> Markup:
    """Draw effects of contact, with and without touches that were interventions."""
    labelled = found.table.assign(label=[text.label(str(term)) for term in found.table["term"]])
    alt, x_label = text("contest.touches_alt"), text("contest.touches_x")
    return _dots("touches", drawn_touches(labelled, text), text, colors, alt, x_label)


def _dots(name: str, drawn: pd.DataFrame, text: Catalogue, colors: Mapping[str, str], alt: str, x_label: str) -> Markup:
    """Draw estimates with their intervals, and beside them what they come to."""
    return Markup(
        as_svg(
            name, draw_points, size=(8.6, points_height(drawn)), alt=alt,
            content=told_texts(text, drawn, "text", "below"), frame=drawn, colors=colors, x_label=x_label,
        )
    )  # fmt: skip


def cells_picture(found: BlindSpots, text: Catalogue, currency: str | None = None) -> Markup:
    """Draw the map of blind spots."""
    drawn = drawn_cells(found, text, currency)
    rows, columns = cell_labels(found.families, text)
    return Markup(
        as_svg(
            "cells", draw_cells, size=(8.6, map_height(drawn)), alt=text("contest.cells_alt"),
            content=told_texts(text, _placed(drawn, rows, columns, text), "share", "interval", "of", "now", "paying"),
            frame=drawn,
            row_labels=rows, column_labels=columns, notes=map_notes(found, text),
        )
    )  # fmt: skip


def _placed(
    drawn: pd.DataFrame, rows: Sequence[str], columns: Sequence[Sequence[str]], text: Catalogue
) -> pd.DataFrame:
    """Label each cell of a map by its row and its column."""
    labels = [
        text.listed([rows[row], *columns[column]]) for row, column in drawn[["row", "column"]].itertuples(index=False)
    ]
    return drawn.assign(label=labels)


def vacancy_picture(found: Vacancy, text: Catalogue) -> Markup:
    """Draw the hazard after a champion's departure; nothing where there is no ratio."""
    drawn = drawn_vacancy(found, text)
    if drawn.empty or not drawn["hazard_ratio"].notna().any():
        return Markup("")
    return Markup(
        as_svg(
            "vacancy", draw_hazard_ratios, size=(8.4, forest_height(drawn)), alt=text("contest.vacancy_alt"),
            content=told_texts(text, drawn, "text"),
            frame=drawn, colors=PLACE_COLORS, x_label=vacancy_axis(text),
            family_labels=place_labels(text),
        )
    )  # fmt: skip
