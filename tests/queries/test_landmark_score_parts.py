"""The parts of a published score, as they stood before each landmark: a drawn book."""

from drawn import drawn_book

from analysis.cohort.queries import ASKED
from analysis.engine.query import read_query

SUBSCRIPTIONS = """
    | subscription_id | account_id | started_on |
    | s1              | a          | 2024-01-20 |
"""
SCORES = """
    | account_id | scored_on  | known_on   | component | value | level | entity_id | band  |
    | a          | 2024-01-25 |            | total     | 60    |       |           | green |
    | a          | 2024-01-25 |            | usage     | 80    |       |           |       |
    | a          | 2024-02-01 |            | total     | 10    |       |           | red   |
    | a          | 2024-02-05 |            | usage     | 20    | user  | u1        |       |
    | a          | 2024-02-06 |            | usage     | 40    | user  | u1        |       |
    | a          | 2024-02-06 |            | usage     | 60    | user  | u2        |       |
    | a          | 2024-02-20 | 2024-04-01 | usage     | 99    |       |           |       |
"""


def test_each_part_as_it_was_known():
    """On 1 March users are those of the last day on which any were scored; a part entered in April was not known."""
    book = drawn_book("6_cohorts", tables={"subscriptions": SUBSCRIPTIONS, "health_scores": SCORES})
    book.shows("landmark_dates", "| landmark |\n| 2024-02-01 |", where="landmark = date '2024-02-01'")
    found = book.engine.ask(read_query(f"{ASKED}/landmark_score_parts"), book.parameters)
    early = found[found["risk_date"] <= "2024-03-01"].sort_values(["risk_date", "component", "level"])
    early["band"] = early["band"].where(early["band"].notna(), None)
    names = ["component", "level", "value", "band", "entities", "age"]
    assert [(f"{day:%m-%d}", *line) for day, *line in early[["risk_date", *names]].to_numpy().tolist()] == [
        ("02-01", "total", "account", 60, "green", 1, 7),
        ("02-01", "usage", "account", 80, None, 1, 7),
        ("03-01", "total", "account", 10, "red", 1, 29),
        ("03-01", "usage", "account", 80, None, 1, 36),
        ("03-01", "usage", "user", 50, None, 2, 24),
    ]
