"""The summary of a contest: every answer of the page, collected and frozen before anything is drawn."""

from analysis.contest.displays import drawn_values
from analysis.declared.factors import control_family
from analysis.declared.floors import Question
from analysis.errors import obstacle_to
from analysis.workbench import Workbench
from reports.contest.content import Compared, Contest


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
        tables=tables,
    )
    return Contest(standpoint, compared, None)
