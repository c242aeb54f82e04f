"""Scenarios of small simulated worlds, and what a test asks of one."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from in_memory import warehouse
from shared import made_once, once

from analysis.workbench import Workbench, open_workbench
from analysis.worlds.company.setting.scenario import Scenario, read_scenario
from analysis.worlds.company.world import make_world
from analysis.worlds.proofs.study_worlds import study_of_world

SHORT = """
says = "A short world in which everything matters."
leave_yearly = 0.4
leave_monthly = 0.08
first_month = 2021-10-01
until = 2023-01-01

[effects]
usage_drop = 0.3
active_seat_share = -0.3
answered_share = -0.3
ticket_sentiment = -0.3
departures = 0.3
champions = -0.3
key_user_silence = 0.2
trial_surge = 0.5
open_bug = 0.4
idle_seats = 0.3
goals_all_achieved = 0.3
new_decision_maker = 0.4

[returns]
soon = 0.15
later = 0.2
"""
BUSY = """
says = "Everything happens all the time, and none of it matters."
leave_yearly = 0.3
leave_monthly = 0.06
until = 2023-01-01

[surges]
trial = 0.05
rollout = 0.03

[bugs]
episode = 0.05
mean_days = 40

[fades]
begins = 0.04

[holidays]
depth = 0.97

[releases]
every_months = 3

[people]
new_decision_maker = 0.04

[seats]
added_product = 0.02

[returns]
soon = 0.3
later = 0.6

[ends]
involuntary = 0.01
parents = 0.6
merger = 0.04
withdrawn = 0.2
"""
TRAPS = """
says = "Every trap at once."
fools = "Whoever takes tables at their word."
leave_yearly = 0.4
leave_monthly = 0.1
until = 2022-10-01

[effects]
survivor = 1.0

[traps]
leaky_notice = 0.9
departures_at_exit = 0.9
relabelled = 0.9
score_rewritten = 0.9
survivors = 1.0
"""
CLOCKED = """
says = "A year and a half in which accounts leave by every clock, often, and withdraw many notices."
leave_yearly = 0.5
leave_monthly = 0.1
until = 2023-04-01

[effects]
usage_drop = 0.3
open_bug = 0.4

[returns]
soon = 0.1
later = 0.3

[ends]
withdrawn = 0.25

[clocks]
spread = 0.5
any_time = 0.25
at_once = 0.5
evergreen = 0.25
short_terms = 0.4
"""


def quiet(message: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class World:
    """A simulated world on disk."""

    folder: Path
    scenario: Scenario

    def ask(self, sql: str) -> pd.DataFrame:
        """Return the answer to a query in which every table of the world, and of its truth, goes by its name."""
        con = warehouse()
        for path in sorted([*self.folder.glob("*.parquet"), *self.folder.glob("truth/*.parquet")]):
            con.execute(f"create view {path.stem} as from '{path}'")
        return con.execute(sql).df()

    def number(self, sql: str) -> float:
        """Return the answer to a query of one value."""
        return float(self.ask(sql).iloc[0, 0])

    def study(self, out: Path) -> Workbench:
        """Build its cohort, as an analyst would."""
        return open_workbench(study_of_world(self.folder, self.scenario), out, progress=quiet)

    def opened(self, out: Path) -> Workbench:
        """Open a copy of its cohort, which is built once; who changes how a cohort is built wants `study`."""
        built = self.folder.parent / "built"
        made_once(built, self.study)
        shutil.copytree(built, out, dirs_exist_ok=True)
        return self.study(out)


def made(text: str, n_accounts: int, seed: int, folder: Path) -> World:
    """Make the world of a scenario."""
    file = folder / "scenario.toml"
    file.write_text(text, encoding="utf-8")
    make_world(n_accounts, seed, str(file), folder / "data", quiet)
    return world_in(folder)


def world_in(folder: Path) -> World:
    """Return the world that was made in a folder."""
    return World(folder / "data", read_scenario(str(folder / "scenario.toml")))


def shared_world(factory: pytest.TempPathFactory, name: str, text: str, n_accounts: int, seed: int) -> World:
    """Return the world of a scenario, which is made once in a run of the tests."""
    return world_in(once(factory, name, lambda folder: made(text, n_accounts, seed, folder)))
