"""Groups: the accounts of a forecast by tier of risk and by segment."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.declared.suppression import hidden_cells


@dataclass(frozen=True, slots=True)
class RiskTier:
    """The accounts whose probability lies from `low` up to, but not including, `high`.

    Attributes
    ----------
    accounts, expected
        How many there are, and how many of them are expected to leave: the sum of their probabilities; None where they
        are hidden.
    """

    low: float
    high: float
    accounts: int | None
    expected: float | None

    @property
    def is_hidden(self) -> bool:
        """Whether there are too few accounts for their numbers to be shown, or too few in a tier beside."""
        return self.accounts is None


def risk_tiers(probabilities: NDArray[np.float64], limits: Sequence[float], min_cell: int = 1) -> tuple[RiskTier, ...]:
    """Count the accounts of each tier, the lowest first; a tier may be empty, and is hidden as `hidden_cells` says.

    Parameters
    ----------
    probabilities
        Shape (n,).
    limits
        Between the tiers, rising.
    min_cell
        The study's ``report.min_cell``.
    """
    tier = np.searchsorted(limits, probabilities, side="right")
    accounts = np.bincount(tier, minlength=len(limits) + 1)
    expected = np.bincount(tier, probabilities, minlength=len(limits) + 1)
    hidden = hidden_cells(accounts, min_cell)
    cells = zip([0.0, *limits], [*limits, 1.0], accounts, expected, hidden, strict=True)
    return tuple(
        RiskTier(low, high, None, None) if is_hidden else RiskTier(low, high, int(number), float(leaving))
        for low, high, number, leaving, is_hidden in cells
    )


def in_blocks(probabilities: NDArray[np.float64], min_cell: int) -> tuple[float, ...]:
    """Return probabilities in falling order, each the mean of a block of at least `min_cell` accounts, shape (n,).

    So that a picture shows no account by itself, and no tier of fewer.
    """
    ranked = np.sort(probabilities)[::-1]
    block = np.minimum(np.arange(len(ranked)) // min_cell, max(len(ranked) // min_cell - 1, 0))
    means = np.bincount(block, ranked) / np.bincount(block) if len(ranked) else ranked
    return tuple(means[block].tolist())


@dataclass(frozen=True, slots=True)
class SegmentOutlook:
    """The accounts of a segment.

    Attributes
    ----------
    accounts, expected, mean
        How many there are, how many of them are expected to leave, and their mean probability; None where they are
        hidden.
    """

    segment: str
    accounts: int | None
    expected: float | None
    mean: float | None

    @property
    def is_hidden(self) -> bool:
        """Whether there are too few accounts for their numbers to be shown, or too few in a segment beside."""
        return self.accounts is None


def segment_outlooks(call_list: pd.DataFrame, min_cell: int) -> tuple[SegmentOutlook, ...]:
    """Sum up the forecast by segment, by name, hidden as `hidden_cells` says; none where there are no segments.

    Parameters
    ----------
    call_list
        As `analysis.forecast.frames.CALL_LIST`.
    min_cell
        The study's ``report.min_cell``.
    """
    if "segment" not in call_list:
        return ()
    grouped = call_list.groupby("segment")["probability"].agg(accounts="size", expected="sum", mean="mean")
    hidden = hidden_cells(grouped["accounts"].to_numpy(), min_cell)
    return tuple(
        SegmentOutlook(str(segment), None, None, None)
        if is_hidden
        else SegmentOutlook(str(segment), int(accounts), float(expected), float(mean))
        for (segment, accounts, expected, mean), is_hidden in zip(grouped.itertuples(), hidden, strict=True)
    )
