"""Sliders: weights and thresholds to move in JupyterLab, and what they do at once."""

import html
from typing import Any

from analysis.errors import DesignError
from analysis.figures.style import as_svg
from analysis.health_score.definition import Colours
from analysis.health_score.left_displays import show_what_if
from analysis.health_score.scored import Scored
from analysis.health_score.what_if import WhatIf, normalised, what_if
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import english, remark


class Sliders:
    """A panel of sliders: one for each weight, normalised to 100, and two for the thresholds.

    Parameters
    ----------
    scored
        All landmark rows with the score, its points and definition.
    capacity
        Accounts that the team looks after in a quarter.
    words
        Of the language that the panel speaks; English by default.

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

    def __init__(self, scored: Scored, capacity: int, words: Catalogue | None = None) -> None:
        import ipywidgets as widgets  # where there is no notebook nothing of it is needed

        if scored.definition is None:
            raise DesignError(remark("health_score.no_points"))
        self._scored, self._capacity, self._words = scored, capacity, words or english()
        self._own = scored.definition
        own, limits = self._own.weights, self._own.colours
        self.before = what_if(scored, own, limits, capacity)
        wide, tight = widgets.Layout(width="30em"), {"description_width": "9em"}
        self.weights = {
            name: widgets.IntSlider(round(weight), 0, 100, description=name, layout=wide, style=tight)
            for name, weight in own.items()
        }
        self.thresholds = widgets.IntRangeSlider(
            value=(round(limits.red_below), round(limits.green_from)), min=0, max=100, layout=wide, style=tight,
            description=self._words("health_score.sliders_thresholds"),
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
        try:
            self.found = what_if(self._scored, *self._asked(), self._capacity)
        except DesignError as error:
            self._said.value = f"<p>{html.escape(error.remark.in_words(self._words))}</p>"
            return
        self._said.value = panel_html(self.before, self.found, self._capacity, self._words)

    def _asked(self) -> tuple[dict[str, float], Colours]:
        """Return the weights and the thresholds; of a slider that stands where it began, not rounded."""
        own, limits = self._own.weights, self._own.colours
        weights = {
            name: own[name] if slider.value == round(own[name]) else float(slider.value)
            for name, slider in self.weights.items()
        }
        red, green = self.thresholds.value
        is_moved = (red, green) != (round(limits.red_below), round(limits.green_from))
        return weights, Colours(red, green) if is_moved else limits


def panel_html(before: WhatIf, after: WhatIf, capacity: int, words: Catalogue) -> str:
    """Return the picture and the small table of a panel in the words of a catalogue; names are escaped."""
    display = show_what_if(before, after, words)
    assert display.draw is not None
    picture = as_svg("what-if", display.draw, size=display.size, alt=display.title)
    lines = [_line(found, capacity, words) for found in (before, after)]
    heads = (words("health_score.what_if_before"), words("health_score.what_if_after"))
    apart = " style='padding-left:2em'"
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td{apart}>{html.escape(one)}</td><td{apart}><b>{html.escape(other)}</b></td></tr>"
        for (name, one), (_, other) in zip(*lines, strict=True)
    )
    head = "<tr><th></th>" + "".join(f"<th{apart}>{html.escape(one)}</th>" for one in heads) + "</tr>"
    note = html.escape(words("health_score.what_if_note", leavers=after.n_leavers, rows=after.n_rows))
    return f"{picture}<table>{head}{rows}</table><p><small>{note}</small></p>"


def _line(found: WhatIf, capacity: int, words: Catalogue) -> list[tuple[str, str]]:
    shares = normalised(found.definition.weights)
    weights = [words("health_score.what_if_weight", component=name, weight=weight) for name, weight in shares.items()]
    return [
        (words("health_score.what_if_green"), words.share(found.green_leavers, 0)),
        (words("health_score.what_if_precision", capacity=capacity), words.share(found.precision)),
        (words("health_score.what_if_caught"), words.share(found.caught, 0)),
        (words("health_score.what_if_changing", of=found.of), words.count(found.changing)),
        (words("health_score.what_if_weights"), words.listed(weights)),
    ]
