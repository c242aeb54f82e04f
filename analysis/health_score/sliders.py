"""Sliders: weights and thresholds to move in JupyterLab, and what they do at once."""

import html
from typing import Any

from analysis.errors import DesignError
from analysis.figures.style import as_svg
from analysis.health_score.definition import Colours
from analysis.health_score.left_displays import show_what_if
from analysis.health_score.scored import Scored
from analysis.health_score.what_if import WhatIf, normalised, what_if
from analysis.wording.remarks import remark


class Sliders:
    """A panel of sliders: one for each weight, normalised to 100, and two for the thresholds.

    Parameters
    ----------
    scored
        All landmark rows with the score, its points and definition.
    capacity
        Accounts that the team looks after in a quarter.

    Attributes
    ----------
    weights : dict of str to IntSlider
        By component.
    thresholds : IntRangeSlider
        Red below the first, green from the second on.
    panel : VBox
        What a notebook shows.
    found : WhatIf
        What the sliders say, where they stand.

    Raises
    ------
    DesignError
        As `what_if`.
    """

    def __init__(self, scored: Scored, capacity: int) -> None:
        import ipywidgets as widgets  # where there is no notebook nothing of it is needed

        if scored.definition is None:
            raise DesignError(remark("health_score.no_points"))
        self._scored, self._capacity = scored, capacity
        own, limits = scored.definition.weights, scored.definition.colours
        self.before = what_if(scored, own, limits, capacity)
        wide, tight = widgets.Layout(width="30em"), {"description_width": "9em"}
        self.weights = {
            name: widgets.IntSlider(round(weight), 0, 100, description=name, layout=wide, style=tight)
            for name, weight in own.items()
        }
        self.thresholds = widgets.IntRangeSlider(
            value=(round(limits.red_below), round(limits.green_from)), min=0, max=100, description="red, green from",
            layout=wide, style=tight,
        )  # fmt: skip
        self._said = widgets.HTML()
        for slider in (*self.weights.values(), self.thresholds):
            slider.observe(lambda _: self._update(), names="value")
        self.panel = widgets.VBox([*self.weights.values(), self.thresholds, self._said])
        self.found: WhatIf = self.before
        self._update()

    def _repr_mimebundle_(self, **asked: Any) -> Any:
        """Show the panel in a notebook, and where nothing can be moved its picture and table."""
        return self.panel._repr_mimebundle_(**asked) | {"text/html": self._said.value}

    def _update(self) -> None:
        red, green = self.thresholds.value
        weights = {name: float(slider.value) for name, slider in self.weights.items()}
        try:
            self.found = what_if(self._scored, weights, Colours(red, green), self._capacity)
        except DesignError as error:
            self._said.value = f"<p>{html.escape(str(error))}</p>"
            return
        self._said.value = panel_html(self.before, self.found, self._capacity)


def panel_html(before: WhatIf, after: WhatIf, capacity: int) -> str:
    """Return the picture and the small table of a panel; names are escaped."""
    display = show_what_if(before, after)
    assert display.draw is not None
    picture = as_svg("what-if", display.draw, size=display.size, alt=display.title)
    lines = [
        ("Leavers that were green", f"{before.green_leavers:.0%}", f"{after.green_leavers:.0%}"),
        (f"Of the {capacity} lowest a quarter, left", f"{before.precision:.1%}", f"{after.precision:.1%}"),
        ("Of the leavers, among those", f"{before.caught:.0%}", f"{after.caught:.0%}"),
        (f"Of {after.of:,} accounts, change colour", f"{before.changing:,}", f"{after.changing:,}"),
        ("Weights", _weights(before), _weights(after)),
    ]
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td style='padding-left:2em'>{html.escape(one)}</td>"
        f"<td style='padding-left:2em'><b>{html.escape(other)}</b></td></tr>"
        for name, one, other in lines
    )
    head = "<tr><th></th><th style='padding-left:2em'>as it is</th><th style='padding-left:2em'>what if</th></tr>"
    note = f"{after.n_leavers:,} leavers among {after.n_rows:,} accounts at the start of quarters. It tells what was."
    return f"{picture}<table>{head}{rows}</table><p><small>{note}</small></p>"


def _weights(found: WhatIf) -> str:
    shares = normalised(found.definition.weights)
    return ", ".join(f"{name} {weight:.0f}" for name, weight in shares.items())
