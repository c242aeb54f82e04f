"""Sixty rows that hard cases of the Cox model are made from."""

import numpy as np

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.rows import counting_rows

N = 60
RNG = np.random.default_rng(1)
STOP = np.round(RNG.exponential(size=N), 3) + 0.001
EVENT = RNG.random(N) < 0.6
VALUES = RNG.normal(size=(N, 2))
NAMES = ["usage", "seats"]


def fit(values=VALUES, stop=STOP, event=EVENT, *, start=None, names=NAMES, ties="efron", ridge=0.0, **rows) -> CoxFit:
    return fit_cox(values, counting_rows(start, stop, event, **rows), names=names, ties=ties, ridge=ridge)


def beside(column, values=VALUES):
    return np.column_stack([values, column])


def fit_beside(column, stop=STOP, event=EVENT, **more) -> CoxFit:
    """Fit a third column, 'culprit', beside two that are harmless."""
    return fit(beside(column), stop, event, names=[*NAMES, "culprit"], **more)


def one_column(x, stop, event, **more) -> CoxFit:
    return fit(np.array(x, dtype=float)[:, None], stop, event, names=["x"], **more)
