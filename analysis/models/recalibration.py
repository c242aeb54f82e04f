"""Recalibration: a model's forecasts, put right by how its out-of-fold forecasts were borne out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import HORIZON_PARTS
from analysis.models.base import Model

FEWEST_EVENTS = 5
"""With fewer, forecasts are left as they are."""
PRIOR_SPREAD = 0.5
"""Standard deviation of slopes about 1 that is expected before the data are seen: it keeps few events from saying much,
and is nothing beside a hundred."""
_CERTAIN = 1e-6
"""A probability counts as no surer than this: log-odds of 0 and 1 are endless."""
_CONVERGED = 1e-18
_MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class Recalibration:
    """A straight line on the scale of log-odds.

    Attributes
    ----------
    intercept, slope : float
        0 and 1 leave forecasts as they are. A slope below 1 says that they were too extreme, above 1 too flat; at 0
        they told nothing.
    n_events : int
        Distinct lifetimes with event that it was learned from.

    Notes
    -----
    Cox (1958), Biometrika 45, 562; for forecasts of held-out rows Copas (1983), J. R. Statist. Soc. B 45, 311.
    """

    intercept: float = 0.0
    slope: float = 1.0
    n_events: int = 0

    def apply(self, risk: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return forecasts put right, of any shape; certainty stays certainty where the line leaves it."""
        if (self.intercept, self.slope) == (0.0, 1.0):
            return risk
        return expit(self.intercept + self.slope * logit(np.clip(risk, _CERTAIN, 1.0 - _CERTAIN)))


def learn_recalibration(
    event: NDArray[np.bool_], risk: NDArray[np.float64], lifetime: NDArray[np.object_]
) -> Recalibration:
    """Learn intercept and slope from out-of-fold forecasts by penalised likelihood.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
        Churned within the horizon.
    risk : ndarray, shape (n,)
        Forecast by fits that had not seen the row's cluster; rows without one (NaN) count for nothing.
    lifetime : ndarray, shape (n,)
        In which events are counted.

    Returns
    -------
    Recalibration
        Without effect under `FEWEST_EVENTS` lifetimes with event. The slope is never negative: forecasts that rank the
        wrong way round tell nothing.

    Examples
    --------
    Forecasts of 10% and 90% of which 25% and 75% came true: a slope of a half, log(3) / log(9).

    >>> event = np.repeat([True, False, True, False], [250, 750, 750, 250])
    >>> risk = np.repeat([0.1, 0.9], 1000)
    >>> found = learn_recalibration(event, risk, np.arange(2000))
    >>> round(found.intercept, 3) + 0.0, round(found.slope, 2)
    (0.0, 0.5)
    """
    known = np.isfinite(risk)
    happened = event[known]
    n_events = len(np.unique(lifetime[known][happened].astype(str)))
    if n_events < FEWEST_EVENTS or happened.all():
        return Recalibration(n_events=n_events)
    line = np.column_stack([np.ones(len(happened)), logit(np.clip(risk[known], _CERTAIN, 1.0 - _CERTAIN))])
    intercept, slope = _likeliest_line(line, happened.astype(np.float64))
    if slope < 0.0:
        intercept, slope = float(logit(happened.mean())), 0.0
    return Recalibration(intercept, slope, n_events)


def _likeliest_line(line: NDArray[np.float64], happened: NDArray[np.float64]) -> tuple[float, float]:
    """Maximise the likelihood with a normal prior of the slope about 1, by Newton's method with halved steps."""
    precision = np.array([0.0, PRIOR_SPREAD**-2])
    prior = np.array([0.0, 1.0])

    def objective(at: NDArray[np.float64]) -> float:
        odds = line @ at
        return float(happened @ odds - np.logaddexp(0.0, odds).sum() - 0.5 * precision @ (at - prior) ** 2)

    here = prior
    for _ in range(_MOST_STEPS):
        risk = expit(line @ here)
        score = line.T @ (happened - risk) - precision * (here - prior)
        information = (line * (risk * (1.0 - risk))[:, None]).T @ line + np.diag(precision)
        step = np.linalg.solve(information, score)
        if score @ step < _CONVERGED * len(happened):
            break
        while objective(here + step) < objective(here):
            step = step / 2.0
        here = here + step
    return float(here[0]), float(here[1])


class Recalibrated:
    """A fitted model whose probabilities at the horizon are put right; in between its own course is kept in proportion.

    Parameters
    ----------
    model : Model
        Fitted.
    recalibration : Recalibration
        Learned from its out-of-fold forecasts.
    """

    def __init__(self, model: Model, recalibration: Recalibration) -> None:
        self.model = model
        self.recalibration = recalibration

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the incidence by each time, shape (n_rows, n_times)."""
        incidence = self.model.predict_incidence(design, [*times, HORIZON_PARTS], cause)
        course, end = incidence[:, :-1], incidence[:, -1:]
        share = np.divide(course, end, out=np.zeros_like(course), where=end > 0)
        return share * self.recalibration.apply(end)
