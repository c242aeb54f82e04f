"""The renewal clock of lifetimes: how often accounts leave so many days before the end of a term, by kind of term."""

import math

import numpy as np
import pandas as pd

from analysis.curves.rates import rates
from analysis.declared.suppression import hidden_cells
from analysis.lifetimes.frames import BEFORE_RENEWAL

NO_TERM = "no_term"
BANDS: dict[str, tuple[int, ...]] = {
    "monthly": (0, 7, 14, 21, 31),
    "part_year": (0, 15, 30, 61, 91, 122, 184),
    "yearly": (0, 30, 61, 91, 122, 152, 183, 274, 366),
    "unknown_length": (0, 30, 61, 91, 122, 152, 183, 274, 366),
    NO_TERM: (),
}
"""Days before the end of the term at which each kind's bands begin. The last has no far end, and terms of one, six and
twelve months do not reach it; without a term there is no band."""
_FIGURES = ["lifetimes", "events", "exposure", "rate", "conf_low", "conf_high"]


def leaving_before_renewal(counting_process: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """Return churn per year at risk by days left to the end of the term, for each kind of term.

    Every day at risk counts where it stands before the end that was agreed, whatever interval it lies in; a churn
    counts where its day does, and one on the last day of a term at 0.

    Parameters
    ----------
    counting_process
        With term_kind and days_to_renewal as on the first day of each interval.
    min_cell
        Cells of fewer lifetimes are hidden, and others that would give them away (`hidden_cells`).

    Returns
    -------
    DataFrame
        As `BEFORE_RENEWAL`, kinds and bands in order; hidden cells without figures.

    Notes
    -----
    Exact intervals as in `analysis.curves.rates.rates`.
    """
    pieces = pd.concat([_pieces(counting_process, kind) for kind in BANDS], ignore_index=True)
    cells = pieces.groupby(["place", "kind", "days_from", "days_to"], dropna=False, sort=True)
    table = cells.agg(lifetimes=("lifetime_id", "nunique")).reset_index()
    found = rates(
        np.zeros(len(pieces)),
        pieces["days"].to_numpy(np.float64),
        pieces["event"].to_numpy(),
        cells.ngroup().to_numpy(),
    ).sort_values("group")
    figures = found[["events", "exposure", "rate", "conf_low", "conf_high"]].reset_index(drop=True)
    table = pd.concat([table, figures], axis=1).astype(dict.fromkeys(_FIGURES, np.float64))
    hidden = hidden_cells(table["lifetimes"].to_numpy(np.int64), min_cell)
    table.loc[hidden, _FIGURES] = math.nan
    return BEFORE_RENEWAL.checked(table.assign(is_hidden=hidden)[BEFORE_RENEWAL.columns])


def _pieces(counting_process: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Cut the intervals of a kind of term where its bands begin; `days` of each piece, and whether it ends in churn."""
    own = counting_process[counting_process["term_kind"] == kind]
    left = own["days_to_renewal"].to_numpy(np.float64, na_value=np.nan)
    length = (own["stop"] - own["start"]).to_numpy(np.float64)
    is_event = own["event"].to_numpy(np.float64) == 1
    edges = BANDS[kind]
    parts = []
    for place, near in enumerate(edges):
        far = edges[place + 1] if place + 1 < len(edges) else math.inf
        days = np.minimum(left, far) - np.maximum(left - length, near)
        event = is_event & (left - length >= near) & (left - length < far)
        lies_in = days > 0
        parts.append(
            pd.DataFrame(
                {
                    "place": list(BANDS).index(kind) * 100 + place,
                    "lifetime_id": own["lifetime_id"].to_numpy(object)[lies_in],
                    "kind": kind,
                    "days_from": float(near),
                    "days_to": far if math.isfinite(far) else math.nan,
                    "days": days[lies_in],
                    "event": event[lies_in].astype(np.int64),
                }
            )
        )
    if not edges:
        whole = {"place": list(BANDS).index(kind) * 100, "kind": kind, "days_from": math.nan, "days_to": math.nan}
        lifetimes = own["lifetime_id"].to_numpy(object)
        return pd.DataFrame({"lifetime_id": lifetimes, "days": length, "event": is_event.astype(np.int64)}).assign(
            **whole
        )
    return pd.concat(parts, ignore_index=True)


def commonest_kind(table: pd.DataFrame) -> str | None:
    """Return the kind of term with most days at risk, of those that have an end; None where there is none.

    Parameters
    ----------
    table
        As `BEFORE_RENEWAL`.
    """
    kinds = kinds_to_draw(table)
    exposure = table.groupby("kind")["exposure"].sum()
    return max(kinds, key=lambda kind: float(exposure[kind])) if kinds else None


def kinds_to_draw(table: pd.DataFrame) -> tuple[str, ...]:
    """Return the kinds of term of which a picture shows something: two bands at least, and a churn."""
    shown = table[~table["is_hidden"] & (table["kind"] != NO_TERM)]
    by_kind = shown.groupby("kind").agg(bands=("events", "size"), events=("events", "sum"))
    enough = by_kind[(by_kind["bands"] >= 2) & (by_kind["events"] > 0)].index
    return tuple(kind for kind in BANDS if kind in enough)
