"""Cox recovery: does the Cox model find coefficients that are known exactly, and do its intervals cover them?"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.rows import counting_rows
from analysis.progress import Progress

TRUTH = {
    "usage": -0.5,
    "trend": 0.3,
    "champion_left": 0.8,
    "parent_size": 0.4,
    "parent_discount": 0.0,
    "noise": 0.0,
}
"""Log hazard ratios: two covariates move monthly, a rare one comes to stay, two are the parent's, one the account's."""

MONTHS, DAYS = 36, 30
"""Nobody is followed beyond this many months, of so many days each."""

DESIGNS = ((50, 500), (100, 500), (200, 500), (400, 500), (400, 1000))
"""Parents and accounts of the study: the sandwich needs many clusters, the normal distribution many events."""

DEPENDENCE = 0.5
"""Correlation, within a parent, of the normal scores of the accounts' times."""

Z_95 = float(special.ndtri(0.975))


@dataclass(frozen=True, slots=True, eq=False)
class MonthlyRows:
    """A row for each month (or part of one) in which an account is observed.

    Attributes
    ----------
    values : ndarray, shape (n, 6)
        Covariates in the order of `TRUTH`, constant within a row.
    start, stop : ndarray, shape (n,)
        Age in whole days.
    event : ndarray of bool, shape (n,)
    account, parent : ndarray of int, shape (n,)
    """

    values: NDArray[np.float64]
    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    event: NDArray[np.bool_]
    account: NDArray[np.intp]
    parent: NDArray[np.intp]

    def fit(self) -> CoxFit:
        """Fit the Cox model with errors that are robust to dependence within parents."""
        rows = counting_rows(self.start, self.stop, self.event, subject=self.account, cluster=self.parent)
        return fit_cox(self.values, rows, names=list(TRUTH))


def simulate_rows(rng: np.random.Generator, n_parents: int = 200, n_accounts: int = 500) -> MonthlyRows:
    """Draw accounts, dependent within parents, whose hazard given their covariates is exactly that of `TRUTH`.

    Parameters
    ----------
    rng : numpy.random.Generator
    n_parents : int
        Each has one account at least.
    n_accounts : int
        Before those are left out that are gone when their observation would begin.

    Notes
    -----
    An account leaves when its cumulative hazard reaches a unit exponential variable. Those of one parent are joined by
    a Gaussian copula: each account alone has the intended hazard, as a shared frailty would not allow. Covariates and
    times of observation do not depend on these variables, so that entry at a later age and censoring are independent.
    Times are known to the day; of 1,000 accounts about one leaves a day, so that Efron's ties are as good as exact.
    """
    parent = np.r_[np.arange(n_parents), rng.integers(n_parents, size=n_accounts - n_parents)]
    values = _covariates(rng, parent, n_parents)
    departure = np.ceil(_departure(values, _exponentials(rng, parent, n_parents)))
    # Half the accounts are older than the logs.
    entry = np.where(rng.random(n_accounts) < 0.5, rng.integers(12 * DAYS, size=n_accounts), 0)
    censoring = np.minimum(entry + rng.integers(6 * DAYS, 24 * DAYS, size=n_accounts), MONTHS * DAYS)
    until = np.minimum(departure, censoring)
    opens = np.arange(MONTHS) * DAYS
    observed = (opens + DAYS > entry[:, None]) & (opens < until[:, None]) & (departure > entry)[:, None]
    account, month = np.nonzero(observed)
    stop = np.minimum(until[account], opens[month] + DAYS)
    return MonthlyRows(
        values=values[account, month],
        start=np.maximum(entry[account], opens[month]),
        stop=stop,
        event=stop == departure[account],
        account=account,
        parent=parent[account],
    )


def _covariates(rng: np.random.Generator, parent: NDArray[np.intp], n_parents: int) -> NDArray[np.float64]:
    """Draw the covariates of every account and month, shape (accounts, `MONTHS`, 6)."""
    n = len(parent)
    usage = rng.normal(size=(n, MONTHS))
    for month in range(1, MONTHS):
        usage[:, month] = 0.8 * usage[:, month - 1] + 0.6 * usage[:, month]
    own = {
        "usage": usage,
        "trend": 0.4 * usage + rng.normal(size=(n, MONTHS)),
        "champion_left": np.arange(MONTHS) >= rng.geometric(0.006, n)[:, None],
        "parent_size": rng.normal(size=n_parents)[parent, None],
        "parent_discount": (rng.random(n_parents) < 0.3)[parent, None],
        "noise": rng.normal(size=(n, 1)),
    }
    return np.stack([np.broadcast_to(own[name], (n, MONTHS)) for name in TRUTH], axis=2).astype(np.float64)


