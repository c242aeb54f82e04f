"""The summary of a contest: every answer of the page, collected and frozen before anything is drawn."""

from collections.abc import Callable
from typing import TypeVar

from analysis.contest.displays import drawn_values
from analysis.contest.ranking import ranked_pairs
from analysis.contest.results import ContestResults
from analysis.declared.factors import control_family
from analysis.declared.floors import Question
from analysis.errors import obstacle_to
from analysis.wording.remarks import Remark
from analysis.workbench import Workbench
from reports.contest.content import Compared, Contest, Further

Answer = TypeVar("Answer")


def summarise(tenure: Workbench) -> Contest:
    """Collect everything that the page of a contest shows.

    Raises
    ------
    ModelError
        If nobody churned, or nobody is at risk near the snapshot.
    """
    standpoint = tenure.standpoint()
    results = tenure.contest
    obstacle = tenure.floor(Question.CONTEST).obstacle or obstacle_to(
        "no comparison of the families", tenure.progress, lambda: results.ranking
    )
    if obstacle:
        return Contest(standpoint, None, None, obstacle)
    compared = compare(tenure, results)
    totals = _found(tenure, "no total effects", lambda: tenure.effects.totals)
    touches = _found(tenure, "no contact without interventions", lambda: tenure.effects.touches)
    by_event = _found(tenure, "nothing on contraction", lambda: tenure.effects.events)
    told = {
        "risk-differences": compared.differences,
        "total-effects": totals,
        "touches-left-out": touches,
        "by-event": by_event,
        "blind-spots": compared.cells,
        "vacancy": compared.vacancy,
    }
    tables = results.frames() | {name: one.table for name, one in told.items() if not isinstance(one, Remark)}
    return Contest(standpoint, compared, Further(totals, touches, by_event, results.hidden_groups, tables), None)


def compare(tenure: Workbench, results: ContestResults) -> Compared:
    """Collect what the families are worth, in points of skill and of churn.

    Parameters
    ----------
    tenure
        The open study.
    results
        Its contest, or the brief one.

    Raises
    ------
    ModelError
        If no family but the contract is measured.
    """
    ranking, measured = results.ranking, {control_family(), *results.subsets.families}
    return Compared(
        ranking=ranking,
        not_measured=tuple(family.name for family, _ in tenure.families() if family.name not in measured),
        drawn=drawn_values(results.values().table, ranking),
        pairs=ranked_pairs(results.contrasts().table, ranking),
        differences=_found(tenure, "no points of churn", lambda: tenure.effects.differences),
        cells=_found(tenure, "no map of blind spots", lambda: tenure.effects.cells),
        vacancy=_found(tenure, "nothing on vacancies", lambda: tenure.effects.champion_vacancy),
    )


def _found(tenure: Workbench, what: str, make: Callable[[], Answer]) -> Answer | Remark:
    """Return an answer, or why there is none."""
    return obstacle_to(what, tenure.progress, make) or make()
