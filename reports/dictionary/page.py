"""The page of the dictionary: every covariate with all that is declared of it, and which claims could be judged."""

from collections.abc import Collection
from typing import Any

from analysis.declared.study import Study
from analysis.wording.catalogue import Catalogue
from reports.dictionary.entries import NO_REASONS, Reasons, claim_lines, definitions, dictionary
from reports.writing.html import environment


def render_covariates(study: Study, given: Collection[str], catalogue: Catalogue, reasons: Reasons = NO_REASONS) -> str:
    """Return the dictionary of covariates and the table of claims as one HTML document.

    Parameters
    ----------
    study
        Its title, windows and definitions.
    given
        What its source gives (see `analysis.declared.contract.names_given`).
    catalogue
        The language.
    reasons
        Why what else the source gives is not measured, by name.
    """
    return (
        environment(catalogue)
        .get_template("covariates.html.j2")
        .render(language=catalogue.language, study=study, **in_page(study, given, catalogue, reasons, is_open=True))
    )


def in_page(
    study: Study, given: Collection[str], catalogue: Catalogue, reasons: Reasons, is_open: bool
) -> dict[str, Any]:
    """Return what the templates of the dictionary ask for, on a page of its own or as part of another."""
    return {
        "dictionary": dictionary(study, given, catalogue, reasons),
        "definitions": definitions(study, catalogue),
        "claims": claim_lines(study, given, catalogue, reasons),
        "is_open": is_open,
    }
