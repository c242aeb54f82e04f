"""Displays of the families' effects: points of churn, blind spots, and the champion's vacancy, with their pictures."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.contest.blind_spots import BlindSpots
from analysis.contest.covariate_effects import Direction, Per
from analysis.contest.dose_response import DoseResponse
from analysis.contest.risk_difference import RiskDifferences, Shown
from analysis.contest.vacancy import Vacancy, weeks_remark
from analysis.declared.factors import Covariate, families_named
from analysis.figures.cells import draw_cells, map_height
from analysis.figures.display import Display
from analysis.figures.dose import draw_dose
from analysis.figures.effects import draw_hazard_ratios, forest_height
from analysis.figures.points import draw_points, points_height
from analysis.figures.style import MUTED, WARN
from analysis.models.registry import COX, FOREST
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import Remark, english, remark

_DIFFERENCES = ("family", "shown", "estimate", "conf_low", "conf_high", "p_value", "accounts", "revenue")
_CELLS = ("n_accounts", "n_events", "estimate", "conf_low", "conf_high", "accounts_now", "revenue_now")
_WEEKS = ("weeks_from", "weeks_to", "is_filled", "n_events", "hazard_ratio", "hazard_ratio_low", "hazard_ratio_high",
          "adjusted_p_value")  # fmt: skip
"""What of each table a notebook shows."""
_HALVES = "In the columns of families, yes is the half of the accounts of which the family says the worse."


def show_risk_differences(found: RiskDifferences, colors: Mapping[str, str], currency: str | None = None) -> Display:
    """Return by how many points of churn, accounts and yearly revenue each family's ends differ.

    Parameters
    ----------
    colors
        Colour of each family.
    currency
        Of what accounts pay.
    """
    drawn = drawn_differences(found, english(), currency)
    return Display(
        "Points of churn between accounts at the 10th and the 90th percentile of what a family says",
        found.table,
        lambda ax: draw_points(ax, drawn, colors),
        size=(9.0, points_height(drawn)),
        notes=tuple(str(note) for note in found.notes),
        columns=_DIFFERENCES,
    )


def drawn_differences(found: RiskDifferences, catalogue: Catalogue, currency: str | None = None) -> pd.DataFrame:
    """Return what `draw_points` needs of the differences, in the words of a catalogue."""
    said = [_points(line, catalogue, currency) for line in found.table.itertuples()]
    return found.table[["family", "estimate", "conf_low", "conf_high"]].assign(
        label=_names(found.table["family"], catalogue),
        text=[points for points, _ in said],
        below=[accounts for _, accounts in said],
    )


def _points(line: Any, catalogue: Catalogue, currency: str | None) -> tuple[str, str]:
    """Return a family's points, and the accounts and revenue that they come to."""
    if line.shown == Shown.SILENT:
        return remark("contest.difference_none").in_words(catalogue), ""
    points = remark("contest.difference_told", points=line.estimate, low=line.conf_low, high=line.conf_high)
    number = round(line.accounts)
    accounts = (
        remark("contest.accounts", accounts=number)
        if pd.isna(line.revenue)
        else remark("contest.accounts_paying", accounts=number, revenue=catalogue.money(line.revenue, currency))
    )
    return points.in_words(catalogue), accounts.in_words(catalogue)


def show_blind_spots(found: BlindSpots, currency: str | None = None) -> Display:
    """Return the cells of accounts high and low by each family, with their map."""
    catalogue = english()
    drawn = drawn_cells(found, catalogue, currency)
    rows, columns = cell_labels(found.families, catalogue)
    notes = map_notes(found, catalogue)
    return Display(
        "Who left in cells of accounts high and low by each family, and who is there now",
        found.table,
        lambda ax: draw_cells(ax, drawn, rows, columns, notes),
        size=(9.0, map_height(drawn)),
        notes=(_HALVES, *(str(note) for note in found.notes)),
        columns=(*found.families, *_CELLS),
    )


def map_notes(found: BlindSpots, catalogue: Catalogue) -> list[str]:
    """Return what stands under the map, line by line, in the words of a catalogue."""
    codes = ["contest.map_note", "contest.map_denominator", *(["contest.map_framed"] if found.spots else [])]
    return [remark(code).in_words(catalogue) for code in codes]


