"""Tiers: in each tier of risk, did as many leave as were forecast to?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.declared.suppression import hidden_cells
from analysis.evaluation.calibration.frames import TIERS
from analysis.evaluation.calibration.measures import observed_over_expected
from analysis.evaluation.calibration.verdict import level_of

TOGETHER = 0.05
"""Chance that the interval of any tier misses the truth, all tiers together (Bonferroni)."""


def tier_table(
    predictions: pd.DataFrame, models: Sequence[str], limits: Sequence[float], min_cell: int = 1
) -> pd.DataFrame:
    """Compare how many left with how many were forecast to, in each tier of risk of each model.

    Parameters
    ----------
    predictions : DataFrame
        As `analysis.evaluation.frames.PREDICTIONS`; each model on the rows for which it was fitted.
    models : sequence of str
    limits : sequence of float
        Between the tiers, rising: the study's ``report.risk_tiers``.
    min_cell : int
        The study's ``report.min_cell``: tiers with fewer accounts are hidden, with the one that would tell.

    Returns
    -------
    DataFrame
        As `TIERS`, from the lowest tier up; a tier in which nobody was ever forecast holds zeros.

    Examples
    --------
    Forty forecasts of 2% of which one left, and ten of 30% of which three left:

    >>> predictions = pd.DataFrame({
    ...     "account_id": [f"a{place}" for place in range(50)],
    ...     "cluster_id": [f"a{place}" for place in range(50)],
    ...     "event": np.isin(np.arange(50), [0, 41, 42, 43]),
    ...     "cox": np.repeat([0.02, 0.3], [40, 10]),
    ... })
    >>> table = tier_table(predictions, ["cox"], [0.05])
    >>> table[["low", "high", "n_rows", "expected", "n_events"]].round(2).to_numpy().tolist()
    [[0.0, 0.05, 40.0, 0.8, 1.0], [0.05, 1.0, 10.0, 3.0, 3.0]]
    """
    edges = np.array([0.0, *limits, 1.0])
    level = 1 - TOGETHER / (len(edges) - 1)
    lines = []
    for model in models:
        known = predictions[predictions[model].notna()]
        risk, event = known[model].to_numpy(np.float64), known["event"].to_numpy(bool)
        tier = np.clip(np.searchsorted(edges, risk, side="right") - 1, 0, len(limits))
        accounts = known["account_id"].groupby(tier).nunique().reindex(range(len(edges) - 1), fill_value=0).to_numpy()
        for place, hidden in enumerate(hidden_cells(accounts, min_cell)):
            held = {"model": model, "low": edges[place], "high": edges[place + 1], "is_hidden": bool(hidden)}
            if not hidden:
                own = tier == place
                ratio = observed_over_expected(event[own], risk[own], known["cluster_id"].to_numpy()[own], level)
                held |= {
                    "n_accounts": int(accounts[place]),
                    "n_rows": int(own.sum()),
                    "expected": float(risk[own].sum()),
                    "n_events": int(event[own].sum()),
                    "observed_over_expected": ratio.estimate,
                    "conf_low": ratio.conf_low,
                    "conf_high": ratio.conf_high,
                    "reading": str(level_of(ratio)),
                }
            lines.append(held)
    return TIERS.checked(pd.DataFrame(lines).reindex(columns=TIERS.columns))
