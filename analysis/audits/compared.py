"""Compared: how much a rebuilt past was compared with all data, and what of it differs."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from analysis.audits.learned import CONTRACTIONS_LEARNED, FORECASTS, LEARNED, OUTCOMES_LEARNED, ROWS_LEARNED


@dataclass(frozen=True, slots=True)
class Compared:
    """The answer of a look-ahead audit.

    Attributes
    ----------
    days
        On which covariates and choices of rows were rebuilt, each once.
    cells, recent
        Cells and rows of these that were compared, and those of them shortly before the day.
    n_compared
        Covariates, and choices of rows, that were compared.
    landmarks
        Test landmarks for which what a forecast learned from was rebuilt.
    learned, outcomes, forecasts
        Rows learned from, cells of these (contractions among them), and forecasts, that were compared.
    differing
        Of each that looks ahead, how many cells or rows differ.
    """

    days: tuple[dt.date, ...]
    cells: int
    recent: int
    n_compared: int
    landmarks: tuple[dt.date, ...]
    learned: int
    outcomes: int
    forecasts: int
    differing: tuple[tuple[str, int], ...]

    @property
    def looks_ahead(self) -> bool:
        """Whether anything knows the future: no finding is to be trusted then."""
        return len(self.differing) > 0

    @property
    def n_cells(self) -> int:
        """All cells and rows that were compared."""
        return self.cells + self.learned + self.outcomes + self.forecasts

    @property
    def n_differing(self) -> int:
        """Cells and rows that differ."""
        return sum(number for _, number in self.differing)


def compared(counts: pd.DataFrame) -> Compared:
    """Sum up what was compared and what differs.

    Parameters
    ----------
    counts
        As `analysis.audits.look_ahead.look_ahead` and `analysis.audits.learned.learned_ahead` return them.
    """
    differing = counts[counts["differing"] > 0].groupby("what", sort=False)["differing"].sum()
    is_learned = counts["what"].isin(list(LEARNED))
    known, learned = counts[~is_learned], counts[is_learned]
    number = {what: int(total) for what, total in learned.groupby("what")["compared"].sum().items()}
    return Compared(
        days=tuple(dict.fromkeys(known["day"])),
        cells=int(known["compared"].sum()),
        recent=int(known["recent"].sum()),
        n_compared=int(known["what"].nunique()),
        landmarks=tuple(dict.fromkeys(learned["day"])),
        learned=number.get(ROWS_LEARNED, 0),
        outcomes=number.get(OUTCOMES_LEARNED, 0) + number.get(CONTRACTIONS_LEARNED, 0),
        forecasts=number.get(FORECASTS, 0),
        differing=tuple((str(what), int(number)) for what, number in differing.items()),
    )
