"""Displays of the forecast: every account's probability, as a table with its picture."""

from collections.abc import Sequence

from analysis.figures.display import Display
from analysis.figures.forecast import draw_outlook
from analysis.forecast.call_list import ranked_accounts
from analysis.forecast.outlook import Forecast


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
    return Display(title, table, lambda ax: draw_outlook(ax, probabilities, tiers))
