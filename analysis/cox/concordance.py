"""Concordance: of two rows at risk when one of them has the event, how often had that one the higher risk score?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.cox.concordance_kernels import weigh_pairs, weigh_pairs_from_the_start
from analysis.cox.fit import CoxFit
from analysis.cox.partial_likelihood import linear_predictor
from analysis.cox.risk_sets import RiskSets, risk_sets
from analysis.cox.rows import CountingRows, refuse_rows
from analysis.errors import ModelError

_SAME_SCORE = 1e-12
"""Linear predictors closer than this share of their mean size are one: they differ by rounding."""


@dataclass(frozen=True, slots=True)
class Concordance:
    """How well a risk score orders the rows at risk by who has the event next.

    Attributes
    ----------
    concordance : float
        (concordant + tied_risk / 2) / (concordant + discordant + tied_risk); 0.5 is no better than chance.
    std_error : float
        Infinitesimal jackknife over clusters.
    concordant, discordant, tied_risk : float
        Comparable pairs of rows in which the row with the event has the higher, lower or same risk score; a pair counts
        the product of its case weights.
    tied_time, tied_both : float
        Pairs of events at the same time, which are not comparable: with different scores, and with the same.
    """

    concordance: float
    std_error: float
    concordant: float
    discordant: float
    tied_risk: float
    tied_time: float
    tied_both: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return normal confidence limits on the scale of the concordance, kept within 0 and 1.

        Parameters
        ----------
        level : float
            Between 0 and 1.

        Returns
        -------
        low, high : float

        Raises
        ------
        ModelError
            If the level is not between 0 and 1.
        """
        if not 0 < level < 1:
            raise ModelError(f"level must be between 0 and 1, for instance 0.95; {level!r} arrived.")
        half = float(stats.norm.isf((1 - level) / 2)) * self.std_error
        return max(self.concordance - half, 0.0), min(self.concordance + half, 1.0)


def concordance(rows: CountingRows, risk: ArrayLike) -> Concordance:
    """Return the concordance of a risk score with counting-process outcomes.

    At each event time of a stratum the row with the event is compared with every other row at risk then
    (start < time <= stop), but for those with their event at the same time. A row censored at that time is still at
    risk. Scores are tied if they are equal as given: round them first if they differ by rounding.

    Parameters
    ----------
    rows : CountingRows
    risk : array-like, shape (n,)
        Higher is worse: a hazard ratio or event probability, or anything that orders rows alike.

    Returns
    -------
    Concordance

    Raises
    ------
    ModelError
        If the score is not one finite number a row, or no pair of rows is comparable.

    Notes
    -----
    Harrell, Lee and Mark (1996), Stat. Med. 15, 361, for rows with delayed entry and time-varying scores as in
    Therneau and Atkinson, vignette "Concordance" of the R package survival: equal to
    ``concordance(Surv(start, stop, event) ~ risk + strata(s), weights = w, cluster = id, reverse = TRUE)`` there.
    Standard error: each row's derivative dC/dw = (its share of right pairs - C x its share of comparable ones) / all
    comparable ones, times its weight, summed within clusters. Pairs within a cluster count as any others.

    Examples
    --------
    Of six comparable pairs one is the wrong way round: the second leaves before the third, and has the lower score.

    >>> from analysis.cox.rows import counting_rows
    >>> found = concordance(counting_rows(None, stop=[1, 2, 3, 4], event=[1, 1, 1, 0]), risk=[4, 2, 3, 1])
    >>> round(found.concordance, 3)
    0.833
    """
    score = _checked(rows, risk)
    return _concordance(rows, risk_sets(rows), _ranks(score, 0.0))


def concordance_of(fit: CoxFit) -> Concordance:
    """Return the concordance of a fitted Cox model's linear predictor, offset included, with the rows fitted.

    It flatters: the model has seen these rows. For a forecast use `concordance` with rows that it has not.

    Parameters
    ----------
    fit : CoxFit

    Returns
    -------
    Concordance

    Raises
    ------
    ModelError
        If no pair of rows is comparable.

    Notes
    -----
    Linear predictors that differ by less than 1e-12 of their mean size are tied. R compares all digits, so that where
    coefficients are equal but for rounding its ties depend on the order of the rows; everywhere else both agree.
    """
    score = linear_predictor(fit.likelihood.values, fit.maximum.end.coefficients) + fit.rows.offset
    return _concordance(fit.rows, fit.likelihood.sets, _ranks(score, _SAME_SCORE * float(np.abs(score).mean())))


