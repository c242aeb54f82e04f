"""The summary of the claims ledger: every answer of the page, collected and frozen before anything is drawn."""

from analysis.claims.ledger import ledger_frame, past_frame
from analysis.workbench import Workbench
from reports.claims.content import Judged


def summarise(tenure: Workbench) -> Judged:
    """Collect everything that the page of the claims ledger shows.

    Raises
    ------
    StudyError
        If the study's own claims cannot be read.
    """
    ledger, evidence = tenure.ledger, tenure.evidence
    tables = {"claims": ledger_frame(ledger), "past": past_frame(ledger)}
    families = [(family.name, is_measured) for family, is_measured in tenure.families() if not family.is_control]
    return Judged(
        ledger,
        evidence.events,
        evidence.clusters,
        tuple(name for name, is_measured in families if is_measured),
        tuple(name for name, is_measured in families if not is_measured),
        tables,
    )
