"""Overview: what a study is, what it measures and what can be asked of it, as it shows itself."""

import html
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.figures.display import Display
from analysis.figures.shown import in_html, in_lines, questions_of
from analysis.wording.nearest import nearest

QUESTIONS: Mapping[str, Sequence[str]] = {
    "Look": (
        "tables", "sql", "measured", "survival", "parametric_survival", "events", "book", "trend", "account", "stories",
    ),
    "Explain": (
        "cox", "hazard_ratios", "bounds", "family_tests", "proportional_hazards", "event_dates", "traps", "contest",
        "effects", "claims", "try_covariate",
    ),
    "Forecast": (
        "outlook", "expected_ends", "contraction", "evaluate", "forest", "boosting", "evaluation", "save_forecast",
    ),
    "Judge": ("health_score", "score_audit", "money", "audits"),
}  # fmt: skip
"""What can be asked, in the order in which one would."""


def overview_lines(study: CohortTables) -> str:
    """Return the overview as text."""
    return "\n".join([*_facts(study), in_lines("", _questions(study)).lstrip("\n")])


def overview_html(study: CohortTables) -> str:
    """Return the overview as HTML."""
    title, *facts = _facts(study)
    lines = "<br>".join(map(html.escape, facts))
    return f"<h3>{html.escape(title)}</h3><p>{lines}</p>{in_html('What can be asked', _questions(study))}"


def show_measured(study: CohortTables) -> Display:
    """Return each family with whether it is measured here, by how many covariates, and the tables that measure it."""
    known, given = study.covariates(), study.families()
    table = pd.DataFrame(
        {
            "family": [family.name for family, _ in given],
            "label": [family.label_en for family, _ in given],
            "measured": ["yes" if is_measured else "no" for _, is_measured in given],
            "covariates": [sum(one.family == family.name for one in known) for family, _ in given],
            "tables_that_measure_it": [", ".join(family.unlocked_by) for family, _ in given],
        }
    )
    notes = ("study.tables.landmarks.describe() says what each covariate means.",)
    return Display("What these data can measure", table, notes=notes)


def unknown_question(name: str) -> AttributeError:
    """Return the error of who asks a study for what it does not have: the nearest questions are named."""
    if name.startswith("_"):
        return AttributeError(name)
    questions = [question for group in QUESTIONS.values() for question in group]
    return AttributeError(f"A study has no '{name}'. {nearest(name, questions, listed_by='study')}")


def _facts(study: CohortTables) -> list[str]:
    time, given = study.study.time, study.families()
    measured = ", ".join(
        f"{family.name} ({sum(c.family == family.name for c in study.covariates())})"
        for family, is_measured in given
        if is_measured
    )
    lacking = [family for family, is_measured in given if not is_measured]
    accounts = study.counting_process["account_id"].nunique()
    left = "1 lifetime that left" if study.n_events == 1 else f"{study.n_events:,} lifetimes that left"
    facts = [
        f"{study.study.title or study.study.name}: observed from {time.observation_start} to {time.snapshot}",
        f"{accounts:,} accounts at risk, {left}; kept in {study.cohort_file.name}",
        f"Measured here, with the number of covariates: {measured}",
    ]
    if lacking:
        tables = sorted({table for family in lacking for table in family.unlocked_by})
        names = ", ".join(family.name for family in lacking)
        facts.append(f"Not measured here: {names}; these tables would tell: {', '.join(tables)}")
    return facts


def _questions(study: CohortTables) -> dict[str, list[tuple[str, str]]]:
    return {group: questions_of(type(study), names) for group, names in QUESTIONS.items()}
