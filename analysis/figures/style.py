"""One look for every figure, and figures as text that is the same to the byte."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.drawn import keep_picture
from analysis.figures.labels import PLAIN_TEXT
from analysis.wording.controls import shown

INK, MUTED, GRID = "#22303c", "#6b7785", "#e3e7eb"
ACCENT, WARN = "#2a6f97", "#c05746"
CYCLE = ("#2a6f97", "#c05746", "#7a5195", "#5a8f29", "#d19a1c", "#6c757d")

# A reader's own fonts draw the text of an SVG; here it is only measured. Both fonts come with matplotlib, so the layout
# is the same on every machine: what DejaVu lacks (Japanese) is measured by the Last Resort font's boxes, a little wide.
_FONT, _FALLBACK = "DejaVu Sans", "Last Resort High-Efficiency"
_JAPANESE = (
    "Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans JP", "Hiragino Sans", "Yu Gothic", "Meiryo", "BIZ UDGothic",
    "IPAexGothic", "IPAGothic", "TakaoPGothic", "MS Gothic",
)  # fmt: skip
"""Draw in a notebook, where nothing but this machine's fonts can, what DejaVu lacks."""
_GENERIC = ("serif", "sans-serif", "cursive", "fantasy", "monospace")

_LOOK: Any = {
    **PLAIN_TEXT,
    "svg.fonttype": "none",
    "font.size": 9.0,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.0,
    "axes.titlecolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "legend.frameon": False,
    "figure.dpi": 100.0,
}


def percent(value: float, _: object = None) -> str:
    """Write a share as a percentage, with decimals where a tick needs them; the second argument is matplotlib's."""
    return f"{100 * value:.3g}%"


HIDDEN = "\N{MIDDLE DOT}"
"""Stands for a number that is hidden."""


@contextmanager
def look() -> Iterator[None]:
    """Draw in the project's look inside this context: in the user's own fonts, then in ours."""
    with mpl.rc_context({**_LOOK, "font.family": [*own_fonts(), _FONT, *_japanese_fonts(), _FALLBACK]}):
        yield


def own_fonts() -> list[str]:
    """Return the fonts that the user asks matplotlib for, in a matplotlibrc or by hand; none where all is default."""
    asked: Any = mpl.rcParams
    usual: Any = mpl.rcParamsDefault
    fonts: list[str] = []
    for family in asked["font.family"]:
        if family in _GENERIC:
            fonts += [font for font in asked[f"font.{family}"] if font not in usual[f"font.{family}"]]
        if family not in usual["font.family"]:
            fonts.append(family)
    return list(dict.fromkeys(fonts))


def _japanese_fonts() -> list[str]:
    """Return the first Japanese font that this machine has, if any."""
    there = set(font_manager.get_font_names())
    return [font for font in _JAPANESE if font in there][:1]


def as_svg(name: str, draw: Callable[..., Any], *, size: tuple[float, float], alt: str, **arguments: Any) -> str:
    """Draw one axes and return it as an SVG element, the same bytes for the same numbers and fonts of the user.

    Parameters
    ----------
    name
        Distinguishes the ids inside the SVG from those of other figures on the page.
    draw
        Called as ``draw(ax, **arguments)``.
    size
        Width and height in inches.
    alt
        What the picture shows, for those who cannot see it; plain text.
    """
    own = own_fonts()
    with mpl.rc_context({**_LOOK, "font.family": [*own, _FONT, _FALLBACK], "svg.hashsalt": f"tenure-{name}"}):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.add_subplot(), **arguments)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Title": shown(alt)})
    text = buffer.getvalue().replace(f"'{_FONT}', '{_FALLBACK}'", f"'{_FONT}'")
    opened = '<svg role="img" class="own-fonts" ' if own else '<svg role="img" '
    svg = text[text.index("<svg") :].replace("<svg ", opened, 1)
    keep_picture(name, svg, arguments)
    return svg


def new_axes(size: tuple[float, float]) -> Axes:
    """Return an axes on a new pyplot figure, which notebooks show by themselves."""
    from matplotlib import pyplot

    _, ax = pyplot.subplots(figsize=size, layout="constrained")
    return ax
