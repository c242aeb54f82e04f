"""Displays of lifetimes: survival curves and the book, as tables with their pictures."""

import pandas as pd

from analysis.figures.display import Display
from analysis.figures.forecast import draw_book
from analysis.figures.style import HIDDEN
from analysis.figures.survival import draw_distributions, draw_survival
from analysis.figures.trend import draw_trend
from analysis.lifetimes.labels import ALL
from analysis.lifetimes.parametric import ParametricSurvival
from analysis.lifetimes.trend import Trend


def show_survival(
    curves: pd.DataFrame, at_risk: pd.DataFrame, by: str | None = None, notes: tuple[str, ...] = ()
) -> Display:
    """Return survival curves with the numbers at risk beneath them.

    Parameters
    ----------
    curves, at_risk
        As `analysis.lifetimes.frames.CURVES` and `AT_RISK`.
    by
        The label that tells the groups apart, if there are any.
    notes
        On the groups.
    """
    title = "Share still customers" + (f", by {by}" if by else "") + since(curves)
    hidden = (
        (f"Under the axis, {HIDDEN} stands where too few are at risk to be told.",)
        if at_risk["at_risk"].isna().any()
        else ()
    )
    left = curves.groupby("group", sort=False)["n_event"].sum()
    nobody = [str(name) for name in left.index[left == 0]]
    of = "" if nobody == [ALL] else f" of {', '.join(nobody)}"
    untold = (f"Nobody left{of}: that tells no interval.",) if nobody else ()
    notes = ("Time is in days since the lifetime began.", *hidden, *untold, *notes)
    return Display(title, curves, lambda ax: draw_survival(ax, curves, at_risk), size=(7.0, 4.2), notes=notes)


def since(curves: pd.DataFrame) -> str:
    """Say from which age on curves are drawn, where that is not the first day; for a title.

    Parameters
    ----------
    curves
        With group and from_age.
    """
    late = curves[curves["from_age"] > 0].groupby("group", sort=False)["from_age"].first()
    if late.empty:
        return ""
    if len(set(late)) == 1 and len(late) == len(set(curves["group"])):
        return f", of those who had stayed {late.iloc[0]:,.0f} days"
    return ", of those who had stayed: " + ", ".join(f"{days:,.0f} days ({name})" for name, days in late.items())


def show_book(book: pd.DataFrame) -> Display:
    """Return the book as bars.

    Parameters
    ----------
    book
        As `analysis.lifetimes.frames.BOOK`.
    """
    return Display("The book by quarter", book, lambda ax: draw_book(ax, book), size=(8.4, 3.2))


def show_distributions(found: ParametricSurvival) -> Display:
    """Return distributions of the length of lifetimes, drawn beside Kaplan-Meier."""
    title = f"Length of lifetimes, and its mean within {found.horizon:,.0f} days"
    table, curves = (part.replace({"distribution": {"weibull": "Weibull"}}) for part in (found.table, found.curves))
    return Display(title, table, lambda ax: draw_distributions(ax, curves, found.observed))


def show_trend(found: Trend) -> Display:
    """Return the share that left of each quarter's start as points with intervals."""
    return Display("Share that left, by quarter", found.rates, lambda ax: draw_trend(ax, found.rates), size=(8.4, 3.2))
