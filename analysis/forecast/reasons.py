"""Reasons: what raises the forecast of an account above that of its peers, who are as near to a renewal."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.matrix import Design, DesignMatrix
from analysis.forecast.carriers import (
    Carrier,
    Covariates,
    covariate_effects,
    covariates_of,
    directions,
    middle_peers,
    usual_values,
)
from analysis.forecast.peers import N_PEERS, nearest_peers, possible_peers
from analysis.forecast.shapley import family_shares
from analysis.models.base import Forecaster, horizon_risk

MOST_EXPLAINED = 1000
"""Accounts, the most likely to leave; of the others no reasons are told."""
LEAST = 0.005
"""What a family must add to a forecast, as a probability, to be a reason."""
MOST_FAMILIES, MOST_CARRIERS = 2, 2
LEAST_PART = 0.25
"""Of the effect of the covariate that carries a family most, which a second one must have."""
PEERS_OF_REFITS = 10
"""The nearest, beside which the shares by earlier models are held against those by the quoted one."""

Earlier = Sequence[tuple[Design, Forecaster]]
"""Models fitted to earlier rows, each with its design."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A family that raises the forecast of an account.

    Attributes
    ----------
    family
        Its name.
    share
        What it adds, as a probability.
    carriers
        Its covariates that raise it most, largest first; only what is known of the account.
    """

    family: str
    share: float
    carriers: tuple[Carrier, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the forecast of an account is not that of its peers.

    Attributes
    ----------
    forecast, peers
        Its probability, and the mean of its peers'.
    shares
        What each family adds, as probabilities: they sum to `forecast` less `peers`.
    reasons
        The families that raise it, largest first.
    kept_first
        In how many of the refits the family with the largest share has it, too.
    """

    forecast: float
    peers: float
    shares: tuple[tuple[str, float], ...]
    reasons: tuple[Reason, ...]
    kept_first: int


@dataclass(frozen=True, slots=True)
class Explanations:
    """Why forecasts are as they are.

    Attributes
    ----------
    accounts
        One for each account forecast, in their order; None where it was not among the most likely to leave, or has no
        peer.
    n_peers
        Accounts that each is held against.
    n_refits
        Models fitted to earlier rows, in which the first reason was looked for again.
    kept_first
        Share of accounts with a reason, and of refits, in which the first family stayed the first; None where there is
        none.
    """

    accounts: tuple[Explanation | None, ...]
    n_peers: int
    n_refits: int
    kept_first: float | None


def explain(
    model: Forecaster, learned: Design, rows: pd.DataFrame, history: pd.DataFrame, earlier: Earlier = ()
) -> Explanations:
    """Explain the forecasts of accounts by the shares of the families, and within these by their covariates.

    What is not known of an account is no reason, whatever filled the gap (rule 13 of ``queries/rules_of_time.md``):
    a family is one only by a covariate whose value is known.

    Parameters
    ----------
    model
        The one that is quoted.
    learned
        The design that it was fitted with.
    rows
        Of the accounts, all on one landmark.
    history
        All landmark rows: of the year before, peers are among them, and what was usual of an account.
    earlier
        Fits of the same kind of model to earlier rows.
    """
    pool = possible_peers(rows, history)
    n_peers = min(N_PEERS, pool["account_id"].nunique() - 1)
    if n_peers < 1:
        return Explanations((None,) * len(rows), 0, len(earlier), None)
    explained = _explained(model, learned.apply(pool), pool, len(rows), usual_values(rows, history, learned), earlier)
    kept = [one.kept_first for one in explained.values() if one.reasons]
    return Explanations(
        accounts=tuple(explained.get(lifetime) for lifetime in rows["lifetime_id"]),
        n_peers=n_peers,
        n_refits=len(earlier),
        kept_first=sum(kept) / (len(kept) * len(earlier)) if kept and earlier else None,
    )


