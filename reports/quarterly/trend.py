"""The section of the trend: how the rate moved, what it moved by, and where the forecast lies beside it."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from analysis.figures.style import as_svg
from analysis.figures.trend import draw_trend
from analysis.forecast.reading import Reading
from analysis.forecast.standpoint import Standpoint
from analysis.lifetimes.rate_change import Part, RateChange
from analysis.lifetimes.trend import Trend
from analysis.wording.catalogue import Catalogue

SEASONS = 4
"""Quarters that hold every season."""


@dataclass(frozen=True, slots=True)
class TrendAhead:
    """The trend, and the forecast as a rate of the same kind.

    Attributes
    ----------
    moved
        By quarter.
    rate, narrow, wide
        What is expected, with its 80% and 95% intervals; None where nothing is forecast, or not of a whole quarter.
    """

    moved: Trend
    rate: float | None
    narrow: tuple[float, float] | None
    wide: tuple[float, float] | None


def trend_ahead(moved: Trend, reading: Reading | None, standpoint: Standpoint) -> TrendAhead:
    """Put a forecast beside the trend; only one that looks ahead a whole horizon is of the same kind."""
    if reading is None or standpoint.stands_on != standpoint.landmark:
        return TrendAhead(moved, None, None, None)
    quoted, number = reading.quoted, len(reading.probabilities)
    narrow, wide = ((one.low / number, one.high / number) for one in quoted.intervals)
    return TrendAhead(moved, quoted.expected / number, narrow, wide)


def trend_in_words(content: TrendAhead, text: Catalogue) -> dict[str, Any]:
    """Return what the template of the trend asks for: its picture, and sentences of what changed."""
    rates = content.moved.rates
    if rates["rate"].notna().sum() == 0:
        return {"trend_figure": None, "trend_said": [text("trend.none")]}
    ahead = None
    if content.rate is not None and content.narrow is not None and content.wide is not None:
        ahead = {"rate": content.rate, "low": content.wide[0], "high": content.wide[1]}
        ahead |= {"narrow_low": content.narrow[0], "narrow_high": content.narrow[1]}
    labels = [text("book.bar", start=day) for day in rates["quarter_from"]]
    figure = as_svg(
        "trend", draw_trend, size=(7.4, 3.0), alt=text("trend.alt"),
        rates=rates, ahead=ahead, labels=labels, ahead_label=text("trend.ahead"), y_label=text("trend.y"),
    )  # fmt: skip
    return {
        "trend_figure": Markup(figure),
        "trend_caption": text("trend.caption_ahead" if ahead else "trend.caption"),
        "trend_said": change_sentences(content.moved.change, text),
    }


def change_sentences(change: RateChange | None, text: Catalogue) -> list[str]:
    """Say by how much the rate changed, and how much of that is who there was."""
    if change is None:
        return [text("trend.too_short")]
    said = [
        text(
            f"trend.{_direction(change.total)}",
            number=change.n_quarters,
            before=change.rate_before,
            after=change.rate_after,
            points=text.number(abs(change.total.estimate), 1),
            span=text.span(change.total.conf_low, change.total.conf_high, 1),
        ),
        text(
            "trend.mix",
            mix=text.number(change.mix.estimate, 1),
            mix_span=text.span(change.mix.conf_low, change.mix.conf_high, 1),
            within=text.number(change.within.estimate, 1),
            within_span=text.span(change.within.conf_low, change.within.conf_high, 1),
        ),
    ]
    return said if change.n_quarters >= SEASONS else [*said, text("trend.seasons", number=change.n_quarters)]


def _direction(total: Part) -> str:
    if not total.is_shown:
        return "change_open"
    return "change_up" if total.estimate > 0 else "change_down"
