"""Response to risk: vendors who call on whom they worry about make contact look dangerous."""

import dataclasses
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from worlds import SHORT, World, quiet, shared_world

from analysis.claims.asked import Asked, Grounds
from analysis.claims.estimates import Estimate, estimate_all
from analysis.claims.response import responses_to_risk
from analysis.claims.rows import TestRows
from analysis.contest.touches import MARK, flips, rows_without_interventions, touch_effects
from analysis.declared.claims import read_claims
from analysis.errors import ModelError
from analysis.workbench import Workbench, open_workbench
from analysis.worlds.proofs.study_worlds import study_of_world


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> World:
    return shared_world(tmp_path_factory, "short", SHORT, 150, 3)


@pytest.fixture(scope="module")
def called(short: World, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """The world, with a call that is an intervention to two leavers in three, days before their last interval."""
    folder: Path = tmp_path_factory.mktemp("called")
    data = folder / "data"
    data.mkdir()
    for path in short.folder.glob("*.parquet"):
        (data / path.name).write_bytes(path.read_bytes())
    tenure = short.opened(folder / "first")
    rows = tenure.counting_process
    left = rows[rows["event"] == 1]
    left = left[np.arange(len(left)) % 3 < 2]
    days = left["risk_date"] - pd.to_timedelta(1 + np.arange(len(left)) % 9, unit="D")
    calls = pd.read_parquet(data / "touchpoints.parquet")
    extra = calls.iloc[np.zeros(len(left), dtype=int)].assign(
        touchpoint_id=[f"Z{k}" for k in range(len(left))], account_id=left["account_id"].to_numpy(), kind="call",
        occurred_on=days.dt.date.to_numpy(), initiated_by="vendor", status="held", automated=False, contact_id=None,
        response_hours=None, intervention_id=[f"I{k}" for k in range(len(left))],
    )  # fmt: skip
    pd.concat([calls, extra.astype(calls.dtypes.to_dict())], ignore_index=True).to_parquet(data / "touchpoints.parquet")
    study = dataclasses.replace(study_of_world(data, short.scenario), name="called")
    return open_workbench(study, folder / "out", progress=quiet)


@pytest.mark.slow
def test_covariates_are_those_of_a_source_without_these_touches(called: Workbench) -> None:
    """Without some touches the last one is as long ago, or longer; nothing that rests on no touch differs."""
    key = ["lifetime_id", "start"]
    now, without = (
        frame.sort_values(key, ignore_index=True)
        for frame in (called.counting_process, rows_without_interventions(called))
    )
    later, sooner = (frame["days_since_touch"].to_numpy(float, na_value=np.nan) for frame in (without, now))
    known = ~np.isnan(sooner) & ~np.isnan(later)
    assert (later[known] >= sooner[known]).all()
    assert (later[known] > sooner[known]).any()
    same = [*key, "stop", "event", "seats", "departures", "usage_drop"]
    pd.testing.assert_frame_equal(now[same], without[same])


def estimate_of(value: float, half: float) -> Estimate:
    claim = next(claim for claim in read_claims() if claim.name == "C08")
    asked = Asked(claim, 1, claim.tests[0])
    return Estimate(asked, estimate=value, conf_low=value - half, conf_high=value + half)


@pytest.mark.parametrize(
    ("one", "other", "flipped"),
    [
        (estimate_of(0.5, 0.2), estimate_of(-0.1, 0.3), True),
        (estimate_of(0.5, 0.2), estimate_of(-0.5, 0.2), True),
        (estimate_of(0.1, 0.3), estimate_of(-0.1, 0.3), False),
        (estimate_of(0.5, 0.2), estimate_of(0.1, 0.3), False),
        (estimate_of(0.5, 0.2), estimate_of(math.nan, 0.3), False),
    ],
)
def test_a_sign_flips_where_one_of_the_two_is_shown(one: Estimate, other: Estimate, flipped: bool) -> None:
    assert flips(one, other) is flipped


@pytest.mark.slow
def test_contact_that_follows_risk_is_told(called: Workbench) -> None:
    """Who is called in the last days was touched lately: contact looks dangerous until these calls are left out."""
    grounds = Grounds(
        called.study, called.given,
        [c for c in called.covariates("counting_process") if c.name in ("days_since_touch", "seats", "answered_share")],
        100, False,
    )  # fmt: skip
    claim = next(claim for claim in read_claims() if claim.name == "C07")
    test = dataclasses.replace(claim.tests[0], moves=claim.tests[0].moves[:1], early=False)
    asked = [Asked(claim, 1, test)]
    rows = TestRows(called.counting_process, called.table("phase_intervals"), called.table("recurrent_events"))
    today = estimate_all(asked, rows, grounds)
    assert today[0].estimate < 0
    assert today[0].conf_high < 0
    found = responses_to_risk(called, asked, rows, today, grounds)
    assert found <= {("C07", 1)}
    without = estimate_all(asked, dataclasses.replace(rows, intervals=rows_without_interventions(called)), grounds)[0]
    assert without.estimate > today[0].estimate + 0.5
    assert (("C07", 1) in found) == (without.estimate > 0)


@pytest.mark.slow
def test_the_model_is_told_of_columns_that_such_calls_move(called: Workbench) -> None:
    """The calls touch what counts touches, and nothing else; left out, the last contact is no longer so dangerous."""
    found = called.effects.touches
    table = found.table.set_index("covariate")
    assert "days_since_touch" in table.index
    assert not {"seats", "usage_drop", "departures"} & set(table.index)
    assert table.loc["days_since_touch", "without"] > table.loc["days_since_touch", "estimate"]
    flipped = table.index[table["response_to_risk"]]
    notes = [note for note in found.notes if note.code == "contest.response_to_risk"]
    assert len(notes) == len(flipped)
    assert 0 < found.n_left_out < found.n_touches
    assert "without interventions" in called.effects.touches_left_out()._repr_html_()


@pytest.mark.slow
def test_touches_that_nobody_marked_cannot_be_left_out(called: Workbench) -> None:
    without = SimpleNamespace(given=called.given - {MARK})
    with pytest.raises(ModelError, match="does not say which touches were interventions"):
        touch_effects(without, called.inference)
