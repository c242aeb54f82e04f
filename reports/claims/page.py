"""The page of the claims ledger: frozen content becomes one self-contained HTML file."""

from collections.abc import Mapping
from functools import partial

from markupsafe import Markup

from analysis.claims.displays import REVERSE, verdict_label
from analysis.claims.verdicts import Verdict
from analysis.wording.catalogue import Catalogue
from analysis.workbench import Workbench
from reports.claims import sentences
from reports.claims.content import Judged
from reports.claims.pictures import pictures
from reports.writing.html import environment


def render_claims(tenure: Workbench, judged: Judged, catalogue: Catalogue, provenance: Mapping[str, str]) -> str:
    """Return the page of the claims ledger as one HTML document.

    Parameters
    ----------
    tenure
        The study, for its title.
    judged
        All verdicts.
    catalogue
        The language.
    provenance
        What the page can be made again from.
    """
    ledger = judged.ledger
    groups = {str(verdict): sentences.rows_of(catalogue, ledger.of(verdict)) for verdict in sentences.SHOWN}
    return (
        environment(
            catalogue,
            reason_of=partial(sentences.reason_of, catalogue),
            verdict_label=partial(verdict_label, words=catalogue),
        )
        .get_template("claims/page.html.j2")
        .render(
            language=catalogue.language,
            study=tenure.study,
            day_of_page=judged.day,
            short=sentences.in_short(catalogue, judged),
            numbers={str(verdict): len(ledger.of(verdict)) for verdict in Verdict},
            groups={name: rows for name, rows in groups.items() if rows},
            reverse=REVERSE.in_words(catalogue),
            changes=sentences.changes(catalogue, judged),
            open_claims=sentences.open_claims(catalogue, judged),
            refused=ledger.of(Verdict.NOT_MEASURABLE),
            figures={name: Markup(svg) for name, svg in pictures(judged, catalogue).items()},
            provenance=provenance,
        )
    )
