"""Groups: the accounts of a forecast by tier of risk and by segment."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RiskTier:
    """The accounts whose probability lies from `low` up to, but not including, `high`.

    Attributes
    ----------
    expected
        How many of them are expected to leave: the sum of their probabilities.
    """

    low: float
    high: float
    accounts: int
    expected: float


def risk_tiers(probabilities: NDArray[np.float64], limits: Sequence[float]) -> tuple[RiskTier, ...]:
    """Count the accounts of each tier, the lowest first; a tier may be empty.

    Parameters
    ----------
    probabilities
        Shape (n,).
    limits
        Between the tiers, rising.
    """
    tier = np.searchsorted(limits, probabilities, side="right")
    accounts = np.bincount(tier, minlength=len(limits) + 1)
    expected = np.bincount(tier, probabilities, minlength=len(limits) + 1)
    return tuple(
        RiskTier(low, high, int(number), float(leaving))
        for low, high, number, leaving in zip([0.0, *limits], [*limits, 1.0], accounts, expected, strict=True)
    )


@dataclass(frozen=True, slots=True)
class SegmentOutlook:
    """The accounts of a segment.

    Attributes
    ----------
    accounts, expected, mean
        How many there are, how many of them are expected to leave, and their mean probability; None where there are
        too few for their numbers to be shown.
    """

    segment: str
    accounts: int | None
    expected: float | None
    mean: float | None

    @property
    def is_small(self) -> bool:
        """Whether there are too few accounts for their numbers to be shown."""
        return self.accounts is None


def segment_outlooks(call_list: pd.DataFrame, min_cell: int) -> tuple[SegmentOutlook, ...]:
    """Sum up the forecast by segment, in the order of their names; none where there are no segments.

    Parameters
    ----------
    call_list
        As `analysis.forecast.frames.CALL_LIST`.
    min_cell
        Fewer accounts are too few for their numbers to be shown.
    """
    if "segment" not in call_list:
        return ()
    grouped = call_list.groupby("segment")["probability"].agg(accounts="size", expected="sum", mean="mean")
    return tuple(
        SegmentOutlook(str(segment), int(accounts), float(expected), float(mean))
        if accounts >= min_cell
        else SegmentOutlook(str(segment), None, None, None)
        for segment, accounts, expected, mean in grouped.itertuples()
    )
