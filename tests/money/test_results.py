"""``tenure.money``: every result of a small world, told by its own tables; what is missing is said, never a zero."""

import dataclasses
from pathlib import Path

import pandas as pd
import pytest
from samples import with_little_work
from small_source import SUBSCRIPTIONS, write_small_source
from worlds import SHORT, shared_world

from analysis.cohort.currency import currency_of
from analysis.errors import ModelError
from analysis.workbench import Workbench, open_study

DISPLAYS = ("arr", "bridge", "retention", "renewals", "renewals_ahead", "announced", "at_risk", "lifetime_value")


@pytest.fixture(scope="module")
def tenure(tmp_path_factory) -> Workbench:
    world = shared_world(tmp_path_factory, "money", SHORT.replace("2023-01-01", "2023-04-01"), 120, 5)
    return with_little_work(world.opened(tmp_path_factory.mktemp("money")))


def opened(folder: Path, subscriptions: str, more: str = "") -> Workbench:
    study = write_small_source(folder, subscriptions=subscriptions)
    study.write_text(study.read_text(encoding="utf-8") + more, encoding="utf-8")
    return open_study(study, out=folder / "out", progress=lambda line: None)


def without(column: int, text: str = SUBSCRIPTIONS) -> str:
    lines = [line.split(",") for line in text.splitlines()]
    return "\n".join(",".join(cells[:column] + cells[column + 1 :]) for cells in lines) + "\n"


@pytest.mark.slow
@pytest.mark.parametrize("name", DISPLAYS)
def test_every_result_has_its_numbers_and_draws_them(tenure, name):
    display = getattr(tenure.money, name)()
    assert display.title
    assert len(display.frame())
    if display.draw is not None:
        display.plot()


@pytest.mark.slow
def test_the_brief_says_what_the_tables_say(tenure):
    brief, at_risk = tenure.money.brief, tenure.money.at_risk().table.set_index("part")
    assert brief.currency == "EUR"
    assert brief.arr_now == tenure.money.arr().table["arr"].iloc[-1]
    assert brief.arr_at_risk_expected == at_risk.loc["both", "expected"]
    assert 0 < brief.n_under_notice < tenure.study.report.min_cell
    assert (brief.arr_under_notice, brief.arr_at_risk_low, brief.arr_at_risk_high) == (None, None, None)
    yearly = tenure.money.retention().table.query("over == 'year' and is_settled")
    assert brief.retention_is_yearly == bool(len(yearly))
    if len(yearly):
        assert (brief.grr, brief.nrr) == tuple(yearly.iloc[-1][["grr", "nrr"]])


@pytest.mark.slow
def test_where_no_cell_is_too_small_the_interval_is_told(tenure):
    was, kept = tenure.study, tenure.money
    tenure.study = dataclasses.replace(was, report=dataclasses.replace(was.report, min_cell=1))
    del tenure.__dict__["money"]
    brief, at_risk = tenure.money.brief, kept.at_risk().table.set_index("part")
    tenure.study, tenure.__dict__["money"] = was, kept
    assert brief.arr_under_notice == at_risk.loc["under_notice", "expected"]
    assert (brief.arr_at_risk_low, brief.arr_at_risk_high) == tuple(at_risk.loc["both", ["low", "high"]])


@pytest.mark.slow
def test_what_is_expected_to_end_is_no_more_than_what_is_expected_to_leave(tenure):
    loss = tenure.money.loss
    assert loss.to_end.expected == pytest.approx(loss.to_leave.expected * loss.ends_in_time.share)
    assert 0 < loss.ends_in_time.share <= 1
    assert loss.to_leave.expected == pytest.approx(tenure.reading.loss.expected)


@pytest.mark.slow
def test_what_falls_due_is_in_the_calendar_once(tenure):
    """Each account with a term of over two months that ends by then, where no cell is too small."""
    was = tenure.study
    tenure.study = dataclasses.replace(was, report=dataclasses.replace(was.report, min_cell=1))
    calendar = tenure.money.renewals_ahead().table
    tenure.study = was
    rows = tenure.query(
        "select distinct account_id from subscription_versions where covered_until > date '2023-04-01' "
        "and term_months > 2 and term_ends_on > date '2023-04-01' and term_ends_on <= date '2023-07-01'"
    )
    assert calendar["accounts"].sum() + calendar["under_notice"].sum() == len(rows) > 0


class TestWhatIsMissing:
    def test_without_prices_nothing_is_said_of_amounts_but_of_renewals(self, tmp_path):
        money = opened(tmp_path, without(7)).money
        for name in ("arr", "bridge", "retention", "announced", "at_risk", "lifetime_value"):
            with pytest.raises(ModelError, match="these data give no prices"):
                getattr(money, name)()
        renewals = money.renewals().table
        assert renewals["due"].sum() > 0
        assert renewals[["due_arr", "renewed_arr", "lost_arr", "open_arr"]].isna().all(axis=None)
        ahead = money.renewals_ahead().table
        assert ahead.loc[ahead["accounts"] > 0, "arr"].isna().all()
        assert money.brief.arr_now is None
        assert money.brief.arr_under_notice is None

    def test_without_terms_nothing_is_said_of_renewals(self, tmp_path):
        money = opened(tmp_path, without(3)).money
        for name in ("renewals", "renewals_ahead"):
            with pytest.raises(ModelError, match="do not say when terms end"):
                getattr(money, name)()
        assert money.brief.renewals_due is None
        assert money.arr().table["arr"].iloc[-1] == 12 * (100 + 450)

    def test_a_price_that_is_missing_is_counted(self, tmp_path):
        money = opened(tmp_path, SUBSCRIPTIONS.replace(",450", ",")).money
        last = money.arr().table.iloc[-1]
        assert (last["arr"], last["accounts"], last["unpriced"]) == (1200, 2, 1)

    def test_the_currency_is_that_of_the_data_else_of_the_study_else_none(self, tmp_path):
        priced = "\n".join(
            line + ("," + ("currency" if number == 0 else "JPY"))
            for number, line in enumerate(SUBSCRIPTIONS.splitlines())
        )
        named = '[report]\ncurrency = "CHF"\n'
        cases = {"data": (priced + "\n", named), "study": (SUBSCRIPTIONS, named), "none": (SUBSCRIPTIONS, "")}
        found = {name: currency_of(opened(tmp_path / name, *case)) for name, case in cases.items()}
        assert found == {"data": "JPY", "study": "CHF", "none": None}

    def test_where_nothing_is_forecast_what_is_certain_is_told(self, tmp_path):
        """Three accounts, one of which left: no risk, no curve; what is paid and falls due all the same."""
        tenure = opened(tmp_path, SUBSCRIPTIONS)
        assert tenure.no_forecast is not None
        brief = tenure.money.brief
        assert (brief.arr_now, brief.arr_at_risk_expected) == (6600, None)
        for name in ("at_risk", "lifetime_value"):
            with pytest.raises(ModelError):
                getattr(tenure.money, name)()
        assert isinstance(tenure.money.renewals_ahead().table, pd.DataFrame)
