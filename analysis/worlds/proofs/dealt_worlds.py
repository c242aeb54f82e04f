"""Dealt worlds: a few large companies, whose parent groups are dealt at random into many worlds of a usual size.

Accounts of a company are independent of one another, group by group, given what the whole company shares: the
calendar with its holidays, the days of releases, and the book by which surge and drop are measured. Worlds dealt from
one company share these, and nothing else: as good as worlds simulated one by one, in a small part of the time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.progress import Progress, quiet
from analysis.workbench import Workbench, open_workbench
from analysis.worlds.company.setting.scenario import Scenario, read_scenario
from analysis.worlds.company.world import make_world
from analysis.worlds.proofs.study_worlds import study_of_world

KEYS = ("account_id", "month")


@dataclass(frozen=True, slots=True)
class StudiedCompany:
    """A simulated company with its cohort built, and the truth about it.

    Attributes
    ----------
    name
        Of its study: scenario, seed, accounts and changes.
    scenario_name, scenario
        As it was simulated: the latter with the changes asked for.
    data
        The folder of its tables; the truth is in ``truth/`` in it.
    """

    name: str
    scenario_name: str
    scenario: Scenario
    data: Path
    tenure: Workbench

    def truth(self, table: str) -> pd.DataFrame:
        """Return a table of the truth; its months are timestamps of the first."""
        rows = pd.read_parquet(self.data / "truth" / f"{table}.parquet")
        if "month" in rows:
            rows["month"] = pd.to_datetime(rows["month"]).astype("datetime64[us]")
        return rows


@dataclass(frozen=True, slots=True)
class Companies:
    """Which large companies to simulate.

    Attributes
    ----------
    n_accounts
        Of each company.
    seeds
        One for each company.
    changes
        Keys of the scenario with other values: ``pace`` lowers the use, and the time it takes to simulate.
    n_paths
        Futures of each month behind the true three-month probabilities; none by default.
    """

    scenario: str
    n_accounts: int
    seeds: Sequence[int]
    changes: Mapping[str, float]
    n_paths: int = 0

    def open(self, folder: Path, progress: Progress) -> Iterator[StudiedCompany]:
        """Make each company and its cohort, unless they are in the folder, and open one after the other."""
        for seed in self.seeds:
            changed = "".join(f"-{key}-{value:g}" for key, value in self.changes.items())
            paths = f"-{self.n_paths}-paths" if self.n_paths else ""
            name = f"{self.scenario}-{seed}-{self.n_accounts}{changed}{paths}"
            folder.mkdir(parents=True, exist_ok=True)
            file, data = folder / f"{name}.toml", folder / name
            file.write_text(changed_scenario(self.scenario, self.changes), encoding="utf-8")
            if not data.exists():
                progress(f"simulating {self.n_accounts:,} accounts of {self.scenario}, seed {seed}")
                make_world(self.n_accounts, seed, str(file), data, quiet, n_paths=self.n_paths)
            scenario = read_scenario(str(file))
            study = replace(study_of_world(data, scenario), name=name)
            tenure = open_workbench(study, folder / "out", progress=quiet)
            yield StudiedCompany(name, self.scenario, scenario, data, tenure)


def changed_scenario(name: str, changes: Mapping[str, object]) -> str:
    """Return the text of a scenario with other values of some of its own keys (not of its tables)."""
    source = files("analysis.worlds.company.setting") / "scenarios" / f"{name}.toml"
    head, table, rest = source.read_text(encoding="utf-8").partition("\n[")
    kept = [line for line in head.splitlines() if line.partition("=")[0].strip() not in changes]
    return "\n".join([*kept, *(f"{key} = {value}" for key, value in changes.items())]) + "\n" + table + rest


def deal(frame: pd.DataFrame, accounts_per_world: int, seed: int) -> NDArray[np.intp]:
    """Deal the parent groups of a company at random into worlds.

    Parameters
    ----------
    frame
        Rows with account_id and cluster_id.
    accounts_per_world
        Worlds get as many accounts, or a few more; a company of fewer is one world.
    seed
        Of the shuffle.

    Returns
    -------
    ndarray of int, shape (n,)
        The world of each row, from 0: every account is in one, and whoever shares a parent in the same.
    """
    members = frame[["account_id", "cluster_id"]].drop_duplicates()
    sizes = members.groupby("cluster_id", sort=True).size()
    n_worlds = max(1, len(members) // accounts_per_world)
    shuffled = sizes.iloc[np.random.default_rng(seed).permutation(len(sizes))]
    dealt_before = shuffled.cumsum() - shuffled
    return frame["cluster_id"].map(dealt_before * n_worlds // len(members)).to_numpy(np.intp)


def rows_of_worlds(world: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Return the positions of each world's rows, in their order."""
    order = np.argsort(world, kind="stable")
    return np.split(order, np.cumsum(np.bincount(world))[:-1])


def month_of(dates: pd.Series) -> pd.Series:
    """Return the first of the month of each date: the key of the truth."""
    return dates.dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
