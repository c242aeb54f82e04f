"""Needed: what a source must give for the parts of a health score."""

from collections.abc import Collection
from dataclasses import dataclass

from analysis.declared.own_queries import OwnQueries
from analysis.declared.study import Study
from analysis.health_score.definition import ScoreDefinition, read_definition
from analysis.health_score.published import HISTORY


@dataclass(frozen=True, slots=True)
class NeededPart:
    """A component of a score, or the covariate of an override.

    Attributes
    ----------
    value
        The covariate that it rests on, or the component of the published history.
    lacking
        What the source would have to give, in the words of the contract; empty where it gives all.
    """

    value: str
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NeededScore:
    """What the score of a study rests on.

    Attributes
    ----------
    name
        Of the score.
    parts
        Every value once, in the order of the file.
    """

    name: str
    parts: tuple[NeededPart, ...]

    @property
    def able(self) -> int:
        """How many of the values the source gives."""
        return sum(not part.lacking for part in self.parts)


def needed_by_study(study: Study, given: Collection[str]) -> NeededScore | None:
    """Return what the score beside a study needs; None where there is none.

    Raises
    ------
    StudyError
        If it cannot be read or used.
    """
    definition = read_definition(study.health_score, study.own)
    return None if definition is None else NeededScore(definition.name, needed_parts(definition, given, study.own))


def needed_parts(definition: ScoreDefinition, given: Collection[str], own: OwnQueries) -> tuple[NeededPart, ...]:
    """Return each part of a score, every value once, in the order of the file.

    Parameters
    ----------
    definition
        The score.
    given
        What a source gives (see `analysis.declared.contract.names_given`).
    own
        What the study brings.

    Examples
    --------
    >>> from analysis.declared.own_queries import NOTHING
    >>> from analysis.health_score.definition import Component, ScoreDefinition
    >>> score = ScoreDefinition("ours", (Component("contact", 100.0, covariate="days_since_touch"),))
    >>> needed_parts(score, {"tickets"}, NOTHING)[0].value
    'days_since_touch'
    """
    declared = {covariate.name: covariate for covariate in own.declared()}
    lacking = {
        one.covariate or one.published: declared[one.covariate].lacking(given)
        if one.covariate
        else (() if HISTORY in given else (HISTORY,))
        for one in definition.components
    }
    lacking |= {one.covariate: declared[one.covariate].lacking(given) for one in definition.overrides}
    return tuple(NeededPart(value, tuple(needs)) for value, needs in lacking.items())
