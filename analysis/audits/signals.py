"""Signals: which columns said early who would leave, and which only when it was decided."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm


class Signal(StrEnum):
    """What the lag ladder says of a column."""

    EARLY = "early"
    """Seen the longest lag ago as it is today."""
    LATE = "late"
    """Seen today and no longer the longest lag ago, though its window then was mostly that of today: it may be a
    symptom, and is never called a cause."""
    LATE_OR_FAST = "late_or_fast"
    """Seen today and no longer the longest lag ago, when its window was another: what leads to leaving within the lag
    is lost with it, too, so that a late signal and a fast cause cannot be told apart."""
    NEITHER = ""


@dataclass(frozen=True, slots=True)
class SignalOfColumn:
    """An early or late signal.

    Attributes
    ----------
    today, ago
        Log hazard ratio with the factors of the day, and with those of the longest lag.
    change, change_low, change_high
        From today's to that of the longest lag, with its interval.
    is_told
        Whether these data say when the facts behind it were learned: else an early one may have been dated back.
    """

    term: str
    covariate: str
    family: str
    signal: Signal
    today: float
    ago: float
    change: float
    change_low: float
    change_high: float
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Ladder:
    """The lag ladder, read.

    Attributes
    ----------
    lags
        Days, rising, 0 first.
    n_rows, n_events
        Of every rung.
    signals
        Early ones first; in the order of the columns among each other.
    effects
        The lines of the ladder of the columns that are signals, in the same order.
    tests
        Joint tests of the families, a line for each family and lag.
    """

    lags: tuple[int, ...]
    n_rows: int
    n_events: int
    signals: tuple[SignalOfColumn, ...]
    effects: pd.DataFrame
    tests: pd.DataFrame

    @property
    def longest(self) -> int:
        """The longest lag, in days."""
        return self.lags[-1]

    def of(self, signal: Signal) -> tuple[SignalOfColumn, ...]:
        """Return the signals of one kind."""
        return tuple(line for line in self.signals if line.signal is signal)


def read_ladder(effects: pd.DataFrame, tests: pd.DataFrame, untold: Collection[str] = ()) -> Ladder | None:
    """Read the signals off a lag ladder; None where none could be made.

    Parameters
    ----------
    effects, tests
        As `analysis.audits.lag_ladder.lag_ladder` returns them.
    untold
        Covariates that rest on facts of which nobody says when they were learned.
    """
    if effects.empty:
        return None
    lags = tuple(sorted(int(lag) for lag in effects["lag"].unique()))
    shown = effects[effects["signal"] != Signal.NEITHER].sort_values("signal", kind="stable", ignore_index=True)
    today = shown[shown["lag"] == 0].set_index("term")["estimate"]
    ago = shown[shown["lag"] == lags[-1]]
    return Ladder(
        lags=lags,
        n_rows=int(tests["rows"].iloc[0]),
        n_events=int(tests["events"].iloc[0]),
        signals=tuple(
            SignalOfColumn(
                *(line.term, line.covariate, line.family, Signal(line.signal)),
                *(float(today[line.term]), line.estimate, line.change, line.change_low, line.change_high),
                is_told=line.covariate not in untold,
            )
            for line in ago.itertuples()
        ),
        effects=shown,
        tests=tests,
    )


def family_signals(ladder: Ladder) -> dict[str, Signal]:
    """Read off the ladder's joint tests which families say early who will leave, which late, and which nothing shown.

    A family that is shown with the factors of the longest lag ago is early; one that is shown with those of today alone
    is late, or leads to leaving within the lag: its tests cannot tell. Tests of a lag are adjusted by Holm's method.
    """
    shown = {}
    for lag in (0, ladder.longest):
        tests = ladder.tests[ladder.tests["lag"] == lag]
        adjusted = holm(tests["p_value"].to_numpy(np.float64))
        shown[lag] = dict(zip(tests["family"], adjusted < SHOWN, strict=True))
    found = {}
    for family, is_seen_today in shown[0].items():
        if shown[ladder.longest].get(family, False):
            found[str(family)] = Signal.EARLY
        else:
            found[str(family)] = Signal.LATE_OR_FAST if is_seen_today else Signal.NEITHER
    return found
