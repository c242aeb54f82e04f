"""The page: frozen content becomes one self-contained HTML file."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
from jinja2 import Environment
from markupsafe import Markup

from analysis.contest.values import TOTAL
from analysis.figures.style import HIDDEN
from analysis.lifetimes.book import TOTALS
from analysis.wording.catalogue import MISSING, Catalogue
from analysis.wording.remarks import Remark, stored_remark
from analysis.workbench import Workbench
from reports.claims.page import of_ledger
from reports.contest.page import of_compared
from reports.dictionary.entries import needs_in_words
from reports.dictionary.glossary import glossary
from reports.dictionary.page import in_page
from reports.evaluation.sentences import card_lines
from reports.quarterly import grounds, sentences
from reports.quarterly.account_words import accounts_in_words
from reports.quarterly.content import Summary
from reports.quarterly.earlier import Since
from reports.quarterly.first_page import first_page
from reports.quarterly.health import health_in_words
from reports.quarterly.money import money_in_words
from reports.quarterly.pictures import pictures
from reports.quarterly.renewals import renewals_in_words
from reports.quarterly.trend import trend_in_words
from reports.quarterly.trust import trust_in_words
from reports.writing.html import environment


def render_quarterly(
    tenure: Workbench,
    summary: Summary,
    since: Since | None,
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
    since
        What the report of a quarter ago said; None where there is none.
    catalogue
        The language.
    provenance
        What the page can be made again from.
    list_files
        Names of the lists beside the page: ``accounts_file``, ``leavers_file``.
    """
    language = catalogue.language
    labels = {family.name: family.label(language) for family, _ in tenure.families()}
    unmeasured = {
        family.name: needs_in_words(family.unlocked_by, catalogue, tenure.not_measured)
        for family, is_measured in tenure.families()
        if not is_measured
    }
    covariate_labels = {covariate.name: covariate.label(language) for covariate in tenure.covariates()}
    terms, fitted = _term_labels(summary, catalogue), summary.contest or summary.apart
    named = labels | {TOTAL: catalogue("contest.all_families")}
    alarms = summary.grounds.alarms
    warnings = [
        *grounds.warning(catalogue, summary.grounds.compared),
        *grounds.too_good_sentence(catalogue, alarms, covariate_labels),
    ]
    found = grounds.found_sentence(catalogue, alarms, covariate_labels)
    return (
        _environment(catalogue)
        .get_template("quarterly.html.j2")
        .render(
            language=language,
            study=tenure.study,
            s=summary,
            quarter=sentences.quarter_label(
                catalogue, summary.standpoint.landmark, tenure.study.time.fiscal_year_start_month
            ),
            page=first_page(catalogue, summary, since, labels, unmeasured, warnings, found),
            mark=HIDDEN,
            curve_notes=sentences.curve_sentences(
                catalogue, summary.beginnings, tenure.study.report.curve_from_at_risk
            ),
            stays=sentences.stay_sentences(catalogue, summary.stays),
            totals=TOTALS,
            labels=labels,
            named=named,
            terms=terms,
            unmeasured=unmeasured,
            colors=tenure.colors,
            covariate_labels=covariate_labels,
            ranked=sentences.ranked_sentence(catalogue, summary.skill) if summary.skill else "",
            bound_notes=sentences.bound_sentences(catalogue, fitted.bounds) if fitted else [],
            interval_note=sentences.interval_sentences(catalogue, summary.reading, summary.brief.currency)
            if summary.reading
            else [],
            marks={family.name: family.mark(language) for family, _ in tenure.families()},
            bounds=sentences.bound_lines(catalogue, fitted.bounds) if fitted else [],
            drift=sentences.drift_sentence(catalogue, summary.contest.drift, terms) if summary.contest else "",
            together=sentences.together_lines(catalogue, fitted.read_together, terms) if fitted else [],
            figures={name: Markup(svg) for name, svg in pictures(tenure, summary, catalogue, labels, terms).items()},
            provenance=provenance,
            **(
                of_compared(summary.contest.compared, catalogue, named, tenure.colors, summary.brief.currency)
                if summary.contest
                else {}
            ),
            glossary=glossary(language),
            card_lines=card_lines(catalogue, summary.card) if summary.card else None,
            card_untold=[item.topic.in_words(catalogue) for item in summary.card.untold] if summary.card else [],
            **trend_in_words(summary.trend, catalogue),
            **trust_in_words(summary.reading, catalogue),
            **health_in_words(summary.health, catalogue, tenure.colors),
            **of_ledger(summary.judged, catalogue),
            **renewals_in_words(summary.renewals, catalogue),
            **money_in_words(summary.money, catalogue),
            **_grounds(summary, catalogue, covariate_labels),
            **in_page(tenure.study, tenure.given, catalogue, tenure.not_measured, is_open=False),
            **accounts_in_words(
                summary.accounts,
                catalogue,
                covariate_labels,
                list_files["accounts_file"],
                tenure.study.time.fiscal_year_start_month,
            ),
            **list_files,
        )
    )


def _environment(catalogue: Catalogue) -> Environment:
    return environment(
        catalogue,
        say=partial(_say, catalogue),
        found=partial(_found, catalogue),
        level=partial(_level, catalogue),
        group=partial(sentences.group, catalogue),
        late_change=partial(grounds.late_change, catalogue),
    )


def _say(catalogue: Catalogue, remark: Remark) -> str:
    return remark.in_words(catalogue)


def _found(catalogue: Catalogue, row) -> str:  # type: ignore[no-untyped-def]  # a named tuple of a frame
    """Say what was found, from a row of ``rule_findings``."""
    return stored_remark(row.says_code, row.says_values).in_words(catalogue)


def _level(catalogue: Catalogue, covariate: str, value: object) -> str:
    return MISSING if pd.isna(value) else catalogue.level(covariate, str(value))


def _grounds(summary: Summary, catalogue: Catalogue, covariate_labels: Mapping[str, str]) -> dict[str, Any]:
    content, labels = summary.grounds, dict(covariate_labels)
    return {
        "alarms": grounds.alarm_lines(catalogue, content.alarms, labels),
        "looked_ahead": grounds.look_ahead_sentence(catalogue, content.compared, labels),
        "signals": grounds.signal_lines(catalogue, content.ladder),
        "complete": [labels[name] for name in content.gaps.complete],
    }


def _term_labels(summary: Summary, catalogue: Catalogue) -> dict[str, str]:
    """Return the label of every column of the time-varying Cox models."""
    fitted = summary.contest or summary.apart
    if not fitted:
        return {}
    together = (term for group in fitted.read_together for term in group.terms)
    return {term: catalogue.label(term) for term in (*fitted.ratios["term"], *fitted.bounds["term"], *together)}
