"""The summary of an evaluation: every answer of the page, collected and frozen before anything is drawn."""

from analysis.evaluation.rolling_origin import QUOTED
from analysis.models.registry import CONTRACT_ONLY
from analysis.workbench import Workbench
from reports.evaluation.content import Evaluated, Found


def summarise(tenure: Workbench) -> Evaluated:
    """Collect everything that the page of an evaluation shows.

    Raises
    ------
    ModelError
        If nobody churned, or nobody is at risk near the snapshot.
    """
    standpoint = tenure.standpoint()
    if tenure.no_forecast:
        return Evaluated(standpoint, None, tenure.no_forecast)
    results = tenure.evaluation
    frames = results.frames()
    caught = frames["caught"]
    found = Found(
        skill=results.skill,
        use=results.use,
        card=results.model_card,
        tiers=frames["tiers"],
        quarters=frames["by-quarter"],
        caught=caught[caught["model"].isin([QUOTED, CONTRACT_ONLY])],
        capacity_share=results.capacity_share,
        tables=frames,
    )
    return Evaluated(standpoint, found, None)
