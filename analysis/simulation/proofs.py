"""Proofs: tables that compare what the analysis finds with what is known to be true, each made by itself."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.simulation.cox_recovery import cox_recovery_study
from analysis.simulation.dealt_worlds import Companies
from analysis.simulation.interval_coverage import estimates_by_world, summarise_coverage
from analysis.simulation.null_p_values import null_p_values, summarise_p_values
from analysis.simulation.study_worlds import PLANTED, study_worlds
from analysis.simulation.true_families import true_families
from analysis.warehouse import Progress

LITTLE_USE = {"pace": 0.2}
MANY_LEAVE = LITTLE_USE | {"leave_yearly": 0.3, "leave_monthly": 0.07}
"""About twice the scenario's own rates: a world of 600 accounts then has 380 events, not 250."""
FEW_LEAVE = LITTLE_USE | {"leave_yearly": 0.02, "leave_monthly": 0.01}
"""Where leaving is rare at each decision, its probability is as good as its hazard, whose logarithm is planted."""
FAMILY_SCENARIOS = ("base", "usage_first", "relationship_first", "champion_first", "no_effect", "surge_is_danger")


@dataclass(frozen=True, slots=True)
class Proofs:
    """How much to simulate, and where; each method makes the table of its name.

    Attributes
    ----------
    folder
        For worlds and cohorts; what is there already is not made again.
    accounts, seeds
        Of each world of `study_worlds`, and how many there are of each scenario.
    sets
        Data sets of `cox_recovery`.
    companies, company_accounts, world_accounts
        Large companies to deal into worlds, the accounts of each, and of each world.
    family_accounts, family_scenarios, family_pace
        Accounts of the one world of each scenario in `true_families`, which scenarios, and the pace of use.
    """

    folder: Path
    progress: Progress
    accounts: int = 800
    seeds: int = 5
    sets: int = 2000
    companies: int = 14
    company_accounts: int = 30_000
    world_accounts: int = 1000
    family_accounts: int = 50_000
    family_scenarios: tuple[str, ...] = FAMILY_SCENARIOS
    family_pace: float = 0.2

    def cox_recovery(self) -> pd.DataFrame:
        """Fit the Cox model to data whose coefficients are known."""
        return cox_recovery_study(self.sets, 1, self.progress)

    def study_worlds(self) -> pd.DataFrame:
        """Run the whole analysis on worlds that plant one family, or none."""
        return study_worlds(list(PLANTED), range(1, self.seeds + 1), self.accounts, self.folder, self.progress)

    def null_p_values(self) -> pd.DataFrame:
        """Test every family in worlds without any effect."""
        companies = Companies("no_effect", self.company_accounts, range(1, self.companies + 1), MANY_LEAVE)
        found = null_p_values(companies.open(self.folder, self.progress), self.world_accounts, self.progress)
        return summarise_p_values(found)

    def coverage(self) -> pd.DataFrame:
        """Count the intervals that hold what they should, in worlds of the base scenario."""
        companies = Companies("base", self.company_accounts, range(1, self.companies + 1), FEW_LEAVE)
        found = estimates_by_world(companies.open(self.folder, self.progress), self.world_accounts, self.progress)
        return summarise_coverage(found)

    def true_families(self) -> pd.DataFrame:
        """Measure every family by its true part of the hazard, in one large world of each scenario."""
        tables = []
        for scenario in self.family_scenarios:
            world = Companies(scenario, self.family_accounts, (1,), {"pace": self.family_pace})
            tables += [true_families(company).table for company in world.open(self.folder, self.progress)]
            self.progress(f"{scenario}: measured the families of {self.family_accounts:,} accounts")
        return pd.concat(tables, ignore_index=True)


TABLES = ("cox_recovery", "study_worlds", "null_p_values", "coverage", "true_families")
