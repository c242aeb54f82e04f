"""Claim verdicts over dealt worlds: all tables are dealt alike, and shares are those of the worlds."""

import numpy as np
import pandas as pd
import pytest
from worlds import World

from analysis.claims.asked import asked_of
from analysis.claims.rows import TestRows
from analysis.declared.claims import read_claims
from analysis.worlds.proofs.claim_verdicts import (
    ALL_DETECTABLE,
    ALL_FALSE,
    claims_of_worlds,
    deal_rows,
    summarise_claims,
    true_tests,
)
from analysis.worlds.proofs.dealt_worlds import StudiedCompany


@pytest.fixture(scope="module")
def driven(short: World, tmp_path_factory: pytest.TempPathFactory) -> StudiedCompany:
    return StudiedCompany("short", "short", short.scenario, short.folder, short.opened(tmp_path_factory.mktemp("out")))


def test_every_row_of_every_table_is_dealt_with_its_parent(driven: StudiedCompany) -> None:
    names = ("counting_process", "phase_intervals", "recurrent_events")
    rows = TestRows(*(driven.tenure.table(name) for name in names))
    dealt = deal_rows(rows, 50, 0)
    assert len(dealt) == 2
    for table in ("intervals", "phases", "changes"):
        parts = [getattr(world, table) for world in dealt]
        assert sum(map(len, parts)) == len(getattr(rows, table))
        clusters = [set(part["cluster_id"]) for part in parts]
        assert not clusters[0] & clusters[1]
    assert all(set(world.phases["cluster_id"]) == set(world.intervals["cluster_id"]) for world in dealt)


@pytest.mark.slow
def test_worlds_are_judged_beside_the_truth(driven: StudiedCompany) -> None:
    found = claims_of_worlds([driven], 150)
    assert set(found["world"]) == {0}
    truth = driven.truth("claims").set_index(["claim", "through"])["holds"]
    by_test = found.set_index(["claim", "test"])
    assert by_test.loc[("C05", 1), "holds"] == truth["C05", "hazard"]
    assert np.allclose(by_test["effect"], by_test["estimate"], rtol=0.02, equal_nan=True)
    table = summarise_claims(found)
    assert table["claim"].tolist()[-2:] == [ALL_FALSE, ALL_DETECTABLE]


def test_a_claim_of_two_ways_holds_by_each_for_itself() -> None:
    truth = pd.DataFrame({"claim": ["C11", "C11"], "through": ["hazard", "expansion"], "holds": [False, True]})
    asked = [one for one in asked_of(read_claims()) if one.claim.name == "C11"]
    assert true_tests(truth, asked) == {("C11", 1): False, ("C11", 2): True}


def test_shares_are_of_worlds_and_false_claims_are_counted_apart() -> None:
    """Two worlds: the true claim is supported in the one in which it is detectable, the false one in the other."""
    lines = [
        (0, "C05", True, 1.0, 0.5, "supported"),
        (1, "C05", True, 1.0, 2.0, "inconclusive"),
        (0, "C16", False, 0.0, 0.5, "inconclusive"),
        (1, "C16", False, 0.0, 0.5, "supported"),
    ]
    found = pd.DataFrame(lines, columns=["world", "claim", "holds", "effect", "detectable", "verdict"])
    found = found.assign(scenario="base", company="one", test=1, hazard="churn", events=100, estimate=0.0)
    table = summarise_claims(found).set_index("claim")
    assert table.loc["C05", ["supported", "detectable", "supported_if_detectable"]].tolist() == [0.5, 0.5, 1.0]
    assert table.loc[ALL_FALSE, ["supported", "any_supported"]].tolist() == [0.5, 0.5]
    assert table.loc[ALL_DETECTABLE, "supported"] == 1.0
