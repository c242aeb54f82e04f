"""True families: the truth of a small world, measured by Shapley's rule."""

import itertools

import numpy as np
import pytest
from worlds import World

from analysis.worlds.proofs.dealt_worlds import StudiedCompany
from analysis.worlds.proofs.true_families import CONTENDERS, TrueFamilies, true_families


@pytest.fixture(scope="module")
def found(short: World, tmp_path_factory: pytest.TempPathFactory) -> TrueFamilies:
    tenure = short.opened(tmp_path_factory.mktemp("out"))
    return true_families(StudiedCompany("short", "short", short.scenario, short.folder, tenure))


def test_all_subsets_are_there_and_more_families_never_explain_less(found: TrueFamilies) -> None:
    gains = {frozenset(filter(None, line.families.split("+"))): line.gain for line in found.subsets.itertuples()}
    assert len(gains) == 8
    assert gains[frozenset()] == 0
    for smaller, larger in itertools.permutations(gains, 2):
        if smaller < larger:
            assert gains[smaller] <= gains[larger] + 1e-12


def test_shares_add_up_and_a_more_dangerous_part_raises_the_risk(found: TrueFamilies) -> None:
    table = found.table.set_index("family")
    assert tuple(table.index) == CONTENDERS
    np.testing.assert_allclose(table["share"].sum(), 1)
    assert (table["part_sd"] > 0.1).all()
    assert (table["risk_difference"] > 0).all()


@pytest.mark.slow
def test_a_family_without_effect_has_no_share_and_makes_no_difference(
    busy: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tenure = busy.opened(tmp_path_factory.mktemp("out"))
    table = true_families(StudiedCompany("busy", "busy", busy.scenario, busy.folder, tenure)).table
    assert table["share"].isna().all()
    assert (table[["risk_difference", "part_sd"]] == 0).all(axis=None)
