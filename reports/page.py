"""The pages: frozen content becomes self-contained HTML files."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from analysis.declared.study import Study
from analysis.lifetimes.book import TOTALS
from analysis.workbench import Workbench
from reports import grounds, words
from reports.content import Summary
from reports.dictionary import claim_lines, definitions, dictionary, family_label
from reports.messages import Catalogue
from reports.pictures import pictures


def render_quarterly(
    tenure: Workbench,
    summary: Summary,
    catalogue: Catalogue,
    provenance: Mapping[str, str],
    list_files: Mapping[str, str],
) -> str:
    """Return the quarterly report as one HTML document.

    Parameters
    ----------
    tenure
        The study: its title, families and labels.
    summary
        All numbers.
    catalogue
        The language.
    provenance
        What the page can be made again from.
    list_files
        Names of the lists beside the page: ``accounts_file``, ``leavers_file``.
    """
    language = catalogue.language
    labels = {family.name: family_label(family, language) for family, _ in tenure.families()}
    unmeasured = {family.name: family.unlocked_by for family, measured in tenure.families() if not measured}
    covariate_labels = {covariate.name: covariate.label(language) for covariate in tenure.covariates()}
    terms = _term_labels(tenure, summary, language)
    short = [
        *grounds.warning(catalogue.text, summary.grounds.compared),
        *words.in_short(catalogue.text, summary, labels, unmeasured),
        *grounds.found_sentence(catalogue.text, summary.grounds.alarms, covariate_labels),
    ]
    return (
        _environment(catalogue)
        .get_template("quarterly.html.j2")
        .render(
            language=language,
            study=tenure.study,
            s=summary,
            quarter=words.quarter_label(
                catalogue.text, summary.standpoint.landmark, tenure.study.time.fiscal_year_start_month
            ),
            short=short,
            totals=TOTALS,
            labels=labels,
            terms=terms,
            unmeasured=unmeasured,
            colors=tenure.colors,
            covariate_labels=covariate_labels,
            drift=words.drift_sentence(catalogue.text, summary.contest.drift, terms) if summary.contest else "",
            figures={name: Markup(svg) for name, svg in pictures(tenure, summary, catalogue, labels, terms).items()},
            provenance=provenance,
            **_grounds(summary, catalogue, covariate_labels),
            **_dictionary(tenure.study, tenure.given, catalogue, is_open=False),
            **list_files,
        )
    )


def render_covariates(study: Study, given: Collection[str], catalogue: Catalogue) -> str:
    """Return the dictionary of covariates and the table of claims as one HTML document.

    Parameters
    ----------
    study
        Its title, windows and definitions.
    given
        What its source gives (see `analysis.declared.contract.names_given`).
    catalogue
        The language.
    """
    return (
        _environment(catalogue)
        .get_template("covariates.html.j2")
        .render(language=catalogue.language, study=study, **_dictionary(study, given, catalogue, is_open=True))
    )


def _environment(catalogue: Catalogue) -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        t=catalogue.text,
        is_missing=pd.isna,
        count=words.count,
        share=words.share,
        number=words.number,
        p_value=words.p_value,
        ratio=words.ratio,
        day=words.day,
        span=partial(words.span, catalogue.text),
        names=partial(_names, catalogue.text),
        late_change=partial(grounds.late_change, catalogue.text),
        why=partial(words.obstacle_in_words, catalogue.text),
    )
    return environment


def _names(text: words.Text, names: Sequence[str]) -> Markup:
    """Write names of the contract one after the other; a long one may break after a point or an underscore."""
    return Markup(re.sub(r"([._])", r"\1<wbr>", str(escape(text("list.comma").join(names)))))


def _grounds(summary: Summary, catalogue: Catalogue, covariate_labels: Mapping[str, str]) -> dict[str, Any]:
    content, labels = summary.grounds, dict(covariate_labels)
    return {
        "alarms": grounds.alarm_lines(catalogue.text, content.alarms, labels),
        "looked_ahead": grounds.look_ahead_sentence(catalogue.text, content.compared, labels),
        "signals": grounds.signal_lines(catalogue.text, content.ladder),
        "complete": [labels[name] for name in content.gaps.complete],
    }


def _dictionary(study: Study, given: Collection[str], catalogue: Catalogue, is_open: bool) -> dict[str, Any]:
    return {
        "dictionary": dictionary(study, given, catalogue),
        "definitions": definitions(study, catalogue),
        "claims": claim_lines(given, catalogue),
        "is_open": is_open,
    }


def _term_labels(tenure: Workbench, summary: Summary, language: str) -> dict[str, str]:
    """Return the label of every column of the time-varying Cox model."""
    if summary.contest is None:
        return {}
    pairs = zip(summary.contest.ratios["term"], summary.contest.ratios["covariate"], strict=True)
    return {term: tenure.term_label(term, covariate, language) for term, covariate in pairs}


def as_dictionary(value: Any) -> dict[str, str]:
    """Flatten nested values into dotted keys and text, for a provenance block."""
    flat: dict[str, str] = {}
    for key, entry in value.items():
        if isinstance(entry, Mapping):
            flat |= {f"{key}.{inner}": text for inner, text in as_dictionary(entry).items()}
        else:
            flat[str(key)] = ", ".join(map(str, entry)) if isinstance(entry, tuple | list) else str(entry)
    return flat
