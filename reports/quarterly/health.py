"""The section of the health score: the first answers of its audit."""

from typing import Any

from markupsafe import Markup

from analysis.wording.catalogue import Catalogue
from analysis.workbench import Workbench
from reports.health_score.content import IN_SHORT, AuditedScore
from reports.health_score.pictures import pictures
from reports.health_score.summary import summarise as audit_of

WEIGHTS = "weights"
ASKED = (WEIGHTS, "order", "colours", "left_out")
"""Parts of the audit whose answers a leader needs."""


def audited_health(tenure: Workbench) -> AuditedScore:
    """Ask the audit of the health score what a leader needs of it.

    Raises
    ------
    StudyError
        If the study's `health_score.toml` cannot be read or used.
    """
    return audit_of(tenure, ASKED)


def health_in_words(audited: AuditedScore, text: Catalogue, colors: dict[str, str]) -> dict[str, Any]:
    """Return what the template asks for: answers, question by question, and the picture of the weights."""
    if audited.obstacle:
        return {"health_obstacle": audited.obstacle, "health_answers": [], "health_figure": None}
    colours = audited.definition.colours if audited.definition else None
    limits = (colours.red_below, colours.green_from) if colours else ()
    drawn = pictures({name: one for name, one in audited.found.items() if name == WEIGHTS}, limits, text, colors)
    answers = [
        (text(f"health.part_{part.name}"), [one.in_words(text) for one in part.answers[: IN_SHORT[part.name]]])
        for part in audited.parts
    ]
    return {
        "health_obstacle": None,
        "health_answers": answers,
        "health_figure": Markup(drawn[WEIGHTS]) if WEIGHTS in drawn else None,
    }
