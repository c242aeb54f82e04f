"""Random columns, and the days, of the random source."""

import datetime as dt

import numpy as np
import pandas as pd

BEGINS, ENDS = dt.date(2023, 1, 1), dt.date(2024, 7, 1)
SPAN = (ENDS - BEGINS).days
ACCOUNTS = 40


class Draw:
    """Draws columns of one table of a given number of rows."""

    def __init__(self, rng: np.random.Generator, rows: int) -> None:
        self.rng, self.rows = rng, rows

    def account(self) -> np.ndarray:
        return np.char.add("a", self.rng.integers(ACCOUNTS, size=self.rows).astype(str))

    def key(self, prefix: str) -> np.ndarray:
        return np.char.add(prefix, np.arange(self.rows).astype(str))

    def choice(self, *values: object) -> np.ndarray:
        return np.array(values, dtype=object)[self.rng.integers(len(values), size=self.rows)]

    def day(self) -> pd.Series:
        """Days of the source, every third of them the first of its month."""
        days = pd.Series(pd.Timestamp(BEGINS) + pd.to_timedelta(self.rng.integers(SPAN, size=self.rows), unit="D"))
        return days.where(self.rng.random(self.rows) < 2 / 3, days - pd.to_timedelta(days.dt.day - 1, unit="D"))

    def later(self, days: pd.Series, at_most: int, share: float = 0.5) -> pd.Series:
        """Up to so many days later, and often on the first of a month, for a share of the rows; else nothing."""
        shifted = days + pd.to_timedelta(self.rng.integers(at_most, size=self.rows), unit="D")
        rounded = shifted + pd.offsets.MonthBegin(0)
        shifted = shifted.where(self.rng.random(self.rows) < 0.5, rounded)
        return shifted.where(self.rng.random(self.rows) < share)

    def sentiment(self, share: float) -> pd.Series:
        """Tenths from -1 to 1 for a share of the rows; else nothing."""
        return pd.Series(self.rng.integers(-10, 11, size=self.rows) / 10).where(self.rng.random(self.rows) < share)
