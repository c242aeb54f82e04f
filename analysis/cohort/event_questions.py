"""Event questions: whether leaving, as the source dates it, looks like the leaving of a business at all."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.cohort.queries import ASKED
from analysis.curves.vanishing import vanishing
from analysis.engine.engine import Engine
from analysis.engine.query import read_query
from analysis.ingest.findings import Finding
from analysis.wording.remarks import Remark, remark

if TYPE_CHECKING:  # commands that check a source do not wait for it before they have one
    import pandas as pd


ENOUGH_ENDS = 20
"""That a question about ends needs; and lifetimes at the start of a quarter, for its rate."""
MOST_A_QUARTER = 1 / 3
"""Share that left in a quarter from which on it is asked whether they did."""
MOST_ON_TERM = 1 / 2
"""Share of ends on the ends of terms from which on it is asked, where no term was ever followed by another."""
NEARLY_NONE = 0.02
"""Share up to which something counts as never seen."""
MOST_IN_LAST = 0.8
"""Share of all ends in the last quarter from which on it is asked where the earlier ones are."""
DAYS_A_QUARTER, QUARTERS_BEFORE = 91, 4
EXPECTED_LATELY = 10
"""Ends that should have come since the last one, by the least quarter of the year before, to ask where they are."""


def event_questions(engine: Engine, parameters: Mapping[str, Any]) -> list[Finding]:
    """Ask what may show that an end is not the day on which an account left.

    None of these is impossible, so that each is a question. Ends on the ends of terms are the rule where contracts can
    end on no other day: it is asked only where no term was ever followed by another.

    Parameters
    ----------
    engine
        The queries up to ``3_dates/risk_intervals`` have run.
    parameters
        Of the queries.
    """
    lengths = engine.ask(read_query(f"{ASKED}/lengths_of_lifetimes"), parameters)
    says = [
        *_of_all(lengths),
        *_of_quarters(engine.ask(read_query("7_audit/book_by_quarter"), parameters)),
        *_of_last_quarter(lengths),
        *_of_terms(engine.ask(read_query(f"{ASKED}/ends_and_terms")).iloc[0]),
        *_of_lengths(lengths),
        *_of_ages(engine.ask(read_query(f"{ASKED}/intervals_and_terms"))),
    ]
    mend = remark("ingest.event_question.mend")
    return [Finding(found.code.rpartition(".")[2], "subscriptions", "notice", found, mend) for found in says]


def _of_all(lengths: "pd.DataFrame") -> Iterator[Remark]:
    number = len(lengths)
    if number >= ENOUGH_ENDS and lengths["is_ended"].all():
        yield remark("ingest.event_question.everybody_left", number=number)


def _of_quarters(book: "pd.DataFrame") -> Iterator[Remark]:
    settled = book[book["is_settled"]]
    begun = settled[settled["at_start"] >= ENOUGH_ENDS]
    shares = begun["churned_of_start"] / begun["at_start"]
    if (shares >= MOST_A_QUARTER).any():
        worst = begun.loc[shares.idxmax()]
        yield remark(
            "ingest.event_question.quarter_of_leavers",
            quarter_from=f"{worst['quarter_from']:%Y-%m-%d}",
            left=int(worst["churned_of_start"]),
            at_start=int(worst["at_start"]),
            share=float(shares.max()),
            quarters=int((shares >= MOST_A_QUARTER).sum()),
        )


def _of_last_quarter(lengths: "pd.DataFrame") -> Iterator[Remark]:
    """Ask where nearly all ends lie in the last 91 days on which ends are settled, or none does for too long."""
    ago = lengths["ended_ago"].dropna().to_numpy(np.float64)
    quarters = int(lengths["days_observed"].max()) // DAYS_A_QUARTER if len(lengths) else 0
    if quarters <= QUARTERS_BEFORE:
        return
    last = int((ago < DAYS_A_QUARTER).sum())
    if len(ago) >= ENOUGH_ENDS and last >= MOST_IN_LAST * len(ago):
        yield remark("ingest.event_question.ends_in_last_quarter", left=last, of=len(ago), days=DAYS_A_QUARTER)
    if not len(ago):
        return
    since = int(ago.min())
    before = np.bincount(((ago - since) // DAYS_A_QUARTER).astype(int), minlength=QUARTERS_BEFORE)[:QUARTERS_BEFORE]
    expected = float(before.min()) * since / DAYS_A_QUARTER  # of the least of them, as leaving has its seasons
    if expected >= EXPECTED_LATELY:
        yield remark("ingest.event_question.none_lately", days=since, expected=expected)


def _of_terms(found: "pd.Series") -> Iterator[Remark]:
    ends, on_term, run_out, went_on = (int(found[name]) for name in ("ends", "on_term", "run_out", "went_on"))
    if ends >= ENOUGH_ENDS and on_term >= MOST_ON_TERM * ends and went_on <= NEARLY_NONE * run_out:
        yield remark("ingest.event_question.ends_with_terms", on_term=on_term, ends=ends, run_out=run_out)


def _of_lengths(lengths: "pd.DataFrame") -> Iterator[Remark]:
    """Ask where half of all ended lifetimes are as long to the day, and nobody stayed longer.

    A year has 365 or 366 days, so that two neighbouring lengths are one.
    """
    days = lengths["days"].to_numpy(np.int64)
    ended = days[lengths["is_ended"].to_numpy(bool)]
    if len(ended) < ENOUGH_ENDS:
        return
    values, counts = np.unique(ended, return_counts=True)
    alike = counts + np.where(np.diff(values, append=values[-1] + 9) == 1, np.append(counts[1:], 0), 0)
    usual, number = int(values[alike.argmax()]), int(alike.max())
    reached, longer = int((days >= usual).sum()), int((days > usual + 1).sum())
    if number >= MOST_ON_TERM * len(ended) and longer <= NEARLY_NONE * reached:
        yield remark("ingest.event_question.same_length", number=number, ends=len(ended), days=usual)


def _of_ages(intervals: "pd.DataFrame") -> Iterator[Remark]:
    if intervals.empty:
        return
    clock = intervals[["is_long", "months_left", "is_last_of_term"]]
    found = vanishing(
        *(intervals[name] for name in ("start", "stop", "event")),
        subject=intervals["lifetime_id"],
        stratum=clock.groupby(list(clock.columns), sort=True).ngroup(),
    )
    if found and found.is_shown:
        from analysis.curves.rates import DAYS_A_YEAR  # brings pandas, which is here by now

        yield remark(
            "ingest.event_question.nobody_after_an_age",
            age=round(found.last),
            number=found.n_after,
            years=found.time_after / DAYS_A_YEAR,
            expected=found.expected,
        )
