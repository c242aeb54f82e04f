"""Study worlds: simulate worlds whose truth is known, run the whole analysis on each, and see what it finds."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.declared.factors import contenders
from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Models, Time
from analysis.progress import Progress, quiet
from analysis.workbench import Workbench, open_workbench
from analysis.worlds.company.danger.hazard import LOGS
from analysis.worlds.company.setting.scenario import Scenario, read_scenario
from analysis.worlds.company.world import make_world

PLANTED = {
    "usage_first": "usage",
    "champion_first": "champion",
    "no_effect": "",
    "usage_first_any_clock": "usage",
    "no_effect_any_clock": "",
}
"""The family that each of these scenarios plants; none: the analysis should point to none. In the last two, accounts
leave by clocks that no covariate spells out."""


def study_of_world(data: Path, scenario: Scenario, n_test_quarters: int = 6) -> Study:
    """Return the study of a simulated world: observed from half a year after its logs begin."""
    first_year = scenario.logs_from + dt.timedelta(days=184)
    return Study(
        name="world",
        source=Source("contract", data, dict.fromkeys(LOGS, scenario.logs_from), constant_attributes=("region",)),
        time=Time(observation_start=first_year.replace(day=1), snapshot=scenario.until),
        models=Models(test_quarters=n_test_quarters),
    )


def compare_families(tenure: Workbench) -> dict[str, object]:
    """Return joint p value and worth of every family, what is shown of their order, and the first driver ('': none)."""
    ranking, p_values = tenure.contest.brief.ranking, tenure.family_tests().table.set_index("family")["p_value"]
    worth = {one.family: one for one in ranking.families}
    first = ranking.drivers[0].family if ranking.drivers else ""
    return {
        "events": tenure.n_events,
        **{f"p_{family}": float(p_values.get(family, np.nan)) for family in contenders()},
        **{f"worth_{family}": worth[family].estimate if family in worth else np.nan for family in contenders()},
        "rank": ranking.rank.value,
        "points_to": first,
    }


def study_worlds(
    scenarios: Sequence[str], seeds: Sequence[int], n_accounts: int, folder: Path, progress: Progress
) -> pd.DataFrame:
    """Simulate and study one world for each scenario and seed.

    Parameters
    ----------
    scenarios, seeds
        Each scenario is run with each seed.
    n_accounts
        Accounts of each world.
    folder
        For the worlds and their cohorts; what is there already is not made again.
    progress
        Told, a line for each world, what was found.

    Returns
    -------
    DataFrame
        scenario, seed, accounts, planted, events, p value and worth by family, rank, points_to.
    """
    lines = []
    for scenario in scenarios:
        for seed in seeds:
            data = folder / f"{scenario}-{seed}-{n_accounts}"
            if not data.exists():
                make_world(n_accounts, seed, scenario, data, quiet)
            study = dataclasses.replace(study_of_world(data, read_scenario(scenario)), name=data.name)
            tenure = open_workbench(study, folder / "out", progress=quiet)
            planted = PLANTED.get(scenario, "?")
            found = compare_families(tenure)
            lines.append({"scenario": scenario, "seed": seed, "accounts": n_accounts, "planted": planted, **found})
            progress(f"{scenario}, seed {seed}: planted {planted or 'none'}, found {found['points_to'] or 'none'}")
    return pd.DataFrame(lines)
