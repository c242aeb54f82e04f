"""Kept quarters: how recent quarters were forecast, read as it is kept beside the cohort."""

from collections.abc import Sequence

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.kept import Later, fields_of, kept, made
from analysis.evaluation.quoted import Quoted, keep_quoted, read_quoted
from analysis.evaluation.rolling_origin import RollingOrigin, rolling_origin_of
from analysis.evaluation.scored_quarters import ScoredQuarters
from analysis.models.competition import Makers
from analysis.models.registry import BLENDED


def kept_rolling_origin(
    tenure: CohortTables, name: str, models: Makers | None = None, blended: Sequence[str] = BLENDED
) -> RollingOrigin:
    """Return the same as `rolling_origin_of`, as it is kept beside the cohort (`analysis.cohort.kept`).

    Kept are the scores, and of each quarter the model that was chosen, not those that it was chosen from.

    Parameters
    ----------
    tenure, models, blended
        As there.
    name
        Of the answer; models of another name are another.

    Raises
    ------
    ModelError
        As there.
    """
    whole = Later(lambda: rolling_origin_of(tenure, models, blended))
    scored = kept(tenure, name, lambda: ScoredQuarters(**fields_of(whole.get(), ScoredQuarters)))

    def learned() -> tuple[Quoted, ...]:
        keep_quoted(tenure, name, whole.get().folds, scored.choices)
        return whole.get().quoted

    quoted = made(learned()) if whole.is_made else Later(lambda: read_quoted(tenure, name, scored.choices, learned))
    folds = whole.get().learned if whole.is_made else Later(lambda: whole.get().folds)
    return RollingOrigin(**fields_of(scored, ScoredQuarters), learned=folds, by_choice=quoted)
