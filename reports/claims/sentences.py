"""Sentences of the claims ledger that depend on results: what is shown, what is open, and what has changed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.claims.displays import name_of, verdict_label
from analysis.claims.ledger import Line
from analysis.claims.past import has_changed, has_flipped, is_withdrawn
from analysis.claims.verdicts import Verdict
from analysis.wording.catalogue import Catalogue
from reports.claims.content import Judged

Text = Catalogue
SHOWN = (Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.INCONCLUSIVE)


@dataclass(frozen=True, slots=True)
class Row:
    """A test as the page's table has it: texts alone."""

    name: str
    statement: str
    contrast: str
    hazard: str
    expected: str
    estimate: str
    interval: str
    leavers: str
    adjusted: str
    smallest: str
    grade: str
    evidence: str
    notes: tuple[str, ...]


def in_short(text: Text, judged: Judged) -> list[str]:
    """Return the sentences that a reader in a hurry takes away; each follows from the verdicts by rule."""
    groups = {verdict: judged.ledger.of(verdict) for verdict in Verdict}
    said = [counted(text, judged)]
    said += [
        text(f"ledger.names_{verdict}", names=_named(text, groups[verdict])) for verdict in SHOWN[:2] if groups[verdict]
    ]
    if not any(groups[verdict] for verdict in SHOWN):
        said.append(text("ledger.none_judged"))
    if judged.unmeasured:
        said.append(text("ledger.unmeasured", measured=judged.measured, families=judged.unmeasured))
    return [*said, *since_last(text, judged), *changes(text, judged)]


def counted(text: Text, judged: Judged) -> str:
    """Say how many claims have which verdict."""
    ledger = judged.ledger
    return text(
        "ledger.counted",
        tests=len(ledger.lines),
        claims=len({line.claim.name for line in ledger.lines}),
        events=judged.n_events,
        **{str(verdict): len(ledger.of(verdict)) for verdict in Verdict},
    )


def since_last(text: Text, judged: Judged) -> list[str]:
    """Say which verdicts are others than at the last quarter start; nothing where there was none."""
    ledger = judged.ledger
    if not ledger.past or not _was_judged(judged):
        return []
    changed = [
        text(
            "ledger.change",
            name=_name(text, line),
            was=verdict_label(line.verdicts[-2], text),
            now=verdict_label(line.verdicts[-1], text),
        )
        for line in ledger.lines
        if has_changed(line.verdicts)
    ]
    quarter = ledger.past[-1].day
    if not changed:
        return [text("ledger.since_none", quarter=quarter)]
    return [text("ledger.since", quarter=quarter, changes=changed)]


def changes(text: Text, judged: Judged) -> list[str]:
    """Return what the verdicts of past quarter starts say of today's."""
    lines, quarters = judged.ledger.lines, len(judged.ledger.past)
    if not quarters or not _was_judged(judged):
        return []
    flipped = [line for line in lines if has_flipped(line.verdicts)]
    withdrawn = [line for line in lines if is_withdrawn(line.verdicts)]
    said = [text("ledger.flipped", names=_named(text, flipped), quarters=quarters)] if flipped else []
    said += [text("ledger.withdrawn", names=_named(text, withdrawn), quarters=quarters)] if withdrawn else []
    response = [line for line in lines if line.is_response]
    said += [text("ledger.response", names=_named(text, response))] if response else []
    return said or [text("ledger.steady", quarters=quarters)]


def _was_judged(judged: Judged) -> bool:
    """Tell whether there was ever a verdict that could have changed."""
    return any(verdict in SHOWN for line in judged.ledger.lines for verdict in line.verdicts)


def open_claims(text: Text, judged: Judged) -> list[str]:
    """Return from when on what is inconclusive could be decided, the soonest first."""
    lines = judged.ledger.of(Verdict.INCONCLUSIVE)
    soon = sorted((line.decidable_from, _name(text, line)) for line in lines if line.decidable_from is not None)
    said = [text("ledger.decidable", name=name, quarter=quarter) for quarter, name in soon]
    unsized = [line for line in lines if np.isnan(line.judgement.detectable)]
    never = [line for line in lines if line.decidable_from is None and line not in unsized]
    said += [text("ledger.not_decidable", names=_named(text, never))] if never else []
    return said + ([text("ledger.not_sized", names=_named(text, unsized))] if unsized else [])


def rows_of(text: Text, lines: Sequence[Line]) -> list[Row]:
    """Return the lines of a table of judged tests."""
    return [_row(text, line) for line in lines]


def _row(text: Text, line: Line) -> Row:
    found, judgement = line.estimate, line.judgement
    test = found.asked.test
    has_ratio = not np.isnan(found.estimate)
    weak = [text(f"ledger.weak_{one}") for one in line.weaknesses]
    unknown = [text(f"ledger.unknown_{one}") for one in line.unknown]
    notes = [note.in_words(text) for note in found.notes]
    if line.is_response:
        notes.append(text("ledger.response_note"))
    return Row(
        name=_name(text, line),
        statement=line.claim.says(text.language),
        contrast=found.says.in_words(text) if found.says else "",
        hazard=text(f"ledger.hazard_{test.hazard}"),
        expected=text(f"ledger.expected_{_word(test.expected)}"),
        estimate=text.ratio(found.estimate),
        interval=text.ratio_span(found.conf_low, found.conf_high) if has_ratio else "",
        leavers=text("ledger.of_all", exposed=found.n_exposed, events=found.n_events),
        adjusted=text.p_value(judgement.adjusted_p_value),
        smallest=text(
            "ledger.smallest", relevant=text.number(test.relevant), detectable=text.ratio(judgement.detectable)
        ) if has_ratio else text.number(test.relevant),
        grade=line.grade or "",
        evidence=text.listed([*weak, *unknown], "list.semicolon"),
        notes=tuple(notes),
    )  # fmt: skip


def _word(expected: str) -> str:
    return {"+": "more", "-": "less", "not -": "not_less", "not +": "not_more"}.get(expected, "differs")


def reason_of(text: Text, line: Line) -> str:
    """Say why a claim cannot be judged."""
    return line.reason.in_words(text) if line.reason else ""


def _named(text: Text, lines: Sequence[Line]) -> list[str]:
    return [_name(text, line) for line in lines]


def _name(text: Text, line: Line) -> str:
    return name_of(line, text)
