"""Contest verdicts: how often families are called drivers in dealt worlds, and how often intervals of worth hold."""

from collections.abc import Iterable, Iterator

import pandas as pd

from analysis.cohort.content import places
from analysis.contest.learners import learners
from analysis.contest.ranking import Rank, rank_families
from analysis.contest.subsets import forecast_by_subsets
from analysis.contest.values import LOG_SCORE, TOTAL, value_families
from analysis.declared.factors import contenders, control_family
from analysis.design.population import AT_THE_LANDMARK
from analysis.evaluation.rolling_origin import rolling_origin
from analysis.models.registry import COX, LAST_SETTLED_QUARTER
from analysis.models.rivals import LastSettledQuarterRate
from analysis.progress import Progress, quiet
from analysis.worlds.proofs.dealt_worlds import StudiedCompany, deal, rows_of_worlds


def contests_of_worlds(
    companies: Iterable[StudiedCompany], accounts_per_world: int, n_quarters: int, progress: Progress = quiet
) -> Iterator[pd.DataFrame]:
    """Deal companies into worlds, and hold the contest of the families in each, by the Cox model alone.

    Parameters
    ----------
    companies
        See `analysis.worlds.proofs.dealt_worlds`.
    accounts_per_world
        Of each world.
    n_quarters
        Scored, counted back from the last that is settled.

    Yields
    ------
    DataFrame
        A line for each family, and one for all: scenario, world, family, estimate, conf_low, conf_high, is_driver,
        is_first, n_events.
    """
    for company in companies:
        tenure, gap = company.tenure, company.tenure.study.time.allowed_gap_days
        frame, seed = tenure.landmarks, tenure.study.seed
        dealt = rows_of_worlds(deal(frame, accounts_per_world, 0))
        for world, chosen in enumerate(dealt):
            rows = frame.iloc[chosen].reset_index(drop=True)
            rate = {LAST_SETTLED_QUARTER: LastSettledQuarterRate}
            covariates = tenure.covariates("landmarks")
            folds = rolling_origin(
                rows, covariates, rate, n_folds=n_quarters, allowed_gap_days=gap, n_resamples=1, seed=seed
            ).folds
            cox = {COX: learners(tenure.study.models, seed)[COX]}
            found = forecast_by_subsets(
                rows, folds, cox, contenders(), control_family(),
                allowed_gap_days=gap, elapsed=AT_THE_LANDMARK, seed=seed, n_jobs=1,
            )  # fmt: skip
            values = value_families(found, places(found.rows["cluster_id"].to_numpy(object), found.content))
            ranking = rank_families(values.table, values.contrasts)
            first = ranking.families[0].family if ranking.rank is Rank.FIRST else ""
            drivers = [one.family for one in ranking.drivers]
            own = values.table[values.table["metric"] == LOG_SCORE]
            yield own.assign(
                scenario=company.scenario_name,
                world=f"{company.name}-{world}",
                is_driver=own["family"].isin(drivers),
                is_first=own["family"] == first,
            )[["scenario", "world", "family", "estimate", "conf_low", "conf_high", "is_driver", "is_first", "n_events"]]
            progress(f"{company.name}, world {world + 1} of {len(dealt)}: {', '.join(drivers) or 'none'}")


def summarise_contests(worlds: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Sum up worlds by scenario and family.

    Returns
    -------
    DataFrame
        scenario, family, worlds, events (mean), estimate (mean), spread (standard deviation over worlds), width (mean,
        of the 95% intervals), held (share of the intervals that hold the mean over worlds), driver (share of worlds in
        which it is called one), first (in which it is shown to come first), any_driver (in which any family is called
        a driver).
    """
    found = pd.concat(worlds, ignore_index=True)
    lines = []
    for (scenario, family), own in found.groupby(["scenario", "family"], sort=False):
        of_scenario = found[(found["scenario"] == scenario) & (found["family"] != TOTAL)]
        middle = own["estimate"].mean()
        lines.append(
            {
                "scenario": scenario,
                "family": family,
                "worlds": len(own),
                "events": own["n_events"].mean(),
                "estimate": middle,
                "spread": own["estimate"].std(),
                "width": (own["conf_high"] - own["conf_low"]).mean(),
                "held": own["conf_low"].le(middle).mul(own["conf_high"].ge(middle)).mean(),
                "driver": own["is_driver"].mean(),
                "first": own["is_first"].mean(),
                "any_driver": of_scenario.groupby("world")["is_driver"].any().mean(),
            }
        )
    return pd.DataFrame(lines)