def drawn_cells(found: BlindSpots, catalogue: Catalogue, currency: str | None = None) -> pd.DataFrame:
    """Return what `draw_cells` needs of the cells, in the words of a catalogue."""
    others = _combinations(found.families)
    lines = []
    for place, cell in found.table.iterrows():
        own = tuple(bool(cell[family]) for family in found.families)
        at = {"row": int(own[0]), "column": others.index(own[1:]), "is_spot": place in found.spots}
        left = {"estimate": cell["estimate"], "share": catalogue.share(cell["estimate"])}
        lines.append(at | left | _texts(cell, catalogue, currency))
    return pd.DataFrame(lines)


def _texts(cell: pd.Series, catalogue: Catalogue, currency: str | None) -> dict[str, str]:
    """Return the lines of text in a cell, empty where there is nothing to say."""
    interval = of = paying = ""
    if not cell["is_hidden"] and cell["n_accounts"]:
        interval = remark("contest.map_interval", low=cell["conf_low"], high=cell["conf_high"]).in_words(catalogue)
        counts = {"events": "n_events", "rows": "n_rows", "accounts": "n_accounts"}
        told = remark("contest.map_counts", **{name: round(cell[column]) for name, column in counts.items()})
        of = told.in_words(catalogue)
    if cell["is_hidden_now"]:
        now = remark("contest.map_hidden").in_words(catalogue)
    else:
        now = remark("contest.map_now", accounts=round(cell["accounts_now"])).in_words(catalogue)
        if pd.notna(cell["revenue_now"]):
            revenue = catalogue.money(cell["revenue_now"], currency)
            paying = remark("contest.map_paying", revenue=revenue).in_words(catalogue)
    return {"interval": interval, "of": of, "now": now, "paying": paying}


def cell_labels(families: Sequence[str], catalogue: Catalogue) -> tuple[list[str], list[list[str]]]:
    """Return what stands beside the rows and, line by line, over the columns of the map."""
    names = _names(families, catalogue)

    def half(name: str, is_worse: bool) -> str:
        code = "contest.map_worse" if is_worse else "contest.map_better"
        return remark(code, family=name).in_words(catalogue)

    rows = [half(names[0], is_worse) for is_worse in (False, True)]
    columns = [
        [half(name, is_worse) for name, is_worse in zip(names[1:], cell, strict=True)]
        for cell in _combinations(families)
    ]
    return rows, columns


PLACE_COLORS = {"vacant": WARN, "filled": MUTED}
"""Of the hazard with nobody in place, and with another."""


def show_vacancy(found: Vacancy) -> Display:
    """Return the hazard of leaving by weeks since a champion's departure became known, filled or not."""
    drawn, catalogue = drawn_vacancy(found, english()), english()
    labels, axis = place_labels(catalogue), vacancy_axis(catalogue)
    return Display(
        "Hazard of leaving after a champion's departure, by weeks since it became known",
        found.table,
        (lambda ax: draw_hazard_ratios(ax, drawn, PLACE_COLORS, axis, labels)) if _has_ratio(drawn) else None,
        size=(8.4, forest_height(drawn)),
        notes=tuple(str(note) for note in found.notes),
        columns=_WEEKS,
    )


def drawn_vacancy(found: Vacancy, catalogue: Catalogue) -> pd.DataFrame:
    """Return what `draw_hazard_ratios` needs of the weeks that are not hidden, in the words of a catalogue."""
    shown = found.table[~found.table["is_hidden"] & (found.table["n_lifetimes"] > 0)]
    ratios = shown[["hazard_ratio", "hazard_ratio_low", "hazard_ratio_high"]]
    return ratios.assign(
        family=shown["is_filled"].map({False: "vacant", True: "filled"}),
        label=[weeks_remark(row).in_words(catalogue) for _, row in shown.iterrows()],
        text=[_ratio(row).in_words(catalogue) for _, row in shown.iterrows()],
    )


def vacancy_axis(catalogue: Catalogue) -> str:
    """Return what the axis of the weeks' hazards is called."""
    return remark("contest.vacancy_axis").in_words(catalogue)


def place_labels(catalogue: Catalogue) -> dict[str, str]:
    """Return what the two groups of weeks are called."""
    return {
        "vacant": remark("contest.nobody_in_place").in_words(catalogue),
        "filled": remark("contest.another_in_place").in_words(catalogue),
    }


