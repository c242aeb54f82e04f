"""Tests and intervals with few parents, in a few worlds: the whole table is benchmarks/few_clusters.csv."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.worlds.proofs.few_clusters import COLUMNS, EVENTS, FRAILTIES, PARENTS, few_clusters, limits, parent_world

TABLE = Path(__file__).parents[3] / "benchmarks" / "few_clusters.csv"


def test_a_world_has_the_events_and_parents_that_were_asked_for():
    worlds = [parent_world(15, 300, 0.7, np.random.default_rng(seed)) for seed in range(20)]
    assert np.mean([world.rows.n_events for world in worlds]) == pytest.approx(300, rel=0.05)
    assert {len(np.unique(world.rows.cluster)) for world in worlds} <= {13, 14, 15}
    assert all(world.values.shape[1] == len(COLUMNS) for world in worlds)
    own = worlds[0].values[:, 1]
    assert len(np.unique(own)) == len(np.unique(worlds[0].rows.cluster))  # one value a parent


def test_a_frailty_that_no_column_tells_pulls_effects_to_zero():
    """Without one the coefficients come to what is planted; in a world of 3,000 parents, within 5%."""
    fit = parent_world(3_000, 20_000, 0.0, np.random.default_rng(1)).fit()
    found = dict(zip(fit.names, fit.coefficients, strict=True))
    planted = limits(0.0)
    assert found["account"] == pytest.approx(planted["account"], rel=0.06)
    assert found["long_tailed"] == pytest.approx(planted["long_tailed"], rel=0.06)
    assert 0.7 < limits(0.7)["account"] / planted["account"] < 0.95


@pytest.mark.slow
def test_with_15_parents_and_a_shared_frailty_tests_of_nothing_stay_near_their_level():
    """Of 150 worlds 5% are 7.5; three standard errors reach to 10%. By the plain sandwich a fifth and two thirds."""
    (line,) = few_clusters(150, parents=[15], events=[150], frailties=[0.7]).itertuples()
    assert line.parent <= 0.1
    assert line.family <= 0.1
    assert line.parent_sandwich > 0.12
    assert line.family_sandwich > 0.5
    assert line.long_tailed >= 0.9
    assert line.long_tailed_null >= 0.9


def test_the_table_holds_every_kind_of_world_and_what_it_is_there_to_show():
    """The error of a share of 5% in 400 worlds is 1.1%: each line within three of them, their mean within 1%."""
    table = pd.read_csv(TABLE)
    assert len(table) == len(PARENTS) * len(EVENTS) * len(FRAILTIES)
    assert (table["worlds"] >= 400).all()
    for rejected in ("parent", "family"):
        assert table[rejected].between(0.017, 0.083).all()
        assert table[rejected].mean() == pytest.approx(0.05, abs=0.01)
    for covered in ("account", "long_tailed", "long_tailed_null"):
        assert table[covered].between(0.917, 0.983).all()
        assert table[covered].mean() == pytest.approx(0.955, abs=0.01)
    assert (table.loc[table["parents"] == 15, "family_sandwich"] > 0.5).all()
