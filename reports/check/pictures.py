"""The picture of a check: each table over time, against the lifetimes at risk."""

from analysis.figures.style import as_svg
from analysis.figures.timeline import draw_timeline, timeline_height
from analysis.wording.catalogue import Catalogue
from reports.check.content import AT_RISK, Timeline

WORDS = ("before", "after", "set_apart", "observed_from", "number")
OF_ROWS = {True: ("inside", "outside"), False: ("rows",)}
"""What the picture says of rows, where lifetimes are known and where they are not; and beside that."""


def timeline_picture(timeline: Timeline, text: Catalogue) -> str:
    """Return the tables over time as SVG, in the words of a catalogue."""

    def beyond(number: int) -> str:
        return text.count(number) if number else ""

    lanes = timeline.lanes.assign(
        label=[text("source.at_risk") if key == AT_RISK else key for key in timeline.lanes["key"]],
        number=[
            text("source.most_at_risk", number=number) if key == AT_RISK else text.count(number)
            for key, number in zip(timeline.lanes["key"], timeline.lanes["number"], strict=True)
        ],
        before=timeline.lanes["before"].map(beyond),
        after=timeline.lanes["after"].map(beyond),
    )
    return as_svg(
        "timeline", draw_timeline, size=(8.2, timeline_height(lanes)), alt=text("source.timeline_alt"),
        lanes=lanes, cells=timeline.cells, observed=timeline.observed,
        words={word: text(f"source.legend.{word}") for word in (*OF_ROWS[timeline.has_lifetimes], *WORDS)},
    )  # fmt: skip
