"""Overview: what a study is, what it measures and what can be asked of it, as it shows itself."""

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.figures.display import Display
from analysis.figures.shown import in_html, in_lines, questions_of, refused

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
TO_HAND = (
    "study", "covariates", "families", "landmarks", "counting_process", "known_leavers", "rolling", "forecast", "skill",
    "ledger",
)  # fmt: skip
"""What else is typed often: declarations, tables that models are fitted to, results behind the answers."""


class ShownStudy(CohortTables):
    """A study that shows itself."""

    def __repr__(self) -> str:
        """Return what the study is, what it measures, and what can be asked of it, as text."""
        return "\n".join([*_facts(self), in_lines("", self._questions()).lstrip("\n")])

    def _repr_html_(self) -> str:
        """Return the same as HTML."""
        title, *facts = _facts(self)
        lines = "<br>".join(map(html.escape, facts))
        return f"<h3>{html.escape(title)}</h3><p>{lines}</p>{in_html('What can be asked', self._questions())}"

    def __dir__(self) -> list[str]:
        """Offer to who types what can be asked, and not each stone that a study is built of."""
        offered = {name for names in (*QUESTIONS.values(), TO_HAND) for name in names}
        return sorted(name for name in super().__dir__() if name in offered or name.startswith("_"))

    if not TYPE_CHECKING:  # which refuses such names by itself

        def __getattr__(self, name: str) -> object:
            """Refuse a name that there is not: the nearest are named."""
            questions = [question for group in QUESTIONS.values() for question in group]
            return refused(self, name, f"A study has no '{name}'.", questions, listed_by="study")

    def measured(self) -> Display:
        """Return which families of factors these data measure, and which tables would measure the others.

        Examples
        --------
        >>> from analysis import open_study
        >>> study = open_study("tests/data/crm5_sample/study.toml", progress=lambda step: None)
        >>> study.measured().frame()[["family", "measured", "covariates"]]
                 family measured  covariates
        0         usage      yes          12
        1  relationship       no           0
        2      champion       no           0
        3      contract      yes          10
        """
        known, given = self.covariates(), self.families()
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

    def _questions(self) -> dict[str, list[tuple[str, str]]]:
        return {group: questions_of(type(self), names) for group, names in QUESTIONS.items()}


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
