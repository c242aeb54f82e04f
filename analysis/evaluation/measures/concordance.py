"""Concordance: of two accounts, did the one that was given the higher risk leave first?"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.cox.concordance import pair_shares
from analysis.cox.rows import CountingRows, counting_rows
from analysis.evaluation.measures.censoring import known_at
from analysis.evaluation.measures.influence import Estimate, Parts, estimate, finite_risk


def harrell_c(
    time: ArrayLike,
    event: ArrayLike,
    risk: ArrayLike,
    *,
    tau: float | None = None,
    group: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return Harrell's C: the share of comparable pairs in which the row that left first had the higher risk.

    A pair is comparable if one row has its event while the other is still there. What C is depends on when rows are
    censored; `uno_c` does not. The interval is symmetric on the logit scale.

    Parameters
    ----------
    time : array-like, shape (n,)
        When the row's event or censoring was, from time 0. A row that had a competing end is censored then; to keep it
        as a control for later events, give it a time that nobody outlives (landmark outcomes give it the horizon).
    event : array-like of bool, shape (n,)
    risk : array-like, shape (n,)
        Higher is worse. Equal risks count one half.
    tau : float, optional
        Events after tau are not counted, one at tau is.
    group : array-like, shape (n,), optional
        Pairs are formed within a group only.
    cluster : array-like, shape (n,), optional
        Rows that may be dependent; every row by itself by default.
    level : float

    Raises
    ------
    ModelError
        If lengths differ, a value is missing, or no pair is comparable.

    Notes
    -----
    Harrell, Lee and Mark (1996), Stat. Med. 15, 361: `analysis.cox.concordance.concordance`, which has late entry and
    case weights, too. Equal to ``survival::concordance(Surv(time, event) ~ risk, reverse = TRUE, ymax = tau)`` of R.

    Examples
    --------
    >>> found = harrell_c(time=[30, 40, 60, 91], event=[True, False, True, False], risk=[0.4, 0.3, 0.1, 0.2])
    >>> round(found.value, 3)
    0.75
    """
    rows = _rows(time, event, tau, group, cluster)
    shares = pair_shares(rows, finite_risk(risk, len(rows)))
    return estimate(shares.concordance, shares.influence, rows.cluster, "logit", level)


def uno_c(
    time: ArrayLike,
    event: ArrayLike,
    risk: ArrayLike,
    tau: float,
    *,
    group: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return Uno's C: Harrell's up to tau, as it would be had nobody been censored before.

    Parameters
    ----------
    time, event, risk, group, cluster, level
        As in `harrell_c`; Kaplan-Meier's G is each group's own.
    tau : float
        As in `harrell_c`. Some rows of each group must be followed as long.

    Raises
    ------
    ModelError
        As `harrell_c` does; or if nobody is followed to tau.

    Notes
    -----
    Uno, Cai, Pencina, D'Agostino and Wei (2011), Stat. Med. 30, 1105: the pairs of an event at T weigh
    1 / G(T-)^2. The value is that of ``survival::concordance(timewt = "n/G2", ymax = tau)`` of R; the standard error
    includes how G varies, which R's leaves out.

    Examples
    --------
    The pair of the third row weighs (3/2)^2 for the row of which no more is known.

    >>> found = uno_c(time=[30, 40, 60, 91], event=[True, False, True, False], risk=[0.4, 0.3, 0.1, 0.2], tau=91)
    >>> round(found.value, 3)
    0.571
    """
    found = uno_parts(time, event, risk, tau, group=group, cluster=cluster)
    return estimate(found.value, found.influence, found.cluster, "logit", level)


def uno_parts(
    time: ArrayLike,
    event: ArrayLike,
    risk: ArrayLike,
    tau: float,
    *,
    group: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> Parts:
    """Return Uno's C with what each row adds to it, to compare scores of the same rows; see `uno_c`.

    Raises
    ------
    ModelError
        As `uno_c` does.
    """
    known = known_at(time, event, tau, group=group, cluster=cluster)
    rows = _rows(time, event, tau, group, cluster)
    shares = pair_shares(rows, finite_risk(risk, len(rows)), known.weight**2)
    by_weight = 2 * shares.influence_of_event_weight
    influence = shares.influence + known.censoring.influence(by_weight)
    return Parts(shares.concordance, influence, known.cluster)


def _rows(
    time: ArrayLike, event: ArrayLike, tau: float | None, group: ArrayLike | None, cluster: ArrayLike | None
) -> CountingRows:
    counted: NDArray = np.asarray(event)
    if tau is not None:
        counted = np.where(np.asarray(time) <= tau, counted, np.zeros_like(counted))
    return counting_rows(None, time, counted, strata=group, cluster=cluster)
