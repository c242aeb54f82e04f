"""Order of a score: beside scikit-learn and pairs counted one by one, and on scores of which the truth is known."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scored_rows import REPORT, drawn_book, shuffled, with_score
from sklearn.metrics import roc_auc_score

from analysis.evaluation.measures.influence import effective_df
from analysis.evaluation.rolling_origin import QUOTED
from analysis.health_score.order_verdicts import AUC, BASE_RATE, SCORE, SHARED_ROWS, UNO_C, Beside, Order
from analysis.health_score.ordering import difference, ordering, parts_by
from analysis.health_score.settled import settled_rows
from analysis.models.registry import CONTRACT_ONLY

BOOK = drawn_book(says=0.5)


def line(table, **where):
    found = table
    for name, value in where.items():
        found = found[found[name] == value]
    assert len(found) == 1
    return found.iloc[0]


def predictions_of(scored, **risks):
    own = settled_rows(scored)
    rows = own.rows
    return pd.DataFrame(
        {
            "landmark": rows["risk_date"],
            "lifetime_id": rows["lifetime_id"],
            "account_id": rows["account_id"],
            "cluster_id": rows["cluster_id"],
            "event": own.event,
            **risks,
        }
    )


@pytest.mark.parametrize("days", [30, 60, 90])
def test_auc_is_scikit_learns_of_each_landmark_weighed_by_its_pairs(days):
    own = settled_rows(BOOK)
    limit = own.rows["horizon_days"].to_numpy() if days == 90 else days
    event = own.event & (own.rows["followed_days"].to_numpy() <= limit)
    total = pairs = 0.0
    for day in own.rows["risk_date"].unique():
        mine = (own.rows["risk_date"] == day).to_numpy()
        n_pairs = event[mine].sum() * (~event[mine]).sum()
        if n_pairs:
            total += n_pairs * roc_auc_score(event[mine], -own.score[mine])
            pairs += n_pairs
    found = line(ordering(BOOK, REPORT).table, subject=SCORE, days=days, measure=AUC)
    assert found["estimate"] == pytest.approx(total / pairs, abs=1e-12)
    assert found["n_leavers"] == own.rows["lifetime_id"][event].nunique()


def test_unos_c_is_the_share_of_pairs_counted_one_by_one():
    own = settled_rows(drawn_book(says=0.5, n_accounts=60, hazard=0.06))
    found = parts_by(own, -own.score, 60, UNO_C).value
    time = np.where(own.event, own.rows["followed_days"], 999)
    day = own.rows["risk_date"].to_numpy()
    right = pairs = 0.0
    for i in np.flatnonzero(own.event & (time <= 60)):
        later = (day == day[i]) & (time > time[i])
        pairs += later.sum()
        right += (own.score[later] > own.score[i]).sum() + 0.5 * (own.score[later] == own.score[i]).sum()
    assert found == pytest.approx(right / pairs, abs=1e-12)


def test_a_competing_end_is_no_churn_but_a_control():
    rows = BOOK.rows.copy()
    changed = (rows["event"] == 1) & rows["lifetime_id"].isin(rows["lifetime_id"].unique()[::2])
    rows.loc[changed, ["event", "cause"]] = [0, "merged"]
    other = with_score(BOOK, BOOK.score)
    other.rows[["event", "cause"]] = rows[["event", "cause"]]
    found = ordering(other, REPORT)
    own = settled_rows(other)
    assert found.verdict.n_leavers == own.rows["lifetime_id"][own.event].nunique()
    assert found.verdict.n_rows == ordering(BOOK, REPORT).verdict.n_rows


def test_a_score_that_orders_is_said_to_and_its_reverse_to_order_the_wrong_way():
    assert ordering(BOOK, REPORT).verdict.reading is Order.ORDERS
    turned = ordering(with_score(BOOK, 100 - BOOK.score), REPORT)
    assert turned.verdict.reading is Order.WRONG_WAY
    assert turned.verdict.auc.estimate == pytest.approx(1 - ordering(BOOK, REPORT).verdict.auc.estimate)


@pytest.mark.parametrize(("low", "high", "reading"), [(10.0, 90.0, Order.ORDERS), (90.0, 10.0, Order.WRONG_WAY)])
def test_a_score_that_knows_all_has_an_interval_though_no_pair_differs(low, high, reading):
    found = ordering(with_score(BOOK, np.where(BOOK.event, low, high)), REPORT).verdict
    assert found.reading is reading
    assert found.auc.estimate == float(reading is Order.ORDERS)
    assert 0 < found.auc.conf_high - found.auc.conf_low < 0.2


@pytest.mark.slow
def test_a_shuffled_score_is_hardly_ever_said_to_order():
    """A one-sided error of 2.5%: of 60 scores that say nothing, more than 5 would be called so once in 300 times."""
    readings = [ordering(shuffled(BOOK, seed), REPORT).verdict.reading for seed in range(60)]
    assert readings.count(Order.ORDERS) <= 5
    assert readings.count(Order.WRONG_WAY) <= 5


@pytest.mark.slow
@pytest.mark.parametrize("n_accounts", [40, 100, 300])
def test_the_error_of_saying_that_a_score_orders_is_as_stated(n_accounts):
    """Few leavers, and many: 400 dealt scores each, of which 2.5% may be called either; four errors wide."""
    book = drawn_book(says=0.5, n_accounts=n_accounts)
    readings = [ordering(shuffled(book, seed), REPORT).verdict.reading for seed in range(400)]
    for wrong in (Order.ORDERS, Order.WRONG_WAY):
        assert readings.count(wrong) / 400 <= 0.025 + 4 * np.sqrt(0.025 * 0.975 / 400)


@pytest.mark.slow
def test_the_error_of_a_difference_is_that_of_leaving_out_each_cluster():
    own = settled_rows(BOOK)
    rng = np.random.default_rng(3)
    other = own.event + rng.normal(size=len(own.score))
    parts = [parts_by(own, risk, 90, AUC) for risk in (-own.score, other)]
    found, _ = difference(*parts)
    cluster = own.rows["cluster_id"].to_numpy()
    without = []
    for name in np.unique(cluster):
        rest = own.take(cluster != name)
        left = [parts_by(rest, risk[cluster != name], 90, AUC).value for risk in (-own.score, other)]
        without.append(left[0] - left[1])
    error = np.sqrt(((np.array(without) - found.estimate) ** 2).sum())
    df = effective_df(np.bincount(parts[0].cluster, parts[0].influence - parts[1].influence))
    assert (found.conf_high - found.estimate) / stats.t.ppf(0.975, df) == pytest.approx(error, rel=0.03)


def test_forecasts_are_held_against_the_score_on_the_rows_that_both_have():
    own = settled_rows(BOOK)
    quoted = np.where(own.event, 0.9, 0.1) + own.rows.index.to_numpy() * 1e-9
    quoted[own.rows["risk_date"] < "2022-10-01"] = np.nan
    found = ordering(BOOK, REPORT, predictions_of(BOOK, **{QUOTED: quoted, CONTRACT_ONLY: -own.score / 100}))
    shared = found.table[found.table["rows"] == SHARED_ROWS]
    assert shared["n_rows"].unique().tolist() == [np.isfinite(quoted).sum()]
    assert {one.versus: one.reading for one in found.beside} == {
        QUOTED: Beside.BEHIND,
        CONTRACT_ONLY: Beside.NOT_SHOWN,  # the same order: no difference, and no error of it
        BASE_RATE: Beside.AHEAD,
    }
    apart = found.beside[0].difference
    aucs = shared[(shared["measure"] == AUC) & (shared["days"] == 90)].set_index("subject")["estimate"]
    assert apart.estimate == pytest.approx(aucs[SCORE] - aucs[QUOTED])
    assert aucs[BASE_RATE] == 0.5
    assert "worse than the forecast quoted then" in str(found.beside[0].remark)


def test_rows_without_a_score_are_counted_and_have_no_part():
    score = BOOK.score.copy()
    gone = BOOK.rows["lifetime_id"].isin(BOOK.rows["lifetime_id"].unique()[::5]).to_numpy()
    score[gone] = np.nan
    found = ordering(with_score(BOOK, score), REPORT)
    alone = ordering(BOOK.take(~gone), REPORT)
    pd.testing.assert_frame_equal(found.table, alone.table)
    own = settled_rows(BOOK)
    assert found.coverage.n_without == (~np.isfinite(settled_rows(with_score(BOOK, score)).score)).sum()
    assert found.coverage.n_leavers == own.rows["lifetime_id"][own.event].nunique()
    assert found.coverage.n_leavers - found.coverage.n_leavers_without == alone.coverage.n_leavers
    assert any(note.code == "health_score.without_score" for note in found.notes)


def test_with_few_leavers_nothing_is_concluded():
    found = ordering(drawn_book(says=3.0, n_accounts=12, hazard=0.02, seed=3), REPORT)
    assert 0 < found.verdict.n_leavers < 10
    assert found.verdict.reading is Order.TOO_FEW
    assert found.table.empty
    assert "10 leavers" in str(found.notes[0])
    assert ordering(BOOK, REPORT).verdict.is_thin is False


def test_small_groups_are_hidden_and_said_to_be():
    book = with_score(BOOK, BOOK.score)
    few = book.rows["account_id"].isin(["a1", "a2", "a3"])
    book.rows.loc[few, "segment_in_force"] = "tiny"
    found = ordering(book, REPORT)
    segments = found.groups[found.groups["by"] == "segment_in_force"].set_index("group")
    assert segments.loc["tiny", "is_hidden"]
    assert segments["is_hidden"].sum() == 2  # and the next smallest, which would tell
    assert segments.loc[segments["is_hidden"], ["n_rows", "estimate"]].isna().all(axis=None)
    assert any(note.code == "health_score.groups_hidden" for note in found.notes)


def test_clusters_of_equal_part_have_one_degree_of_freedom_less_than_there_are():
    assert effective_df(np.full(12, 0.3)) == pytest.approx(11)
    assert effective_df(np.r_[1.0, np.zeros(50)]) == 1.0


def test_rows_that_are_not_settled_have_no_part():
    book = with_score(BOOK, BOOK.score)
    open_rows = ~book.is_settled
    assert open_rows.any()
    book.rows.loc[open_rows, "event"] = 1
    pd.testing.assert_frame_equal(ordering(book, REPORT).table, ordering(BOOK, REPORT).table)
    assert ordering(book, REPORT).coverage.n_open == (open_rows & book.rows["is_quarter_start"]).sum()
