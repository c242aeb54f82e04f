"""Kept summaries: the answers of a report, kept as other answers are; a page of them is quickly made."""

from analysis.cohort.kept import kept
from analysis.workbench import Workbench
from reports.quarterly.content import Summary
from reports.quarterly.summary import summarise

CODE = ("reports.quarterly", "reports.claims", "reports.contest", "reports.health_score")
"""Whatever stands in the modules and declarations of these decides, too, what a summary holds."""


def kept_summary(tenure: Workbench) -> Summary:
    """Return the summary of a report as it is kept; where it is not, or of other data, settings or code, it is made.

    Parameters
    ----------
    tenure
        The open study, in whose folder of cohorts it is kept.

    Raises
    ------
    ModelError
        As `reports.quarterly.summary.summarise`.
    StudyError
        As that, too.
    """
    tenure.standpoint()  # whoever is refused a report finds nothing written
    return kept(tenure, "Summary", lambda: summarise(tenure), CODE)
