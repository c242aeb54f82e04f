"""Forecasts whose faults were planted, and what followed, for the tests of their evaluation."""

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from analysis.evaluation.frames import PREDICTIONS


def forecasts(
    n_accounts: int = 500,
    n_quarters: int = 8,
    seed: int = 1,
    *,
    level: float = -3.4,
    spread: float = 1.2,
    times: float = 1.0,
    factor: float = 1.0,
    siblings: int = 2,
) -> pd.DataFrame:
    """Draw rows whose churn has the probability in 'truth'; 'model' has its log odds `times`, then its odds `factor`.

    Accounts that leave stay in the rows: nothing tested here minds.
    """
    rng = np.random.default_rng(seed)
    account = np.tile(np.arange(n_accounts), n_quarters)
    lasting = rng.normal(0, spread * 0.6, n_accounts)
    odds = level + lasting[account] + rng.normal(0, spread * 0.8, len(account))
    truth = expit(odds)
    quarters = pd.date_range("2022-01-01", periods=n_quarters, freq="QS")
    rows = pd.DataFrame(
        {
            "landmark": np.repeat(quarters, n_accounts),
            "lifetime_id": [f"A{number:04d}#1" for number in account],
            "account_id": [f"A{number:04d}" for number in account],
            "cluster_id": [f"P{number // siblings:04d}" for number in account],
            "event": rng.random(len(account)) < truth,
            "truth": truth,
            "model": expit(times * odds) if factor == 1 else expit(logit(expit(times * odds)) + np.log(factor)),
            "contract": expit(level + 0.5 * lasting[account] + rng.normal(0, spread * 0.5, len(account))),
        }
    )
    PREDICTIONS.checked(rows[PREDICTIONS.columns])
    return rows
