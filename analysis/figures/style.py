"""One look for every figure, and figures as text that is the same to the byte."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from analysis.figures.drawn import keep_picture
from analysis.figures.labels import PLAIN_TEXT
from analysis.figures.svg import plain_svg
from analysis.wording.controls import shown

INK, MUTED, GRID, WHITE = "#22303c", "#5c6773", "#e3e7eb", "#ffffff"
CYCLE = ("#2a6f97", "#b94e1a", "#532680", "#1f4d3a", "#54400f", "#6b6b6b")
"""Apart for every kind of colour vision, each dark enough on white to write with; the families' colours are of them."""
ACCENT, WARN = CYCLE[0], CYCLE[1]
SCORE_COLORS = {"red": "#b03a2e", "yellow": "#e0b040", "green": "#2f7f6f"}
"""Of a health score's colours: those who do not see red and green apart see dark, light and middling."""

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


def contrast(one: str, other: str) -> float:
    """Return how much lighter one colour is than the other, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    dark, light = sorted(_luminance(to_rgb(color)) for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _luminance(rgb: tuple[float, float, float]) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def ink_on(face: str) -> str:
    """Return the ink that is best read on a face: dark, or white."""
    return max((INK, WHITE), key=lambda ink: contrast(ink, face))


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


def as_svg(
    name: str,
    draw: Callable[..., Any],
    *,
    size: tuple[float, float],
    alt: str,
    content: str = "",
    **arguments: Any,
) -> str:
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
    content
        What can be read from it, its numbers: plain text, too.
    """
    own = own_fonts()
    with mpl.rc_context({**_LOOK, "font.family": [*own, _FONT, _FALLBACK], "svg.hashsalt": f"tenure-{name}"}):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.add_subplot(), **arguments)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    text = buffer.getvalue().replace(f"'{_FONT}', '{_FALLBACK}'", f"'{_FONT}'")
    svg = plain_svg(text, name, alt=shown(alt), content=shown(content), classes="own-fonts" if own else "")
    keep_picture(name, svg, arguments)
    return svg
