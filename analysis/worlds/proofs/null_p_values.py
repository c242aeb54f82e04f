"""Null p values: where nothing drives leaving, each family's test must reject as often as it says."""

from collections.abc import Iterable, Sequence

import pandas as pd
from scipy import stats

from analysis.declared.factors import Covariate, contenders
from analysis.inference.fit import fit_inference
from analysis.inference.joint_tests import family_tests
from analysis.progress import Progress, quiet
from analysis.worlds.proofs.dealt_worlds import StudiedCompany, deal, rows_of_worlds

LEVEL = 0.05


def null_p_values(
    companies: Iterable[StudiedCompany], accounts_per_world: int, progress: Progress = quiet
) -> pd.DataFrame:
    """Deal companies of a scenario without effects into worlds, and test every family in each as an analyst would.

    Parameters
    ----------
    companies
        See `analysis.worlds.proofs.dealt_worlds`; each is dealt with its own number as seed.
    accounts_per_world
        Of each world: enough that there are some ten events a column.

    Returns
    -------
    DataFrame
        company, world, family, accounts, events, columns, p_value.
    """
    tables = []
    for number, company in enumerate(companies):
        frame, covariates = company.tenure.counting_process, company.tenure.covariates("counting_process")
        dealt = rows_of_worlds(deal(frame, accounts_per_world, number))
        for world, rows in enumerate(dealt):
            found = p_values_of_world(frame.iloc[rows].reset_index(drop=True), covariates)
            tables.append(found.assign(company=company.name, world=world))
        progress(f"{company.name}: tested every family in {len(dealt)} worlds")
    return pd.concat(tables, ignore_index=True)


def p_values_of_world(frame: pd.DataFrame, covariates: Sequence[Covariate]) -> pd.DataFrame:
    """Return family, accounts, events, columns and p_value of one world's intervals: robust, each family jointly."""
    inference = fit_inference(frame, covariates)
    tests = family_tests(inference.fit, inference.columns, contenders())
    return pd.DataFrame(
        {
            "family": tests["family"],
            "accounts": frame["account_id"].nunique(),
            "events": inference.fit.rows.n_subjects_with_event,
            "columns": len(inference.columns),
            "p_value": tests["p_value"],
        }
    )


def summarise_p_values(found: pd.DataFrame) -> pd.DataFrame:
    """Return, a line a family, how many worlds, their mean sizes, the share rejected, and the fit to uniform.

    Returns
    -------
    DataFrame
        family, worlds, accounts, events, columns (means), share_below_0.05, ks_p (Kolmogorov and Smirnov's test of
        p values against uniform ones).
    """
    lines = []
    for family, own in found.groupby("family", sort=False):
        lines.append(
            {
                "family": family,
                "worlds": len(own),
                **{size: round(own[size].mean(), 1) for size in ("accounts", "events", "columns")},
                f"share_below_{LEVEL}": (own["p_value"] < LEVEL).mean(),
                "ks_p": stats.kstest(own["p_value"], "uniform").pvalue,
            }
        )
    return pd.DataFrame(lines)
