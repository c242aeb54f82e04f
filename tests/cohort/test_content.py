"""What rows say, whatever their ids: the order of rows, accounts and clusters, from which random draws are made."""

import hashlib
import struct

import numpy as np
import pandas as pd
import pytest

from analysis.cohort.content import by_account, by_row, known_columns, places, row_digests

ROWS = pd.DataFrame(
    {
        "account_id": ["a", "a", "b", "b", "c"],
        "risk_date": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-01-01", "2024-02-01", "2023-12-01"]),
        "seats": [5.0, 0.0, 5.0, np.nan, 7.0],
        "phase": ["adoption", "mature", "adoption", None, "mature"],
        "is_new": [True, False, True, False, False],
    }
)


def renamed(frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    return frame.assign(account_id=frame["account_id"].map(names))


def spread(number: int) -> int:
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        number %= 2**64
        number = ((number ^ (number >> shift)) * factor) % 2**64
    return number ^ (number >> 31)


def of_text(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


class TestRowDigests:
    def test_rows_that_say_the_same_are_alike_and_others_are_not(self):
        found = row_digests(ROWS)
        assert found[0] == found[2]
        assert len(set(found)) == 4

    def test_neither_ids_nor_the_order_of_rows_or_columns_matter(self):
        order = [3, 1, 4, 0, 2]
        again = renamed(ROWS, {"a": "z", "b": "y", "c": "x"}).iloc[order, ::-1]
        assert (row_digests(again) == row_digests(ROWS)[order]).all()

    @pytest.mark.parametrize("column", ["risk_date", "seats", "phase", "is_new"])
    def test_every_other_column_matters(self, column):
        other = ROWS.assign(**{column: ROWS[column].shift(1)})
        assert (row_digests(other) != row_digests(ROWS)).any()

    def test_the_type_that_holds_a_number_its_last_bit_and_the_sign_of_zero_do_not_matter(self):
        whole = pd.DataFrame({"seats": [5, 0, 7]})
        near = pd.DataFrame({"seats": [np.nextafter(5.0, 6), -0.0, np.nextafter(7.0, 6)]})
        assert (row_digests(whole) == row_digests(near)).all()

    def test_a_value_that_moves_to_another_column_makes_another_row(self):
        one, other = ({"seats": [5.0], "users": [3.0]}, {"seats": [3.0], "users": [5.0]})
        assert row_digests(pd.DataFrame(one)) != row_digests(pd.DataFrame(other))

    def test_a_column_without_a_value_is_as_good_as_absent(self):
        assert (row_digests(ROWS.assign(nps=np.nan, plan=None)) == row_digests(ROWS)).all()

    def test_numbers_are_those_of_the_finaliser_written_out_whatever_the_machine(self):
        """The seats of the third row of a table of one column, and a text: as whole numbers of Python."""
        bits = int.from_bytes(struct.pack(">f", 5.0), "big")
        assert row_digests(ROWS, ["seats"])[2] == spread(spread(bits + of_text("seats")))
        assert row_digests(ROWS, ["phase"])[1] == spread(spread(of_text("mature") + of_text("phase")))


class TestPlaces:
    def test_groups_are_numbered_by_what_their_rows_say_whatever_the_order_of_names_or_rows(self):
        said = row_digests(ROWS)
        place = places(ROWS["account_id"].to_numpy(object), said)
        assert sorted(set(place)) == [0, 1, 2]
        for names in ({"a": "z", "b": "y", "c": "x"}, {"a": "m", "b": "n", "c": "a"}):
            again = renamed(ROWS, names).iloc[[4, 2, 0, 1, 3]]
            assert (places(again["account_id"].to_numpy(object), row_digests(again)) == place[[4, 2, 0, 1, 3]]).all()

    def test_how_often_a_group_says_something_matters(self):
        said = np.array([7, 7, 7], dtype=np.uint64)
        once, twice = places(np.array(["b", "a", "a"]), said)[:2]
        assert (once, twice) == tuple(places(np.array(["a", "b", "b"]), said)[:2])

    def test_of_groups_that_say_the_same_the_first_name_comes_first(self):
        assert places(np.array(["b", "a"]), np.array([7, 7], dtype=np.uint64)).tolist() == [1, 0]


class TestOrder:
    def test_accounts_follow_each_other_by_their_first_day_then_by_what_they_say(self):
        found = by_account(ROWS.iloc[::-1], "risk_date", "risk_date")
        assert found["account_id"].iloc[0] == "c"
        assert found["account_id"].iloc[1] == found["account_id"].iloc[2]
        assert found["risk_date"].iloc[1] < found["risk_date"].iloc[2]
        swapped = by_account(renamed(ROWS, {"a": "b", "b": "a", "c": "c"}), "risk_date", "risk_date")
        pd.testing.assert_frame_equal(swapped.drop(columns="account_id"), found.drop(columns="account_id"))

    def test_what_becomes_known_later_does_not_change_the_order_of_rows(self):
        rows = ROWS.assign(event=[0, 0, 1, 0, 0], out_on=pd.NaT, believed_until=ROWS["risk_date"], seats=range(5))
        later = rows.assign(event=1, out_on=pd.Timestamp("2024-03-01"), followed_days=[5, 4, 3, 2, 1])
        assert by_row(rows, "risk_date")["seats"].tolist() == by_row(later, "risk_date")["seats"].tolist()
        assert known_columns(later) == ["risk_date", "seats", "phase", "is_new"]
