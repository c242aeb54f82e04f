"""The pictures of the claims ledger, each drawn from one frozen table."""

from analysis.claims.displays import forest_frame, forest_words, past_shown, verdict_label
from analysis.claims.verdicts import Verdict
from analysis.figures.claims import WIDTH, claims_height, draw_claims, draw_past_verdicts, past_height
from analysis.figures.style import as_svg
from analysis.wording.catalogue import Catalogue
from reports.claims.content import Judged


def pictures(judged: Judged, text: Catalogue) -> dict[str, str]:
    """Return every picture as SVG, by name; one that nothing can be drawn of is left out."""
    drawn = {}
    forest, past = forest_frame(judged.ledger, text), past_shown(judged.tables["past"])
    if len(forest):
        drawn["forest"] = as_svg(
            "forest", draw_claims, size=(WIDTH, claims_height(forest)), alt=text("ledger.forest_alt"), frame=forest,
            **forest_words(text),
        )  # fmt: skip
    if len(judged.ledger.past) and len(past):
        drawn["past"] = as_svg(
            "past", draw_past_verdicts, size=(7.4, past_height(past)), alt=text("ledger.past_alt"), frame=past,
            verdict_labels={str(verdict): verdict_label(verdict, text) for verdict in Verdict},
        )  # fmt: skip
    return drawn
