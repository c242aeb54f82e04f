"""Labels: text from data in pictures, as text: no formula, no control, and no longer than a picture is wide."""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Concatenate, ParamSpec

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.textpath import TextToPath

from analysis.wording.controls import shown

MOST_WIDE, MOST_WIDE_WORDS = 280.0, 480.0
"""Points that a label in a frame may be wide: half of a picture; and words that are given beside frames."""
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_MOST_LETTERS = 300
_LEGEND_WIDE, _MARK_WIDE = 460.0, 40.0
_MOST_ENDS, _END_WIDE = 4, 130.0
_LINE, _HIGH = 12.0, 0.75
"""Points from one name to the next; of a figure's height that its axes have."""
_FONT = FontProperties(family=["DejaVu Sans", "Last Resort High-Efficiency"], size=9)
PLAIN_TEXT: Any = {"text.parse_math": False, "text.usetex": False}
"""What matplotlib must be told, for it reads what stands between dollar signs as TeX."""

_Rest = ParamSpec("_Rest")


def draws(draw: Callable[Concatenate[Axes, _Rest], None]) -> Callable[Concatenate[Axes, _Rest], None]:
    """Let a function draw what it is given as it is called: every text in its frames is a label, none a formula.

    Each function that draws has this around it, so that none needs to think of it.
    """

    @functools.wraps(draw)
    def drawing(ax: Axes, *arguments: _Rest.args, **named: _Rest.kwargs) -> None:
        labels = _labels(_texts([arguments, named]))
        old = {text: text.get_text() for text in ax.findobj(Text)}
        with mpl.rc_context(PLAIN_TEXT):
            draw(ax, *_labelled(arguments, labels), **_labelled(named, labels))
        # A figure may be drawn long after, when matplotlib asks each text, and not its settings, what it is.
        for text in ax.findobj(Text):
            if text not in old or text.get_text() != old[text]:
                text.set_parse_math(False)
                text.set_usetex(False)

    return drawing


def legend(ax: Axes, named: Mapping[str, Any], **options: Any) -> None:
    """Explain what was drawn by its names: all of them, for of its own accord matplotlib leaves out ``_these``.

    Parameters
    ----------
    named
        What was drawn, by name.
    options
        Of the legend; of the columns asked for (``ncols``) it has as many as there is room for.
    """
    widest = max(map(wide, named), default=0.0) + _MARK_WIDE
    options["ncols"] = max(1, min(options.get("ncols", 1), int(_LEGEND_WIDE / widest)))
    for name, drawn in named.items():
        drawn.set_label(name)
    ax.legend(list(named.values()), list(named), **options)


def name_curves(ax: Axes, named: Mapping[str, Line2D], **options: Any) -> None:
    """Write each curve's name at its end in its colour; in a legend where names are many, or too long to stand there.

    Parameters
    ----------
    ax
        With its final limits.
    named
        The curves, by name.
    options
        Of the legend.
    """
    if len(named) > _MOST_ENDS or max(map(wide, named), default=0.0) > _END_WIDE:
        legend(ax, named, **options)
        return
    low, high = ax.get_ylim()
    least = _LINE / (_HIGH * 72 * float(ax.get_figure(root=True).get_figheight()))  # type: ignore[union-attr]  # drawn
    ends = sorted((float(np.asarray(line.get_ydata())[-1]), name) for name, line in named.items())
    place = -least
    for rank, (end, name) in enumerate(ends):
        room = 1 - least * (len(ends) - 1 - rank)
        place = min(max((end - low) / (high - low), place + least), room)
        ax.annotate(
            name, (1, place), xycoords="axes fraction", xytext=(5, 0), textcoords="offset points", va="center",
            color=str(named[name].get_color()),
        )  # fmt: skip


def _texts(content: Any) -> Iterable[tuple[str, float]]:
    """Return every text of arguments, those in columns of frames among them, and how wide it may be."""
    if isinstance(content, str):
        yield content, MOST_WIDE_WORDS
    elif isinstance(content, pd.DataFrame | Mapping):
        for name in content:
            yield from _texts([name] if isinstance(content, Mapping) else [])
            yield from _texts(content[name])
    elif isinstance(content, pd.Series):
        if not pd.api.types.is_numeric_dtype(content):
            yield from ((value, MOST_WIDE) for value in content.unique() if isinstance(value, str))
    elif isinstance(content, list | tuple):
        for part in content:
            yield from _texts(part)


def _labels(texts: Iterable[tuple[str, float]]) -> dict[str, str]:
    """Return the label of every text that is not one as it stands; texts that differ have labels that do."""
    widths: dict[str, float] = {}
    for text, most in texts:
        widths[text] = min(most, widths.get(text, most))
    labels: dict[str, str] = {}
    taken = {text for text, most in widths.items() if _short(text, most) == text}
    for text, most in widths.items():
        label, number = _short(text, most), 1
        if label == text:
            continue
        while label in taken:
            number += 1
            label = f"{_short(text, most)} ({number})"
        labels[text] = label
        taken.add(label)
    return labels


@functools.lru_cache(maxsize=10_000)
def wide(text: str) -> float:
    """Return how many points a text of usual size is wide."""
    return float(TextToPath().get_text_width_height_descent(text, _FONT, ismath=False)[0])


@functools.lru_cache(maxsize=10_000)
def _short(text: str, most: float) -> str:
    """Return a text with its controls shown, cut in the middle where it is too wide."""
    plain = shown(text[:_MOST_LETTERS])
    if len(text) <= _MOST_LETTERS and wide(plain) <= most:
        return plain
    tail = shown(text[-_MOST_LETTERS:])
    while wide(tail) > most / 4:
        tail = tail[max(1, len(tail) // 10) :]
    while wide(f"{plain}{_ELLIPSIS}{tail}") > most:
        plain = plain[: -max(1, len(plain) // 10)]
    return f"{plain}{_ELLIPSIS}{tail}"


def _labelled(content: Any, labels: Mapping[str, str]) -> Any:
    """Return arguments with labels in place of texts."""
    if not labels:
        return content
    if isinstance(content, str):
        return labels.get(content, content)
    if isinstance(content, pd.DataFrame):
        return content.assign(**{
            name: _labelled(content[name], labels)
            for name in content
            if not pd.api.types.is_numeric_dtype(content[name])
        })  # fmt: skip
    if isinstance(content, pd.Series):
        return content.map(lambda value: labels.get(value, value) if isinstance(value, str) else value)
    if isinstance(content, Mapping):
        return {_labelled(key, labels): _labelled(value, labels) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return type(content)(_labelled(part, labels) for part in content)
    return content
