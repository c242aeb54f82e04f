"""Segment and touch model as they were on the day, worked out by hand; what a model makes of them.

The day is Monday, 1 July 2024. Where a test needs facts that come to be known after it, the snapshot is a month later.
"""

import functools

import pandas as pd
import pytest
from drawn import queries_of
from one_day import DAY, covariates, day_shows, each_its_account

from analysis.declared.factors import read_covariates
from analysis.design.matrix import learn_design
from analysis.wording.remarks import remark

AUGUST = "2024-08-01"
attributes_show = functools.partial(day_shows, "contract_attributes", snapshot=AUGUST)
ACCOUNTS = ("moved", "today", "announced", "late", "in_time", "corrected", "of_before", "one_only", "other")
HEADER = "| account_id | attribute | value | valid_from | known_on |"


def test_the_newest_that_is_valid_and_known_before_the_day():
    """Whatever the table of accounts says today."""
    subscriptions, attributes = each_its_account(
        HEADER,
        """
        | moved     | segment     | large | 2023-01-01 |            |
        | moved     | segment     | small | 2024-06-30 |            |
        | moved     | touch_model | low   | 2023-01-01 |            |
        | moved     | touch_model | high  | 2024-06-29 |            |
        | today     | segment     | large | 2023-01-01 |            |
        | today     | segment     | small | 2024-07-01 |            |
        | announced | segment     | large | 2023-01-01 |            |
        | announced | segment     | small | 2024-07-01 | 2024-06-01 |
        | late      | segment     | large | 2023-01-01 |            |
        | late      | segment     | small | 2024-06-01 | 2024-07-01 |
        | in_time   | segment     | large | 2023-01-01 |            |
        | in_time   | segment     | small | 2024-06-01 | 2024-06-30 |
        | corrected | segment     | large | 2024-06-01 |            |
        | corrected | segment     | small | 2024-05-01 | 2024-06-20 |
        | of_before | segment     | large | 2020-01-01 |            |
        | one_only  | touch_model | tech  | 2023-01-01 |            |
        | other     | mood        | grim  | 2023-01-01 |            |
        """,
    )
    attributes_show(
        """
        | account_id | segment_in_force | touch_model_in_force |
        | moved      | small            | high                 |
        | today      | large            |                      |
        | announced  | large            |                      |
        | late       | large            |                      |
        | in_time    | small            |                      |
        | corrected  | large            |                      |
        | of_before  | large            |                      |
        | one_only   |                  | tech                 |
        | other      |                  |                      |
        """,
        subscriptions=subscriptions,
        account_attributes=attributes,
        accounts="| account_id | segment |\n" + "\n".join(f"| {account} | programme |" for account in ACCOUNTS),
    )


@pytest.mark.parametrize(("begins", "segment"), [("2024-06-30", "large"), ("2024-07-01", "")])
def test_a_log_that_begins_on_the_day_or_later_does_not_know_what_is_in_force(begins, segment):
    attributes_show(
        f"""
        | account_id | segment_in_force |
        | a          | {segment}        |
        """,
        account_attributes=f"{HEADER}\n| a | segment | large | 2023-01-01 | |",
        account_attributes_from=begins,
    )


def test_of_two_deliveries_of_the_same_day_the_later_holds():
    """The contract refuses them as one key; a study that lowers that rule still gets one answer."""
    (query,) = (query for query in queries_of("5_covariates") if query.name == "contract_attributes")
    book = covariates(
        account_attributes=f"{HEADER}\n| a | segment | large | 2024-01-01 | 2024-03-01 |", snapshot=AUGUST
    )
    book.con.begin()
    book.con.execute(
        "insert into account_attributes by name select * replace ('zone' as value) from account_attributes"
    )
    book.con.execute("update account_attributes set known_on = date '2024-02-01' where value = 'zone'")
    book.run(query)
    book.shows("contract_attributes", "| account_id | segment_in_force |\n| a | large |", where=DAY)
    book.con.execute("update account_attributes set known_on = date '2024-04-01' where value = 'zone'")
    book.run(query)
    book.shows("contract_attributes", "| account_id | segment_in_force |\n| a | zone |", where=DAY)
    book.con.rollback()


def test_they_enter_a_model_as_categories_and_one_that_never_varies_is_left_out():
    declared = [covariate for covariate in read_covariates() if covariate.table == "contract_attributes"]
    frame = pd.DataFrame(
        {"segment_in_force": ["large", "small", "large", None], "touch_model_in_force": ["low", "low", "low", "low"]}
    )
    design = learn_design(frame, declared)
    assert design.apply(frame).names == ("segment_in_force: (missing)", "segment_in_force: small")
    assert [(column.name, column.reason) for column in design.dropped] == [
        ("touch_model_in_force", remark("design.one_level"))
    ]
