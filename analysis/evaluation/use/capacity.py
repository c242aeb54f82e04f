"""Capacity: of the accounts that a team can look after, how many were going to leave?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.resampling import percentile_interval
from analysis.errors import ModelError
from analysis.evaluation.use.frames import CAUGHT, CAUGHT_PAIRS, GAIN

SHARES = np.linspace(0.0, 1.0, 51)


def flagged_share(
    risk: NDArray[np.float64], landmark: NDArray, capacity: float, weights: NDArray | None = None
) -> NDArray[np.float64]:
    """Return the probability that a row is among the flagged of its landmark, shape (n_resamples, n).

    Those of highest risk come first; of accounts with equal risk at the limit each is as likely to be flagged.

    Parameters
    ----------
    risk : ndarray, shape (n,)
    landmark : ndarray, shape (n,)
        Each has a capacity of its own.
    capacity : float
        Accounts flagged at each landmark.
    weights : ndarray, shape (n_resamples, n), optional
        How often each row counts.

    Examples
    --------
    Two places for one account of 30% and three of 20%:

    >>> import numpy as np
    >>> flagged_share(np.array([0.2, 0.3, 0.2, 0.2]), np.zeros(4), 2).round(2).tolist()
    [[0.33, 1.0, 0.33, 0.33]]
    """
    counts = np.ones((1, len(risk))) if weights is None else np.asarray(weights, np.float64)
    if not len(risk):
        return counts
    code = np.unique(landmark, return_inverse=True)[1]
    order = np.lexsort((-risk, code))
    opens_landmark = np.diff(code[order], prepend=-1) != 0
    opens_tie = opens_landmark | (np.diff(risk[order], prepend=np.nan) != 0)
    tie = np.cumsum(opens_tie) - 1
    size = np.add.reduceat(counts[:, order], np.flatnonzero(opens_tie), axis=1)
    before = np.cumsum(size, axis=1) - size
    of_landmark = np.cumsum(opens_landmark[opens_tie]) - 1
    room = capacity - (before - before[:, opens_landmark[opens_tie]][:, of_landmark])
    share = np.clip(np.divide(room, size, out=np.zeros_like(room), where=size > 0), 0.0, 1.0)
    flagged = np.empty_like(counts)
    flagged[:, order] = share[:, tie]
    return flagged


def caught_by_quarter(
    predictions: pd.DataFrame, models: Sequence[str], capacity: int, arr: NDArray[np.float64] | None = None
) -> pd.DataFrame:
    """Return what each model would have caught at each landmark at which it was fitted.

    Parameters
    ----------
    predictions : DataFrame
        As `analysis.evaluation.frames.PREDICTIONS`.
    models : sequence of str
    capacity : int
        Accounts that the team looks after in a quarter; of fewer all are.
    arr : ndarray, shape (n,), optional
        Annual recurring revenue of each row on its landmark (monthly price x 12, one currency); NaN where not known.

    Returns
    -------
    DataFrame
        As `CAUGHT`.

    Raises
    ------
    ModelError
        If the capacity is under 1, or the ARR is not one number a row.
    """
    _refuse_wrong(predictions, capacity, arr)
    lines = []
    value = np.full(len(predictions), np.nan) if arr is None else arr
    for model in models:
        risk = predictions[model].to_numpy(np.float64)
        for landmark in sorted(predictions["landmark"].unique()):
            rows = (predictions["landmark"] == landmark).to_numpy(bool)
            if np.isnan(risk[rows]).any():
                continue
            event, own = predictions["event"].to_numpy(bool)[rows], value[rows]
            share = flagged_share(risk[rows], np.zeros(rows.sum()), capacity)[0]
            flagged, left = min(capacity, len(event)), int(event.sum())
            caught, chance = float(share[event].sum()), flagged * left / len(event)
            is_priced = event & ~np.isnan(own)
            line = {
                "landmark": landmark,
                "model": model,
                "n_rows": len(event),
                "n_events": left,
                "flagged": flagged,
                "caught": caught,
                "by_chance": chance,
                "precision": caught / flagged,
                "recall": caught / left if left else np.nan,
                "lift": caught / chance if left else np.nan,
                "n_without_arr": int((event & ~is_priced).sum()),
            }
            if not np.isnan(own).all():
                line |= {
                    "arr_left": float(own[is_priced].sum()),
                    "arr_caught": float((share * own)[is_priced].sum()),
                }
            lines.append(line)
    return CAUGHT.checked(pd.DataFrame(lines).reindex(columns=CAUGHT.columns))


def caught_pairs(
    predictions: pd.DataFrame, models: Sequence[str], versus: str, capacity: int, weights: NDArray[np.int64]
) -> pd.DataFrame:
    """Compare what models catch over all quarters that both were fitted for, on the same resamples.

    Parameters
    ----------
    predictions, models, capacity
        As in `caught_by_quarter`.
    versus : str
        The model compared with.
    weights : ndarray, shape (n_resamples, n)
        How often each row of the predictions counts.

    Returns
    -------
    DataFrame
        As `CAUGHT_PAIRS`.
    """
    _refuse_wrong(predictions, capacity, None)
    lines = []
    for model in models:
        if model == versus:
            continue
        both = predictions[[model, versus]].notna().all(axis=1).to_numpy(bool)
        if not both.any():
            continue
        rows, counts = predictions[both], weights[:, both]
        landmark, event = rows["landmark"].to_numpy(), rows["event"].to_numpy(bool)
        risks = [rows[name].to_numpy(np.float64) for name in (model, versus)]
        seen = [float(flagged_share(risk, landmark, capacity)[0, event].sum()) for risk in risks]
        again = [(flagged_share(risk, landmark, capacity, counts) * counts)[:, event].sum(axis=1) for risk in risks]
        low, high = percentile_interval(again[0] - again[1])
        flagged = int(np.minimum(np.unique(landmark, return_counts=True)[1], capacity).sum())
        lines.append((model, versus, rows["landmark"].nunique(), flagged, *seen, seen[0] - seen[1], low, high))
    return CAUGHT_PAIRS.checked(pd.DataFrame(lines, columns=CAUGHT_PAIRS.columns))


def gain_curves(predictions: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """Return which share of those that left is caught for each share of accounts contacted in each quarter.

    Returns
    -------
    DataFrame
        As `GAIN`, on the landmarks at which a model was fitted; a model without events among them is left out.
    """
    frames = []
    for model in models:
        known = predictions[predictions[model].notna()]
        event = known["event"].to_numpy(bool)
        if not event.any():
            continue
        total = np.zeros(len(SHARES))
        for _, of_day in known.groupby("landmark"):
            by_risk = of_day.groupby(-of_day[model])["event"].agg(["size", "sum"]).cumsum().to_numpy(np.float64)
            # Among accounts of equal risk as many are caught as chance has it: a straight line.
            total += np.interp(SHARES * len(of_day), np.r_[0.0, by_risk[:, 0]], np.r_[0.0, by_risk[:, 1]])
        frames.append(pd.DataFrame({"model": model, "contacted": SHARES, "caught": total / event.sum()}))
    return GAIN.checked(pd.concat(frames, ignore_index=True) if frames else GAIN.empty())


@dataclass(frozen=True, slots=True)
class Flagged:
    """What flagging accounts of highest risk would have caught in one quarter.

    Attributes
    ----------
    flagged
        Accounts flagged; None, as the numbers that follow, where they are too few to be shown.
    left, left_by_versus, left_by_chance
        Of them left: flagged by the model, by the other one, and blindly. Fractions where risks tie at the limit.
    """

    landmark: pd.Timestamp
    model: str
    versus: str
    flagged: int | None
    left: float | None
    left_by_versus: float | None
    left_by_chance: float | None


def flagged_last_quarter(caught: pd.DataFrame, model: str, versus: str, min_cell: int = 1) -> Flagged | None:
    """Return the last quarter for which both models were fitted; None where there is none.

    Parameters
    ----------
    caught
        As `CAUGHT`.
    min_cell
        The study's ``report.min_cell``.
    """
    by_model = {name: caught[caught["model"] == name].set_index("landmark") for name in (model, versus)}
    shared = by_model[model].index.intersection(by_model[versus].index)
    if shared.empty:
        return None
    own, other = by_model[model].loc[shared.max()], by_model[versus].loc[shared.max()]
    if own["flagged"] < min_cell:
        return Flagged(shared.max(), model, versus, None, None, None, None)
    left = (float(own["caught"]), float(other["caught"]), float(own["by_chance"]))
    return Flagged(shared.max(), model, versus, int(own["flagged"]), *left)


def _refuse_wrong(predictions: pd.DataFrame, capacity: int, arr: NDArray[np.float64] | None) -> None:
    if capacity < 1:
        raise ModelError(f"A team looks after 1 account or more; the capacity given is {capacity}.")
    if arr is not None and np.shape(arr) != (len(predictions),):
        raise ModelError(
            f"ARR needs one number for each of {len(predictions):,} forecasts; it has the shape {np.shape(arr)}."
        )
