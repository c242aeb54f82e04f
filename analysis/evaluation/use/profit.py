"""Profit: what a campaign to keep accounts earns if it goes by a forecast (EMP, Verbraken and others 2013)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betainc
from sklearn.isotonic import isotonic_regression

from analysis.evaluation.use.campaign import Campaign
from analysis.evaluation.use.decision import percentile_ends
from analysis.evaluation.use.frames import PROFIT


@dataclass(frozen=True, slots=True, eq=False)
class Hull:
    """Corners of the convex hull of a ROC curve, from nobody to everybody flagged.

    Attributes
    ----------
    churners, others : ndarray, shape (k,)
        Accounts that left, and that stayed, flagged at each corner, as shares of all accounts.
    """

    churners: NDArray[np.float64]
    others: NDArray[np.float64]


def roc_hull(event: NDArray[np.bool_], risk: NDArray[np.float64]) -> Hull:
    """Return the convex hull of the ROC curve; accounts of equal risk are flagged together.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
    risk : ndarray, shape (n,)

    Notes
    -----
    Its segments are the blocks of the isotonic regression of event on risk (Fawcett and Niculescu-Mizil 2007, Mach.
    Learn. 68, 97).
    """
    return resampled_hulls(event, risk, np.ones((1, len(risk))))[0]


def resampled_hulls(event: NDArray[np.bool_], risk: NDArray[np.float64], weights: NDArray) -> list[Hull]:
    """Return the hull under each line of weights, shape (n_resamples, n): how often each row counts."""
    levels, level = np.unique(-risk, return_inverse=True)
    hulls = []
    for line in weights:
        size = np.bincount(level, line, len(levels))
        left = np.bincount(level, line * event, len(levels))
        there = size > 0
        size, left = size[there], left[there]
        rate = isotonic_regression(left / size, sample_weight=size, increasing=False)
        opens = np.flatnonzero(np.diff(rate, prepend=np.inf) != 0)
        churners, flagged = np.add.reduceat(left, opens), np.add.reduceat(size, opens)
        total = size.sum()
        hulls.append(Hull(np.r_[0.0, np.cumsum(churners)] / total, np.r_[0.0, np.cumsum(flagged - churners)] / total))
    return hulls


@dataclass(frozen=True, slots=True)
class Profit:
    """The expected maximum profit of a campaign.

    Attributes
    ----------
    amount
        Per account at risk, contacted or not.
    contacted
        Share of the accounts contacted, on average over the save rate.
    """

    amount: float
    contacted: float


def expected_maximum_profit(hull: Hull, campaign: Campaign) -> Profit:
    """Integrate the profit at the best threshold over the probability that churners take the offer.

    The threshold is the best one on the scored accounts, for each gamma: an upper limit of what a team gets.

    Parameters
    ----------
    hull
        As `roc_hull`.
    campaign
        Costs, value and the distribution of gamma.

    Notes
    -----
    Verbraken, Verbeke and Baesens (2013): from one corner of the hull to the next the best threshold
    changes at the gamma at which contacting that segment begins to pay; between two such gammas profit is linear in
    gamma, whose integral is an incomplete beta function. A segment that holds no churner never pays.

    Examples
    --------
    A forecast that parts all churners, 10 of 100 accounts, from the others, at a save rate of about one half:

    >>> import numpy as np
    >>> hull = roc_hull(np.arange(100) < 10, (np.arange(100) < 10) * 0.5)
    >>> round(expected_maximum_profit(hull, Campaign(alpha=500, beta=500)).amount, 2)  # 0.1 x (190 / 2 - 1)
    9.4
    """
    amount, contacted = _expected(hull, (campaign,))
    return Profit(float(amount[0]), float(contacted[0]))


def _expected(hull: Hull, campaigns: Sequence[Campaign]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return amount and share contacted under each campaign, shape (n_campaigns,) each."""
    value, contact, wrong, save_rate, alpha, beta = np.array(
        [(c.lifetime_value - c.offer_cost, c.contact_cost, c.wrong, c.save_rate, c.alpha, c.beta) for c in campaigns]
    ).T[:, :, None]
    churners, others = np.diff(hull.churners), np.diff(hull.others)
    cost = contact * churners + wrong * others
    pays_from = np.divide(cost, value * churners, out=np.full_like(cost, np.inf), where=churners > 0)
    begins = np.concatenate([np.zeros_like(contact), np.minimum(pays_from, 1.0)], axis=1)
    ends = np.concatenate([begins[:, 1:], np.ones_like(contact)], axis=1)
    mass = betainc(alpha, beta, ends) - betainc(alpha, beta, begins)
    first_moment = save_rate * (betainc(alpha + 1, beta, ends) - betainc(alpha + 1, beta, begins))
    fixed = contact * hull.churners + wrong * hull.others
    amount = (value * hull.churners * first_moment - fixed * mass).sum(axis=1)
    return amount, mass @ (hull.churners + hull.others)


