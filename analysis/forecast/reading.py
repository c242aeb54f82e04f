"""Reading: what a forecast says in sum: how many will leave, by model, tier and segment, and whom to call first."""

from dataclasses import dataclass

import pandas as pd

from analysis.declared.study import Study
from analysis.evaluation.rolling_origin import QUOTED
from analysis.forecast.about import About
from analysis.forecast.call_list import call_list, ranked_accounts
from analysis.forecast.first_accounts import FirstAccounts, first_accounts
from analysis.forecast.groups import RiskTier, SegmentOutlook, in_blocks, risk_tiers, segment_outlooks
from analysis.forecast.intervals import ExpectedCount, ExpectedLoss, expected_count, expected_loss
from analysis.forecast.outlook import Forecast
from analysis.forecast.past_quarters import Held, PastForecasts, count_held, held_intervals, yearly_prices
from analysis.forecast.quarter_shift import learn_shift


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
    loss
        What they pay in a year, by the quoted model; None where no price is known.
    record
        What would have been quoted of each past quarter, and what came, as `analysis.forecast.frames.HELD`.
    held
        How many of those quarters lay within the intervals that could have been told before them.
    tiers
        By that model, the lowest first.
    segments
        By that model; empty where these data give no segments.
    calls
        As `analysis.forecast.frames.CALL_LIST`.
    first
        Those of them that a team can look after, in the order to act in.
    before
        The day a quarter earlier beside which changes are told; None where nothing could be forecast from it.
    n_peers, n_refits, kept_first
        Accounts that each is held against in its reasons; earlier fits in which the first reason was looked for again;
        and the share of accounts and fits in which it stayed the first, None where there is none.
    n_training_rows, n_training_events
        What the models learned from; events are distinct lifetimes.
    shrinkage
        How many times as far as each family's own data ask for the Cox model's columns are shrunk.
    """

    headline: str
    probabilities: tuple[float, ...]
    outline: tuple[float, ...]
    expected: tuple[ExpectedCount, ...]
    loss: ExpectedLoss | None
    record: pd.DataFrame
    held: tuple[Held, ...]
    tiers: tuple[RiskTier, ...]
    segments: tuple[SegmentOutlook, ...]
    calls: pd.DataFrame
    first: FirstAccounts
    before: pd.Timestamp | None
    n_peers: int
    n_refits: int
    kept_first: float | None
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
    forecast: Forecast,
    landmarks: pd.DataFrame,
    study: Study,
    past: PastForecasts,
    about: About | None = None,
) -> Reading:
    """Sum up a forecast.

    Parameters
    ----------
    forecast
        Made from the last of the landmarks.
    landmarks
        All landmark rows.
    study
        Its horizon, where tiers of risk begin, and which cells are too small to be shown.
    past
        What the models had forecast of past quarters.
    about
        What else is known of the accounts.
    """
    known = about or About()
    ranked, calls = ranked_accounts(forecast), call_list(forecast, landmarks, known, study.report)
    report, probabilities = study.report, ranked[forecast.headline].to_numpy()
    shifts = {name: learn_shift(list(past.quarters(name).values()), past.level_variance) for name in forecast.models}
    now = landmarks[landmarks["risk_date"] == forecast.landmark].set_index("lifetime_id")
    prices = pd.Series(yearly_prices(now), index=now.index).reindex(ranked["lifetime_id"]).to_numpy()
    record = held_intervals(past, QUOTED, study.time, landmarks)
    return Reading(
        headline=forecast.headline,
        probabilities=tuple(probabilities.tolist()),
        outline=in_blocks(probabilities, report.min_cell),
        expected=tuple(expected_count(name, ranked[name].to_numpy(), shifts[name]) for name in forecast.models),
        loss=expected_loss(probabilities, prices, shifts[forecast.headline]),
        record=record,
        held=count_held(record),
        tiers=risk_tiers(probabilities, report.risk_tiers, report.min_cell),
        segments=segment_outlooks(calls, report.min_cell),
        calls=calls,
        first=first_accounts(calls, report.capacity, forecast.headline, shifts[forecast.headline]),
        before=known.before.landmark if known.before else None,
        n_peers=forecast.explanations.n_peers,
        n_refits=forecast.explanations.n_refits,
        kept_first=forecast.explanations.kept_first,
        n_training_rows=forecast.n_training_rows,
        n_training_events=forecast.n_training_events,
        shrinkage=forecast.shrinkage,
    )
