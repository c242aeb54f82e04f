"""A region of today that is changed moves nothing of the past, unless the study declares that it never changes."""

import dataclasses
import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from worlds import World, quiet

from analysis.workbench import Workbench, open_workbench
from analysis.worlds.proofs.study_worlds import study_of_world


def built(world: World, out: Path, constant: tuple[str, ...]) -> Workbench:
    study = study_of_world(world.folder, world.scenario)
    source = dataclasses.replace(study.source, constant_attributes=constant)
    return open_workbench(dataclasses.replace(study, source=source), out, progress=quiet)


@pytest.mark.slow
@pytest.mark.parametrize(
    "is_declared",
    [pytest.param(False, id="not declared"), pytest.param(True, id="declared")],
)
def test_a_region_changed_today_rewrites_the_past_only_where_it_is_declared_constant(
    short: World, tmp_path: Path, is_declared: bool
):
    constant = ("region",) if is_declared else ()
    """In the world all regions have the same holidays; here one has none."""
    for name in ("there", "moved"):
        shutil.copytree(short.folder, tmp_path / name)
    with duckdb.connect() as con:
        con.execute(f"create table holidays as from '{short.folder}/holidays.parquet' where region <> 'emea'")
        for name in ("there", "moved"):
            con.execute(f"copy holidays to '{tmp_path}/{name}/holidays.parquet' (format parquet)")
        con.execute(f"create table accounts as from '{short.folder}/accounts.parquet'")
        con.execute("update accounts set region = case region when 'emea' then 'amer' else 'emea' end")
        con.execute(f"copy accounts to '{tmp_path}/moved/accounts.parquet' (format parquet)")
    before = built(World(tmp_path / "there", short.scenario), tmp_path / "before", constant)
    after = built(World(tmp_path / "moved", short.scenario), tmp_path / "after", constant)
    rows = [tenure.table("covariates") for tenure in (before, after)]
    assert rows[0]["usage_surge"].notna().sum() > 100
    assert rows[0].equals(rows[1]) is not is_declared
    surges = [one.set_index(["lifetime_id", "risk_date"])["usage_surge"] for one in rows]
    assert surges[0].index.equals(surges[1].index)
    assert pd.concat(surges, axis=1).nunique(axis=1).gt(1).any() == is_declared
