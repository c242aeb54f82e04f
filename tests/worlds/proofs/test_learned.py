"""What past forecasts learned from is what was known on their day: rebuilt, broken on purpose, and rewritten later."""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from worlds import World, quiet

from analysis.audits.learned import (
    CONTRACTIONS_LEARNED,
    FORECASTS,
    LEARNED,
    OUTCOMES_LEARNED,
    ROWS_LEARNED,
    learned_ahead,
)
from analysis.cohort import queries
from analysis.design import population
from analysis.engine.query import read_queries
from analysis.evaluation.rolling_origin import rolling_origin
from analysis.models.forest import Forest
from analysis.models.landmark_cox import LandmarkCox
from analysis.workbench import Workbench, open_workbench
from analysis.worlds.proofs.study_worlds import study_of_world

pytestmark = pytest.mark.slow
TEST_LANDMARK = "2022-10-01"


def built(world: World, out: Path, event_date: str = "notice") -> Workbench:
    study = study_of_world(world.folder, world.scenario)
    time = dataclasses.replace(study.time, event_date=event_date)
    models = dataclasses.replace(study.models, test_quarters=2)
    return open_workbench(dataclasses.replace(study, time=time, models=models), out, progress=quiet)


@pytest.fixture(scope="module")
def tenure(clocked: World, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    tenure = clocked.opened(tmp_path_factory.mktemp("out"))
    models = dataclasses.replace(tenure.study.models, test_quarters=2)
    tenure.study = dataclasses.replace(tenure.study, models=models)
    return tenure


def differing(tenure: Workbench) -> dict[str, int]:
    counts, cells = learned_ahead(tenure)
    found = counts.groupby("what")["differing"].sum()
    assert set(cells["what"]) == set(found.index[found > 0])
    return found[found > 0].to_dict()


@pytest.mark.parametrize("event_date", ["notice", "end"])
def test_nothing_differs_and_everything_was_compared(
    tenure: Workbench, clocked: World, tmp_path: Path, event_date: str
):
    counts, cells = learned_ahead(tenure if event_date == "notice" else built(clocked, tmp_path, event_date))
    assert cells.empty
    assert counts["differing"].sum() == 0
    compared = counts.groupby("what")["compared"].sum()
    assert set(compared.index) == set(LEARNED)
    assert compared[OUTCOMES_LEARNED] > 10 * compared[ROWS_LEARNED] > 10_000
    assert compared[FORECASTS] > 100
    assert compared[CONTRACTIONS_LEARNED] == compared[ROWS_LEARNED]
    assert len(tenure.table("landmark_contractions")) > 5
    assert counts["day"].nunique() >= 3


LOOKS = {
    "labels of today": ("labelled_as_known", lambda rows, day: rows, OUTCOMES_LEARNED),
    "rows of which it was not known yet who returns": (
        "settled_by",
        lambda rows, day, gap: (rows["horizon_ends_on"] <= day).to_numpy() & rows["is_followed"].to_numpy(bool),
        ROWS_LEARNED,
    ),
    "those alone who are there today": (
        "still_there",
        lambda rows, elapsed: rows["out_on"].isna().to_numpy() | (rows["event"] == 1).to_numpy(),
        ROWS_LEARNED,
    ),
}


@pytest.mark.parametrize("look", LOOKS)
def test_a_choice_of_rows_or_labels_that_looks_ahead_is_seen(
    tenure: Workbench, monkeypatch: pytest.MonkeyPatch, look: str
):
    name, looking, seen_in = LOOKS[look]
    monkeypatch.setattr(population, name, looking)
    assert {seen_in, FORECASTS} <= differing(tenure).keys()


QUERIES = {
    "lifetimes that have not ended by the snapshot": (
        "landmark_dates",
        lambda sql: f"{sql}\nwhere lifetimes.ended_on is null",
        ROWS_LEARNED,
    ),
    "an event of whoever leaves some day": (
        "landmark_outcomes",
        lambda sql: sql.replace("case when leaves_on <= followed_until and", "case when leaves_on <= $snapshot and"),
        OUTCOMES_LEARNED,
    ),
    "a contraction whenever it comes": (
        "landmark_contractions",
        lambda sql: sql.replace("and landmark_outcomes.horizon_ends_on >= recurrent_events.changed_on", ""),
        CONTRACTIONS_LEARNED,
    ),
    "a notice that is none once it was withdrawn": (
        "landmark_outcomes",
        lambda sql: sql.replace("as believed_until", "as told_until").replace(
            "believed.believed_until", "case when false then believed.told_until end as believed_until"
        ).replace("believed.believed_from,\n        case", "case when believed.told_until is null "
        "then believed.believed_from end as believed_from,\n        case"),
        OUTCOMES_LEARNED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_that_looks_ahead_is_seen(clocked: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    query_name, mutate, seen_in = QUERIES[name]

    def mutated(folder: str):
        return tuple(
            dataclasses.replace(query, sql=_changed(query.sql, mutate)) if query.name == query_name else query
            for query in read_queries(folder)
        )

    monkeypatch.setattr(queries, "read_queries", mutated)
    assert seen_in in differing(built(clocked, tmp_path))


def _changed(sql: str, mutate: Callable[[str], str]) -> str:
    changed = mutate(sql)
    assert changed != sql, "the query has changed: the mutant must, too"
    return changed


# what becomes known after the test landmark of notices that were pending on it
LATER = {
    "withdrawn": "notice_withdrawn_on = date '2022-10-11', ended_on = null, end_reason = null",
    "ended by another reason": "end_reason = 'involuntary'",
    "ended another day": "ended_on = date '2023-02-10'",
}
PENDING = "kind = 'paid' and notice_withdrawn_on is null and notice_on between date '2022-01-02' and date '2022-08-31'"


def rewritten(world: World, changes: str, folder: Path) -> World:
    """Return a world in which notices of the settled months before the test landmark are told otherwise."""
    shutil.copytree(world.folder, folder)
    with duckdb.connect() as con:
        con.execute(f"create table subscriptions as from '{world.folder}/subscriptions.parquet'")
        (changed,) = con.execute(f"update subscriptions set {changes} where {PENDING}").fetchone()
        con.execute(f"copy subscriptions to '{folder}/subscriptions.parquet' (format parquet)")
    assert changed > 20
    return World(folder, world.scenario)


@pytest.fixture(scope="module")
def pending(clocked: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Notices that are still pending on the test landmark, and end ten weeks after it."""
    folder = tmp_path_factory.mktemp("pending") / "world"
    return rewritten(clocked, "ended_on = date '2022-12-15', end_reason = 'voluntary'", folder)


@pytest.fixture(scope="module")
def forecasts_before(pending: World, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return forecasts(built(pending, tmp_path_factory.mktemp("before")))


@pytest.mark.parametrize("what", LATER)
def test_what_becomes_known_after_a_landmark_moves_no_forecast_from_it(
    pending: World, forecasts_before: pd.DataFrame, tmp_path: Path, what: str
):
    later = built(rewritten(pending, LATER[what], tmp_path / "world"), tmp_path)
    pd.testing.assert_frame_equal(forecasts(later), forecasts_before, check_exact=True)
    assert np.ptp(forecasts_before["cox"]) > 0.05


@pytest.mark.parametrize("what", LATER)
def test_the_audit_finds_nothing_ahead_where_much_becomes_known_later(pending: World, tmp_path: Path, what: str):
    later = built(rewritten(pending, LATER[what], tmp_path / "world"), tmp_path)
    assert learned_ahead(later)[0]["differing"].sum() == 0


def forecasts(tenure: Workbench) -> pd.DataFrame:
    """Return the forecasts of the test landmark by two models that see all covariates."""
    rolled = rolling_origin(
        tenure.landmarks[tenure.landmarks["risk_date"] <= TEST_LANDMARK],
        tenure.covariates("landmarks"),
        {"cox": lambda: LandmarkCox(ridge=5.0), "forest": lambda: Forest(n_trees=8, min_rows_per_leaf=30, seed=1)},
        n_folds=1,
        allowed_gap_days=tenure.study.time.allowed_gap_days,
        n_resamples=10,
    )
    # As they were fitted: what puts forecasts right could make all of them one rate.
    found = rolled.predictions.assign(**rolled.folds[0].plain_risk)
    assert (found["landmark"] == TEST_LANDMARK).all()
    return found[["lifetime_id", "cox", "forest"]]
