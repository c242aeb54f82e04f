"""History: whether published scores can be taken as they stand, and what is judged where they cannot."""

from dataclasses import dataclass

from analysis.audits.alarm import Alarm
from analysis.audits.overwritten import rewritten_score
from analysis.cohort.cohort_tables import CohortTables
from analysis.errors import ModelError
from analysis.health_score.definition import ScoreDefinition
from analysis.health_score.scored import Scored, scored_as_published, scored_by_definition
from analysis.wording.remarks import Remark, remark


@dataclass(frozen=True, slots=True, eq=False)
class Judgeable:
    """The score that an audit may judge.

    Attributes
    ----------
    scored : Scored or None
        As published then, where there is a history that does not look rewritten; else by the definition, or None where
        there is none.
    alarm : Alarm
        Whether the history looks rewritten: it was, it was not, or these data cannot tell.
    notes : tuple of Remark
        What a reader must know of the choice.
    """

    scored: Scored | None
    alarm: Alarm
    notes: tuple[Remark, ...] = ()


def judgeable_score(tenure: CohortTables, definition: ScoreDefinition | None) -> Judgeable:
    """Return the score of a study that may be judged.

    A definition is computed only where no published score can be judged: of a published one it may rest on what this
    source does not give.

    Parameters
    ----------
    tenure
        The cohort.
    definition
        Of the study's file.

    Raises
    ------
    ModelError
        If the published history looks rewritten after the fact, and there is no definition by covariates to go on with.
    DesignError
        As `scored_by_definition`.
    """
    alarm = rewritten_score(tenure)
    if not alarm.is_raised:
        published = scored_as_published(tenure, definition)
        if published is None and definition is not None:
            return Judgeable(scored_by_definition(tenure, definition), alarm)
        return Judgeable(published, alarm)
    if definition is None:
        raise ModelError(remark("health_score.rewritten", by=abs(alarm.estimate)))
    resting = tuple(one.name for one in definition.components if one.published)
    if resting:
        raise ModelError(remark("health_score.rewritten_parts", components=resting))
    computed = scored_by_definition(tenure, definition)
    return Judgeable(computed, alarm, (remark("health_score.rewritten_computed"),))
