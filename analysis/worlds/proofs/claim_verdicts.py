"""Claim verdicts: how often the ledger supports what a scenario has planted, and what it has not."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from analysis.claims.asked import Asked, Grounds, asked_of, unmeasured
from analysis.claims.estimates import Estimate, estimate_all
from analysis.claims.rows import TestRows
from analysis.claims.verdicts import Verdict, judge
from analysis.declared.claim_tests import Hazard
from analysis.declared.claims import read_claims
from analysis.progress import Progress, quiet
from analysis.worlds.proofs.dealt_worlds import StudiedCompany, deal, rows_of_worlds

MOST_CLUSTERS = 200
THROUGH = {
    Hazard.CHURN: ("hazard", "phase", "none"),
    Hazard.CONTRACTION: ("contraction",),
    Hazard.EXPANSION: ("expansion",),
}
"""What the truth calls the way in which a claim holds, by the hazard of a test."""
ALL_FALSE, ALL_DETECTABLE = "all that does not hold", "all that holds and is detectable"


def claims_of_worlds(
    companies: Iterable[StudiedCompany], accounts_per_world: int, progress: Progress = quiet
) -> pd.DataFrame:
    """Deal companies into worlds, and judge every claim in each.

    Parameters
    ----------
    companies
        See `analysis.worlds.proofs.dealt_worlds`; each is dealt with its own number as seed.
    accounts_per_world
        Of each world.

    Returns
    -------
    DataFrame
        scenario, company, world, claim, test, hazard, holds (planted in the direction that is claimed), effect (log
        hazard ratio of the contrast in the whole company), estimate, detectable, events, verdict; a line for each test
        that was judged.
    """
    tables = []
    for number, company in enumerate(companies):
        tenure = company.tenure
        grounds = Grounds(tenure.study, tenure.given, tenure.covariates("counting_process"), MOST_CLUSTERS, False)
        asked = [one for one in asked_of(read_claims()) if unmeasured(one, grounds) is None]
        rows = TestRows(tenure.counting_process, tenure.table("phase_intervals"), tenure.table("recurrent_events"))
        whole = {(one.asked.claim.name, one.asked.number): one.estimate for one in estimate_all(asked, rows, grounds)}
        holds = true_tests(company.truth("claims"), asked)
        dealt = deal_rows(rows, accounts_per_world, number)
        for world, own in enumerate(dealt):
            found = _judged(estimate_all(asked, own, grounds))
            keys = list(zip(found["claim"], found["test"], strict=True))
            tables.append(
                found.assign(
                    scenario=company.scenario_name,
                    company=company.name,
                    world=world,
                    effect=np.array([whole[key] for key in keys], dtype=float),
                    holds=np.array([holds[key] for key in keys], dtype=bool),
                )
            )
        progress(f"{company.name}: judged {len(asked)} tests in {len(dealt)} worlds")
    return pd.concat(tables, ignore_index=True)


def deal_rows(rows: TestRows, accounts_per_world: int, seed: int) -> list[TestRows]:
    """Deal the parent groups of all tables together into worlds."""
    world = deal(rows.intervals, accounts_per_world, seed)
    of_cluster = dict(zip(rows.intervals["cluster_id"], world, strict=True))
    parts = []
    for table in (rows.intervals, rows.phases, rows.changes):
        own = table["cluster_id"].map(of_cluster).to_numpy(np.int64)
        positions = {place: positions for place, positions in enumerate(rows_of_worlds(own)) if len(positions)}
        parts.append((table, positions))
    none = np.zeros(0, dtype=np.intp)
    return [
        TestRows(*(table.iloc[positions.get(place, none)].reset_index(drop=True) for table, positions in parts))
        for place in range(int(world.max()) + 1)
    ]


def true_tests(truth: pd.DataFrame, asked: Sequence[Asked]) -> dict[tuple[str, int], bool]:
    """Return by claim and test whether it holds, from the truth about a company (`claims_table`)."""
    found = {}
    for one in asked:
        own = truth[(truth["claim"] == one.claim.name) & truth["through"].isin(THROUGH[one.test.hazard])]
        found[one.claim.name, one.number] = bool(own["holds"].any())
    return found


def _judged(estimates: Sequence[Estimate]) -> pd.DataFrame:
    lines = [
        {
            "claim": estimate.asked.claim.name,
            "test": estimate.asked.number,
            "hazard": str(estimate.asked.test.hazard),
            "estimate": estimate.estimate,
            "detectable": judgement.detectable,
            "events": estimate.n_events,
            "verdict": str(judgement.verdict),
        }
        for estimate, judgement in zip(estimates, judge(estimates), strict=True)
    ]
    return pd.DataFrame(lines).query(f"verdict != '{Verdict.NOT_MEASURABLE}'").reset_index(drop=True)


def summarise_claims(found: pd.DataFrame) -> pd.DataFrame:
    """Return how often each test is supported, and contradicted, beside the truth; and all of them together.

    Returns
    -------
    DataFrame
        scenario, claim, test, hazard, holds, worlds, events (mean), hazard_ratio (of the whole company, mean of the
        logs), supported, contradicted (shares of worlds), detectable (share of worlds whose smallest detectable effect
        is smaller than that of the whole company), supported_if_detectable (share of those). Two lines a scenario add
        up: what does not hold, with the share of worlds in which anything of it is supported under ``any_supported``,
        and what holds, where it is detectable.
    """
    found = found.assign(
        is_supported=found["verdict"] == Verdict.SUPPORTED,
        is_contradicted=found["verdict"] == Verdict.CONTRADICTED,
        is_detectable=found["effect"].abs() > found["detectable"],
    )
    lines = [
        {"scenario": scenario, "claim": claim, "test": test, "hazard": own["hazard"].iloc[0], **_shares(own)}
        for (scenario, claim, test), own in found.groupby(["scenario", "claim", "test"], sort=False)
    ]
    for scenario, own in found.groupby("scenario", sort=False):
        false, true = own[~own["holds"]], own[own["holds"] & own["is_detectable"]]
        any_false = false.groupby(["company", "world"])["is_supported"].any().mean()
        lines.append({"scenario": scenario, "claim": ALL_FALSE, **_shares(false), "any_supported": any_false})
        lines.append({"scenario": scenario, "claim": ALL_DETECTABLE, **_shares(true)})
    return pd.DataFrame(lines)


def _shares(own: pd.DataFrame) -> dict[str, object]:
    detectable = own[own["is_detectable"]]
    return {
        "holds": bool(own["holds"].any()),
        "worlds": len(own[["company", "world"]].drop_duplicates()),
        "events": own["events"].mean(),
        "hazard_ratio": float(np.exp(own["effect"].mean())),
        "supported": own["is_supported"].mean(),
        "contradicted": own["is_contradicted"].mean(),
        "detectable": own["is_detectable"].mean(),
        "supported_if_detectable": detectable["is_supported"].mean(),
    }
