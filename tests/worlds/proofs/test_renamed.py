"""Other ids are no other seed: a world whose accounts, users, contacts and contracts go by other names has the same
numbers, to the last bit, and so the same verdicts."""

import dataclasses

import pandas as pd
import pytest
from renamed import Renamed, random_words, renamed
from worlds import World

from analysis.audits.look_ahead import audit_accounts
from analysis.audits.overwritten import moved_labels, rewritten_score
from analysis.audits.too_good import too_good
from analysis.workbench import Workbench

pytestmark = pytest.mark.slow
NAMES = ["account_id", "lifetime_id", "cluster_id"]


@pytest.fixture(scope="module")
def first(busy: World, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return few_trees(busy.opened(tmp_path_factory.mktemp("first")))


@pytest.fixture(scope="module")
def other(busy: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workbench, Renamed]:
    """The same world under other ids, and what they were before."""
    folder = tmp_path_factory.mktemp("other")
    made = renamed(busy.folder, folder / "data", random_words)
    return few_trees(World(made.folder, busy.scenario).study(folder / "out")), made


def few_trees(tenure: Workbench) -> Workbench:
    """A forest need not be large, nor samples be many, to show what is drawn."""
    models = dataclasses.replace(tenure.study.models, forest_trees=20, test_quarters=2, resamples=40)
    tenure.study = dataclasses.replace(tenure.study, models=models)
    return tenure


def by_old_names(table: pd.DataFrame, made: Renamed) -> pd.DataFrame:
    return table.assign(**{name: made.accounts_back(table[name]) for name in NAMES if name in table})


def test_the_world_is_one_of_groups_and_other_ids_stand_in_another_order(
    first: Workbench, other: tuple[Workbench, Renamed]
) -> None:
    tenure, made = other
    groups = first.counting_process.groupby("cluster_id")["account_id"].nunique()
    assert (groups > 1).any()
    assert not set(first.counting_process["account_id"]) & set(tenure.counting_process["account_id"])
    assert not pd.Series(made.old["account"]).sort_index().is_monotonic_increasing


@pytest.mark.parametrize("table", ["counting_process", "landmarks", "recurrent_events", "known_leavers"])
def test_rows_say_the_same_of_the_same_in_the_same_order(
    first: Workbench, other: tuple[Workbench, Renamed], table: str
) -> None:
    tenure, made = other
    pd.testing.assert_frame_equal(by_old_names(tenure.table(table), made), first.table(table), check_exact=True)


def test_lifetimes_that_say_the_same_may_change_places(first: Workbench, other: tuple[Workbench, Renamed]) -> None:
    """Two that begin, leave and end on the same days, and are told apart by their covariates only."""
    tenure, made = other
    theirs, ours = by_old_names(tenure.table("lifetimes"), made), first.table("lifetimes")
    pd.testing.assert_frame_equal(theirs.drop(columns=NAMES), ours.drop(columns=NAMES), check_exact=True)
    in_one_order = [one.sort_values("lifetime_id", ignore_index=True) for one in (theirs, ours)]
    pd.testing.assert_frame_equal(*in_one_order, check_exact=True)


def test_forecasts_their_scores_and_intervals_are_the_same_bits(
    first: Workbench, other: tuple[Workbench, Renamed]
) -> None:
    """Models with folds, resampled trees and resampled accounts."""
    tenure, made = other
    pd.testing.assert_frame_equal(
        by_old_names(tenure.rolling.predictions, made), first.rolling.predictions, check_exact=True
    )
    for name in ("by_fold", "pooled", "pairs"):
        pd.testing.assert_frame_equal(getattr(tenure.rolling, name), getattr(first.rolling, name), check_exact=True)
    pd.testing.assert_frame_equal(
        by_old_names(tenure.forecast.accounts, made), first.forecast.accounts, check_exact=True
    )
    assert tenure.forecast.explanations == first.forecast.explanations
    assert tenure.reading.expected == first.reading.expected
    assert (tenure.reading.loss, tenure.reading.held) == (first.reading.loss, first.reading.held)
    assert tenure.forecast.shrinkage == first.forecast.shrinkage


def test_families_their_worth_and_the_verdict_are_the_same_bits(
    first: Workbench, other: tuple[Workbench, Renamed]
) -> None:
    """Folds of parents, shuffles within groups, signs of clusters."""
    tenure, _ = other
    pairs = [
        (one.family_tests().table, one.contest.brief.values().table, one.contest.brief.contrasts().table)
        for one in (tenure, first)
    ]
    for theirs, ours in zip(*pairs, strict=True):
        pd.testing.assert_frame_equal(theirs, ours, check_exact=True)
    pd.testing.assert_frame_equal(tenure.hazard_ratios().table, first.hazard_ratios().table, check_exact=True)
    assert repr(tenure.contest.brief.ranking) == repr(first.contest.brief.ranking)


def test_audits_look_at_the_same_accounts_and_find_the_same(first: Workbench, other: tuple[Workbench, Renamed]) -> None:
    tenure, made = other
    few = dataclasses.replace(first.study.audits, look_ahead_accounts=40)
    for one in (tenure, first):
        one.study = dataclasses.replace(one.study, audits=few)
    assert sorted(made.accounts_back(pd.Series(audit_accounts(tenure)))) == audit_accounts(first)
    assert repr([*too_good(tenure), *moved_labels(tenure), rewritten_score(tenure)]) == repr(
        [*too_good(first), *moved_labels(first), rewritten_score(first)]
    )
