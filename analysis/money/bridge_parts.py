"""Parts of a bridge, as a picture and a table tell them: those of too few accounts taken together."""

import pandas as pd

from analysis.money.bridge import MOVES
from analysis.money.frames import BRIDGE_PARTS

START, END, OTHER = "start", "end", "other"


def bridge_parts(quarter: pd.Series, min_cell: int = 1) -> pd.DataFrame:
    """Return start, end and the parts between them that are not 0 of one line of `BRIDGE`, as `BRIDGE_PARTS`.

    Parts of fewer than `min_cell` accounts are one, 'other', and so is the next smallest where together they are still
    too few, or only one: the others and the difference of start and end would tell it. So all adds up as before.

    Parameters
    ----------
    quarter
        The line.
    min_cell
        The study's ``report.min_cell``.
    """
    moved = [name for name in MOVES if quarter[name]]
    accounts = {name: _accounts(quarter, name) for name in moved}
    pooled = [name for name in moved if accounts[name] < min_cell]
    left = sorted((name for name in moved if name not in pooled), key=lambda name: accounts[name])
    while pooled and left and (len(pooled) < 2 or sum(accounts[name] for name in pooled) < min_cell):
        pooled.append(left.pop(0))
    lines = [(name, float(quarter[name]), accounts[name]) for name in moved if name not in pooled]
    if pooled:
        lines.append((OTHER, float(sum(quarter[name] for name in pooled)), sum(accounts[name] for name in pooled)))
    whole = [(name, float(quarter[name]), int(quarter[f"n_{name}"])) for name in (START, END)]
    found = pd.DataFrame([whole[0], *lines, whole[1]], columns=["part", "amount", "accounts"])
    return BRIDGE_PARTS.checked(found.assign(is_total=found["part"].isin([START, END])))


def _accounts(quarter: pd.Series, part: str) -> int:
    if part == "gaps":
        return int(quarter["n_paused"] + quarter["n_resumed"])
    return int(quarter[f"n_{part}"])
