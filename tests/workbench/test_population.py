"""Who is scored is who was forecast: one world, seen on the day of the forecast and when its quarter is settled."""

import dataclasses
import datetime as dt
import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest
from worlds import SHORT, World, shared_world

from analysis.design.population import Elapsed, still_there, training_rows
from analysis.evaluation.rolling_origin import settled_quarters
from analysis.forecast.last_landmark import at_risk_now
from analysis.workbench import Workbench, open_workbench
from analysis.worlds.proofs.study_worlds import study_of_world

LANDMARK, WITHIN, LATER = dt.date(2022, 7, 1), dt.date(2022, 7, 20), dt.date(2023, 1, 1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return shared_world(tmp_path_factory, "short", SHORT, 150, 3)


def seen_on(world: World, day: dt.date, event_date: str, out) -> Workbench:
    study = study_of_world(world.folder, world.scenario)
    time = dataclasses.replace(study.time, snapshot=day, event_date=event_date)
    return open_workbench(
        dataclasses.replace(study, time=time), out / f"{event_date}-{day}", progress=lambda line: None
    )


@pytest.fixture(scope="module", params=["notice", pytest.param("end", marks=pytest.mark.slow)])
def seen_later(request, world: World, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    folder = tmp_path_factory.mktemp("later")
    return world.opened(folder) if request.param == "notice" else seen_on(world, LATER, request.param, folder)


@pytest.fixture(scope="module")
def seen_then(seen_later: Workbench, world: World, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return seen_on(world, LANDMARK, seen_later.study.time.event_date, tmp_path_factory.mktemp("then"))


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(LANDMARK, id="on the landmark"),
        pytest.param(WITHIN, id="within its horizon", marks=pytest.mark.slow),
    ],
)
def test_the_scored_are_those_forecast(
    world: World, seen_later: Workbench, seen_then: Workbench, day: dt.date, tmp_path
):
    then = seen_then if day == LANDMARK else seen_on(world, day, seen_later.study.time.event_date, tmp_path)
    forecast = at_risk_now(then.landmarks, day)
    rows = seen_later.landmarks
    scored = rows[(rows["risk_date"] == pd.Timestamp(LANDMARK)) & still_there(rows, Elapsed((day - LANDMARK).days, 92))]
    assert set(forecast["lifetime_id"]) == set(scored["lifetime_id"])
    under_notice = then.known_leavers
    assert len(under_notice) > 3
    assert set(under_notice["lifetime_id"]).isdisjoint(forecast["lifetime_id"])
    gone = scored["lifetime_id"].isin(seen_later.query(
        f"select lifetime_id from lifetimes where leaves_on <= date '{day}'"
    )["lifetime_id"])  # fmt: skip
    assert not gone.any()


def test_what_is_learned_from_on_the_day_is_what_is_learned_from_later(seen_later: Workbench, seen_then: Workbench):
    """The rows and labels that a fold of 1 July uses, rebuilt from what was known on it."""
    day, columns = pd.Timestamp(LANDMARK), ["lifetime_id", "risk_date", "event", "followed_days"]
    known, believed = (
        training_rows(tenure.landmarks, day, 30)[columns].sort_values(columns[:2], ignore_index=True)
        for tenure in (seen_then, seen_later)
    )
    assert known["event"].sum() > 10
    pd.testing.assert_frame_equal(known, believed)
    withdrawn = seen_later.landmarks["believed_until"].notna()
    assert seen_later.study.time.event_date == "end" or np.count_nonzero(withdrawn) > 0


LATE = """
create table subscriptions as
with renewed as (
    select
        *,
        cast(substr(account_id, 2) as integer) % 2 = 0 and kind = 'paid' as pays_late,
        lag(kind) over (partition by subscription_id order by started_on) = 'paid' as is_renewal,
        lead(started_on) over (partition by subscription_id order by started_on) as renewed_on
    from '{source}/subscriptions.parquet'
)
select * exclude (pays_late, is_renewal, renewed_on) replace (
    case when pays_late and is_renewal then started_on + interval 12 days else started_on end :: date as started_on,
    case when pays_late then coalesce(ended_on, renewed_on) else ended_on end as ended_on
)
from renewed
"""


@pytest.mark.slow
def test_half_a_book_that_pays_each_renewal_twelve_days_late_leaves_as_often_and_is_scored_alike(
    world: World, tmp_path
):
    """On 1 January 2023 those whose December renewal is not paid yet look as if they had left: that is not settled."""
    shutil.copytree(world.folder, tmp_path / "late")
    con = duckdb.connect()
    con.execute(LATE.format(source=world.folder))
    con.execute(f"copy subscriptions to '{tmp_path}/late/subscriptions.parquet'")
    late_world = World(tmp_path / "late", world.scenario)
    punctual, late = (seen_on(one, LATER, "end", tmp_path / one.folder.name) for one in (world, late_world))
    assert late.query("select number from attrition where what = 'provisional_ends'")["number"].item() > 5
    for question in (
        "select account_id, risk_date + cast(stop - start as integer) as left_on from counting_process "
        "where event = 1 order by all",
        "select quarter_from, churned_of_start + churned_of_entered as churned from book_by_quarter "
        "where is_settled order by all",
    ):
        assert len(punctual.query(question)) > 2
        pd.testing.assert_frame_equal(late.query(question), punctual.query(question))
    scored = [settled_quarters(tenure.landmarks) for tenure in (punctual, late)]
    assert scored[0] == scored[1]
    assert scored[0][-1] == pd.Timestamp("2022-07-01")
