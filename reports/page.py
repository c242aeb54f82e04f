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
from analysis.wording.catalogue import MISSING, Catalogue
from analysis.wording.remarks import Remark, stored_remark
from analysis.workbench import Workbench
from reports import grounds, words
from reports.content import Summary
from reports.dictionary import claim_lines, definitions, dictionary
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
    labels = {family.name: family.label(language) for family, _ in tenure.families()}
    unmeasured = {family.name: family.unlocked_by for family, measured in tenure.families() if not measured}
    covariate_labels = {covariate.name: covariate.label(language) for covariate in tenure.covariates()}
    terms = _term_labels(summary, catalogue)
    short = [
        *grounds.warning(catalogue, summary.grounds.compared),
        *words.in_short(catalogue, summary, labels, unmeasured),
        *grounds.found_sentence(catalogue, summary.grounds.alarms, covariate_labels),
    ]
    return (
        _environment(catalogue)
        .get_template("quarterly.html.j2")
        .render(
            language=language,
            study=tenure.study,
            s=summary,
            quarter=words.quarter_label(
                catalogue, summary.standpoint.landmark, tenure.study.time.fiscal_year_start_month
            ),
            short=short,
            totals=TOTALS,
            labels=labels,
            terms=terms,
            unmeasured=unmeasured,
            colors=tenure.colors,
            covariate_labels=covariate_labels,
            drift=words.drift_sentence(catalogue, summary.contest.drift, terms) if summary.contest else "",
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
        t=catalogue,
        is_missing=pd.isna,
        count=catalogue.count,
        share=catalogue.share,
        number=catalogue.number,
        p_value=catalogue.p_value,
        ratio=catalogue.ratio,
        day=catalogue.day,
        span=catalogue.span,
        listed=catalogue.listed,
        column=catalogue.label,
        say=partial(_say, catalogue),
        found=partial(_found, catalogue),
        level=partial(_level, catalogue),
        group=partial(words.group, catalogue),
        names=partial(_names, catalogue),
        late_change=partial(grounds.late_change, catalogue),
    )
    return environment


def _say(catalogue: Catalogue, remark: Remark) -> str:
    return remark.in_words(catalogue)


def _found(catalogue: Catalogue, row) -> str:  # type: ignore[no-untyped-def]  # a named tuple of a frame
    """Say what was found, from a row of ``rule_findings``."""
    return stored_remark(row.says_code, row.says_values).in_words(catalogue)


def _level(catalogue: Catalogue, covariate: str, value: object) -> str:
    return MISSING if pd.isna(value) else catalogue.level(covariate, str(value))


def _names(catalogue: Catalogue, names: Sequence[str]) -> Markup:
    """Write names of the contract one after the other; a long one may break after a point or an underscore."""
    return Markup(re.sub(r"([._])", r"\1<wbr>", str(escape(catalogue.listed(names)))))


def _grounds(summary: Summary, catalogue: Catalogue, covariate_labels: Mapping[str, str]) -> dict[str, Any]:
    content, labels = summary.grounds, dict(covariate_labels)
    return {
        "alarms": grounds.alarm_lines(catalogue, content.alarms, labels),
        "looked_ahead": grounds.look_ahead_sentence(catalogue, content.compared, labels),
        "signals": grounds.signal_lines(catalogue, content.ladder),
        "complete": [labels[name] for name in content.gaps.complete],
    }


def _dictionary(study: Study, given: Collection[str], catalogue: Catalogue, is_open: bool) -> dict[str, Any]:
    return {
        "dictionary": dictionary(study, given, catalogue),
        "definitions": definitions(study, catalogue),
        "claims": claim_lines(given, catalogue),
        "is_open": is_open,
    }


def _term_labels(summary: Summary, catalogue: Catalogue) -> dict[str, str]:
    """Return the label of every column of the time-varying Cox model."""
    return {term: catalogue.label(term) for term in summary.contest.ratios["term"]} if summary.contest else {}


def as_dictionary(value: Any, text: Catalogue) -> dict[str, str]:
    """Flatten nested values into dotted keys and text, for a provenance block."""
    flat: dict[str, str] = {}
    for key, entry in value.items():
        if isinstance(entry, Mapping):
            flat |= {f"{key}.{inner}": says for inner, says in as_dictionary(entry, text).items()}
        else:
            flat[str(key)] = text.listed(list(map(str, entry))) if isinstance(entry, tuple | list) else str(entry)
    return flat
