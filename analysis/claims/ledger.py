"""The ledger: every claim with its contrast, estimate, evidence and verdict, today and at past quarter starts."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.claims.asked import Asked, Grounds, asked_of, unmeasured
from analysis.claims.estimates import Estimate, estimate_all
from analysis.claims.frames import GREEN, LEDGER, PAST
from analysis.claims.grades import Unknown, Weakness, grade, weaknesses
from analysis.claims.past import (
    MOST_CLUSTERS,
    PastLedger,
    decidable_from,
    has_flipped,
    is_withdrawn,
    past_ledgers,
    recent_events,
)
from analysis.claims.response import responses_to_risk
from analysis.claims.rows import TestRows, of_hazard, quarter_starts
from analysis.claims.verdicts import Judgement, Verdict, judge
from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.claim_tests import Hazard, Kind
from analysis.declared.claims import Claim, read_claims, read_own_claims
from analysis.errors import DesignError, ModelError
from analysis.wording.remarks import Remark


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A test of a claim, judged.

    Attributes
    ----------
    claim
        Whose test it is.
    number
        Which of its tests, from 1.
    is_own
        Whether the study has added the claim.
    estimate
        Without numbers where it cannot be judged.
    judgement
        Today's.
    reason
        Why it cannot be judged; None where it can.
    weaknesses, unknown
        Of the evidence.
    past
        The verdicts at past quarter starts, the earliest first.
    decidable_from
        Quarter start; None where it is decided, or could not be within five years.
    is_response
        Whether its sign flips without touches that were interventions.
    """

    claim: Claim
    number: int
    is_own: bool
    estimate: Estimate
    judgement: Judgement
    reason: Remark | None
    weaknesses: tuple[Weakness, ...]
    unknown: tuple[Unknown, ...]
    past: tuple[Verdict, ...]
    decidable_from: pd.Timestamp | None
    is_response: bool = False

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """At past quarter starts, then today."""
        return (*self.past, self.judgement.verdict)

    @property
    def grade(self) -> str | None:
        """Of the evidence; None where nothing was judged."""
        return None if self.judgement.verdict is Verdict.NOT_MEASURABLE else grade(self.weaknesses)


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """All claims, judged.

    Attributes
    ----------
    lines
        In the order of the claims, the study's own last.
    past
        Ledgers of past quarter starts, the earliest first, of `asked`.
    asked
        The tests that these data can put.
    day
        The snapshot.
    """

    lines: tuple[Line, ...]
    past: tuple[PastLedger, ...]
    asked: tuple[Asked, ...]
    day: pd.Timestamp

    def of(self, verdict: Verdict) -> tuple[Line, ...]:
        """Return the lines with a verdict."""
        return tuple(line for line in self.lines if line.judgement.verdict is verdict)


def claims_ledger(
    tenure: CohortTables, late: Collection[str] | None = None, green: Callable[[], pd.DataFrame] | None = None
) -> Ledger:
    """Judge every registered claim, and the study's own, on a study's data.

    Parameters
    ----------
    tenure
        The cohort.
    late
        Columns that the lag ladder calls late signals; None where it was not made.
    green
        Returns the accounts that a health score called green, as `GREEN`, or raises what there is none for; it is
        called if a claim that can be put is on them.

    Raises
    ------
    StudyError
        If the study's own claims cannot be read, or its score.
    """
    own = read_own_claims(tenure.study.claims, tenure.study.own)
    claims = (*read_claims(), *own)
    grounds = Grounds(tenure.study, tenure.given, tenure.covariates("counting_process"))
    every = asked_of(claims)
    lacking = {id(one): unmeasured(one, grounds) for one in every}
    asked = tuple(one for one in every if lacking[id(one)] is None)
    rows = TestRows(tenure.counting_process, tenure.table("phase_intervals"), tenure.table("recurrent_events"))
    if green is not None and any(one.test.kind is Kind.FLAGGED for one in asked):
        rows = replace(rows, green=_told(green))
    tenure.progress(f"claims: putting {len(asked)} tests of {len(claims)} claims")
    today = estimate_all(asked, rows, grounds)
    judged = judge(today)
    then = Grounds(tenure.study, tenure.given, grounds.covariates, MOST_CLUSTERS, with_drift=False)
    responses = responses_to_risk(tenure, asked, rows, today, then)
    landmarks = tenure.landmarks
    snapshot, number = pd.Timestamp(tenure.study.time.snapshot), tenure.study.models.test_quarters
    days = quarter_starts(landmarks, number + 1)
    before = [day for day in days if day < snapshot][-number:]
    past = past_ledgers(asked, rows, landmarks, before, then, tenure.progress)
    place = {id(one): k for k, one in enumerate(asked)}
    rates = {hazard: recent_events(of_hazard(rows, hazard)[0]) for hazard in {one.test.hazard for one in asked}}
    last = days[-1] if days else snapshot
    lines = []
    for claim in claims:
        for one in (one for one in every if one.claim is claim):
            k = place.get(id(one))
            if k is None:
                lines.append(_refused(one, claim in own, lacking[id(one)], len(before)))
                continue
            found, unknown = weaknesses(today[k], [ledger.estimates[k].estimate for ledger in past], late)
            lines.append(
                Line(
                    claim, one.number, claim in own, today[k], judged[k], today[k].refused, found, unknown,
                    tuple(ledger.judgements[k].verdict for ledger in past),
                    decidable_from(today[k], judged[k], _growth(one, rates), last),
                    (claim.name, one.number) in responses,
                )
            )  # fmt: skip
    return Ledger(tuple(lines), past, asked, snapshot)


