"""What the page of a check shows, frozen: findings in order, what contradicts what, and the tables over time."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.cohort.source_check import SourceCheck
from analysis.cohort.source_overview import SourceOverview
from analysis.declared.contract import read_contract
from analysis.declared.study import Study
from analysis.health_score.needed import NeededScore, needed_by_study
from analysis.ingest.findings import Finding
from reports.check.topics import Topic, in_order, topic_of

YEARS_BEFORE, YEARS_AFTER = 3, 1
"""How much of the time before the observation, and after the snapshot, a picture shows."""
AT_RISK = "at_risk"
"""The lane of lifetimes."""


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A finding in its place on the page.

    Attributes
    ----------
    anchor
        By which other parts of the page point to it.
    of
        Rows of its table; None where it is no table of the contract.
    file
        The list of its rows; empty where there is none.
    """

    anchor: str
    finding: Finding
    topic: Topic
    of: int | None
    file: str


@dataclass(frozen=True, slots=True)
class MatchLine:
    """How a column matches the one that it refers to, rows that were set apart for it among them."""

    column: str
    refers_to: str
    rows: int
    unmatched: int

    @property
    def share(self) -> float:
        """Of the rows, those whose value is there; not a number where there are none."""
        return 1 - self.unmatched / self.rows if self.rows else float("nan")


@dataclass(frozen=True, slots=True)
class Timeline:
    """The tables over time, as `analysis.figures.timeline.draw_timeline` has them, numbers not yet written.

    Attributes
    ----------
    lanes
        key, number, before, after (rows beyond the edges), observed_from.
    cells
        key, place, inside, outside, set_apart.
    observed
        From which and until which the study observes, in years.
    has_lifetimes
        Whether it is known which rows lie in a lifetime; else all of them stand as if they did.
    """

    lanes: pd.DataFrame
    cells: pd.DataFrame
    observed: tuple[float, float]
    has_lifetimes: bool


@dataclass(frozen=True, slots=True)
class CheckContent:
    """All that the page shows of a source, beside what can be measured with it."""

    checked: SourceCheck
    overview: SourceOverview
    lines: tuple[FoundLine, ...]
    matches: tuple[MatchLine, ...]
    timeline: Timeline | None
    score: NeededScore | None

    def of_severity(self, severity: str) -> list[FoundLine]:
        """Return the findings of one severity."""
        return [line for line in self.lines if line.finding.severity == severity]

    def about(self, topic: str) -> list[FoundLine]:
        """Return the findings about one topic."""
        return [line for line in self.lines if line.topic == topic]


def check_content(study: Study, checked: SourceCheck) -> CheckContent:
    """Return what the page of a check shows.

    Parameters
    ----------
    study
        Its time of observation, and since when tables are logged.
    checked
        With its overview.

    Raises
    ------
    ValueError
        If the check was made without one.
    """
    overview = checked.overview
    if overview is None:
        raise ValueError("The page of a check needs its overview; give check_source a folder for rows.")
    rows = dict(zip(overview.tables["table"], overview.tables["rows"], strict=True))
    files = dict(zip(map(id, checked.findings), checked.row_files, strict=False))
    lines = (
        FoundLine(f"f{number}", found, topic_of(found), rows.get(found.table), files.get(id(found), ""))
        for number, found in enumerate(in_order(checked.findings), start=1)
    )
    return CheckContent(
        checked,
        overview,
        tuple(lines),
        _matches(checked),
        _timeline(study, overview),
        needed_by_study(study, checked.given),
    )


def _matches(checked: SourceCheck) -> tuple[MatchLine, ...]:
    """Return every column that refers to another, those with most rows that match nothing first."""
    apart = {found.name: found.rows or 0 for found in checked.findings if found.severity == "quarantine"}
    lines = []
    for match in checked.matches:
        more = apart.get(f"{match.column}_is_known", 0)
        lines.append(MatchLine(match.column, match.refers_to, match.rows + more, match.rows - match.matched + more))
    return tuple(sorted(lines, key=lambda line: -line.unmatched))


