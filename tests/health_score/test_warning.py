"""Warnings, lead times, alarms and green leavers: hand-made tables, and books of which the truth is known."""

import numpy as np
import pandas as pd
import pytest
from family_predictors import FAMILIES, predictor_rows
from scored_rows import REPORT, TIME, drawn_book, scored_of, shuffled, with_score

from analysis.contest.effect_frames import FAMILY_PREDICTORS
from analysis.declared.study_parts import Report, Time
from analysis.health_score.alarms import Alarmed, alarms_of, fall_of
from analysis.health_score.flagged_families import ALONE, ANY, AT_ALL, NONE, flagged_families, top_of_quarter
from analysis.health_score.lead_time import lead_times
from analysis.health_score.warning import Warned, leavers_of, place_before, tenure_band, warnings_of

LOOSE = Report(family_from_events=1, contest_from_events=1, min_cell=1)


def drawn(text: str) -> object:
    """Read rows: account, month of 2023, score (- for none), left on (- for never), term, tenure in days."""
    lines = []
    for line in text.strip().splitlines():
        account, month, score, left, term, tenure = line.split()
        day = pd.Timestamp(2023, int(month), 1)
        ends, left_on = day + pd.DateOffset(months=3), pd.NaT if left == "-" else pd.Timestamp(left)
        event = bool(pd.notna(left_on) and left_on <= ends)
        lines.append(
            {
                "lifetime_id": f"{account}#1",
                "account_id": account,
                "cluster_id": account,
                "risk_date": day,
                "horizon_ends_on": ends,
                "is_quarter_start": int(month) % 3 == 1,
                "is_followed": True,
                "horizon_days": (ends - day).days,
                "followed_days": (left_on - day).days if event else (ends - day).days,
                "event": int(event),
                "out_on": left_on,
                "term_kind": term,
                "tenure_days": int(tenure),
                "score": np.nan if score == "-" else float(score),
            }
        )
    rows = pd.DataFrame(lines)
    return scored_of(rows, rows.pop("score").to_numpy(float))


MATCHED = drawn(
    """
    a  1  80  2023-04-20  yearly   100
    a  2  50  2023-04-20  yearly   131
    a  4  30  2023-04-20  yearly   190
    b  1  20  2023-04-25  monthly  150
    b  4  20  2023-04-25  monthly  240
    c  1  80  -           yearly   200
    d  1  50  -           yearly   300
    e  1  -   2023-04-20  yearly   100
    e  4  90  2023-04-20  yearly   190
    f  1  80  2023-04-10  yearly   100
    f  4  80  2023-04-10  yearly   190
    g  1  80  -           yearly   20
    h  1  10  -           monthly  200
    i  1  90  -           monthly  300
    """
)


def test_the_last_landmark_so_long_before_leaving_is_taken_and_none_that_is_older():
    leavers = leavers_of(MATCHED)
    assert leavers["lifetime_id"].tolist() == ["f#1", "a#1", "e#1", "b#1"]
    place = dict(zip(leavers["lifetime_id"], place_before(MATCHED.rows, leavers, 60, 1), strict=True))
    # a left 78 days after 1 February. the others' rows are over 91 days before, or under 60.
    assert place == {"a#1": 1, "b#1": -1, "e#1": -1, "f#1": -1}


def test_of_two_landmarks_that_lie_near_enough_the_later_is_taken():
    book = drawn(
        """
        a  1  80  2023-04-02  yearly  100
        a  2  50  2023-04-02  yearly  131
        a  3  50  2023-04-02  yearly  159
        """
    )
    # 1 February is 60 days before, 1 January 91.
    assert place_before(book.rows, leavers_of(book), 60, 1).tolist() == [1]


