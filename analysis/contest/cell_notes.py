"""Cell notes: what a leader must see of the map of blind spots, in remarks."""

from collections.abc import Sequence

import pandas as pd

from analysis.declared.factors import families_named
from analysis.wording.remarks import Remark, remark
from analysis.wording.told_amount import ToldAmount


def cell_notes(
    table: pd.DataFrame,
    families: Sequence[str],
    spots: Sequence[int],
    silent: Sequence[str],
    mute: int,
    currency: str | None,
) -> tuple[Remark, ...]:
    """Say who leaves where the first family says that all is well, and what is in no cell.

    Parameters
    ----------
    table
        As `analysis.contest.effect_frames.BLIND_SPOTS`.
    families
        By which cells are cut.
    spots
        Places of the blind spots, that with the most leavers first.
    silent
        Families that cut nothing.
    mute
        Quarters that are in no cell, since one of the families says the same of all accounts in them.
    currency
        Of what accounts pay.
    """
    (first,) = families_named(families[:1])
    well = table.iloc[0]
    notes = [remark("contest.cells_observed")]
    for place in spots:
        cell = table.iloc[place]
        notes.append(
            remark(
                "contest.blind_spot",
                well=families_named(family for family in families if not cell[family]),
                worse=families_named(family for family in families if cell[family]),
                left=float(cell["estimate"]),
                left_well=float(well["estimate"]),
                now=_there_now(cell, currency),
            )
        )
    if not spots and len(families) > 1:
        notes.append(remark("contest.no_blind_spot", family=first))
    if silent:
        notes.append(remark("contest.cells_silent", families=families_named(silent)))
    if mute:
        notes.append(remark("contest.cells_mute", quarters=mute))
    if table["is_hidden"].any() or table["is_hidden_now"].any():
        notes.append(remark("contest.cells_hidden"))
    return tuple(notes)


def _there_now(cell: pd.Series, currency: str | None) -> Remark:
    accounts, revenue = cell["accounts_now"], cell["revenue_now"]
    if pd.isna(accounts):
        return remark("contest.there_too_few")
    if pd.isna(revenue):
        return remark("contest.there_now", accounts=round(accounts))
    paid = ToldAmount(float(revenue), currency)
    return remark("contest.there_now_paying", accounts=round(accounts), revenue=paid)
