"""Displays of the claims ledger: verdicts as a forest plot with numbers, and what was to be said in the past."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis.claims.frames import LEDGER, PAST
from analysis.claims.ledger import Ledger, Line, ledger_frame, past_frame
from analysis.claims.verdicts import Verdict
from analysis.declared.claim_tests import Hazard
from analysis.figures.claims import COLORS, WIDTH, claims_height, draw_claims, draw_past_verdicts, past_height
from analysis.figures.display import Display
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import english, remark

REVERSE = remark("claims.reverse")
"""What a reader of any ledger must know: who is touched is no one drawn by lot."""
_SHOWN = ("claim", "test", "statement", "verdict", "grade", "hazard_ratio", "hazard_ratio_low", "hazard_ratio_high",
          "n_events", "weaknesses")  # fmt: skip
"""What of the table a notebook shows."""


@dataclass(frozen=True, repr=False)
class LedgerDisplay(Display):
    """The ledger, which also tells what it would have said before.

    Attributes
    ----------
    history
        As `analysis.claims.frames.PAST`.
    ledger
        With all that the table tells of it, as objects.
    """

    history: pd.DataFrame = field(default_factory=PAST.empty)
    ledger: Ledger | None = None

    def past(self) -> Display:
        """Return what would have been said at each past quarter start, and what is said today."""
        words = english()
        labels = {str(verdict): verdict_label(verdict, words) for verdict in Verdict}
        shown = past_shown(self.history)
        draw: Callable | None = (lambda ax: draw_past_verdicts(ax, shown, labels)) if len(shown) else None
        return Display(
            "What the ledger would have said at past quarter starts", self.history, draw,
            size=(7.4, past_height(shown) if len(shown) else 1.0),
        )  # fmt: skip


def show_ledger(ledger: Ledger) -> LedgerDisplay:
    """Return a ledger with its picture; claims that cannot be judged are in the table alone."""
    table, words = ledger_frame(ledger), english()
    shown = forest_frame(ledger, words)
    number = {verdict: len(ledger.of(verdict)) for verdict in Verdict}
    return LedgerDisplay(
        "Claims of practice on these data",
        table[[name for name in LEDGER.columns if name in table]],
        (lambda ax: draw_claims(ax, shown, **forest_words(words))) if len(shown) else None,
        size=(WIDTH, claims_height(shown) if len(shown) else 1.0),
        notes=(
            str(remark("claims.counted", **{str(verdict): number[verdict] for verdict in Verdict})),
            str(REVERSE),
        ),
        columns=_SHOWN,
        history=past_frame(ledger),
        ledger=ledger,
    )


def forest_words(words: Catalogue) -> dict[str, Any]:
    """Return the words around the forest plot, as `draw_claims` takes them."""
    return {
        "verdict_labels": {verdict: verdict_label(verdict, words) for verdict in COLORS},
        "heading": words("claims.picture_heading"),
        "x_label": words("claims.axis"),
        "relevant_label": words("claims.band"),
    }


_VERDICTS = {
    Verdict.SUPPORTED: "claims.verdict_supported",
    Verdict.CONTRADICTED: "claims.verdict_contradicted",
    Verdict.INCONCLUSIVE: "claims.verdict_inconclusive",
    Verdict.NOT_MEASURABLE: "claims.verdict_not_measurable",
}
_OTHER_HAZARDS = {Hazard.CONTRACTION: "claims.label_contraction", Hazard.EXPANSION: "claims.label_expansion"}


def verdict_label(verdict: str, words: Catalogue) -> str:
    """Return what a verdict is called."""
    return words(_VERDICTS[Verdict(verdict)])


def forest_frame(ledger: Ledger, words: Catalogue) -> pd.DataFrame:
    """Return what `draw_claims` draws: the tests that were judged, the furthest from no effect first in each group."""
    rows = [_forest_row(line, words) for line in ledger.lines if line.judgement.verdict is not Verdict.NOT_MEASURABLE]
    names = [
        "label", "verdict", "hazard_ratio", "hazard_ratio_low", "hazard_ratio_high", "relevant_low", "relevant_high",
        "told", "size",
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=names)
    return frame.sort_values("size", ascending=False, kind="stable", ignore_index=True)


def _forest_row(line: Line, words: Catalogue) -> tuple[object, ...]:
    found = line.estimate
    bound = float(np.log(found.asked.test.relevant))
    is_told = not np.isnan(found.estimate)
    with np.errstate(over="ignore"):
        ratios = np.exp([found.estimate, found.conf_low, found.conf_high, -bound, bound])
    told = (
        words("claims.told", ratio=words.ratio(found.estimate), span=words.ratio_span(found.conf_low, found.conf_high))
        if is_told
        else words("claims.told_p", p=found.p_value)
    )
    return (
        name_of(line, words),
        str(line.judgement.verdict),
        *ratios.tolist(),
        words("claims.told_with", told=told, exposed=found.n_exposed, events=found.n_events),
        abs(found.estimate) if is_told else -1.0,
    )


def name_of(line: Line, words: Catalogue) -> str:
    """Return the name of a line with its statement in a few words: its own, where a claim has several tests."""
    several = len(line.claim.tests) > 1
    name = words("claims.name_test", claim=line.claim.name, number=line.number) if several else line.claim.name
    short = line.estimate.asked.test.short(words.language) or line.claim.short(words.language)
    label = words("claims.label", claim=name, short=short) if short else name
    hazard = line.estimate.asked.test.hazard
    return words(_OTHER_HAZARDS[hazard], label=label) if hazard in _OTHER_HAZARDS else label


def past_shown(history: pd.DataFrame) -> pd.DataFrame:
    """Return what `draw_past_verdicts` draws of `PAST`."""
    several = history.groupby("claim")["test"].transform("max") > 1
    label = history["claim"].where(~several, history["claim"] + "." + history["test"].astype(str))
    return pd.DataFrame({"label": label, "day": history["day"].dt.strftime("%Y-%m-%d"), "verdict": history["verdict"]})
