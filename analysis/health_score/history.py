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
    """The scores that an audit may judge.

    Attributes
    ----------
    published : Scored or None
        As published then; None where there is no history, or it looks rewritten.
    computed : Scored or None
        By the definition; None where there is none, or it rests on a history that looks rewritten.
    alarm : Alarm
        Whether the history looks rewritten: it was, it was not, or these data cannot tell.
    notes : tuple of Remark
        What a reader must know of the choice.
    """

    published: Scored | None
    computed: Scored | None
    alarm: Alarm
    notes: tuple[Remark, ...]

    @property
    def headline(self) -> Scored | None:
        """The score that verdicts are on: the published one where it may be judged."""
        return self.computed if self.published is None else self.published


def judgeable_scores(tenure: CohortTables, definition: ScoreDefinition | None) -> Judgeable:
    """Return the scores of a study that may be judged.

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
        computed = None if definition is None else scored_by_definition(tenure, definition)
        return Judgeable(scored_as_published(tenure, definition), computed, alarm, ())
    if definition is None:
        raise ModelError(remark("health_score.rewritten", by=abs(alarm.estimate)))
    resting = tuple(one.name for one in definition.components if one.published)
    if resting:
        raise ModelError(remark("health_score.rewritten_parts", components=resting))
    computed = scored_by_definition(tenure, definition)
    return Judgeable(None, computed, alarm, (remark("health_score.rewritten_computed"),))
