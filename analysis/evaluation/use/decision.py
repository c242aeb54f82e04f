"""Decision curve: is acting on a forecast better than looking after everyone, or no one?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.resampling import percentile_interval
from analysis.errors import ModelError
from analysis.evaluation.readings import Lead
from analysis.evaluation.use.frames import DECISION

THRESHOLDS = tuple(round(percent / 100, 2) for percent in range(1, 51))


def net_benefit(
    event: NDArray[np.bool_],
    risk: NDArray[np.float64],
    thresholds: Sequence[float],
    weights: NDArray | None = None,
) -> NDArray[np.float64]:
    """Return the net benefit of looking after all with a risk at a threshold or above, (n_resamples, n_thresholds).

    Accounts that left and were flagged, less those that stayed and were flagged, each counted as many times as the odds
    of the threshold say (whoever looks after an account from 10% on takes nine wrong flags for a right one), per
    account.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
    risk : ndarray, shape (n,)
        A risk of 1 throughout is 'everyone', of 0 'no one'.
    thresholds : sequence of float
        Between 0 and 1.
    weights : ndarray, shape (n_resamples, n), optional
        How often each row counts.

    Raises
    ------
    ModelError
        If a threshold is not between 0 and 1.

    Notes
    -----
    Vickers and Elkin (2006), Med. Decis. Making 26, 565.

    Examples
    --------
    At 20% four accounts are flagged, of whom two left: (2 - 2 x 0.2 / 0.8) / 10.

    >>> import numpy as np
    >>> event, risk = np.arange(10) < 2, np.repeat([0.3, 0.1], [4, 6])
    >>> net_benefit(event, risk, [0.2]).round(3).tolist()
    [[0.15]]
    """
    at = np.asarray(thresholds, np.float64)
    if not ((at > 0) & (at < 1)).all():
        raise ModelError(f"A threshold of risk lies between 0 and 1; given are {list(thresholds)}.")
    worth = np.where(event[:, None], 1.0, -at / (1 - at)) * (risk[:, None] >= at)
    if weights is None:
        return worth.mean(axis=0, keepdims=True)
    return weights @ worth / weights.sum(axis=1, keepdims=True)


def decision_curves(
    predictions: pd.DataFrame,
    models: Sequence[str],
    versus: str,
    weights: NDArray[np.int64],
    thresholds: Sequence[float] = THRESHOLDS,
) -> pd.DataFrame:
    """Return the decision curve of each model, and how far it lies above that of another on the same rows.

    Parameters
    ----------
    predictions : DataFrame
        As `analysis.evaluation.frames.PREDICTIONS`.
    models : sequence of str
        Each is judged on the rows for which both it and `versus` were fitted.
    versus : str
        The model compared with: what the contract alone tells.
    weights : ndarray, shape (n_resamples, n)
        How often each row counts in resamples of parent accounts.
    thresholds : sequence of float

    Returns
    -------
    DataFrame
        As `DECISION`. Intervals are pointwise: over many thresholds one or the other leaves zero out by chance.

    Notes
    -----
    Vickers and others (2008), BMC Med. Inform. Decis. Mak. 8, 53, for intervals by resampling and paired differences;
    here parent accounts are drawn, and the fitted models held fixed.
    """
    frames = []
    for model in models:
        both = predictions[[model, versus]].notna().all(axis=1).to_numpy(bool)
        if not both.any():
            continue
        rows, counts = predictions[both], weights[:, both].astype(np.float64)
        event = rows["event"].to_numpy(bool)
        risk, other = rows[model].to_numpy(np.float64), rows[versus].to_numpy(np.float64)
        seen, again = net_benefit(event, risk, thresholds)[0], net_benefit(event, risk, thresholds, counts)
        difference = seen - net_benefit(event, other, thresholds)[0]
        differences = again - net_benefit(event, other, thresholds, counts)
        found = {
            "model": model,
            "threshold": thresholds,
            "flagged": (risk[:, None] >= np.asarray(thresholds)).mean(axis=0),
            "net_benefit": seen,
            **percentile_ends(again, "conf_low", "conf_high"),
            "treat_all": net_benefit(event, np.ones(len(event)), thresholds)[0],
            "versus": versus,
            "difference": difference,
            **percentile_ends(differences, "difference_low", "difference_high"),
        }
        frames.append(pd.DataFrame(found)[DECISION.columns])
    return DECISION.checked(pd.concat(frames, ignore_index=True) if frames else DECISION.empty())


def percentile_ends(resampled: NDArray[np.float64], low: str, high: str) -> dict[str, list[float]]:
    """Return the ends of the percentile intervals of columns, shape (n_resamples, k), under two names."""
    intervals = [percentile_interval(column) for column in resampled.T]
    return {low: [one[0] for one in intervals], high: [one[1] for one in intervals]}


class Policy(StrEnum):
    """Whom a team looks after."""

    MODEL = "model"
    EVERYONE = "everyone"
    NO_ONE = "no_one"


@dataclass(frozen=True, slots=True)
class DecisionVerdict:
    """What acting on a forecast is worth at one threshold.

    Attributes
    ----------
    threshold
        Risk from which an account is looked after.
    flagged
        Share of the accounts with such a risk.
    net_benefit, treat_all
        Right flags per account, wrong ones set off; of no one 0.
    conf_low, conf_high
        Of the model's net benefit.
    difference, difference_low, difference_high
        From the other model.
    """

    model: str
    versus: str
    threshold: float
    flagged: float
    net_benefit: float
    conf_low: float
    conf_high: float
    treat_all: float
    difference: float
    difference_low: float
    difference_high: float

    @property
    def best(self) -> Policy:
        """What had the highest net benefit; of equals the one that asks for least."""
        if self.net_benefit > max(self.treat_all, 0.0):
            return Policy.MODEL
        return Policy.EVERYONE if self.treat_all > 0 else Policy.NO_ONE

    @property
    def lead(self) -> Lead:
        """Whether the model is shown to be worth more, or less, than the other."""
        if self.difference_low > 0:
            return Lead.BETTER
        return Lead.WORSE if self.difference_high < 0 else Lead.NO_DIFFERENCE


def decision_verdicts(curves: pd.DataFrame, model: str) -> tuple[DecisionVerdict, ...]:
    """Judge a model at every threshold, in order.

    Parameters
    ----------
    curves
        As `DECISION`: ask `decision_curves` for the thresholds that a study acts on.
    """
    own = curves[curves["model"] == model].sort_values("threshold")
    return tuple(
        DecisionVerdict(
            model=model,
            versus=str(line["versus"]),
            **{name: float(line[name]) for name in _NUMBERS},
        )
        for _, line in own.iterrows()
    )


_NUMBERS = (
    "threshold", "flagged", "net_benefit", "conf_low", "conf_high", "treat_all",
    "difference", "difference_low", "difference_high",
)  # fmt: skip
