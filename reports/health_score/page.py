"""The page of a score's audit: frozen content becomes one self-contained HTML file."""

from collections.abc import Mapping

from markupsafe import Markup

from analysis.wording.catalogue import Catalogue
from analysis.workbench import Workbench
from reports.health_score.content import IN_SHORT, PARTS, AuditedScore
from reports.health_score.pictures import pictures
from reports.writing.html import environment

PICTURES = {
    "weights": ("weights",),
    "order": ("order",),
    "colours": ("colours", "curve"),
    "warning": ("warning", "lead"),
    "alarms": ("alarms",),
    "flagged": ("flagged",),
    "left_out": ("left_out", "carried"),
    "interventions": ("interventions",),
}
"""Of each part, in order."""


def render_health_score(
    tenure: Workbench, content: AuditedScore, catalogue: Catalogue, provenance: Mapping[str, str]
) -> str:
    """Return the page of a score's audit as one HTML document.

    Parameters
    ----------
    tenure
        The study, for its title.
    content
        All answers.
    catalogue
        The language.
    provenance
        What the page can be made again from.
    """
    colours = content.definition.colours if content.definition else None
    limits = (colours.red_below, colours.green_from) if colours else ()
    drawn = pictures(content.found, limits, catalogue, tenure.colors)
    return (
        environment(catalogue)
        .get_template("health_score/page.html.j2")
        .render(
            language=catalogue.language,
            study=tenure.study,
            content=content,
            choice=[one.in_words(catalogue) for one in content.choice],
            made_of=_made_of(content, catalogue),
            parts=[_part(content, part.name, catalogue) for part in content.parts],
            refused=[part.name for part in content.parts if part.is_refused],
            figures={name: Markup(svg) for name, svg in drawn.items()},
            pictures={name: [one for one in PICTURES.get(name, ()) if one in drawn] for name in PARTS},
            provenance=provenance,
        )
    )


def _made_of(content: AuditedScore, text: Catalogue) -> str:
    """Say what the score is made of."""
    if content.definition is None:
        return text("health.made_of_unknown")
    parts = [
        text("health.one_part", component=one.name, weight=text.number(one.weight, 0))
        for one in content.definition.components
    ]
    return text("health.made_of_recovered" if content.is_recovered else "health.made_of", parts=text.listed(parts))


def _part(content: AuditedScore, name: str, text: Catalogue) -> dict[str, object]:
    part = next(one for one in content.parts if one.name == name)
    return {
        "name": name,
        "is_refused": part.is_refused,
        "answers": [one.in_words(text) for one in part.answers],
        "in_short": [one.in_words(text) for one in part.answers[: IN_SHORT[name]]],
        "notes": [one.in_words(text) for one in part.notes],
    }
