"""The audits in a notebook: tables in the words of the report."""

import pandas as pd

from analysis.audits.results import AuditResults
from analysis.cohort.cohort_tables import CohortTables
from analysis.figures.display import Display
from reports.messages import ENGLISH, read_catalogue
from reports.quarterly.grounds import alarm_lines


def show_alarms(audits: AuditResults) -> Display:
    """Return as a table in the report's words what was looked for, and what came of it."""
    english = read_catalogue(ENGLISH)
    lines = alarm_lines(english, audits.verdicts, english.labels)
    words = [
        (line.looked_for, line.subject, line.verdict, line.estimate, line.found_from, line.meaning) for line in lines
    ]
    columns = ["looked for", "in", "verdict", "measured (95% interval, if any)", "found from", "what it means"]
    table = pd.DataFrame(words, columns=columns)
    nothing_found = not table["what it means"].any()
    return Display("What could make the findings wrong", table.iloc[:, :-1] if nothing_found else table)


def show_lags(tenure: CohortTables, audits: AuditResults) -> Display:
    """Return the p values of the families' joint tests, with the factors as they stood on earlier days.

    Parameters
    ----------
    tenure
        The cohort, for its labels.
    audits
        Its audits.
    """
    labels = {family.name: family.label_en for family, _ in tenure.families()}
    tests = audits.lag_ladder_families
    table = tests.pivot_table("p_value", index="family", columns="lag", sort=False).reset_index()
    table["family"] = table["family"].map(labels)
    named = {lag: f"p value, {lag} days before" if lag else "p value today" for lag in tests["lag"].unique()}
    return Display("Joint tests, with the factors as they stood", table.rename(columns=named).rename_axis(columns=None))
