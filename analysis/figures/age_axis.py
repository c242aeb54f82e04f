"""Axes of age: days since a lifetime began, told in years where they reach far enough."""

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

DAYS_A_YEAR = 365
_IN_DAYS_TO = 11 * 91
"""Numbers at risk are told by quarters up to here, and by years beyond (`analysis.lifetimes.survival`)."""


def tell_age(ax: Axes, last: float, days_label: str, years_label: str) -> None:
    """Name the x axis of a picture over the days of a lifetime, and put its ticks at whole years where it has years.

    Parameters
    ----------
    last
        The last day that is drawn.
    days_label, years_label
        What the axis is called in days and in years; without the second it is in whatever unit it is in.
    """
    if years_label and last > _IN_DAYS_TO:
        ax.xaxis.set_major_locator(MultipleLocator(DAYS_A_YEAR))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda day, _: f"{day / DAYS_A_YEAR:g}"))
        ax.set_xlabel(years_label)
    else:
        ax.set_xlabel(days_label)