def profit_at_own_risk(event: NDArray[np.bool_], risk: NDArray[np.float64], campaign: Campaign) -> float:
    """Return the profit per account if all with a risk at the campaign's threshold or above are contacted.

    What a team gets that takes the probabilities at their word: nothing is chosen on the scored accounts.
    """
    is_contacted = risk >= campaign.threshold
    if campaign.threshold >= 1:
        return 0.0
    gain = float(campaign.right(campaign.save_rate))
    return float(np.where(event, gain, -campaign.wrong)[is_contacted].sum() / len(event))


def profits(
    predictions: pd.DataFrame,
    models: Sequence[str],
    versus: str,
    weights: NDArray[np.int64],
    campaign: Campaign,
    save_rates: Sequence[float],
    contact_costs: Sequence[float],
) -> pd.DataFrame:
    """Return the expected maximum profit of each model under several save rates and contact costs.

    Parameters
    ----------
    predictions : DataFrame
        As `analysis.evaluation.frames.PREDICTIONS`.
    models : sequence of str
        Each is judged on the rows for which both it and `versus` were fitted.
    versus : str
        The model compared with.
    weights : ndarray, shape (n_resamples, n)
        How often each row counts in resamples of parent accounts.
    campaign : Campaign
        What the settings do not change.
    save_rates, contact_costs : sequence of float
        Every pair of them is a setting.

    Returns
    -------
    DataFrame
        As `PROFIT`.
    """
    settings = [campaign.with_terms(rate, cost) for rate in save_rates for cost in contact_costs]
    event = predictions["event"].to_numpy(bool)
    known: dict[tuple[str, bytes], tuple[Hull, NDArray[np.float64]]] = {}

    def amounts(model: str, rows: NDArray[np.bool_]) -> tuple[Hull, NDArray[np.float64]]:
        """Return a model's hull on some rows, and its amounts: those seen, and under each resample below."""
        key = (model, rows.tobytes())
        if key not in known:
            risk = predictions[model].to_numpy(np.float64)[rows]
            hull = roc_hull(event[rows], risk)
            hulls = [hull, *resampled_hulls(event[rows], risk, weights[:, rows])]
            known[key] = hull, np.array([_expected(one, settings)[0] for one in hulls])
        return known[key]

    frames = []
    for model in models:
        both = predictions[[model, versus]].notna().all(axis=1).to_numpy(bool)
        if not both.any():
            continue
        risk = predictions[model].to_numpy(np.float64)[both]
        hull, own = amounts(model, both)
        difference = own - amounts(versus, both)[1]
        found = {
            "model": model,
            "save_rate": [setting.save_rate for setting in settings],
            "contact_cost": [setting.contact_cost for setting in settings],
            "expected_profit": own[0],
            **percentile_ends(own[1:], "conf_low", "conf_high"),
            "contacted": _expected(hull, settings)[1],
            "at_own_risk": [profit_at_own_risk(event[both], risk, setting) for setting in settings],
            "versus": versus,
            "difference": difference[0],
            **percentile_ends(difference[1:], "difference_low", "difference_high"),
        }
        frames.append(pd.DataFrame(found)[PROFIT.columns])
    return PROFIT.checked(pd.concat(frames, ignore_index=True) if frames else PROFIT.empty())
