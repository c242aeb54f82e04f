"""Proofs: tables that compare what the analysis finds with what is known to be true, each made by itself."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.progress import Progress
from analysis.workbench import open_workbench
from analysis.worlds.company.setting.scenario import read_scenario
from analysis.worlds.company.world import make_world
from analysis.worlds.proofs.audited_worlds import CLEAN, FINDS, audited_worlds
from analysis.worlds.proofs.claim_verdicts import claims_of_worlds, summarise_claims
from analysis.worlds.proofs.clock_worlds import CLOCKS, clock_worlds
from analysis.worlds.proofs.contest_verdicts import contests_of_worlds, summarise_contests
from analysis.worlds.proofs.count_coverage import BOOKS, held_in_books, held_in_companies, summarise_held
from analysis.worlds.proofs.cox_recovery import cox_recovery_study
from analysis.worlds.proofs.dealt_worlds import Companies, StudiedCompany
from analysis.worlds.proofs.difference_coverage import differences_of_worlds, summarise_differences
from analysis.worlds.proofs.few_clusters import few_clusters
from analysis.worlds.proofs.interval_coverage import estimates_by_world, summarise_coverage
from analysis.worlds.proofs.null_p_values import null_p_values, summarise_p_values
from analysis.worlds.proofs.planted_faults import planted_faults
from analysis.worlds.proofs.score_verdicts import dealt_verdicts, planted_verdicts, summarise_score_verdicts
from analysis.worlds.proofs.study_worlds import PLANTED, study_of_world, study_worlds
from analysis.worlds.proofs.true_families import true_families
from analysis.worlds.proofs.truth_calibration import calibration_of_truth
from analysis.worlds.proofs.world_forecasts import forecasts_of_worlds, summarise_forecasts

LITTLE_USE = {"pace": 0.2}
MANY_LEAVE = LITTLE_USE | {"leave_yearly": 0.5, "leave_monthly": 0.12}
"""Three times the scenario's own rates: a world of 400 accounts then has 280 events."""

PLANTS = ("base", "usage_first", "relationship_first", "champion_first", "surge_is_danger")

