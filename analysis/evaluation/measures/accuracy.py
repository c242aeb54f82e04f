"""Accuracy: how far are predicted probabilities from what happened?

The plain functions are for rows followed to the horizon, and for any weights; those that end in ``_at`` are for rows of
which some are censored before: the same formulas with the weights of `KnownOutcome`, standard errors and intervals.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError
from analysis.evaluation.measures.censoring import KnownOutcome
from analysis.evaluation.measures.influence import Estimate, estimate, probability

SMALLEST = float(np.finfo(np.float64).eps)
"""What the log score takes a probability of exactly 0 for (2.2e-16), so that one surprise is dear and not infinite."""


def brier_score(
    event: NDArray[np.bool_], risk: NDArray[np.float64], weights: NDArray | None = None
) -> NDArray[np.float64]:
    """Return the mean squared difference between predicted risk and outcome, shape (n_resamples,).

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
    risk : ndarray, shape (n,)
        Probability of churn within the horizon.
    weights : ndarray, shape (n_resamples, n), optional
        How often each row counts, or what it weighs.

    Examples
    --------
    >>> import numpy as np
    >>> brier_score(np.array([True, False]), np.array([0.9, 0.3])).round(3).tolist()
    [0.05]
    """
    return weighted_mean((risk - event) ** 2, weights)


def brier_at(known: KnownOutcome, risk: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the Brier score of rows of which some are censored before the horizon; interval on the log scale.

    Parameters
    ----------
    known : KnownOutcome
        From `known_at`; a competing end is an outcome of zero.
    risk : array-like, shape (n,)
        Probability of the event by the horizon.
    level : float

    Raises
    ------
    ModelError
        If there is not one probability a row.

    Notes
    -----
    Graf, Schmoor, Sauerbrei and Schumacher (1999), Stat. Med. 18, 2529, divided by the sum of the weights (with
    Kaplan-Meier's G that is the number of rows); its standard error, the part of G included, as in Blanche,
    Proust-Lima, Loubere, Berr, Dartigues and Jacqmin-Gadda (2015), Biometrics 71, 102.
    """
    return _mean_at(known, (probability(risk, len(known)) - known.event) ** 2, level)


def log_score(
    event: NDArray[np.bool_], risk: NDArray[np.float64], weights: NDArray | None = None
) -> NDArray[np.float64]:
    """Return the mean negative log likelihood of the outcomes, shape (n_resamples,): lower is better.

    A probability of exactly 0 for what happened counts as `SMALLEST`, 2.2e-16, and so costs 36; every other is taken as
    it is, however small.

    Parameters
    ----------
    event, risk, weights
        As in `brier_score`.

    Notes
    -----
    Good (1952), J. R. Stat. Soc. B 14, 107; the one score that depends on the probability of what happened alone.

    Examples
    --------
    >>> import numpy as np
    >>> log_score(np.array([True, False]), np.array([0.5, 0.5])).round(3).tolist()
    [0.693]
    """
    return weighted_mean(_surprise(event, risk), weights)


def log_score_at(known: KnownOutcome, risk: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the log score of rows of which some are censored before the horizon; interval on the log scale.

    Parameters
    ----------
    known, risk, level
        As in `brier_at`.

    Raises
    ------
    ModelError
        If there is not one probability a row.
    """
    return _mean_at(known, _surprise(known.event, probability(risk, len(known))), level)


def index_of_prediction_accuracy(
    event: NDArray[np.bool_],
    risk: NDArray[np.float64],
    weights: NDArray | None = None,
    group: NDArray | None = None,
    known: NDArray | None = None,
) -> NDArray[np.float64]:
    """Return 1 - Brier / Brier of the scored rows' own churn rate, shape (n_resamples,).

    Zero: no better than knowing the quarter's rate beforehand (which nobody does); one: certainty.

    Parameters
    ----------
    event, risk, weights
        As in `brier_score`.
    group : ndarray, shape (n,), optional
        The rate is each group's (landmark's) own.
    known : ndarray, shape (n,), optional
        As in `null_brier_score`.

    Notes
    -----
    Kattan and Gerds (2018), Diagnostic and Prognostic Research 2, 7.
    """
    null = null_brier_score(event, weights, group, known)
    model = brier_score(event, risk, weights)
    return 1.0 - np.divide(model, null, out=np.full(len(model), np.nan), where=null > 0)


def ipa_at(known: KnownOutcome, risk: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the index of prediction accuracy of rows of which some are censored before the horizon.

    Parameters
    ----------
    known, risk, level
        As in `brier_at`. The rate to compare with is that of each group of `known`: with Kaplan-Meier's G one less
        Kaplan-Meier at the horizon, with competing ends Aalen-Johansen. The interval is symmetric for the log of the
        ratio of the two Brier scores.

    Raises
    ------
    ModelError
        If there is not one probability a row.
    """
    loss = (probability(risk, len(known)) - known.event) ** 2
    null_loss = (group_rate(known.event, known.group, known.weight) - known.event) ** 2
    (model, own), (null, of_null) = _mean(known, loss), _mean(known, null_loss)
    if not null > 0:
        return Estimate(*[float("nan")] * 4)
    # How the rate itself varies adds nothing: the null score is least at the rate.
    influence = known.with_censoring((model / null * of_null - own) / null)
    return estimate(1.0 - model / null, influence, known.cluster, "log of one less", level)


