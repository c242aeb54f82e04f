"""Carriers: which covariates of a family carry what it adds to a forecast, beside the account's past and its peers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.matrix import Design, DesignMatrix
from analysis.forecast.peers import PAST_MONTHS
from analysis.models.base import Forecaster, horizon_risk


@dataclass(frozen=True, slots=True)
class Carrier:
    """A covariate that raises the forecast of an account within its family.

    Attributes
    ----------
    covariate
        Its name.
    direction
        By being ``high`` or ``low`` beside that of its peers, or, of what only is or is not, by ``yes`` or ``no``; ''
        where it is neither: of levels, and of days to a date.
    effect
        What the forecast rises by, as a probability, where the account has its own value in place of its peers'.
    value, peers, usual
        The account's value; that in the middle of its peers'; and the account's own median over the year before, in the
        unit of the covariate. None where there is none, and of levels the label (of which none is usual).
    """

    covariate: str
    direction: str
    effect: float
    value: float | str | None
    peers: float | str | None
    usual: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """The covariates of a design, on the rows of some accounts.

    Attributes
    ----------
    names : tuple of str, length q
    family : tuple of str, length q
    columns : tuple of ndarray of int
        Positions of each one's columns, marks of missing values among them.
    is_known : ndarray of bool, shape (n, q)
        Whether an account's value is known.
    """

    names: tuple[str, ...]
    family: tuple[str, ...]
    columns: tuple[NDArray[np.intp], ...]
    is_known: NDArray[np.bool_]


def covariates_of(design: DesignMatrix, rows: pd.DataFrame) -> Covariates:
    """Gather the covariates of a design.

    Parameters
    ----------
    design
        Of n accounts.
    rows
        The same accounts, with the values as they were before the design filled them.
    """
    families = {column.covariate: column.family for column in design.columns}
    return Covariates(
        names=tuple(families),
        family=tuple(families.values()),
        columns=tuple(np.flatnonzero([c.covariate == name for c in design.columns]) for name in families),
        is_known=rows[list(families)].notna().to_numpy(),
    )


def middle_peers(design: DesignMatrix, covariates: Covariates, peers: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return, for each account and covariate, the peer whose value lies in the middle of those known.

    Parameters
    ----------
    design
        Of n accounts.
    covariates
    peers
        Positions of the peers of m accounts, shape (m, k).

    Returns
    -------
    ndarray of int, shape (m, q)
        Positions; -1 where no peer's value is known. Of several in the middle the first of the peers.
    """
    found = np.full((len(peers), len(covariates.names)), -1)
    for place, columns in enumerate(covariates.columns):
        known = covariates.is_known[:, place][peers]
        some = known.any(axis=1)
        values = np.where(known[some][:, :, None], design.values[peers[some][:, :, None], columns], np.nan)
        away = np.abs(values - np.nanmedian(values, axis=1, keepdims=True)).sum(axis=2)
        first = np.nanargmin(away, axis=1)
        found[some, place] = peers[some][np.arange(len(first)), first]
    return found


def covariate_effects(
    model: Forecaster, design: DesignMatrix, covariates: Covariates, asked: NDArray[np.intp], chosen: NDArray[np.bool_],
    middle: NDArray[np.intp],
) -> NDArray[np.float64]:  # fmt: skip
    """Return what each covariate of the chosen families adds to forecasts, as probabilities, shape (m, q).

    The mean of two differences, all other families being the account's own: that of taking the covariate out of its
    family, its peers' value in its place, and that of putting it alone into the family as its peers' have it.

    Parameters
    ----------
    model, design, covariates
    asked
        Positions of m accounts.
    chosen
        Whether a covariate is asked about, shape (m, q): of chosen families all, or none.
    middle
        From `middle_peers`. Without a known value, the account's or a peer's, a covariate's effect is NaN, and it stays
        as the account has it.
    """
    is_told = chosen & covariates.is_known[asked] & (middle >= 0)
    account, covariate = np.nonzero(is_told)
    effects = np.full(chosen.shape, np.nan)
    if len(account) == 0:
        return effects
    family = pd.factorize(np.array(covariates.family))[0]
    group, code = np.unique(account * len(family) + family[covariate], return_inverse=True)
    without = design.values[asked[group // len(family)]].copy()
    for row, place in zip(code, range(len(account)), strict=True):
        columns = covariates.columns[covariate[place]]
        without[row, columns] = design.values[middle[account[place], covariate[place]], columns]
    taken_out, put_in = design.values[asked[account]].copy(), without[code].copy()
    for place in range(len(account)):
        columns = covariates.columns[covariate[place]]
        put_in[place, columns] = taken_out[place, columns]
        taken_out[place, columns] = without[code[place], columns]
    whose = np.concatenate([asked[account], asked[account], asked[group // len(family)], asked])
    values = np.vstack([taken_out, put_in, without, design.values[asked]])
    risk = horizon_risk(model, design.take(whose).with_values(values))
    out, inside, bare, own = np.split(risk, np.cumsum([len(account), len(account), len(group)]))
    effects[account, covariate] = ((own[account] - out) + (inside - bare[code])) / 2
    return effects


def directions(
    design: DesignMatrix, covariates: Covariates, asked: NDArray[np.intp], middle: NDArray[np.intp]
) -> NDArray:
    """Say on which side of its peers each account is, of a covariate that is one column of that name, shape (m, q)."""
    found = np.full(middle.shape, "", dtype=object)
    for place, (name, columns) in enumerate(zip(covariates.names, covariates.columns, strict=True)):
        own = [k for k in columns if not design.columns[k].marks_missing]
        if len(own) != 1 or design.columns[own[0]].name != name:
            continue
        values = design.values[:, own[0]]
        high, low = ("high", "low") if len(np.unique(values[covariates.is_known[:, place]])) > 2 else ("yes", "no")
        apart = values[asked] - values[middle[:, place]]
        found[:, place] = np.where(apart > 0, high, np.where(apart < 0, low, ""))
    return found


def usual_values(rows: pd.DataFrame, history: pd.DataFrame, learned: Design) -> pd.DataFrame:
    """Return the median over the year before of each covariate that is a number, by lifetime_id.

    Parameters
    ----------
    rows
        The accounts, all on one landmark.
    history
        All landmark rows; those of the same lifetimes before that landmark are looked at.
    learned
        The design whose covariates are asked for.
    """
    names = dict.fromkeys(column.covariate for column in learned.columns)
    numbers = [name for name in names if pd.api.types.is_numeric_dtype(rows[name])]
    landmark = rows["risk_date"].iloc[0]
    since = landmark - pd.DateOffset(months=PAST_MONTHS)
    before = history[(history["risk_date"] < landmark) & (history["risk_date"] >= since)]
    own = before[before["lifetime_id"].isin(rows["lifetime_id"])]
    return own[numbers].astype(np.float64).groupby(own["lifetime_id"]).median()
