"""The page of a contest: frozen content becomes one self-contained HTML file."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from analysis.cohort.currency import currency_of
from analysis.contest.values import IPA, LOG_SCORE, TOTAL
from analysis.contest.where import LEAST_EVENTS
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import Remark
from analysis.workbench import Workbench
from reports.contest import sentences
from reports.contest.content import Compared, Contest
from reports.contest.families import family_lines
from reports.contest.pictures import (
    both_picture,
    cells_picture,
    events_picture,
    points_picture,
    totals_picture,
    touches_picture,
    vacancy_picture,
    values_picture,
)
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
            labels=labels,
            colors=tenure.colors,
            provenance=provenance,
            **_of_page(content, catalogue, labels, tenure.colors, currency_of(tenure)),
        )
    )


def of_compared(
    found: Compared,
    text: Catalogue,
    labels: Mapping[str, str],
    colors: Mapping[str, str],
    currency: str | None = None,
) -> dict[str, Any]:
    """Return what the templates ask for that any page may show of families that could be compared.

    Parameters
    ----------
    found
        What they are worth.
    text
        The language.
    labels, colors
        Of each family.
    """
    return {
        "f": found,
        "rank": sentences.rank_sentence(text, found.ranking, labels),
        "lines": family_lines(text, found, currency),
        "both": both_picture(found, text, labels, colors, currency),
        "cells": None if isinstance(found.cells, Remark) else cells_picture(found.cells, text, currency),
        "vacancy": None if isinstance(found.vacancy, Remark) else vacancy_picture(found.vacancy, text),
        "notes_of": lambda part: [] if isinstance(part, Remark) else [note.in_words(text) for note in part.notes],
    }


def _of_page(
    content: Contest, text: Catalogue, labels: Mapping[str, str], colors: Mapping[str, str], currency: str | None
) -> dict[str, Any]:
    """Return what the templates of this page ask for beyond, where families could be compared."""
    found, further = content.compared, content.further
    if found is None or further is None:
        return {}
    values, where, differences = (further.tables[name] for name in ("values", "where", "differences"))
    told = [by for by in dict.fromkeys(where["by"]) if by in set(differences["by"])]
    return of_compared(found, text, labels, colors, currency) | {
        "short": [*sentences.in_short(text, found, labels, currency), *sentences.silent_sentences(text, found, labels)],
        "worth": values[values["metric"] == LOG_SCORE],
        "by_ipa": values[values["metric"] == IPA].set_index(["model", "family"]),
        "told": told,
        "where": where.set_index(["by", "group", "family"]),
        "groups": {by: list(dict.fromkeys(where.loc[where["by"] == by, "group"])) for by in told},
        "families": [one.family for one in found.ranking.families],
        "told_together": [TOTAL] if len(found.ranking.families) > 1 else [],
        "of_where": {by: sentences.where_sentences(text, differences[differences["by"] == by], labels) for by in told},
        "least_events": LEAST_EVENTS,
        "points": None
        if isinstance(found.differences, Remark)
        else points_picture(found.differences, text, colors, currency),
        "further": further,
        "totals": None if isinstance(further.totals, Remark) else totals_picture(further.totals, text, colors),
        "touches": None if isinstance(further.touches, Remark) else touches_picture(further.touches, text, colors),
        "by_event": None if isinstance(further.by_event, Remark) else events_picture(further.by_event, text, colors),
        "hidden": further.hidden_groups.set_index("by"),
        "figure": values_picture(found, text, labels, colors),
    }