def _timeline(study: Study, overview: SourceOverview) -> Timeline | None:
    """Return the tables whose rows are known from some day on, over the months that are worth showing."""
    contract = read_contract()
    shown = [name for name in overview.tables["table"] if contract[name].row_known]
    months = overview.months[overview.months["table"].isin(shown)]
    if months.empty:
        return None
    number = _months_since_zero(months["month"])
    observed = (_years(study.time.observation_start), _years(study.time.snapshot))
    first = max(min(number.min(), int(12 * observed[0])), int(12 * (observed[0] - YEARS_BEFORE)))
    last = min(max(number.max(), int(12 * observed[1])), int(12 * (observed[1] + YEARS_AFTER)))
    outside = months["outside"].fillna(0)
    cells = pd.DataFrame(
        {
            "key": months["table"],
            "month": number,
            "inside": months["rows"] - outside,
            "outside": outside,
            "set_apart": months["set_apart"],
        }
    )
    parts = [_filled(cells, name, first, last) for name in shown]
    lanes = [_lane(cells, name, first, last, study.source.observed_from.get(name)) for name in shown]
    if overview.at_risk is not None and not overview.at_risk.empty:
        at_risk = pd.DataFrame(
            {
                "key": AT_RISK,
                "month": _months_since_zero(overview.at_risk["month"]),
                "inside": overview.at_risk["lifetimes"],
                "outside": 0,
                "set_apart": 0,
            }
        )
        parts.insert(0, _filled(at_risk, AT_RISK, first, last))
        most = int(overview.at_risk["lifetimes"].max())
        lanes.insert(0, {"key": AT_RISK, "number": most, "before": 0, "after": 0, "observed_from": np.nan})
    has_lifetimes = overview.at_risk is not None
    return Timeline(pd.DataFrame(lanes), pd.concat(parts, ignore_index=True), observed, has_lifetimes)


def _filled(cells: pd.DataFrame, key: str, first: int, last: int) -> pd.DataFrame:
    """Return the months of one lane, those without rows among them."""
    of_lane = cells[cells["key"] == key].set_index("month")[["inside", "outside", "set_apart"]]
    grid = of_lane.reindex(range(first, last + 1), fill_value=0)
    return grid.rename_axis("month").reset_index().assign(key=key, place=lambda frame: frame["month"] / 12)


def _lane(cells: pd.DataFrame, key: str, first: int, last: int, observed_from: object) -> dict[str, object]:
    of_lane = cells[cells["key"] == key]
    rows = of_lane[["inside", "outside", "set_apart"]].sum(axis=1)
    return {
        "key": key,
        "number": int(rows.sum()),
        "before": int(rows[of_lane["month"] < first].sum()),
        "after": int(rows[of_lane["month"] > last].sum()),
        "observed_from": np.nan if observed_from is None else _years(observed_from),
    }


def _months_since_zero(days: pd.Series) -> pd.Series:
    return 12 * days.dt.year + days.dt.month - 1


def _years(day: object) -> float:
    """Return a day in years, months all of one length, as the places of months are."""
    stamp = pd.Timestamp(day)
    return stamp.year + (stamp.month - 1) / 12 + (stamp.day - 1) / 366


def rows_by_year(overview: SourceOverview) -> pd.DataFrame:
    """Return the rows of each table by calendar year: table, then a column for each year.

    Parameters
    ----------
    overview
        Its months; rows that were set apart are counted, too.
    """
    months = overview.months.assign(
        year=overview.months["month"].dt.year, number=overview.months["rows"] + overview.months["set_apart"]
    )
    order = list(dict.fromkeys(months["table"]))
    return months.pivot_table("number", "table", "year", aggfunc="sum", fill_value=0).astype(int).reindex(order)