def _exponentials(rng: np.random.Generator, parent: NDArray[np.intp], n_parents: int) -> NDArray[np.float64]:
    shared, own = rng.normal(size=n_parents)[parent], rng.normal(size=len(parent))
    return -special.log_ndtr(np.sqrt(DEPENDENCE) * shared + np.sqrt(1 - DEPENDENCE) * own)


def _departure(values: NDArray[np.float64], exponential: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the age, in days, at which the cumulative hazard reaches `exponential`; infinite if it does not."""
    baseline = np.where(np.arange(MONTHS) % 12 == 11, 0.06, 0.02)  # contracts end yearly
    hazard = baseline * np.exp(values @ np.array(list(TRUTH.values())))
    cumulative = np.cumsum(hazard, axis=1)
    month = (cumulative < exponential[:, None]).sum(axis=1)
    line, last = np.arange(len(values)), np.minimum(month, MONTHS - 1)
    age = last + 1 - (cumulative[line, last] - exponential) / hazard[line, last]
    return np.where(month < MONTHS, DAYS * age, np.inf)


def cox_recovery(
    n_sets: int,
    seed: int,
    n_parents: int = 200,
    n_accounts: int = 500,
    fit: Callable[[MonthlyRows], CoxFit] = MonthlyRows.fit,
) -> pd.DataFrame:
    """Simulate data sets, fit each, and compare estimates and 95% intervals with the truth.

    Parameters
    ----------
    n_sets, seed : int
        Set k is drawn from ``numpy.random.default_rng([seed, k])``.
    n_parents, n_accounts : int
        As `simulate_rows`.
    fit : callable
        What is fitted to each set.

    Returns
    -------
    DataFrame
        A line a coefficient: clusters (parents drawn), sets, accounts, rows, events (means), term, truth, bias with its
        Monte Carlo error, empirical_sd of the estimates, mean_robust_se, mean_model_se, and the coverage of robust and
        model-based 95% intervals.
    """
    estimates, robust, model, sizes = [], [], [], []
    for k in range(n_sets):
        drawn = simulate_rows(np.random.default_rng([seed, k]), n_parents, n_accounts)
        fitted = fit(drawn)
        estimates.append(fitted.coefficients)
        robust.append(fitted.robust_std_errors)
        model.append(fitted.std_errors)
        sizes.append((len(np.unique(drawn.account)), len(drawn.event), int(drawn.event.sum())))
    accounts, rows, events = np.rint(np.mean(sizes, axis=0)).astype(int)
    table = summarise(np.array(estimates), np.array(robust), np.array(model))
    means = {"clusters": n_parents, "sets": n_sets, "accounts": accounts, "rows": rows, "events": events}
    return pd.concat([pd.DataFrame(means, index=table.index), table], axis=1)


def summarise(estimates: NDArray[np.float64], robust: NDArray[np.float64], model: NDArray[np.float64]) -> pd.DataFrame:
    """Compare estimates and standard errors, each of shape (sets, 6), with `TRUTH`."""
    truth = np.array(list(TRUTH.values()))
    error = estimates - truth
    spread = error.std(axis=0, ddof=1)
    return pd.DataFrame(
        {
            "term": list(TRUTH),
            "truth": truth,
            "bias": error.mean(axis=0),
            "bias_mc_error": spread / np.sqrt(len(error)),
            "empirical_sd": spread,
            "mean_robust_se": robust.mean(axis=0),
            "mean_model_se": model.mean(axis=0),
            "robust_coverage": (np.abs(error) <= Z_95 * robust).mean(axis=0),
            "model_coverage": (np.abs(error) <= Z_95 * model).mean(axis=0),
        }
    )


def cox_recovery_study(n_sets: int, seed: int, progress: Progress) -> pd.DataFrame:
    """Repeat `cox_recovery` for each of `DESIGNS`, telling `progress` the coverage of each."""
    tables = []
    for n_parents, n_accounts in DESIGNS:
        tables.append(cox_recovery(n_sets, seed, n_parents, n_accounts))
        robust, model = (100 * tables[-1][f"{kind}_coverage"] for kind in ("robust", "model"))
        progress(
            f"Cox model, {n_accounts} accounts of {n_parents} parents, {n_sets:,} data sets: 95% intervals cover "
            f"{robust.mean():.1f}% ({robust.min():.1f} to {robust.max():.1f}), model-based ones {model.mean():.1f}%"
        )
    return pd.concat(tables, ignore_index=True)