LEAVERS = {60: 200, 300: 200, 1_000: 40, 3_000: 10}
"""Of worlds in which the right weights of a score are known, and how many of these."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """Where to simulate, and how much of it; each method makes the table of its name.

    Attributes
    ----------
    folder
        For worlds and cohorts; what is there already is not made again.
    share
        Of the whole: 0.1 makes a tenth of the worlds, and of the accounts of the one large world.
    """

    folder: Path
    progress: Progress
    share: float = 1.0

    def _some(self, number: int) -> int:
        return max(1, math.ceil(number * self.share))

    def cox_recovery(self) -> pd.DataFrame:
        """Fit the Cox model to data whose coefficients are known."""
        return cox_recovery_study(self._some(2000), 1, self.progress)

    def study_worlds(self) -> pd.DataFrame:
        """Run the whole analysis on worlds that plant one family, or none."""
        return study_worlds(list(PLANTED), range(1, 1 + self._some(5)), 800, self.folder, self.progress)

    def clocks(self) -> pd.DataFrame:
        """Rank the accounts of worlds with one and the same effects, and with clocks of their own."""
        return clock_worlds(CLOCKS, 7, self._some(1200), self.folder, self.progress)

    def null_p_values(self) -> pd.DataFrame:
        """Test every family in 400 worlds without any effect, and in 100 with clocks that no covariate spells out."""
        tables = []
        for scenario, number in {"no_effect": 16, "no_effect_any_clock": 4}.items():
            companies = Companies(scenario, 12_000, range(1, 1 + self._some(number)), MANY_LEAVE)
            found = null_p_values(companies.open(self.folder, self.progress), 400, self.progress)
            tables.append(summarise_p_values(found).assign(scenario=scenario))
        return pd.concat(tables, ignore_index=True)

    def few_clusters(self) -> pd.DataFrame:
        """Count rejections of nothing, and intervals that hold, with 15 to 200 parents: 400 worlds of each kind."""
        return few_clusters(self._some(400), self.progress)

    def coverage(self) -> pd.DataFrame:
        """Count the intervals that hold what they should: 200 worlds of the base scenario, 60 of spread notices."""
        tables = []
        for scenario, number in {"base": 14, "spread_notices": 4}.items():
            companies = Companies(scenario, 10_000, range(1, 1 + self._some(number)), LITTLE_USE)
            found = estimates_by_world(companies.open(self.folder, self.progress), 600, self.progress)
            tables.append(summarise_coverage(found).assign(scenario=scenario))
        return pd.concat(tables, ignore_index=True)

    def world_forecasts(self) -> pd.DataFrame:
        """Score quoted forecasts in a world of known probabilities, 20 of the base scenario, 120 without effects."""
        known = Companies("base", self._some(4_000), (1,), LITTLE_USE, n_paths=2).open(self.folder, self.progress)
        base = Companies("base", self._some(10_000), (2, 3), LITTLE_USE).open(self.folder, self.progress)
        null = Companies("no_effect", self._some(12_000), range(1, 1 + self._some(4)), MANY_LEAVE)
        lines = [
            *forecasts_of_worlds(known, 4_000, 4, progress=self.progress),
            *forecasts_of_worlds(base, 900, 4, progress=self.progress),
            *forecasts_of_worlds(null.open(self.folder, self.progress), 380, 2, progress=self.progress),
        ]
        return summarise_forecasts(lines)

    def contest(self) -> pd.DataFrame:
        """Hold the contest in 120 worlds without effects, and in 20 each that plant a family, a danger, or all."""
        lines: list[pd.DataFrame] = []
        null = Companies("no_effect", self._some(12_000), range(1, 1 + self._some(4)), MANY_LEAVE)
        lines += contests_of_worlds(null.open(self.folder, self.progress), 380, 3, self.progress)
        for company in self._planted():
            lines += contests_of_worlds([company], 450, 4, self.progress)
        return summarise_contests(lines)

    def difference_coverage(self) -> pd.DataFrame:
        """Count the intervals of risk differences that hold, in 80 worlds that plant something and 60 that do not."""
        null = Companies("no_effect", self._some(12_000), range(1, 1 + self._some(2)), MANY_LEAVE)
        lines = [*differences_of_worlds(null.open(self.folder, self.progress), 400, 6, self.progress)]
        for company in self._planted():
            lines += differences_of_worlds([company], 600, 6, self.progress)
        return summarise_differences(lines)

    def count_coverage(self) -> pd.DataFrame:
        """Count the intervals of how many leave that hold: 40 worlds of each planted book, 30 of the base scenario."""
        companies = Companies("base", 9_000, range(1, 1 + self._some(2)), LITTLE_USE)
        planted = held_in_books(BOOKS, self._some(40), self.progress)
        simulated = held_in_companies(companies.open(self.folder, self.progress), 600, 12, self.progress)
        return summarise_held([*planted, *simulated])

    def true_probabilities(self) -> pd.DataFrame:
        """Compare true probabilities of churn within three months with what came, in one world of the base scenario."""
        data = self.folder / "base-1-with-paths"
        if not data.exists():
            make_world(self._some(1000), 1, "base", data, self.progress, n_paths=8)
        study = study_of_world(data, read_scenario("base"))
        tenure = open_workbench(study, self.folder / "out", progress=self.progress)
        truth = pd.read_parquet(data / "truth" / "three_month_probability.parquet")
        return calibration_of_truth(truth, tenure.landmarks)

    def true_families(self) -> pd.DataFrame:
        """Measure every family by its true part of the hazard, in one large company for each scenario."""
        return pd.concat([true_families(company).table for company in self._planted()], ignore_index=True)

    def true_claims(self) -> pd.DataFrame:
        """Say which claims hold in the same companies, and how strongly."""
        found = [company.truth("claims").assign(scenario=company.scenario_name) for company in self._planted()]
        return pd.concat(found, ignore_index=True)

    def _planted(self) -> Iterator[StudiedCompany]:
        """Open a company of each scenario that plants a family, a danger, or all."""
        for scenario in PLANTS:
            companies = Companies(scenario, self._some(10_000), (2,), LITTLE_USE)
            yield from companies.open(self.folder, self.progress)

    def claims(self) -> pd.DataFrame:
        """Judge every claim in 90 worlds of the base scenario, and in 108 in which no claim holds through leaving."""
        tables = []
        for scenario, number, accounts, size, changes in (
            ("base", 6, 10_000, 600, LITTLE_USE),
            ("no_effect", 4, 12_000, 400, MANY_LEAVE),
        ):
            companies = Companies(scenario, accounts, range(1, 1 + self._some(number)), changes)
            tables.append(claims_of_worlds(companies.open(self.folder, self.progress), size, self.progress))
        return summarise_claims(pd.concat(tables, ignore_index=True))

    def score_verdicts(self) -> pd.DataFrame:
        """Judge the weights of six scores in 450 worlds whose right ones are known, and of three in 26 simulated."""
        companies = list(
            Companies("base", 9_000, range(1, 1 + self._some(2)), LITTLE_USE).open(self.folder, self.progress)
        )
        worlds = {size: self._some(number) for size, number in LEAVERS.items()}
        planted = planted_verdicts(companies[0], worlds, progress=self.progress)
        return summarise_score_verdicts([*planted, *dealt_verdicts(companies, 600, self.progress)])

    def audits(self) -> pd.DataFrame:
        """Count which audits find the traps of trapped worlds, and which find anything in 50 clean ones."""
        worlds = dict.fromkeys(FINDS, self._some(3)) | dict.fromkeys(CLEAN, self._some(25))
        return audited_worlds(worlds, 600, self.folder, self.progress)

    def planted_faults(self) -> pd.DataFrame:
        """Plant a fault of every kind into every column that can have it, and check a clean world of every scenario."""
        return planted_faults(200, 1, self.folder, self.progress)


TABLES = (
    "cox_recovery", "study_worlds", "clocks", "null_p_values", "few_clusters", "coverage", "count_coverage",
    "world_forecasts", "contest", "difference_coverage", "true_probabilities", "true_families", "true_claims", "claims",
    "score_verdicts", "audits", "planted_faults",
)  # fmt: skip
