"""Bridge: from what the book paid on one day to what it pays on a later one, and by which parts."""

import itertools
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.money.frames import BRIDGE
from analysis.money.paid import Levels, Paid, a_year, levels_on

ADDED = ("new", "returned", "cross_sell", "upsell")
ENDS = ("churn", "involuntary", "merged")
MOVES = (*ADDED, "contraction", *ENDS, "gaps", "repriced")
"""The parts, in the order in which they are told."""
COUNTED = (*MOVES[:-2], "paused", "resumed", "repriced")
"""What lifetimes are counted of: those that went into a gap and that came out of one, apart."""
LOST = ("contraction", *ENDS)
UPSELL_BY = ("upsell_seats", "upsell_price")


@dataclass(frozen=True, slots=True)
class Moves:
    """The parts between two days, in parts of a price a month, so that they add up without a rest.

    Attributes
    ----------
    start, end
        Of all subscriptions in force on the two days.
    amounts, counts
        By name: of each of `MOVES`, negative where something was lost; of each of `COUNTED`.
    n_start, n_end, n_unpriced_start, n_unpriced_end
        Lifetimes in force on the two days, and those of which some price is not known.
    n_came_and_went
        Lifetimes that began and ended between the days, and are in no part.
    upsell_by
        How much of the upsell more seats at the old price made, and how much higher prices of the seats; what neither
        explains is of accounts of which some seats are not known.
    """

    start: int
    end: int
    amounts: dict[str, int]
    counts: dict[str, int]
    n_start: int
    n_end: int
    n_unpriced_start: int
    n_unpriced_end: int
    n_came_and_went: int
    upsell_by: dict[str, int] = field(default_factory=dict)


def moves_between(paid: Paid, start: pd.Timestamp, end: pd.Timestamp) -> Moves:
    """Tell what each lifetime adds to the difference of two days; the parts add up to it exactly.

    A lifetime is in one part, by what it pays on the two days. In force on the later alone it is new, returned after an
    earlier stay, or out of a gap; in force on the earlier alone it ended, for one of `ENDS`, or is in a gap that may
    end it or not. In force on both, and paying more, the more is cross-sell as far as products reach that it did not
    pay for on the first day, and upsell beyond; paying less, it is contraction, whatever else happened. Where prices
    are known of more, or fewer, of its versions than on the first day, the difference is no more than that: repriced.

    Parameters
    ----------
    paid
        What is paid.
    start, end
        Days, the first of them before the second.
    """
    first, last = levels_on(paid, start), levels_on(paid, end)
    both = first.table.join(last.table, how="outer", lsuffix="_first", rsuffix="_last")
    both = both.join(paid.lifetimes, how="left")
    was, stays = both["monthly_first"].notna().to_numpy(), both["monthly_last"].notna().to_numpy()
    numbers = both[["monthly_first", "monthly_last", "unpriced_first", "unpriced_last"]].fillna(0).astype(np.int64)
    change = (numbers["monthly_last"] - numbers["monthly_first"]).to_numpy()
    told = (numbers["unpriced_last"] == numbers["unpriced_first"]).to_numpy() & was & stays
    added = _added_products(first, last).reindex(both.index, fill_value=0).to_numpy()
    kind = np.where(stays & ~was, _beginning(both, start), "")
    kind = np.where(was & ~stays, _end(both, end), kind)
    kind = np.where(was & stays & ~told & (change != 0), "repriced", kind)
    cross = np.where(told & (change > 0), np.minimum(change, added), 0)
    up = np.where(told & (change > 0), change - cross, 0)
    down = np.where(told & (change < 0), change, 0)
    part = {name: change[kind == name].sum() for name in (*ADDED[:2], *ENDS, "repriced")}
    part |= {"cross_sell": cross.sum(), "upsell": up.sum(), "contraction": down.sum()}
    part["gaps"] = change[(kind == "paused") | (kind == "resumed")].sum()
    counts = {name: int((kind == name).sum()) for name in COUNTED}
    counts |= {
        "cross_sell": int((cross > 0).sum()),
        "upsell": int((up > 0).sum()),
        "contraction": int((down < 0).sum()),
    }
    between = paid.lifetimes
    came_and_went = (between["origin"] > start) & (between["ended_on"] <= end)
    return Moves(
        start=int(first.table["monthly"].sum()),
        end=int(last.table["monthly"].sum()),
        amounts={name: int(part[name]) for name in MOVES},
        counts=counts,
        n_start=len(first.table),
        n_end=len(last.table),
        n_unpriced_start=first.n_unpriced,
        n_unpriced_end=last.n_unpriced,
        n_came_and_went=int(came_and_went.sum()),
        upsell_by=_upsell_by(both, up),
    )


def bridge_by_quarter(paid: Paid) -> pd.DataFrame:
    """Return the bridge of each fiscal quarter that is over by the snapshot, as `BRIDGE`, in the price of a year."""
    starts = paid.quarter_starts()
    lines = [
        {"quarter_from": start, "quarter_until": end, "is_settled": bool(end <= paid.settled_until)}
        | told(moves_between(paid, start, end))
        for start, end in itertools.pairwise(starts)
    ]
    return BRIDGE.checked(pd.DataFrame(lines, columns=BRIDGE.columns))


def told(moves: Moves) -> dict[str, float]:
    """Return amounts in the price of a year, and numbers, by the columns of `BRIDGE`."""
    found: dict[str, float] = {"start": a_year(moves.start)}
    found |= {name: a_year(amount) for name, amount in moves.amounts.items()}
    found |= {"end": a_year(moves.end)} | {name: a_year(amount) for name, amount in moves.upsell_by.items()}
    found |= {"n_start": moves.n_start} | {f"n_{name}": number for name, number in moves.counts.items()}
    return found | {
        "n_end": moves.n_end,
        "n_unpriced_start": moves.n_unpriced_start,
        "n_unpriced_end": moves.n_unpriced_end,
        "n_came_and_went": moves.n_came_and_went,
    }


def _beginning(both: pd.DataFrame, start: pd.Timestamp) -> np.ndarray:
    began = (both["origin"] > start).to_numpy()
    is_first = (both["lifetime_number"] == 1).to_numpy()
    return np.where(~began, "resumed", np.where(is_first, "new", "returned"))


def _end(both: pd.DataFrame, end: pd.Timestamp) -> np.ndarray:
    return np.where((both["ended_on"] <= end).to_numpy(), both["cause"].astype(object).to_numpy(), "paused")


def _added_products(first: Levels, last: Levels) -> pd.Series:
    """Return what each lifetime pays on the later day for products that it did not pay for on the earlier one."""
    keys = ["lifetime_id", "product"]
    beside = last.products.merge(first.products[keys], on=keys, how="left", indicator=True)
    return beside[beside["_merge"] == "left_only"].groupby("lifetime_id")["monthly"].sum()


def _upsell_by(both: pd.DataFrame, up: np.ndarray) -> dict[str, int]:
    """Divide the upsell of lifetimes whose versions with seats are as many: more seats at the old price, then price."""
    rows = both[up > 0]
    more = up[up > 0]
    is_known = (rows["unseated_first"] == rows["unseated_last"]).to_numpy() & (rows["seats_first"] > 0).to_numpy()
    seats, before, price = (
        rows[name].to_numpy(np.float64).astype(np.int64)[is_known]
        for name in ("seats_last", "seats_first", "monthly_first")
    )
    by_seats = np.clip((seats - before) * price // before, 0, more[is_known])
    return dict(zip(UPSELL_BY, (int(by_seats.sum()), int((more[is_known] - by_seats).sum())), strict=True))