def _told(green: Callable[[], pd.DataFrame]) -> pd.DataFrame | Remark:
    """Return the accounts that a score called green, or why there are none."""
    try:
        return GREEN.checked(green())
    except (DesignError, ModelError) as error:
        return error.remark


def _growth(asked: Asked, rates: Mapping[Hazard, float]) -> float:
    """Return how many events a quarter adds to what a test rests on.

    Green accounts are of so many past quarters as a study scores, on any day: what is added leaves at the other end.
    """
    return 0.0 if asked.test.kind is Kind.FLAGGED else rates[asked.test.hazard]


def _refused(asked: Asked, is_own: bool, reason: Remark | None, quarters: int) -> Line:
    no = Verdict.NOT_MEASURABLE
    return Line(
        asked.claim,
        asked.number,
        is_own,
        Estimate(asked, refused=reason),
        Judgement(no),
        reason,
        (),
        (),
        (no,) * quarters,
        None,
    )


def ledger_frame(ledger: Ledger) -> pd.DataFrame:
    """Return the ledger as `LEDGER`."""
    return LEDGER.checked(pd.DataFrame([_as_row(line) for line in ledger.lines], columns=LEDGER.columns))


def _as_row(line: Line) -> dict[str, object]:
    found = line.estimate
    test = found.asked.test
    return {
        "claim": line.claim.name,
        "test": line.number,
        "statement": line.claim.says_en,
        "is_own": line.is_own,
        "hazard": str(test.hazard),
        "expected": str(test.expected),
        "contrast": str(found.says) if found.says else None,
        "verdict": str(line.judgement.verdict),
        "estimate": found.estimate,
        "std_error": found.std_error,
        "df": found.df,
        "conf_low": found.conf_low,
        "conf_high": found.conf_high,
        "hazard_ratio": ratio(found.estimate),
        "hazard_ratio_low": ratio(found.conf_low),
        "hazard_ratio_high": ratio(found.conf_high),
        "p_value": found.p_value,
        "adjusted_p_value": line.judgement.adjusted_p_value,
        "n_exposed": found.n_exposed,
        "n_events": found.n_events,
        "smallest_relevant": test.relevant,
        "smallest_detectable": ratio(line.judgement.detectable),
        "grade": line.grade,
        "weaknesses": tuple(map(str, line.weaknesses)),
        "unknown": tuple(map(str, line.unknown)),
        "has_flipped": has_flipped(line.verdicts),
        "is_withdrawn": is_withdrawn(line.verdicts),
        "is_response": line.is_response,
        "decidable_from": line.decidable_from,
        "reason": str(line.reason) if line.reason else None,
        "notes": " ".join(map(str, found.notes)) if found.notes else None,
    }


def past_frame(ledger: Ledger) -> pd.DataFrame:
    """Return what would have been said at each past quarter start, and what is said today, as `PAST`."""
    today = {(line.claim.name, line.number): line for line in ledger.lines}
    rows = []
    for k, asked in enumerate(ledger.asked):
        now = today[asked.claim.name, asked.number]
        told = [(one.day, one.estimates[k], one.judgements[k]) for one in ledger.past]
        for day, estimate, judgement in [*told, (ledger.day, now.estimate, now.judgement)]:
            rows.append(_past_row(asked, day, estimate, judgement))
    return PAST.checked(pd.DataFrame(rows, columns=PAST.columns) if rows else PAST.empty())


def _past_row(asked: Asked, day: pd.Timestamp, estimate: Estimate, judgement: Judgement) -> tuple[object, ...]:
    ends = (estimate.estimate, estimate.conf_low, estimate.conf_high)
    return (
        asked.claim.name, asked.number, day, str(judgement.verdict), *map(ratio, ends), judgement.adjusted_p_value,
        estimate.n_exposed, estimate.n_events,
    )  # fmt: skip


def ratio(log_ratio: float) -> float:
    """Return a ratio; infinite where it is more than a float holds."""
    with np.errstate(over="ignore"):
        return float(np.exp(log_ratio))
