"""The page of the claims ledger: frozen content becomes one self-contained HTML file."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from markupsafe import Markup

from analysis.claims.displays import REVERSE, name_of, verdict_label
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
    return (
        environment(catalogue)
        .get_template("claims/page.html.j2")
        .render(
            language=catalogue.language,
            study=tenure.study,
            day_of_page=judged.day,
            reverse=REVERSE.in_words(catalogue),
            changes=sentences.changes(catalogue, judged),
            open_claims=sentences.open_claims(catalogue, judged),
            figures={name: Markup(svg) for name, svg in pictures(judged, catalogue).items()},
            provenance=provenance,
            **of_ledger(judged, catalogue),
        )
    )


def of_ledger(judged: Judged, text: Catalogue) -> dict[str, Any]:
    """Return what the templates ask for that any page may show of the ledger.

    Parameters
    ----------
    judged
        All verdicts.
    text
        The language.
    """
    ledger = judged.ledger
    groups = {str(verdict): sentences.rows_of(text, ledger.of(verdict)) for verdict in sentences.SHOWN}
    return {
        "ledger_short": sentences.in_short(text, judged),
        "numbers": {str(verdict): len(ledger.of(verdict)) for verdict in Verdict},
        "groups": {name: rows for name, rows in groups.items() if rows},
        "refused": ledger.of(Verdict.NOT_MEASURABLE),
        "name_of": partial(name_of, words=text),
        "reason_of": partial(sentences.reason_of, text),
        "verdict_label": partial(verdict_label, words=text),
    }
