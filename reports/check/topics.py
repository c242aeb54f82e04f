"""Topics: what a finding is about, and the order in which pages and terminals tell findings."""

from collections.abc import Iterable
from enum import StrEnum
from typing import get_args

from analysis.declared.floors import Question
from analysis.ingest.findings import Finding, Severity

FLOORS = {
    Question.FORECAST: "check.forecast",
    Question.FAMILY: "check.family",
    Question.CONTEST: "check.comparison",
}
"""What a check says of how much a question needs."""


class Topic(StrEnum):
    """What a finding is about, in the order in which they are told."""

    FILES = "files"
    JOINS = "joins"
    ROWS = "rows"
    EVENT = "event"


_BEGINNINGS = {
    **dict.fromkeys(("unread", "file_", "table_", "lines_above_", "separator_", "required_columns_"), Topic.FILES),
    **dict.fromkeys(("raw_", "source_query_"), Topic.FILES),
    **dict.fromkeys(("keys_become_one", "key_is_cut_short"), Topic.JOINS),
    "other_event": Topic.EVENT,
}
_ENDINGS = {
    "_is_known": Topic.JOINS,
    "_has_one_owner": Topic.JOINS,
    "_is_of_its_account": Topic.JOINS,
    "parents_in_a_circle": Topic.JOINS,
    "ends_on_the_last_day_of_a_month": Topic.EVENT,
    "cancellation_without_notice": Topic.EVENT,
    "end_scheduled_without_notice": Topic.EVENT,
    "term_lapsed_while_open": Topic.EVENT,
}


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings as pages and terminals tell them: what stands in the way first, one topic after the other."""
    severities, topics = get_args(Severity), list(Topic)
    return sorted(findings, key=lambda found: (severities.index(found.severity), topics.index(topic_of(found))))


def topic_of(finding: Finding) -> Topic:
    """Return what a finding is about, by its name."""
    for beginning, topic in _BEGINNINGS.items():
        if finding.name.startswith(beginning):
            return topic
    return next((topic for ending, topic in _ENDINGS.items() if finding.name.endswith(ending)), Topic.ROWS)
