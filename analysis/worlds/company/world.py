"""The world: month after month accounts use, meet, complain, renew and leave; its tables and its truth are written."""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import StudyError
from analysis.progress import Progress
from analysis.store.sets import new_set
from analysis.worlds.company.accounts.decisions import Notices
from analysis.worlds.company.company import Company, begin, write_accounts, write_state
from analysis.worlds.company.danger.true_claims import claims_table
from analysis.worlds.company.forward import three_month_probability
from analysis.worlds.company.month import Morning, days_of, decisions_of_month, morning_of, rest_of_month
from analysis.worlds.company.setting.days import Dates
from analysis.worlds.company.setting.scenario import Scenario, effects_table, read_scenario
from analysis.worlds.company.setting.tables import export, keep_truth
from analysis.worlds.company.traps import rewrite_scores
from analysis.worlds.company.use.usage_log import PARTITIONED_FROM


def simulate(
    n_accounts: int,
    seed: int,
    scenario: Scenario,
    progress: Progress,
    usage_folder: Path | None = None,
    n_paths: int = 0,
) -> Company:
    """Simulate a company; the schemas ``world`` and ``truth`` of its database then hold its tables.

    Every month begins with the covariates of all accounts at risk, computed by the project's own queries from what was
    known by then, and with the states of the world. An account decides once a term, in the month of its last day
    to give notice, with that month's covariates and states. So the truth is defined, and the same seed gives the same
    world. A month's decisions fall on the days after its first, up to the next first.

    Parameters
    ----------
    n_accounts
        Accounts, over the whole time.
    seed
        Of every draw.
    scenario
        What drives leaving, and what happens.
    progress
        Told once a year of the world; each month where use is written as it goes.
    usage_folder
        Where each month of use is written as it ends; None: all use is kept in the database.
    n_paths
        Futures of three months to simulate from every first of a month; 0: none, and no true probability.
    """
    company = begin(n_accounts, scenario, usage_folder, np.random.default_rng([seed, 0]))
    months = np.arange(np.datetime64(scenario.logs_from, "M"), np.datetime64(scenario.until, "M"))
    for number, month in enumerate(months):
        rng = np.random.default_rng([seed, 1 + number])
        days = days_of(month)
        morning = morning_of(company, days) if month >= np.datetime64(scenario.first_month) else None
        if morning is not None and n_paths:
            chances = three_month_probability(company, morning, month, number, seed, n_paths)
            keep_truth(company.engine, "three_month_probability", chances)
        notices = decisions_of_month(company, morning, days, rng)
        if morning is not None:
            _keep_hazard(company, morning, notices, days)
        rest_of_month(company, morning, notices, days, number, rng)
        if usage_folder is not None or number % 12 == 11 or number == len(months) - 1:
            progress(f"simulated to {days[-1]}")
    _finish(company)
    return company


def _keep_hazard(company: Company, morning: Morning, notices: Notices, days: Dates) -> None:
    key = {"account_id": morning.covariates["account_id"].to_numpy(object), "month": days[0]}
    probability = notices.probability[morning.account]
    keep_truth(company.engine, "hazard", pd.DataFrame(key | dict(morning.parts) | {"probability": probability}))
    keep_truth(company.engine, "states", pd.DataFrame(key | dict(morning.states)))


def _finish(company: Company) -> None:
    """Write the tables as they stand in the end, and the rest of the truth."""
    write_state(company)
    write_accounts(company)
    rewrite_scores(company.engine, company.overwritten, company.accounts)
    keep_truth(company.engine, "episodes", company.episodes.frame(company.accounts))
    keep_truth(company.engine, "effects", pd.DataFrame(effects_table(company.scenario)))
    keep_truth(company.engine, "claims", claims_table(company.engine, company.scenario))


def make_world(
    n_accounts: int, seed: int, scenario_name: str, out: Path, progress: Progress, n_paths: int = 0
) -> list[Path]:
    """Simulate a company and write its tables and its truth as Parquet, whole or not at all.

    Parameters
    ----------
    n_accounts, seed
        See `simulate`.
    scenario_name
        One of `analysis.worlds.company.setting.scenario.scenario_names`, or the path of a TOML file.
    out
        A new or empty folder; the truth goes into ``truth/`` in it. Use is one file, or one a month from
        `PARTITIONED_FROM` accounts on.
    n_paths
        See `simulate`.

    Raises
    ------
    StudyError
        If the scenario or the number of accounts is no good, or `out` holds something already.
    StoreError
        If nothing can be written there.
    """
    scenario = read_scenario(scenario_name)
    if n_accounts < 1:
        raise StudyError(f"--accounts must be positive, but is {n_accounts}.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StudyError(f"{out} is there already. Name a new folder, or remove it first.")
    with new_set(out) as part:
        folder = part / "usage_daily" if n_accounts >= PARTITIONED_FROM else None
        company = simulate(n_accounts, seed, scenario, progress, folder, n_paths)
        written = [*export(company.engine, part), company.usage_log.finish(part)]
        company.engine.close()
    return [out / path.relative_to(part) for path in written]
