"""Scores: the health score of one account, as published then or as the study's own definition gives it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.errors import obstacle_to
from analysis.health_score.published import HISTORY
from analysis.health_score.scored import Scored
from analysis.progress import Progress
from analysis.story.told import Told, not_measured
from analysis.wording.remarks import Remark


@dataclass(frozen=True, slots=True, eq=False)
class ScoresTold:
    """What is told of the score of an account.

    Attributes
    ----------
    table : DataFrame
        scored_on, value (0 to 100), band (its colour; None where there is none), in order of days.
    is_computed : bool
        By `health_score.toml` on each landmark, from what was known then; else it was published on the day.
    note : str
        Why there is none; '' where the score is known, though not of this account.
    """

    table: pd.DataFrame
    is_computed: bool
    note: str = ""


def scores_told(
    told: Told, scored: Callable[[], Scored | None], why: Mapping[str, Remark], progress: Progress
) -> ScoresTold:
    """Return the score as it was published; where the source has no history of one, as the study's definition gives it.

    Parameters
    ----------
    told
        What is known of the account.
    scored
        Returns the landmark rows of the book with the score that its definition gives; None where there is none.
    why
        Why the source does not measure what it does not, by name.
    progress
        Told why there is none.
    """
    if HISTORY in told.given:
        return ScoresTold(told.scores, is_computed=False)
    if obstacle := obstacle_to("no health score in the story", progress, scored):
        return ScoresTold(told.scores, is_computed=False, note=f"not computed: {obstacle}".rstrip("."))
    book = scored()
    if book is None:
        return ScoresTold(told.scores, is_computed=False, note=not_measured(told, why, HISTORY))
    own = book.has_score & (book.rows["account_id"] == told.account_id).to_numpy(bool)
    rows = book.rows[own]
    table = pd.DataFrame({"scored_on": rows["risk_date"], "value": book.score[own], "band": book.colour[own]})
    return ScoresTold(table.sort_values("scored_on", kind="stable", ignore_index=True), is_computed=True)