def test_stayers_of_the_same_landmark_term_and_band_weigh_as_leavers_do_by_hand():
    found = warnings_of(MATCHED, LOOSE, TIME, (90,))
    # 90 days before: the rows of January. f left after 99 days, a and e on one day, b last. g is of another band.
    # Beside f stand c, d, a and e: 2 of 4 green. Beside a, and beside e: c and d, for neither stayed longer: 1 of 2.
    # Beside b stand h and i, monthly, too: 1 of 2. No score has e, beside f alone.
    table = found.table.set_index("colour")
    assert found.counts.iloc[0].tolist() == [90, 4, 0, 0, 4]
    assert table["share_leavers"].to_dict() == {"red": 0.25, "yellow": 0.0, "green": 0.5, "none": 0.25}
    green = (2 / 4 + 1 / 2 + 1 / 2 + 1 / 2) / 4
    none = (1 / 4) / 4
    assert table.loc["green", "share_stayers"] == pytest.approx(green)
    assert table.loc["none", "share_stayers"] == pytest.approx(none)
    assert table["share_stayers"].sum() == pytest.approx(1)
    assert table.loc["green", "difference"] == pytest.approx(0.5 - green)


def test_a_leaver_whom_nobody_is_like_is_counted_and_not_compared():
    alone = MATCHED.take(~MATCHED.rows["account_id"].isin(["h", "i"]).to_numpy())
    assert warnings_of(alone, LOOSE, TIME, (90,)).counts.iloc[0].tolist() == [90, 4, 0, 1, 3]


def test_bands_of_tenure_are_the_studys_phases_and_a_second_mature_year():
    assert tenure_band(np.array([0, 89, 90, 364, 365, 729, 730]), TIME).tolist() == [0, 0, 1, 1, 2, 2, 3]


BOOK = drawn_book(says=0.8, n_accounts=600)


def test_a_score_that_falls_before_leaving_warned_and_its_reverse_went_the_wrong_way():
    found = warnings_of(BOOK, REPORT, TIME)
    assert found.verdicts[-1].days == 30
    assert found.verdicts[-1].reading is Warned.WARNED
    turned = warnings_of(with_score(BOOK, 100 - BOOK.score), REPORT, TIME)
    assert turned.verdicts[-1].reading is Warned.WRONG_WAY
    assert "30 days before" in str(found.verdicts[-1].remark)


@pytest.mark.slow
def test_shuffled_scores_hardly_ever_warn():
    """Two-sided 5% over all three days: of 40 books more than 6 would be judged so once in a hundred."""
    book = drawn_book(says=0.8)
    judged = [{one.reading for one in warnings_of(shuffled(book, seed), REPORT, TIME).verdicts} for seed in range(40)]
    assert sum(one != {Warned.NOT_SHOWN} for one in judged) <= 6


def test_few_leavers_are_not_compared():
    found = warnings_of(MATCHED, REPORT, TIME)
    assert {one.reading for one in found.verdicts} == {Warned.TOO_FEW}
    assert found.table.empty


def test_lead_times_by_hand():
    book = drawn(
        """
        fell     1  80  2023-06-11  yearly  100
        fell     2  50  2023-06-11  yearly  100
        fell     3  70  2023-06-11  yearly  100
        fell     4  55  2023-06-11  yearly  100
        fell     5  30  2023-06-11  yearly  100
        fell     6  20  2023-06-11  yearly  100
        always   4  30  2023-06-11  yearly  100
        always   5  30  2023-06-11  yearly  100
        always   6  50  2023-06-11  yearly  100
        well     5  30  2023-06-11  yearly  100
        well     6  90  2023-06-11  yearly  100
        silent   5  30  2023-06-11  yearly  100
        silent   6  -   2023-06-11  yearly  100
        gap      4  90  2023-06-11  yearly  100
        gap      5  -   2023-06-11  yearly  100
        gap      6  20  2023-06-11  yearly  100
        stays    6  20  -           yearly  100
        """
    )
    table = lead_times(book, LOOSE, TIME).table.set_index("below")
    # Below green since 1 April (71 days), red since 1 May (41 days). What came before a gap is not known.
    assert table.loc["green"].to_dict() == {
        "n_leavers": 5, "n_unknown": 1, "n_above": 1, "n_fell": 1, "n_always": 2,
        "lead_q25": 71.0, "lead_median": 71.0, "lead_q75": 71.0,
    }  # fmt: skip
    red = table.loc["yellow"]
    assert red[["n_unknown", "n_above", "n_fell", "n_always", "lead_median"]].tolist() == [1, 2, 1, 1, 41.0]


