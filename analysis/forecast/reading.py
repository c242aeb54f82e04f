"""Reading: what a forecast says in sum: how many will leave, by model, tier and segment, and whom to call first."""

from dataclasses import dataclass

import pandas as pd

from analysis.declared.study_parts import Report
from analysis.forecast.call_list import call_list, ranked_accounts
from analysis.forecast.groups import RiskTier, SegmentOutlook, in_blocks, risk_tiers, segment_outlooks
from analysis.forecast.intervals import ExpectedCount, expected_counts
from analysis.forecast.outlook import Forecast


@dataclass(frozen=True, slots=True)
class Reading:
    """A forecast, summed up.

    Attributes
    ----------
    headline
        The model whose numbers are quoted.
    probabilities
        By that model, of every account, in falling order.
    outline
        The same in blocks of the smallest cell (`in_blocks`), for pictures that name nobody.
    expected
        How many each model expects to leave.
    tiers
        By that model, the lowest first.
    segments
        By that model; empty where these data give no segments.
    calls
        As `analysis.forecast.frames.CALL_LIST`.
    n_training_rows, n_training_events
        What the models learned from; events are distinct lifetimes.
    shrinkage
        How many times as far as each family's own data ask for the Cox model's columns are shrunk.
    """

    headline: str
    probabilities: tuple[float, ...]
    outline: tuple[float, ...]
    expected: tuple[ExpectedCount, ...]
    tiers: tuple[RiskTier, ...]
    segments: tuple[SegmentOutlook, ...]
    calls: pd.DataFrame
    n_training_rows: int
    n_training_events: int
    shrinkage: float

    @property
    def quoted(self) -> ExpectedCount:
        """How many the quoted model expects to leave."""
        return next(count for count in self.expected if count.model == self.headline)

    @property
    def mean_probability(self) -> float:
        """Of all accounts, by the quoted model."""
        return self.quoted.expected / len(self.probabilities)


def read_forecast(
    forecast: Forecast, landmarks: pd.DataFrame, report: Report, segments: pd.Series | None = None
) -> Reading:
    """Sum up a forecast.

    Parameters
    ----------
    forecast
        Made from the last of the landmarks.
    landmarks
        All landmark rows.
    report
        Where tiers of risk begin, and which cells are too small to be shown.
    segments
        Label of each account, by its id; None where these data give none.
    """
    ranked, calls = ranked_accounts(forecast), call_list(forecast, landmarks, segments)
    probabilities = ranked[forecast.headline]
    return Reading(
        headline=forecast.headline,
        probabilities=tuple(probabilities.tolist()),
        outline=in_blocks(probabilities.to_numpy(), report.min_cell),
        expected=expected_counts(ranked, forecast.models),
        tiers=risk_tiers(probabilities.to_numpy(), report.risk_tiers, report.min_cell),
        segments=segment_outlooks(calls, report.min_cell),
        calls=calls,
        n_training_rows=forecast.n_training_rows,
        n_training_events=forecast.n_training_events,
        shrinkage=forecast.shrinkage,
    )
