"""The section of the health score: the first answers of its audit."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import Remark
from analysis.workbench import Workbench
from reports.health_score.content import IN_SHORT, AuditedScore
from reports.health_score.pictures import pictures
from reports.health_score.summary import summarise as audit_of

WEIGHTS = "weights"
ASKED = (WEIGHTS, "order", "colours", "left_out")
"""Parts of the audit whose answers a leader needs."""


@dataclass(frozen=True, slots=True)
class AuditedHealth:
    """What the quarterly page tells of the health score; or why it does not."""

    audited: AuditedScore
    obstacle: Remark | None


def audited_health(tenure: Workbench) -> AuditedHealth:
    """Ask the audit of the health score what a leader needs of it.

    Raises
    ------
    StudyError
        If the study's `health_score.toml` cannot be read or used.
    """
    found = audit_of(tenure, ASKED)
    return AuditedHealth(found, found.obstacle)


def health_in_words(content: AuditedHealth, text: Catalogue, colors: dict[str, str]) -> dict[str, Any]:
    """Return what the template asks for: answers, question by question, and the picture of the weights."""
    if content.obstacle:
        return {"health_obstacle": content.obstacle, "health_answers": [], "health_figure": None}
    audited = content.audited
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
