"""The section of trust: for each past quarter what would have been quoted of it on its first day, and what came."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.figures.style import as_svg
from analysis.figures.trend import draw_record
from analysis.forecast.past_quarters import COUNT
from analysis.forecast.reading import Reading
from analysis.wording.catalogue import Catalogue

WIDE, NARROW = 0.95, 0.8


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A past quarter in words."""

    quarter: str
    expected: str
    narrow: str
    wide: str
    observed: str
    holds: bool


def record_of(reading: Reading) -> pd.DataFrame:
    """Return a line for each past quarter: expected, observed, and ends of the 80% and the 95% interval."""
    counts = reading.record[reading.record["of"] == COUNT]
    by_level = {level: counts[counts["level"] == level].set_index("landmark") for level in (NARROW, WIDE)}
    narrow, wide = by_level[NARROW], by_level[WIDE]
    return pd.DataFrame(
        {
            "expected": wide["expected"],
            "observed": wide["observed"],
            "low": wide["low"],
            "high": wide["high"],
            "narrow_low": narrow["low"],
            "narrow_high": narrow["high"],
            "holds": wide["holds"].astype(bool),
        }
    ).reset_index()


def trust_in_words(reading: Reading | None, text: Catalogue) -> dict[str, Any]:
    """Return what the template asks for of past forecasts: a picture, and a line for each quarter."""
    if reading is None or reading.record.empty:
        return {"record_figure": None, "record": []}
    record = record_of(reading)
    labels = [text("book.bar", start=day) for day in record["landmark"]]
    figure = as_svg(
        "record", draw_record, size=(7.4, 3.0), alt=text("trust.alt"), record=record, labels=labels,
        y_label=text("trust.y"), expected_label=text("trust.expected_mark"), observed_label=text("trust.observed_mark"),
    )  # fmt: skip
    lines = [
        RecordLine(
            quarter=text("book.bar", start=row.landmark),
            expected=text.number(row.expected, 1),
            narrow=text.span(row.narrow_low, row.narrow_high, 0),
            wide=text.span(row.low, row.high, 0),
            observed=text.count(row.observed),
            holds=bool(row.holds),
        )
        for row in record.itertuples()
    ]
    held = text("trust.held", held=sum(line.holds for line in lines), number=len(lines))
    return {"record_figure": Markup(figure), "record": lines, "record_held": held}
