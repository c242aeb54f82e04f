"""Alternative texts: what a picture shows, in words, from the frame that it is drawn from."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.figures.style import HIDDEN
from analysis.wording.catalogue import Catalogue

MOST_TOLD = 60
"""Lines of a picture that are told; who wants more of them has the tables."""
_PLACES = 4
"""Of a curve at which its height is told, the last among them."""
Write = Callable[[float], str]


def told_lines(t: Catalogue, lines: Sequence[tuple[str, str]]) -> str:
    """Return what stands in each line of a picture: its label, and what is printed or drawn beside it."""
    told = [t("alt.line", label=label, says=says) for label, says in lines[:MOST_TOLD]]
    left = len(lines) - len(told)
    return t.listed([*told, *([t("alt.more", number=left)] if left else [])], "list.semicolon")


def told_texts(t: Catalogue, frame: pd.DataFrame, *texts: str) -> str:
    """Return what a picture prints in each row: its ``label``, and the columns named that are not empty."""
    return told_lines(
        t,
        [
            (str(row["label"]), t.listed([str(row[name]) for name in texts if row[name]], "list.semicolon"))
            for _, row in frame.iterrows()
        ],
    )


def told_intervals(
    t: Catalogue, labels: Sequence[str], frame: pd.DataFrame, write: Write, estimate: str = "estimate"
) -> str:
    """Return estimates with their intervals, row by row; what is hidden is said to be.

    Parameters
    ----------
    t
        The language.
    labels
        Of the rows.
    frame
        conf_low, conf_high, and the estimate.
    write
        Writes one number.
    estimate
        The estimate's column.
    """
    said = [
        HIDDEN
        if pd.isna(value)
        else t("alt.interval", estimate=write(value), span=t("list.span", low=write(low), high=write(high)))
        for value, low, high in frame[[estimate, "conf_low", "conf_high"]].itertuples(index=False)
    ]
    return told_lines(t, list(zip(labels, said, strict=True)))


def told_curves(
    t: Catalogue,
    frame: pd.DataFrame,
    by: str,
    write: Write,
    *,
    at: str = "time",
    height: str = "estimate",
    names: Mapping[str, str] | None = None,
    write_at: Write | None = None,
) -> str:
    """Return how high each curve of a frame is at some places, its last among them.

    Parameters
    ----------
    t
        The language.
    frame
        Ordered by place within each curve.
    by
        The column that tells curves apart.
    write, write_at
        Write a height, and a place; by default a whole number.
    at, height
        The columns of places and heights.
    names
        Of the curves; by default as the frame has them.
    """
    write_at = write_at or t.count
    lines = []
    for key, curve in frame.groupby(by, sort=False):
        places = curve[at].to_numpy(np.float64)
        wanted = np.linspace(places[0], places[-1], _PLACES + 1)[1:]
        told = sorted({int(np.searchsorted(places, place, side="right")) - 1 for place in wanted})
        heights = curve[height].to_numpy(np.float64)
        said = [t("alt.place", at=write_at(places[place]), height=write(heights[place])) for place in told]
        lines.append(((names or {}).get(str(key), str(key)), t.listed(said, "list.semicolon")))
    return told_lines(t, lines)
