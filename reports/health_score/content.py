"""The content of the page of a score's audit: finished answers, as no page has yet put them into words."""

from dataclasses import dataclass

import pandas as pd

from analysis.health_score.definition import ScoreDefinition
from analysis.health_score.scored import Origin
from analysis.wording.remarks import Remark

PARTS = (
    "weights", "order", "colours", "warning", "alarms", "flagged", "left_out", "interventions", "proposal", "stability",
)  # fmt: skip
"""Of the page, in its order: what the owner of a score asks first comes first."""

IN_SHORT = {
    "weights": 8, "order": 3, "colours": 4, "warning": 1, "alarms": 1, "flagged": 1, "left_out": 3, "interventions": 1,
    "proposal": 1, "stability": 0,
}  # fmt: skip
"""So many answers of a part are said at the top of the page."""


@dataclass(frozen=True, slots=True)
class Part:
    """One question, and what is found.

    Attributes
    ----------
    name
        One of `PARTS`.
    answers
        Most telling first; some are said at the top of the page, too (`IN_SHORT`).
    notes
        Beside them.
    is_refused
        Whether the question cannot be answered; the answers say why.
    """

    name: str
    answers: tuple[Remark, ...]
    notes: tuple[Remark, ...] = ()
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class AuditedScore:
    """All that the page says, before it is put into words.

    Attributes
    ----------
    day
        The snapshot.
    origin, definition, is_recovered
        Where the score comes from, what it is made of, and whether that was found from its history; None where there
        is no score, or its weights are unknown.
    choice
        What a reader must know of why it is this score.
    obstacle
        Why there is no audit; None where there is.
    parts
        In the order of the page.
    found
        Results that pictures and tables are drawn from, by part; a part that was refused is absent.
    tables
        All tables by name, for files beside the page.
    proposed
        Text of the proposed definition's file; empty where none is proposed.
    """

    day: pd.Timestamp
    origin: Origin | None
    definition: ScoreDefinition | None
    is_recovered: bool
    choice: tuple[Remark, ...]
    obstacle: Remark | None
    parts: tuple[Part, ...]
    found: dict[str, object]
    tables: dict[str, pd.DataFrame]
    proposed: str = ""
