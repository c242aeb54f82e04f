"""Displays of the weights' audit: weight by weight, one row, with its picture."""

import pandas as pd

from analysis.figures.display import Display
from analysis.figures.weights import draw_weights, weights_height
from analysis.health_score.proposal import Proposal
from analysis.health_score.scalings import Scalings
from analysis.health_score.stability import Stability
from analysis.health_score.weights import Verdict, WeightVerdicts
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import english, remark

_VERDICTS = {
    Verdict.KEEP: "health_score.verdict_keep",
    Verdict.RAISE: "health_score.verdict_raise",
    Verdict.LOWER: "health_score.verdict_lower",
    Verdict.CANNOT_TELL: "health_score.verdict_cannot_tell",
}


def show_weights(found: WeightVerdicts) -> Display:
    """Return each weight as used and as implied, and what to do with it."""
    notes = (found.obstacle, *found.notes) if found.obstacle is not None else found.notes
    drawn, catalogue = drawn_weights(found, english()), english()
    return Display(
        "Weights of the health score: in use, implied by who left, and what to do",
        found.table,
        (lambda ax: draw_weights(ax, drawn, weight_axis(catalogue), weight_marks(catalogue))) if len(drawn) else None,
        size=(9.0, weights_height(drawn)),
        notes=tuple(str(note) for note in notes),
    )


def drawn_weights(found: WeightVerdicts, catalogue: Catalogue) -> pd.DataFrame:
    """Return what `draw_weights` needs of the verdicts, in the words of a catalogue."""
    lines = []
    for line in found.table.itertuples():
        interval = catalogue.span(line.conf_low, line.conf_high, 0)
        if pd.notna(line.implied):
            told = f"{catalogue.number(line.implied, 0)} ({interval})"
        else:
            told = remark("health_score.weight_untold", span=interval).in_words(catalogue)
        is_open = line.verdict == Verdict.CANNOT_TELL and pd.notna(line.leavers_needed)
        needed = remark("health_score.needed_told", leavers=_rounded(line.leavers_needed)) if is_open else None
        lines.append(
            {
                "label": remark("health_score.weight_label", component=line.component,
                                published=line.published).in_words(catalogue),
                "word": remark(_VERDICTS[Verdict(line.verdict)]).in_words(catalogue),
                "text": told,
                "below": needed.in_words(catalogue) if needed else "",
            }
        )  # fmt: skip
    columns = ["published", "implied", "conf_low", "conf_high", "verdict"]
    words = pd.DataFrame(lines, columns=["label", "word", "text", "below"])
    return found.table[columns].reset_index(drop=True).join(words)


def _rounded(number: float) -> int:
    """Return a number of leavers with two digits that count: no more of it is known."""
    return int(float(f"{number:.1e}"))


def weight_axis(catalogue: Catalogue) -> str:
    """Return what the axis of weights is called."""
    return remark("health_score.weight_axis").in_words(catalogue)


def weight_marks(catalogue: Catalogue) -> dict[str, str]:
    """Return what ring and dot are called."""
    return {
        "published": remark("health_score.published_mark").in_words(catalogue),
        "implied": remark("health_score.implied_mark").in_words(catalogue),
    }


def show_weights_over_time(found: Stability) -> Display:
    """Return implied weights by period."""
    return Display(
        "Implied weights of the health score, period by period", found.table, notes=tuple(map(str, found.notes))
    )


def show_scalings(found: Scalings) -> Display:
    """Return what each component's bands go with, beside the straight line that a weight takes them for."""
    return Display(
        "Bands of each component: log odds of leaving against its lowest band", found.bands,
        notes=tuple(map(str, found.notes)),
    )  # fmt: skip


def show_proposal(found: Proposal) -> Display:
    """Return the weights that were learned beside those in use, and whether they may be proposed."""
    return Display("Weights learned, beside those in use", found.table, notes=tuple(map(str, found.notes)))
