"""Displays of the forecast: every account's probability, as a table with its picture."""

from collections.abc import Sequence

import pandas as pd

from analysis.figures.display import Display
from analysis.figures.forecast import draw_outlook
from analysis.forecast.call_list import ranked_accounts
from analysis.forecast.ends import ExpectedEnds
from analysis.forecast.frames import ENDS
from analysis.forecast.outlook import Forecast
from analysis.models.competition import BLEND
from analysis.models.registry import BOOSTING, CONTRACT_ONLY, COX, FOREST

_BESIDE = (COX, FOREST, BOOSTING, BLEND, CONTRACT_ONLY)
"""Models whose probabilities a notebook shows beside the one that is quoted."""


def show_outlook(forecast: Forecast, tiers: Sequence[float]) -> Display:
    """Return every account's probability of leaving within the horizon, highest first.

    Parameters
    ----------
    forecast
        Made from the last landmark.
    tiers
        Limits between the risk tiers.
    """
    table = ranked_accounts(forecast)
    probabilities = table[forecast.headline].tolist()
    title = f"Probability of leaving from {forecast.stands_on:%Y-%m-%d} to {forecast.horizon_ends_on:%Y-%m-%d}"
    return Display(
        title,
        table,
        lambda ax: draw_outlook(ax, probabilities, tiers),
        notes=(f"In the order of {forecast.headline.replace('_', ' ')}, the model that is quoted.",),
        columns=("account_id", *dict.fromkeys((forecast.headline, *_BESIDE))),
    )


def show_ends(ends: ExpectedEnds) -> Display:
    """Return how many accounts are expected to end by each cause; of one that is too rare a note says so."""
    table = pd.DataFrame([{name: getattr(end, name) for name in ENDS.columns} for end in ends.causes])
    numbers = dict.fromkeys(("expected", "low", "high"), "float64")
    title = (
        f"Of {ends.n_accounts:,} accounts, expected to end from {ends.stands_on:%Y-%m-%d} "
        f"to {ends.horizon_ends_on:%Y-%m-%d}, by cause"
    )
    notes = tuple(str(end.obstacle) for end in ends.causes if end.obstacle)
    return Display(title, ENDS.checked(table.astype(numbers)), notes=notes)
