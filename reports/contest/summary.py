"""The summary of a contest: every answer of the page, collected and frozen before anything is drawn."""

from collections.abc import Callable
from typing import TypeVar

from analysis.contest.displays import drawn_values
from analysis.declared.factors import control_family
from analysis.declared.floors import Question
from analysis.errors import obstacle_to
from analysis.wording.remarks import Remark
from analysis.workbench import Workbench
from reports.contest.content import Compared, Contest

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
        return Contest(standpoint, None, obstacle)
    tables, measured = results.frames(), {control_family(), *results.subsets.families}
    compared = Compared(
        ranking=results.ranking,
        not_measured=tuple(family.name for family, _ in tenure.families() if family.name not in measured),
        drawn=drawn_values(tables["values"], results.ranking),
        differences=_found(tenure, "no points of churn", lambda: tenure.effects.differences),
        totals=_found(tenure, "no total effects", lambda: tenure.effects.totals),
        touches=_found(tenure, "no contact without interventions", lambda: tenure.effects.touches),
        cells=_found(tenure, "no map of blind spots", lambda: tenure.effects.cells),
        vacancy=_found(tenure, "nothing on vacancies", lambda: tenure.effects.champion_vacancy),
        by_event=_found(tenure, "nothing on contraction", lambda: tenure.effects.events),
        hidden_groups=results.hidden_groups,
        tables=tables,
    )
    compared.tables.update(
        {
            name: found.table
            for name, found in (
                ("risk-differences", compared.differences),
                ("total-effects", compared.totals),
                ("touches-left-out", compared.touches),
                ("by-event", compared.by_event),
                ("blind-spots", compared.cells),
                ("vacancy", compared.vacancy),
            )
            if not isinstance(found, Remark)
        }
    )
    return Contest(standpoint, compared, None)


def _found(tenure: Workbench, what: str, make: Callable[[], Answer]) -> Answer | Remark:
    """Return an answer, or why there is none."""
    return obstacle_to(what, tenure.progress, make) or make()
