"""Owners: who looks after an account says nothing but that."""

import re

import numpy as np

from analysis.declared.factors import read_covariates
from analysis.engine.query import read_queries
from analysis.worlds.company.accounts.owners import PEOPLE, owners

IDS = np.array([f"A{k:06d}" for k in range(1, 1201)], dtype=object)


def test_are_the_same_in_any_order():
    """No draw makes them, so that a world is otherwise the same to the byte."""
    assert owners(IDS[::-1]).tolist() == owners(IDS)[::-1].tolist()


def test_share_the_accounts_of_a_large_company_and_few_look_after_a_small_one():
    names, counts = np.unique(owners(IDS), return_counts=True)
    assert set(names) == set(PEOPLE)
    assert counts.min() > 0.7 * len(IDS) / len(PEOPLE)
    assert len(set(owners(IDS[:30]))) == 2


def test_are_read_by_no_query_and_needed_by_no_covariate():
    """An owner is a label of today: accounts at risk are given to another."""
    folders = ("2_lifetimes", "3_dates", "4_activity", "5_covariates", "6_cohorts", "7_audit")
    assert [
        query.name for folder in folders for query in read_queries(folder) if re.search(r"\bowner\b", query.sql)
    ] == []
    assert "accounts.owner" not in {need for covariate in read_covariates() for need in covariate.needs}
