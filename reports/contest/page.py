"""The page of a contest: frozen content becomes one self-contained HTML file."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from markupsafe import Markup

from analysis.contest.values import IPA, LOG_SCORE, TOTAL
from analysis.contest.where import LEAST_EVENTS
from analysis.figures.contest import draw_family_values, values_height
from analysis.figures.style import as_svg
from analysis.wording.catalogue import Catalogue
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