def integrated_brier(known: Sequence[KnownOutcome], risk: ArrayLike, times: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the Brier score averaged over the time from the first to the last of several horizons.

    Parameters
    ----------
    known : sequence of KnownOutcome, length n_times
        The same rows at each horizon: ``[known_at(time, event, t) for t in times]``.
    risk : array-like, shape (n, n_times)
        Probability of the event by each horizon (`Model.predict_incidence`).
    times : array-like, shape (n_times,)
        The horizons, increasing, two at least.
    level : float
        Of the interval, on the log scale.

    Raises
    ------
    ModelError
        If the shapes do not fit together, times do not increase, or a risk is no probability.

    Notes
    -----
    Graf, Schmoor, Sauerbrei and Schumacher (1999), with the trapezoidal rule between the horizons.
    """
    at, risks = np.asarray(times, dtype=np.float64), np.asarray(risk, dtype=np.float64)
    if at.ndim != 1 or len(at) < 2 or not (np.diff(at) > 0).all():
        raise ModelError(f"times must be two horizons or more, increasing; {at.tolist()} arrived.")
    if len(known) != len(at) or risks.shape != (len(known[0]), len(at)):
        raise ModelError(
            f"integrated_brier needs one known outcome and one column of risk for each of {len(at)} times; "
            f"{len(known)} outcomes of {len(known[0]):,} rows and risks of shape {risks.shape} arrived."
        )
    gaps = np.diff(at)
    shares = (np.r_[gaps, 0.0] + np.r_[0.0, gaps]) / (2 * (at[-1] - at[0]))
    value, influence = 0.0, np.zeros(len(risks))
    for share, outcome, column in zip(shares, known, risks.T, strict=True):
        score, own = _mean(outcome, (probability(column, len(outcome)) - outcome.event) ** 2)
        value += share * score
        influence += share * outcome.with_censoring(own)
    return estimate(value, influence, known[0].cluster, "log", level)


def null_brier_score(
    event: NDArray[np.bool_],
    weights: NDArray | None = None,
    group: NDArray | None = None,
    known: NDArray | None = None,
) -> NDArray[np.float64]:
    """Return the Brier score of predicting for every row the churn rate of its group, shape (n_resamples,).

    With everyone followed to the horizon that is the Aalen-Johansen estimate of the rows. Resamples keep
    the rates of the sample: refitted to each resample, the rate would be a better forecast than it is.

    Parameters
    ----------
    event, weights, group
        As in `index_of_prediction_accuracy`.
    known : ndarray, shape (n,), optional
        `KnownOutcome.weight`, what each row of the sample weighs in its group's rate; one by default.
    """
    return weighted_mean((group_rate(event, group, known) - event) ** 2, weights)


def group_rate(
    event: NDArray[np.bool_], group: NDArray | None = None, weight: NDArray | None = None
) -> NDArray[np.float64]:
    """Return the share of events in each row's group, shape (n,).

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
    group : ndarray, shape (n,), optional
        One group by default.
    weight : ndarray, shape (n,), optional
        Of rows, one by default. With `KnownOutcome.weight` of Kaplan-Meier's G the share is Aalen-Johansen's.
    """
    weights = np.ones(len(event)) if weight is None else weight
    names, code = np.unique(np.zeros(len(event)) if group is None else group, return_inverse=True)
    return (np.bincount(code, weights * event, len(names)) / np.bincount(code, weights, len(names)))[code]


def weighted_mean(values: NDArray[np.float64], weights: NDArray | None = None) -> NDArray[np.float64]:
    """Return the mean of `values`, shape (n,), under each line of weights, shape (n_resamples,); NaN if all zero."""
    if weights is None:
        return np.array([values.mean()])
    total = weights.sum(axis=1)
    return np.divide((weights * values).sum(axis=1), total, out=np.full(len(total), np.nan), where=total > 0)


def _surprise(event: NDArray[np.bool_], risk: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return -log of the probability that was given to what happened, shape (n,)."""
    with np.errstate(divide="ignore"):
        surprise = np.where(event, -np.log(risk), -np.log1p(-risk))
    return np.where(np.isinf(surprise), -np.log(SMALLEST), surprise)


def _mean(known: KnownOutcome, values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return the weighted mean of values, and its derivative by the log of each row's weight, shape (n,)."""
    mean = float(weighted_mean(values, known.weight[None])[0])
    return mean, known.weight * (values - mean) / known.weight.sum()


def _mean_at(known: KnownOutcome, values: NDArray[np.float64], level: float) -> Estimate:
    mean, influence = _mean(known, values)
    return estimate(mean, known.with_censoring(influence), known.cluster, "log", level)
