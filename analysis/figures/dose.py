"""Dose: curves of how the danger of leaving goes with one covariate."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.figures.effects import RATIOS
from analysis.figures.labels import draws, legend
from analysis.figures.style import ACCENT, INK, MUTED, WARN

_LEAST, _MOST = 1 / 8, 8.0
"""Ratios between which an axis lies: beyond them a curve is cut."""


@draws
def draw_dose(
    ax: Axes,
    frame: pd.DataFrame,
    median: float,
    x_label: str,
    model_labels: Mapping[str, str],
    y_label: str = "Times as likely to leave as at the median",
) -> None:
    """Draw each model's curve with its band on a log scale; of the forest a dot at each end of a bin.

    Parameters
    ----------
    frame
        model ('cox' or 'forest'), value, estimate, conf_low, conf_high (logs of ratios); values rising.
    median
        Where ratios are 1: a dotted line.
    x_label
        The covariate.
    model_labels
        What each model is called.
    """
    named: dict[str, Any] = {}
    cut = (np.log(_LEAST), np.log(_MOST))
    cox = frame[frame["model"] == "cox"]
    for model, color in {"cox": ACCENT, "forest": WARN}.items():
        own = frame[frame["model"] == model]
        if own.empty:
            continue
        value, low, high, middle = (own[name] for name in ("value", "conf_low", "conf_high", "estimate"))
        low, high, middle = (np.exp(line.clip(*cut)) for line in (low, high, middle))
        ax.fill_between(value, low, high, color=color, alpha=0.15, linewidth=0)
        marker = "o" if model == "forest" else ""
        named[model_labels[model]] = ax.plot(value, middle, color=color, linewidth=2, marker=marker, markersize=4)[0]
    ax.axhline(1, color=INK, linewidth=0.8)
    ax.axvline(median, color=MUTED, linewidth=1, linestyle=(0, (1, 2)))
    if len(cox):
        ax.set_xlim(cox["value"].min(), cox["value"].max())
    ax.set_yscale("log")
    inside = frame[frame["value"].between(*ax.get_xlim())]
    bottom, top = (float(end) for end in np.exp([inside["conf_low"].min(), inside["conf_high"].max()]))
    bottom, top = max(min(bottom, 0.8), _LEAST), min(max(top, 1.25), _MOST)
    ax.set_ylim(bottom * 0.97, top * 1.03)
    shown = [ratio for ratio in RATIOS if bottom <= ratio <= top]
    ax.set_yticks(shown, [f"{ratio:g}" for ratio in shown])
    ax.minorticks_off()
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    legend(ax, named, loc="best", fontsize=8)