def _explained(
    model: Forecaster, design: DesignMatrix, rows: pd.DataFrame, n_accounts: int, usual: pd.DataFrame, earlier: Earlier
) -> dict[object, Explanation]:
    """Explain the first `n_accounts` of the rows; by lifetime."""
    risk = horizon_risk(model, design)
    asked = np.sort(np.argsort(-risk[:n_accounts], kind="stable")[:MOST_EXPLAINED])
    peers = nearest_peers(rows, asked)
    shares = family_shares(model, design, risk, asked, peers)
    table = np.column_stack(list(shares.values()))
    kept_first = _kept_first(model, design, rows, risk, asked, peers[:, :PEERS_OF_REFITS], earlier)
    reasons = _reasons(model, design, rows, usual, asked, peers, tuple(shares), table)
    return {
        rows["lifetime_id"].iloc[place]: Explanation(
            forecast=float(risk[place]),
            peers=float(risk[peers[k]].mean()),
            shares=tuple(zip(shares, table[k].tolist(), strict=True)),
            reasons=reasons[k],
            kept_first=int(kept_first[k]),
        )
        for k, place in enumerate(asked)
    }


def _kept_first(
    model: Forecaster,
    design: DesignMatrix,
    rows: pd.DataFrame,
    risk: NDArray[np.float64],
    asked: NDArray[np.intp],
    peers: NDArray[np.intp],
    earlier: Earlier,
) -> NDArray[np.intp]:
    """Count the earlier models under which the same family adds most, shape (m,)."""
    kept = np.zeros(len(asked), dtype=np.intp)
    if not earlier:
        return kept
    first = _first(family_shares(model, design, risk, asked, peers))
    for learned, fitted in earlier:
        own = learned.apply(rows)
        kept += _first(family_shares(fitted, own, horizon_risk(fitted, own), asked, peers)) == first
    return kept


def _first(shares: dict[str, NDArray[np.float64]]) -> NDArray[np.object_]:
    return np.array(list(shares), dtype=object)[np.argmax(np.column_stack(list(shares.values())), axis=1)]


def _reasons(
    model: Forecaster,
    design: DesignMatrix,
    rows: pd.DataFrame,
    usual: pd.DataFrame,
    asked: NDArray[np.intp],
    peers: NDArray[np.intp],
    families: tuple[str, ...],
    shares: NDArray[np.float64],
) -> list[tuple[Reason, ...]]:
    """Name, for each account, the families that raise its forecast and the covariates that carry them."""
    covariates = covariates_of(design, rows)
    rank = np.argsort(np.argsort(-shares, axis=1, kind="stable"), axis=1, kind="stable")
    is_raising = shares >= LEAST
    family = np.array([families.index(name) for name in covariates.family], dtype=np.intp)
    middle = middle_peers(design, covariates, peers)
    effects = covariate_effects(model, design, covariates, asked, is_raising[:, family], middle)
    sides = directions(design, covariates, asked, middle)
    found = []
    for k, place in enumerate(asked):
        of_account = []
        for of in np.argsort(rank[k]):
            own = np.flatnonzero((family == of) & (effects[k] > 0))
            largest = own[np.argsort(-effects[k][own], kind="stable")][:MOST_CARRIERS]
            largest = largest[effects[k][largest] >= LEAST_PART * effects[k][largest].max(initial=0.0)]
            if is_raising[k, of] and len(largest):
                carriers = tuple(
                    _carrier(covariates, int(c), float(effects[k, c]), str(sides[k, c]), rows, int(place),
                             int(middle[k, c]), usual)
                    for c in largest
                )  # fmt: skip
                of_account.append(Reason(families[of], float(shares[k, of]), carriers))
        found.append(tuple(of_account[:MOST_FAMILIES]))
    return found


def _carrier(
    covariates: Covariates,
    which: int,
    effect: float,
    direction: str,
    rows: pd.DataFrame,
    place: int,
    peer: int,
    usual: pd.DataFrame,
) -> Carrier:
    name = covariates.names[which]
    before = usual[name].get(rows["lifetime_id"].iloc[place]) if name in usual else None
    return Carrier(
        covariate=name,
        direction=direction,
        effect=effect,
        value=_plain(rows[name].iloc[place]),
        peers=_plain(rows[name].iloc[peer]),
        usual=None if before is None or pd.isna(before) else float(before),
    )


def _plain(value: object) -> float | str | None:
    """Return a cell as a number or a label."""
    if pd.isna(value):
        return None
    return value if isinstance(value, str) else float(value)  # type: ignore[arg-type]  # a number of numpy or pandas
