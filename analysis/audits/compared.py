"""Compared: how much a rebuilt past was compared with all data, and what of it differs."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class Compared:
    """The answer of a look-ahead audit.

    Attributes
    ----------
    days
        On which the past was rebuilt, each once.
    cells, recent
        Cells and rows compared, and those of them shortly before the day.
    n_compared
        Covariates, and choices of rows, that were compared.
    differing
        Of each that looks ahead, how many cells or rows differ.
    """

    days: tuple[dt.date, ...]
    cells: int
    recent: int
    n_compared: int
    differing: tuple[tuple[str, int], ...]

    @property
    def looks_ahead(self) -> bool:
        """Whether anything knows the future: no finding is to be trusted then."""
        return len(self.differing) > 0

    @property
    def n_differing(self) -> int:
        """Cells and rows that differ."""
        return sum(number for _, number in self.differing)


def compared(counts: pd.DataFrame) -> Compared:
    """Sum up what was compared and what differs.

    Parameters
    ----------
    counts
        As `analysis.audits.look_ahead.look_ahead` returns them.
    """
    differing = counts[counts["differing"] > 0].groupby("what", sort=False)["differing"].sum()
    return Compared(
        days=tuple(dict.fromkeys(counts["day"])),
        cells=int(counts["compared"].sum()),
        recent=int(counts["recent"].sum()),
        n_compared=int(counts["what"].nunique()),
        differing=tuple((str(what), int(number)) for what, number in differing.items()),
    )
