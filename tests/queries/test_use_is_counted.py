"""The log of use shrinks to whole numbers for each lifetime and date, behind which nobody looks at its users or features."""

import pytest
from drawn import shared_book

from analysis.cohort.build import FOLDERS
from analysis.cohort.grain import grain_of
from analysis.cohort.queries import MONEY
from analysis.declared.factors import FOLDER
from analysis.declared.own_shape import tables_behind
from analysis.engine.query import read_queries

LOG = {"usage_daily", "user_activity"}
OF_THE_BOOK = {"book_window", "business_window"}
"""Made of the log by date alone, and set against the calendar."""
BY_PERIOD = {"user_period", "log_periods"}
ACTIVITY = FOLDERS[FOLDERS.index(FOLDER) - 1]
OF_THE_LOG = [
    query for query in read_queries(ACTIVITY) if tables_behind([query.name]) & LOG and query.name not in OF_THE_BOOK
]


def test_what_comes_after_activity_reads_no_day_user_or_feature_of_the_log():
    counted = {query.name for query in OF_THE_LOG if grain_of(query).key == "lifetime_id, risk_date"}
    assert counted == {"use_window", "user_counts", "feature_counts"}
    further = LOG | {query.name for query in OF_THE_LOG} - counted - BY_PERIOD
    for folder in (*FOLDERS[FOLDERS.index(FOLDER) :], MONEY):
        for query in read_queries(folder):
            assert not query.reads & further, query.path


@pytest.mark.parametrize("query", OF_THE_LOG, ids=lambda query: query.name)
def test_what_is_made_of_the_log_holds_whole_numbers_that_every_engine_has(query):
    book = shared_book(FOLDER, tables={"subscriptions": "| subscription_id | account_id | started_on |"})
    kinds = dict(row[:2] for row in book.con.execute(f"describe {query.name}").fetchall())
    assert set(kinds.values()) <= {"VARCHAR", "DATE", "BOOLEAN", "INTEGER", "BIGINT"}