def test_lead_times_of_few_leavers_are_refused_and_days_of_few_that_fell_not_told():
    assert lead_times(MATCHED, REPORT, TIME).table.empty
    found = lead_times(BOOK, Report(family_from_events=180), TIME).table.set_index("below")
    assert (found["n_fell"] < 180).any()
    assert (found["lead_median"].isna() == (found["n_fell"] < 180)).all()


def test_alarms_at_capacity_by_hand():
    book = drawn(
        """
        a  1  10  2023-02-10  yearly  100
        b  1  20  -           yearly  100
        c  1  30  -           yearly  100
        d  1  90  2023-02-11  yearly  100
        e  1  -   2023-02-12  yearly  100
        """
    )
    line = alarms_of(book, Report(capacity=2, family_from_events=1), TIME).table.iloc[0]
    assert line[["n_rows", "n_leavers", "n_alarms", "n_right", "hit_rate", "false_per_right"]].tolist() == [
        4, 2, 2, 1, 0.5, 1.0,
    ]  # fmt: skip
    assert line[["n_warned", "share_warned", "share_stayers", "other_rate"]].tolist() == [1, 0.5, 0.5, 0.5]
    # Ends of the one are ends of the other.
    assert line["false_low"] == pytest.approx(1 / line["hit_high"] - 1)


def test_a_fall_is_told_from_one_month_to_the_next_and_no_further():
    book = drawn(
        """
        a  1  80  -  yearly  100
        a  2  65  -  yearly  100
        a  4  40  -  yearly  100
        a  5  45  -  yearly  100
        b  3  50  -  yearly  100
        b  4  -   -  yearly  100
        b  5  20  -  yearly  100
        """
    )
    np.testing.assert_array_equal(fall_of(book), [np.nan, 15, np.nan, -5, np.nan, np.nan, np.nan])


def test_a_leaver_is_warned_once_however_often_the_score_fell():
    book = drawn(
        """
        a  1  80  2023-04-20  yearly  100
        a  2  60  2023-04-20  yearly  100
        a  3  40  2023-04-20  yearly  100
        a  4  20  2023-04-20  yearly  100
        b  1  80  -           yearly  100
        b  2  60  -           yearly  100
        c  1  80  2023-02-10  yearly  100
        c  2  79  2023-02-10  yearly  100
        """
    )
    table = alarms_of(book, Report(family_from_events=1), TIME).table
    line = table[table["points"] == 20].iloc[0]
    # Three falls of a and one of b; those of a are all within 92 days of its leaving. c had none.
    assert line[["n_alarms", "n_right", "hit_rate", "n_leavers", "n_warned", "share_warned"]].tolist() == [
        4, 3, 0.75, 2, 1, 0.5,
    ]  # fmt: skip
    assert line["share_stayers"] == 1  # of b's one row


def test_a_fall_cannot_be_told_from_quarterly_landmarks():
    quarterly = Time(TIME.observation_start, TIME.snapshot, landmark_every_months=3)
    found = alarms_of(BOOK, REPORT, quarterly)
    assert set(found.table["alarm"]) == {"capacity"}
    assert any(note.code == "health_score.no_monthly_fall" for note in found.notes)


