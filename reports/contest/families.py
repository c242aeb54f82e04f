"""Families as rows of a table: what knowing each is worth, and what it makes out in the book."""

from dataclasses import dataclass

import pandas as pd

from analysis.contest.risk_difference import Shown
from analysis.contest.values import TOTAL
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import Remark
from reports.contest.content import Compared


@dataclass(frozen=True, slots=True)
class Told:
    """A number in words, with its interval; without one where there is none."""

    value: str
    span: str = ""


@dataclass(frozen=True, slots=True)
class FamilyLine:
    """A family in words; the contract is not among them, all families together are.

    Attributes
    ----------
    worth
        In points of skill.
    points, accounts, revenue
        Between its bad and its good end; None where that is not told.
    verdict
        What is shown; empty of all families together.
    """

    family: str
    worth: Told
    points: Told | None
    accounts: Told | None
    revenue: Told | None
    verdict: str


def family_lines(text: Catalogue, found: Compared, currency: str | None = None) -> list[FamilyLine]:
    """Return a line for each family that is measured, as they rank, and one for all where there are several."""
    ranking, differences = found.ranking, found.differences
    by_family = {} if isinstance(differences, Remark) else differences.table.set_index("family").to_dict("index")
    lines = [
        FamilyLine(
            one.family,
            _told(text, one.estimate, one.conf_low, one.conf_high, 1),
            *_in_the_book(text, by_family.get(one.family), currency),
            text(f"contest.shown_{one.worth}"),
        )
        for one in ranking.families
    ]
    if len(lines) > 1:
        total = _told(text, ranking.total, ranking.total_low, ranking.total_high, 1)
        lines.append(FamilyLine(TOTAL, total, None, None, None, ""))
    return lines


def _in_the_book(
    text: Catalogue, line: dict | None, currency: str | None
) -> tuple[Told | None, Told | None, Told | None]:
    """Return points, accounts and revenue of a line of `analysis.contest.effect_frames.RISK_DIFFERENCES`."""
    if line is None or line["shown"] == Shown.SILENT:
        return None, None, None
    points = _told(text, line["estimate"], line["conf_low"], line["conf_high"], 1)
    accounts, revenue = None, None
    if not pd.isna(line["accounts"]):
        accounts = _told(text, line["accounts"], line["accounts_low"], line["accounts_high"], 0)
    if not pd.isna(line["revenue"]):
        ends = [text.money(line[f"revenue_{end}"], currency) for end in ("low", "high")]
        span = "" if pd.isna(line["revenue_low"]) else text("list.span", low=ends[0], high=ends[1])
        revenue = Told(text.money(line["revenue"], currency), span)
    return points, accounts, revenue


def _told(text: Catalogue, estimate: float, low: float, high: float, digits: int) -> Told:
    return Told(text.number(estimate, digits), "" if pd.isna(low) else text.span(low, high, digits))
