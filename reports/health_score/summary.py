"""The summary of a score's audit: every answer of the page, collected and frozen before anything is drawn."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from analysis.errors import DesignError, ModelError
from analysis.health_score.results import ScoreAudit
from analysis.health_score.sentences import (
    colour_remarks,
    component_remarks,
    family_remarks,
    intervention_remarks,
    weight_remarks,
)
from analysis.wording.remarks import Remark
from analysis.workbench import Workbench
from reports.health_score.content import PARTS, AuditedScore, Part

Told = tuple[object, tuple[Remark, ...], tuple[Remark, ...], dict[str, pd.DataFrame]]
"""A result, its answers, notes and tables."""


def summarise(tenure: Workbench, asked: Sequence[str] = PARTS) -> AuditedScore:
    """Collect everything that the page of a score's audit shows, or some parts of it.

    Raises
    ------
    StudyError
        If the study's `health_score.toml` cannot be read or used.
    """
    audit, day = tenure.score_audit, pd.Timestamp(tenure.study.time.snapshot)
    try:
        scored = audit.scored
    except (DesignError, ModelError) as error:
        return AuditedScore(day, None, None, False, (), error.remark, (), {}, {})
    parts: list[Part] = []
    found: dict[str, object] = {}
    tables: dict[str, pd.DataFrame] = {}
    for name in asked:
        tenure.progress(f"health score: {name.replace('_', ' ')}")
        try:
            result, answers, notes, own = _ASKED[name](audit)
        except (DesignError, ModelError) as error:
            parts.append(Part(name, (error.remark,), is_refused=True))
            continue
        parts.append(Part(name, answers, notes))
        found[name] = result
        tables |= own
    return AuditedScore(
        day, scored.origin, scored.definition, scored.is_recovered, audit.judgeable.notes, None, tuple(parts), found,
        tables, audit.proposal.text if "proposal" in found else "",
    )  # fmt: skip


def _weights(audit: ScoreAudit) -> Told:
    found = audit.weights
    if found.obstacle is not None:
        raise ModelError(found.obstacle)
    warned = intervention_remarks(audit.treated, tuple(found.table["component"]))
    return found, weight_remarks(found), (*warned, *found.notes), {"weights": found.table}


def _order(audit: ScoreAudit) -> Told:
    found = audit.order
    answers = (found.verdict.remark, *(one.remark for one in found.beside))
    return found, answers, found.notes, {"order": found.table, "order-pairs": found.pairs, "order-groups": found.groups}


def _colours(audit: ScoreAudit) -> Told:
    found, held = audit.meanings, audit.held
    tables = {"colours": found.table, "colour-steps": found.steps, "score-curve": found.curve,
              "score-risks": held.measures}  # fmt: skip
    return found, (found.verdict.remark, *colour_remarks(found), held.sentence), found.notes, tables


def _warning(audit: ScoreAudit) -> Told:
    found = audit.forewarned
    notes = (*found.notes, *audit.leads.notes)
    tables = {"warnings": found.table, "lead-times": audit.leads.table}
    return (found, audit.leads), tuple(one.remark for one in found.verdicts), notes, tables


def _alarms(audit: ScoreAudit) -> Told:
    found = audit.alarmed
    return found, tuple(one.remark for one in found.verdicts), found.notes, {"alarms": found.table}


def _flagged(audit: ScoreAudit) -> Told:
    found = audit.flagged
    return found, found.notes[:1], found.notes[1:], {"green-leavers": found.table}


def _left_out(audit: ScoreAudit) -> Told:
    found = audit.lacking
    return found, (*family_remarks(found), *component_remarks(found)), (), {"left-out": found.table}


def _interventions(audit: ScoreAudit) -> Told:
    found = audit.treated
    tables = {"interventions": found.bands, "interventions-components": found.components}
    return found, (found.sentence,), (), {name: table for name, table in tables.items() if len(table)}


def _proposal(audit: ScoreAudit) -> Told:
    found = audit.proposal
    return found, found.notes[:1], found.notes[1:], {"proposed-weights": found.table, "colour-moves": found.moves}


def _stability(audit: ScoreAudit) -> Told:
    found, shapes = audit.stability, audit.scalings
    tables = {"weights-over-time": found.table, "weight-drifts": found.tests, "scalings": shapes.table,
              "bands": shapes.bands, "overlaps": shapes.overlaps}  # fmt: skip
    return found, (*found.notes, *shapes.notes), (), tables


_ASKED: dict[str, Callable[[ScoreAudit], Any]] = {
    "weights": _weights,
    "order": _order,
    "colours": _colours,
    "warning": _warning,
    "alarms": _alarms,
    "flagged": _flagged,
    "left_out": _left_out,
    "interventions": _interventions,
    "proposal": _proposal,
    "stability": _stability,
}
