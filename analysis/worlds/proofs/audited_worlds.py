"""Audited worlds: does each audit find its trap, and how often does it cry wolf where there is none?"""

import dataclasses
import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis.audits.results import AuditResults
from analysis.progress import Progress, quiet
from analysis.workbench import open_workbench
from analysis.worlds.company.setting.scenario import read_scenario
from analysis.worlds.company.world import make_world
from analysis.worlds.proofs.study_worlds import study_of_world

FINDS = {
    "leaky_notice": "late_knowledge",
    "late_knowledge": "late_knowledge",
    "immortal_time": "one_stay",
    "informative_entry": "falling_hazard",
    "relabelled_segment": "moved_labels",
    "score_rewritten": "rewritten_score",
    "holidays": "calendar_moves",
}
"""The audit that should find the trap of each scenario."""
FIRST_SEED = 101
"""The thresholds of the audits were set with worlds of lower seeds in sight."""
CLEAN = ("base", "no_effect")
"""Scenarios in which no audit should find anything."""


def audited_worlds(worlds: Mapping[str, int], n_accounts: int, folder: Path, progress: Progress) -> pd.DataFrame:
    """Simulate and audit worlds of several scenarios, each by its own seeds from `FIRST_SEED` on.

    Parameters
    ----------
    worlds
        How many of each scenario.
    n_accounts
        Accounts of each.
    folder
        For the worlds; each is removed once it is audited.

    Returns
    -------
    DataFrame
        scenario, audit, worlds, cannot_tell, raised (worlds in which it found anything), is_its_trap.
    """
    found = []
    for scenario, number in worlds.items():
        for seed in range(FIRST_SEED, FIRST_SEED + number):
            data = folder / f"{scenario}-{seed}-audited"
            shutil.rmtree(data, ignore_errors=True)  # of a run that was ended
            make_world(n_accounts, seed, scenario, data, quiet)
            study = dataclasses.replace(study_of_world(data, read_scenario(scenario)), name=data.name)
            alarms = AuditResults(open_workbench(study, folder, progress=quiet)).alarms
            told = by_audit(alarms)
            found.append(told.assign(scenario=scenario))
            progress(f"{scenario}, seed {seed}: {', '.join(told.loc[told['raised'], 'audit']) or 'nothing'} found")
            shutil.rmtree(data)
            shutil.rmtree(folder / data.name, ignore_errors=True)
    counts = (
        pd.concat(found)
        .groupby(["scenario", "audit"], sort=False)
        .agg(worlds=("raised", "size"), cannot_tell=("cannot_tell", "sum"), raised=("raised", "sum"))
    )
    counts = counts.reset_index()
    counts["is_its_trap"] = counts["scenario"].map(FINDS) == counts["audit"]
    return counts


def by_audit(alarms: pd.DataFrame) -> pd.DataFrame:
    """Return audit, cannot_tell (of none of its subjects) and raised (for any of them), in the order of the alarms."""
    lines = alarms.groupby("audit", sort=False)["is_raised"]
    told = pd.DataFrame({"cannot_tell": lines.count() == 0, "raised": lines.apply(lambda one: one.eq(True).any())})
    return told.astype(bool).reset_index()
