"""The health score published last before each landmark: drawn books."""

from drawn import drawn_book

SUBSCRIPTIONS = """
    | subscription_id | account_id | started_on |
    | s1              | a          | 2024-01-20 |
"""


def scores(health_scores, subscriptions=SUBSCRIPTIONS):
    return drawn_book("6_cohorts", tables={"subscriptions": subscriptions, "health_scores": health_scores})


def shows(book, drawing, where="risk_date between date '2024-02-01' and date '2024-05-01'"):
    book.shows("landmark_scores", drawing, where=where)


def test_the_last_total_of_the_account_before_the_landmark_and_its_age():
    """A total of a user, and a part of a total, are none; from 10 February to 1 April are 51 days in a leap year."""
    shows(
        scores("""
            | account_id | scored_on  | component | value | level        |
            | a          | 2024-01-31 | total     | 60    |              |
            | a          | 2024-02-10 | total     | 40    | account      |
            | a          | 2024-02-11 | total     | 10    | user         |
            | a          | 2024-02-12 | total     | 11    | subscription |
            | a          | 2024-02-13 | usage     | 12    | account      |
        """),
        """
        | risk_date  | published_score | published_score_age |
        | 2024-02-01 | 60              | 1                   |
        | 2024-03-01 | 40              | 20                  |
        | 2024-04-01 | 40              | 51                  |
        | 2024-05-01 | 40              | 81                  |
        """,
    )


def test_a_score_of_the_landmark_itself_or_known_on_it_is_not_known_before_it():
    shows(
        scores("""
            | account_id | scored_on  | component | value | known_on   |
            | a          | 2024-01-25 | total     | 50    |            |
            | a          | 2024-02-01 | total     | 60    |            |
            | a          | 2024-02-20 | total     | 70    | 2024-04-01 |
        """),
        """
        | risk_date  | published_score |
        | 2024-02-01 | 50              |
        | 2024-03-01 | 60              |
        | 2024-04-01 | 60              |
        | 2024-05-01 | 70              |
        """,
    )


def test_a_score_from_before_the_lifetime_is_none():
    """Account a comes back after a gap of half a year; account b was never scored."""
    shows(
        scores(
            """
            | account_id | scored_on  | component | value |
            | a          | 2023-06-20 | total     | 30    |
            | a          | 2024-03-10 | total     | 80    |
            """,
            """
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2023-01-10 | 2023-07-01 |
            | s2              | a          | 2024-01-20 |            |
            | s3              | b          | 2024-03-20 |            |
            """,
        ),
        """
        | lifetime_id | risk_date  | published_score | published_score_age |
        | a#2         | 2024-02-01 |                 |                     |
        | a#2         | 2024-03-01 |                 |                     |
        | a#2         | 2024-04-01 | 80              | 22                  |
        | a#2         | 2024-05-01 | 80              | 52                  |
        | b#1         | 2024-04-01 |                 |                     |
        | b#1         | 2024-05-01 |                 |                     |
        """,
    )


def test_of_several_of_one_day_the_one_known_last_and_then_the_lowest():
    shows(
        scores("""
            | account_id | scored_on  | component | entity_id | value | known_on   |
            | a          | 2024-01-25 | total     | x         | 20    | 2024-01-26 |
            | a          | 2024-01-25 | total     | y         | 50    | 2024-01-28 |
            | a          | 2024-01-25 | total     | z         | 55    | 2024-01-28 |
        """),
        """
        | risk_date  | published_score |
        | 2024-02-01 | 50              |
        | 2024-03-01 | 50              |
        | 2024-04-01 | 50              |
        | 2024-05-01 | 50              |
        """,
    )


def test_without_the_table_landmarks_have_no_score():
    book = drawn_book("6_cohorts", tables={"subscriptions": SUBSCRIPTIONS})
    found = "select count(*) > 0, count(published_score), count(published_score_age) from landmarks"
    assert book.con.execute(found).fetchone() == (True, 0, 0)