@pytest.mark.slow
def test_the_lowest_scores_leave_more_often_and_shuffled_ones_do_not():
    assert alarms_of(BOOK, REPORT, TIME).verdicts[0].reading is Alarmed.MORE
    readings = [alarms_of(shuffled(BOOK, seed), REPORT, TIME).verdicts[0].reading for seed in range(20)]
    assert readings.count(Alarmed.NOT_SHOWN) >= 16


def test_the_top_fifth_of_a_quarter_leaves_out_ties_that_do_not_fit():
    said = pd.Series([5.0, 4, 3, 2, 1, 9, 9, 1, 1, 1, 0, 0, 0, 0, 0])
    quarter = pd.Series(["a"] * 5 + ["b"] * 5 + ["c"] * 5)
    assert np.flatnonzero(top_of_quarter(said, quarter)).tolist() == [0]


def green_book(rows: pd.DataFrame, score: np.ndarray) -> object:
    return scored_of(rows[["lifetime_id"]].assign(risk_date=rows["landmark"]), score)


def test_flags_are_counted_by_hand_among_green_rows_alone():
    said = {"usage": [9.0, 0, 0, 0, 0, 0, 0, 0, 0, 8], "champion": [9.0, 8, 0, 0, 0, 0, 0, 0, 0, 0]}
    rows = pd.DataFrame(
        {
            "landmark": pd.Timestamp("2024-01-01"),
            "lifetime_id": [f"a{place}" for place in range(10)],
            "account_id": [f"a{place}" for place in range(10)],
            "cluster_id": [f"a{place}" for place in range(10)],
            "event": np.arange(10) < 4,
            "relationship": 0.0,
            **said,
        }
    )
    score = np.array([90.0, 90, 90, np.nan, 90, 90, 90, 90, 30, 90])
    found = flagged_families(green_book(rows, score), FAMILY_PREDICTORS.checked(rows), FAMILIES, LOOSE)
    # Usage flags a0 and a9, champion a0 and a1. Green leavers: a0 (both), a1, a2 (none). Green stayers: a9 and 4 more.
    assert found.families == ("usage", "champion")
    assert (found.n_leavers, found.n_stayers) == (3, 5)
    shares = found.table.set_index(["way", "family"])[["share_leavers", "share_stayers"]]
    assert shares.loc[(AT_ALL, "usage")].tolist() == pytest.approx([1 / 3, 1 / 5])
    assert shares.loc[(ALONE, "usage")].tolist() == pytest.approx([0, 1 / 5])
    assert shares.loc[(ALONE, "champion")].tolist() == pytest.approx([1 / 3, 0])
    by_way = found.table.set_index("way")
    assert by_way.loc[[ANY, "several", NONE], "share_leavers"].tolist() == pytest.approx([2 / 3, 1 / 3, 1 / 3])
    assert {note.code for note in found.notes} >= {"health_score.family_silent", "health_score.leavers_unscored"}


def test_a_family_that_knows_what_the_score_does_not_is_found_and_one_that_knows_nothing_is_not():
    rows = predictor_rows({"champion": 2.5}, n_clusters=900, seed=4)
    rng = np.random.default_rng(5)
    book = green_book(rows, rng.uniform(0, 100, len(rows)))
    found = flagged_families(book, rows, FAMILIES, REPORT)
    assert found.catching == ("champion",)
    assert "Champion" in str(found.notes[0]) or "champion" in str(found.notes[0])
    caught = []
    for seed in range(20):
        dull = predictor_rows({}, n_clusters=200, seed=seed)
        score = np.random.default_rng(seed).uniform(0, 100, len(dull))
        caught.append(bool(flagged_families(green_book(dull, score), dull, FAMILIES, REPORT).catching))
    assert sum(caught) <= 3  # one-sided 2.5% over all families


def test_few_green_leavers_refuse_in_words():
    rows = predictor_rows({}, n_clusters=20, n_quarters=1)
    found = flagged_families(green_book(rows, np.full(len(rows), 80.0)), rows, FAMILIES, REPORT)
    assert found.table.empty
    assert "leavers" in str(found.notes[0])
