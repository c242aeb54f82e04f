"""Forward: the true probability of churn within three months, by simulating many futures of a world as it stands."""

import copy
import dataclasses

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.worlds.company.company import Company
from analysis.worlds.company.month import Morning, days_of, decisions_of_month, morning_of, rest_of_month

HORIZON_MONTHS = 3


def three_month_probability(
    company: Company, morning: Morning, month: np.datetime64, number: int, seed: int, n_paths: int
) -> pd.DataFrame:
    """Return the probability of churn within three months of each account at risk, given the world as it stands.

    Nothing stays of the futures, neither in the company nor in its database, and no draw of the world is spent.

    Parameters
    ----------
    company
        As it stands on the morning.
    morning
        The accounts at risk on the first of the month.
    month, number
        The month, and its number from 0.
    seed
        Of the world; each month and path draws from a stream of its own.
    n_paths
        Futures to simulate.

    Returns
    -------
    DataFrame
        account_id, landmark, probability, std_error (of the mean over paths; missing for one path), paths; in the
        order of the morning.

    Notes
    -----
    Churn is what a study with the default definitions finds when all is known in the end: a notice, given after the
    landmark and by the end of the third month, that is neither withdrawn nor followed by a return within the allowed
    gap. Both are drawn whatever else is true of the account, so that a notice is churn with one and the same
    probability. Who comes back after a longer gap is not at risk again within the horizon.

    Given a path up to the first of a month, an account gives notice in the month with a known probability, which is 0
    for those who are no longer at risk: known leavers, those ended against their will or merged, and, while it stands,
    those with a notice that they will withdraw. The sum of these over three months has the expectation of the number of
    notices, whatever the paths; so the mean over paths is unbiased, with less variance than counted notices have. With
    few paths a mean may be above 1.

    From the world's last months the paths go beyond its end, where no feature is released and no goal is written down.
    """
    notices = np.stack(
        [
            _notices_expected(company, morning, month, number, np.random.default_rng([seed, 1 + number, 1 + path]))
            for path in range(n_paths)
        ]
    )
    ends, returns = company.scenario.ends, company.scenario.returns
    churns = notices * (1 - ends.withdrawn) * (1 - returns.soon)
    spread = churns.std(axis=0, ddof=1) if n_paths > 1 else np.full(len(morning.account), np.nan)
    return pd.DataFrame(
        {
            "account_id": morning.covariates["account_id"].to_numpy(object),
            "landmark": month.astype("datetime64[D]"),
            "probability": churns.mean(axis=0),
            "std_error": spread / np.sqrt(n_paths),
            "paths": n_paths,
        }
    )


def _notices_expected(
    company: Company, morning: Morning, month: np.datetime64, number: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Live three months of one future, and return the notices that each account at risk is expected to give in it."""
    at_risk = morning.account
    total = np.zeros(len(at_risk))
    with company.engine.undone():
        twin = _twin(company)
        for ahead in range(HORIZON_MONTHS):
            days = days_of(month + ahead)
            if ahead:
                morning = morning_of(twin, days)
            notices = decisions_of_month(twin, morning, days, rng)
            total += notices.probability[at_risk]
            if ahead + 1 < HORIZON_MONTHS:
                rest_of_month(twin, morning, notices, days, number + ahead, rng)
    return total


def _twin(company: Company) -> Company:
    """Copy all that may change, over the same database; what the twin uses is never written to disk."""
    log = dataclasses.replace(company.usage_log, folder=None, months=list(company.usage_log.months))
    shared = (company.engine, company.scenario, company.accounts)
    return copy.deepcopy(company, {id(company.usage_log): log} | {id(part): part for part in shared})