def show_covariate_effects(table: pd.DataFrame, colors: Mapping[str, str]) -> Display:
    """Return hazard ratios per standard deviation and per unit, and beside each whether its sign was expected.

    Parameters
    ----------
    table
        As `COVARIATE_EFFECTS`, with a label for each column.
    colors
        Colour of each family.
    """
    drawn = drawn_covariate_effects(table, english())
    return Display(
        "Hazard ratios per standard deviation and per unit, and the sign that was expected",
        table,
        lambda ax: draw_hazard_ratios(ax, drawn, colors),
        size=(11.0, forest_height(drawn)),
        notes=tuple(str(remark(code)) for code in _read(table)),
    )


def _read(table: pd.DataFrame) -> list[str]:
    """Return the codes of what a reader of the effects must know."""
    return ["contest.effects_read", *(["contest.ladder_not_made"] if table["signal"].isna().all() else [])]


def drawn_covariate_effects(table: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return what `draw_hazard_ratios` needs of labelled effects, in the words of a catalogue."""
    texts = []
    for row in table.itertuples():
        own = _span(catalogue, row.hazard_ratio, row.hazard_ratio_low, row.hazard_ratio_high)
        per = _span(catalogue, row.unit_ratio, row.unit_ratio_low, row.unit_ratio_high)
        text = remark(_PER[row.per], own=own, per=per)
        if verdict := _DIRECTIONS.get(row.direction):
            text = remark("contest.with_verdict", ratios=text, verdict=remark(verdict))
        texts.append(text.in_words(catalogue))
    return table.assign(text=texts)


def _span(catalogue: Catalogue, ratio: float, low: float, high: float) -> str:
    text = catalogue.number(ratio)
    return text if pd.isna(low) else f"{text} ({catalogue.span(low, high)})"


_PER = {Per.UNIT: "contest.per_unit", Per.DOUBLING: "contest.per_doubling", Per.MARK: "contest.per_mark"}
_DIRECTIONS = {Direction.AS_EXPECTED: "contest.as_expected", Direction.AGAINST: "contest.against"}


def show_dose_response(found: DoseResponse, covariate: Covariate) -> Display:
    """Return the curve of one covariate in the Cox model and in the forest."""
    words = dose_words(covariate.label_en, covariate.unit, english())
    return Display(
        words.title,
        found.table,
        lambda ax: draw_dose(ax, found.table, found.median, words.x_label, words.models, words.y_label),
        size=(7.0, 4.0),
        notes=tuple(str(note) for note in found.notes),
    )


@dataclass(frozen=True, slots=True)
class DoseWords:
    """What stands over and beside the curve of a covariate, and what its models are called."""

    title: str
    x_label: str
    y_label: str
    models: Mapping[str, str]


def dose_words(label: str, unit: str, catalogue: Catalogue) -> DoseWords:
    """Return the words of the curve of a covariate, called so and of this unit, in those of a catalogue."""
    return DoseWords(
        title=remark("contest.dose_title", label=label).in_words(catalogue),
        x_label=f"{label} ({unit})",
        y_label=remark("contest.dose_y").in_words(catalogue),
        models={name: remark(code).in_words(catalogue) for name, code in _DOSE_MODELS.items()},
    )


_DOSE_MODELS = {COX: "contest.dose_cox", FOREST: "contest.dose_forest"}


def _has_ratio(drawn: pd.DataFrame) -> bool:
    return bool(drawn["hazard_ratio"].notna().any())


def _ratio(row: pd.Series) -> Remark:
    if pd.isna(row["estimate"]):
        return remark("contest.vacancy_no_ratio", events=int(row["n_events"]))
    span = {"low": row["hazard_ratio_low"], "high": row["hazard_ratio_high"]}
    return remark("contest.vacancy_ratio", ratio=row["hazard_ratio"], events=int(row["n_events"]), **span)


def _combinations(families: Sequence[str]) -> list[tuple[bool, ...]]:
    """Return the columns of the map: halves of all families but the first, the best first."""
    return list(itertools.product([False, True], repeat=len(families) - 1))


def _names(families: Sequence[str] | pd.Series, catalogue: Catalogue) -> list[str]:
    return [catalogue.format_field(family, "") for family in families_named(families)]