@dataclass(frozen=True, slots=True, eq=False)
class PairShares:
    """What each of n rows has part in, of all comparable pairs.

    Attributes
    ----------
    totals : ndarray, shape (3,)
        Pairs that are concordant, tied in risk, and discordant; a pair counts the product of its rows' case weights and
        the event weight of the row with the event.
    right, comparable : ndarray, shape (2, n)
        Each row's own pairs, its case weight included: those in which it is concordant (half of those in which it is
        tied), and all. The first line has the pairs of its own event, the second those of the events that it survived.
    """

    totals: NDArray[np.float64]
    right: NDArray[np.float64]
    comparable: NDArray[np.float64]

    @property
    def concordance(self) -> float:
        """The share of the pairs that are right, a tie counting half."""
        return float((self.totals[0] + self.totals[1] / 2) / self.totals.sum())

    @property
    def influence(self) -> NDArray[np.float64]:
        """Derivative of the concordance by each row's log case weight, shape (n,)."""
        return (self.right.sum(axis=0) - self.concordance * self.comparable.sum(axis=0)) / self.totals.sum()

    @property
    def influence_of_event_weight(self) -> NDArray[np.float64]:
        """Derivative of the concordance by the log of each row's event weight, shape (n,)."""
        return (self.right[0] - self.concordance * self.comparable[0]) / self.totals.sum()


def pair_shares(rows: CountingRows, risk: ArrayLike, event_weights: NDArray[np.float64] | None = None) -> PairShares:
    """Weigh the pairs that `concordance` compares, and each row's part in them.

    Parameters
    ----------
    rows : CountingRows
    risk : array-like, shape (n,)
        As `concordance` takes it.
    event_weights : ndarray, shape (n,), optional
        What a pair counts by the row that has the event (one by default), beside the case weights of both.

    Raises
    ------
    ModelError
        As `concordance` does.
    """
    score = _checked(rows, risk)
    return _pair_shares(rows, risk_sets(rows), _ranks(score, 0.0), event_weights)


def _checked(rows: CountingRows, risk: ArrayLike) -> NDArray[np.float64]:
    score = np.asarray(risk, dtype=np.float64)
    if score.shape != (len(rows),):
        raise ModelError(f"risk must have one score a row ({len(rows):,}); its shape is {score.shape}.")
    refuse_rows(~np.isfinite(score), "risk must be finite, without missing values")
    if rows.n_events == 0:
        raise ModelError(f"Concordance compares events with rows at risk; none of the {len(rows):,} rows has an event.")
    return score


def _concordance(rows: CountingRows, sets: RiskSets, rank: NDArray[np.intp]) -> Concordance:
    shares = _pair_shares(rows, sets, rank, None)
    concordant, tied_risk, discordant = shares.totals.tolist()
    tied_time, tied_both = _tied_events(rows, sets, rank)
    return Concordance(
        concordance=shares.concordance,
        std_error=float(np.sqrt(np.square(np.bincount(rows.cluster, shares.influence)).sum())),
        concordant=concordant,
        discordant=discordant,
        tied_risk=tied_risk,
        tied_time=tied_time,
        tied_both=tied_both,
    )


def _ranks(score: NDArray[np.float64], same: float) -> NDArray[np.intp]:
    """Number the distinct scores from 0 in order; neighbours no more than `same` apart are one."""
    distinct, position = np.unique(score, return_inverse=True)
    return np.cumsum(np.r_[False, np.diff(distinct) > same])[position]


def _refuse_no_pair(rows: CountingRows, sets: RiskSets) -> None:
    m = len(sets.time)
    at_risk = np.cumsum(np.bincount(sets.first, minlength=m + 1) - np.bincount(sets.last, minlength=m + 1))[:m]
    if (at_risk == sets.deaths).all():
        raise ModelError(
            f"Concordance needs at least one comparable pair of rows; at the time of none of the {rows.n_events:,} "
            "events is a row of its stratum at risk that has no event then."
        )


def _pair_shares(
    rows: CountingRows, sets: RiskSets, rank: NDArray[np.intp], event_weights: NDArray[np.float64] | None
) -> PairShares:
    """Weigh the pairs of all rows: those at risk at no event time have no part in any."""
    _refuse_no_pair(rows, sets)
    by_event = np.ones(len(rows)) if event_weights is None else event_weights
    seen = np.flatnonzero(sets.first < sets.last)
    right, comparable = np.zeros((2, len(rows))), np.zeros((2, len(rows)))
    first, last = sets.first[seen], sets.last[seen]
    outcome = last, rows.event[seen], rank[seen], rows.weights[seen], by_event[seen], len(sets.time)
    if (first == sets.openings[rows.stratum[seen]]).all():
        totals, right[:, seen], comparable[:, seen] = weigh_pairs_from_the_start(sets.stratum, *outcome)
    else:
        totals, right[:, seen], comparable[:, seen] = weigh_pairs(first, *outcome)
    return PairShares(totals, rows.weights * right, rows.weights * comparable)


def _tied_events(rows: CountingRows, sets: RiskSets, rank: NDArray[np.intp]) -> tuple[float, float]:
    """Return the weight products of pairs of events at one time, with different scores and with the same."""
    weights, pair = rows.weights[sets.event_rows], sets.death_pairs
    distinct, group = np.unique(pair * (int(rank.max()) + 1) + rank[sets.event_rows], return_inverse=True)
    alike = np.bincount(group, weights, len(distinct))
    pair_of_group = np.empty(len(distinct), dtype=np.intp)
    pair_of_group[group] = pair
    others = np.bincount(pair, weights, len(sets.time))[pair_of_group] - alike
    itself = np.bincount(group, weights**2, len(distinct))
    return float((alike * others).sum() / 2), float((alike**2 - itself).sum() / 2)
