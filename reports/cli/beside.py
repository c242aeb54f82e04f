"""Beside: what lies next to a study file, its own claims and its health score, as a check reads and tells of it."""

from analysis.cohort.source_check import SourceCheck
from analysis.declared.claims import read_own_claims
from analysis.declared.study import Study
from analysis.wording.catalogue import Catalogue
from reports.dictionary.entries import needs_in_words
from reports.writing.terminal import wrapped


def refuse_unreadable(study: Study) -> None:
    """Refuse what lies beside a study and cannot be read or used, before its source is read.

    Raises
    ------
    StudyError
        With the file, the place in it, and what would fit.
    """
    read_own_claims(study.claims, study.own)
    if study.health_score.is_file():
        from analysis.health_score.definition import read_definition  # it waits for scipy, a second

        read_definition(study.health_score, study.own)


def say_score(study: Study, checked: SourceCheck, text: Catalogue) -> tuple[str, ...]:
    """Return whether a source gives what the study's health score rests on; nothing where there is no score."""
    if not study.health_score.is_file():
        return ()
    from analysis.health_score.needed import needed_by_study  # as above

    score = needed_by_study(study, checked.given)
    if score is None:
        return ()
    said = text("check.score", name=score.name, able=score.able, parts=len(score.parts))
    lines = [wrapped("", said, 0).lstrip()]
    for part in score.parts:
        if part.lacking:
            needs = needs_in_words(part.lacking, text, checked.not_measured)
            lines.append(wrapped(f"  {part.value}", text("check.claim_needs", names=needs), 6))
    return ("\n".join(lines),)
