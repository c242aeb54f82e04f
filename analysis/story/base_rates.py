"""Base rates: how often a story ends as told, beside those of whom it could have been told and was not true."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.cohort_tables import CohortTables
from analysis.contest.blind_spots import clustered_interval, compare_shares
from analysis.story.frames import STORIES
from analysis.story.patterns import LEFT, LEFT_OR_SHRANK, PATTERNS, STAYED, Pattern, marked

MOST_EXAMPLES = 3
FITS, OTHERS = "fits", "others"
_APART = ("difference", "difference_low", "difference_high")
_FAR = np.datetime64("9999-12-31", "D")


@dataclass(frozen=True, slots=True, eq=False)
class Stories:
    """The stories of a book, with how often they end as told.

    Attributes
    ----------
    table : DataFrame
        As `STORIES`.
    lacking : dict of str to list of str
        Stories that cannot be told of these data, with the covariates that they lack.
    """

    table: pd.DataFrame
    lacking: dict[str, list[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """What became of each landmark row within so many months.

    Attributes
    ----------
    is_settled : ndarray of bool, shape (n,)
        Whether all ends within them are known.
    has_left, has_shrunk : ndarray of bool, shape (n,)
        Whether it churned, and whether it had a contraction before any end of it.
    """

    is_settled: NDArray[np.bool_]
    has_left: NDArray[np.bool_]
    has_shrunk: NDArray[np.bool_]

    def outcome(self, name: str) -> NDArray[np.bool_]:
        """Return which rows have an outcome, by its name."""
        return self.has_left | self.has_shrunk if name == LEFT_OR_SHRANK else self.has_left


def stories_of(tenure: CohortTables, patterns: Sequence[Pattern] = PATTERNS) -> Stories:
    """Find the accounts that each story fits, and count how many of them left, beside the others.

    Every landmark on which a story fits counts, and shares of rows have intervals by parent account. Quantiles are of
    all landmarks of the book, later ones among them: they choose what is told, and forecast nothing.

    Parameters
    ----------
    tenure
        The cohort.
    patterns
        The stories.
    """
    rows = tenure.landmarks
    measured = {one.name for one in tenure.covariates("landmarks")}
    horizon = tenure.study.time.horizon_months
    windows = {months: windows_of(tenure, rows, months) for months in (horizon, 2 * horizon)}
    lines: list[dict[str, object]] = []
    for one in patterns:
        if not one.lacking(measured):
            lines += _lines(one, rows, windows, tenure.study.report.min_cell)
    table = pd.DataFrame(lines, columns=STORIES.columns)
    numbers = [name for name in STORIES.columns if name.startswith(("difference", "estimate", "conf_"))]
    return Stories(
        STORIES.checked(table.astype(dict.fromkeys(numbers, "float64"))),
        {one.story: found for one in patterns if (found := one.lacking(measured))},
    )


def windows_of(tenure: CohortTables, rows: pd.DataFrame, months: int) -> Windows:
    """Return what became of landmark rows within so many months: rule 9 of `queries/rules_of_time.md`."""
    lifetimes = tenure.table("lifetimes").set_index("lifetime_id").loc[rows["lifetime_id"]]
    begins = rows["risk_date"].to_numpy("datetime64[D]")
    ends = (rows["risk_date"] + pd.DateOffset(months=months)).to_numpy("datetime64[D]")
    left_on = lifetimes["leaves_on"].to_numpy("datetime64[D]")
    left_on = np.where(np.isnat(left_on), _FAR, left_on)
    has_left = (left_on <= ends) & (lifetimes["cause"].to_numpy(object) == "churn")
    changes = tenure.table("recurrent_events")
    shrinking = changes[changes["kind"] == "contraction"][["lifetime_id", "changed_on"]]
    numbered = rows[["lifetime_id"]].assign(row=np.arange(len(rows))).merge(shrinking, on="lifetime_id")
    place, on = numbered["row"].to_numpy(), numbered["changed_on"].to_numpy("datetime64[D]")
    within = (on > begins[place]) & (on <= ends[place])
    has_shrunk = np.zeros(len(rows), bool)
    has_shrunk[place[within]] = True
    return Windows(ends <= np.datetime64(tenure.settled_until, "D"), has_left, has_shrunk)


def _lines(
    pattern: Pattern, rows: pd.DataFrame, windows: dict[int, Windows], min_cell: int
) -> Iterator[dict[str, object]]:
    """Yield, for each number of months, a line of those whom a story fits, and one of the others."""
    fits, others, definition = marked(pattern, rows)
    cluster, account = rows["cluster_id"].to_numpy(object), rows["account_id"].to_numpy(object)
    first = min(windows)
    for months, window in windows.items():
        outcome = window.outcome(pattern.outcome)
        own, beside = fits & window.is_settled, others & window.is_settled
        is_told = min(len(set(account[own])), len(set(account[beside]))) >= min_cell
        compared = compare_shares(outcome, cluster, own, beside) if is_told else {}
        apart = {name: compared.get(name, np.nan) for name in _APART}
        for who, chosen in ((FITS, own), (OTHERS, beside)):
            low, high = clustered_interval(outcome[chosen], cluster[chosen]) if is_told else (np.nan, np.nan)
            yield {
                "story": pattern.story,
                "who": who,
                "outcome": pattern.outcome,
                "months": months,
                "rows": int(chosen.sum()),
                "definition": definition,
                **(apart if who == FITS else dict.fromkeys(apart, np.nan)),
                "accounts": len(set(account[chosen])),
                "estimate": float(outcome[chosen].mean()) if is_told else np.nan,
                "conf_low": low,
                "conf_high": high,
                "examples": _examples(pattern, rows, own, window) if who == FITS and months == first else None,
            }  # fmt: skip


def _examples(pattern: Pattern, rows: pd.DataFrame, own: NDArray[np.bool_], window: Windows) -> str | None:
    """Return accounts that a story fits and that went as it is told, the clearest first, each with its landmark."""
    outcome = window.outcome(pattern.outcome)
    went = own & (~outcome if pattern.ending == STAYED else outcome)
    clearest = pattern.fits[0]
    sign = -1.0 if clearest.side == "at least" else 1.0
    strength = sign * rows[clearest.covariate].to_numpy(np.float64, na_value=np.nan)
    order = np.flatnonzero(went)[np.argsort(strength[went], kind="stable")]
    found = rows.iloc[order].drop_duplicates("account_id").head(MOST_EXAMPLES)
    told = [f"{one.account_id} ({one.risk_date:%Y-%m-%d})" for one in found.itertuples()]
    return ", ".join(told) or None


def in_a_sentence(table: pd.DataFrame, story: str) -> str:
    """Return how often a story ends as told, in a sentence.

    Parameters
    ----------
    table
        As `STORIES`.
    story
        One of its stories.
    """
    own = table[(table["story"] == story) & (table["months"] == table["months"].min())]
    fits, others = own[own["who"] == FITS].iloc[0], own[own["who"] == OTHERS].iloc[0]
    head = f"{story[0].upper()}{story[1:]} ({fits['definition']}): fits {fits['accounts']:,} accounts"
    if np.isnan(fits["estimate"]):
        return f"{head}; too few for a rate."
    verb = "left" if fits["outcome"] == LEFT else fits["outcome"]
    said = (
        f"{head}; {fits['estimate']:.1%} {verb} within {fits['months']} months, of the others {others['estimate']:.1%}"
    )
    if np.isnan(fits["difference"]):
        return f"{said}."
    low, high = 100 * fits["difference_low"], 100 * fits["difference_high"]
    return f"{said} (difference {100 * fits['difference']:+.1f} points, 95% interval {low:+.1f} to {high:+.1f})."
