"""What accounts pay for: its level, contractions and expansions as events that end nothing, returns after a gap."""

import datetime as dt
import functools

import numpy as np
import pytest
from drawn import Book, drawn_book
from random_source import BEGINS, ENDS, random_subscriptions

from analysis.declared.contract import as_known_sql, read_contract


def changes(subscriptions, **study):
    return drawn_book("2_lifetimes", tables={"subscriptions": subscriptions}, **study)


class TestLevels:
    def test_all_versions_in_force_are_added_up_from_each_day_on_which_the_total_changes(self):
        """The renewal of s1 on 1 June for as much is no change; the end of s2 on 1 August is one."""
        book = changes("""
            | subscription_id | account_id | started_on | ended_on   | product | seats | mrr    |
            | s1              | a          | 2024-02-01 | 2024-06-01 | base    | 10    | 100.50 |
            | s1              | a          | 2024-06-01 |            | base    | 10    | 100.50 |
            | s2              | a          | 2024-04-01 | 2024-08-01 | extra   | 5     | 20.25  |
        """)
        book.shows(
            "account_levels",
            """
            | account_id | level_from | level_until | seats | mrr    | products |
            | a          | 2024-02-01 | 2024-04-01  | 10    | 100.50 | 1        |
            | a          | 2024-04-01 | 2024-08-01  | 15    | 120.75 | 2        |
            | a          | 2024-08-01 | 9999-12-31  | 10    | 100.50 | 1        |
            """,
        )

    def test_unpaid_days_have_no_level_and_a_level_does_not_reach_across_them(self):
        book = changes("""
            | subscription_id | account_id | started_on | ended_on   | kind  | seats |
            | s1              | a          | 2024-01-10 | 2024-02-01 | trial | 3     |
            | s1              | a          | 2024-02-01 | 2024-03-01 | paid  | 10    |
            | s2              | a          | 2024-03-11 |            | paid  | 10    |
            | s3              | a          | 2024-03-20 |            | free  | 90    |
        """)
        book.shows(
            "account_levels",
            """
            | account_id | level_from | level_until | seats |
            | a          | 2024-02-01 | 2024-03-01  | 10    |
            | a          | 2024-03-11 | 9999-12-31  | 10    |
            """,
        )

    def test_what_is_not_given_is_counted_and_is_not_zero(self):
        book = changes("""
            | subscription_id | account_id | started_on | product | seats | mrr |
            | s1              | a          | 2024-02-01 | base    | 10    |     |
            | s2              | a          | 2024-03-01 |         |       |     |
            | s3              | a          | 2024-04-01 | base    | 0     | 0   |
        """)
        book.shows(
            "account_levels",
            """
            | level_from | seats | mrr | products | versions_without_seats | versions_without_mrr | versions_without_product |
            | 2024-02-01 | 10    |     | 1        | 0                      | 1                    | 0                        |
            | 2024-03-01 | 10    |     | 1        | 1                      | 2                    | 1                        |
            | 2024-04-01 | 10    | 0   | 1        | 1                      | 2                    | 1                        |
            """,
        )

    @pytest.mark.parametrize(
        ("name", "other"),
        [("seats", "5"), ("seats", ""), ("mrr", "9"), ("mrr", ""), ("product", "extra"), ("product", "")],
    )
    def test_one_total_alone_makes_a_level_and_going_back_another(self, name, other):
        """Beside s1, s2 goes there and back in one cell: the first level and the third are alike, but not one run."""
        alike = {"product": "base", "seats": "0", "mrr": "0"}
        cells = [alike, alike | {name: other}, alike]
        rows = "\n".join(
            f"| s2 | a | {day} | {' | '.join(cell.values())} |"
            for day, cell in zip(["2024-02-01", "2024-03-01", "2024-04-01"], cells, strict=True)
        )
        changes(f"""
            | subscription_id | account_id | started_on | product | seats | mrr |
            | s1              | a          | 2024-02-01 | base    | 10    | 100 |
            {rows}
        """).shows(
            "account_levels",
            """
            | level_from | level_until |
            | 2024-02-01 | 2024-03-01  |
            | 2024-03-01 | 2024-04-01  |
            | 2024-04-01 | 9999-12-31  |
            """,
        )


class TestContraction:
    def test_a_fifth_less_is_a_contraction_and_a_little_less_than_a_fifth_is_none(self):
        """8 of 10 seats are 0.8; 0.8 of 0.7 is 0.56, which no binary fraction is."""
        book = changes("""
            | subscription_id | account_id | started_on | seats | mrr  |
            | s1              | exact      | 2024-02-01 | 10    |      |
            | s1              | exact      | 2024-05-01 | 8     |      |
            | s2              | short      | 2024-02-01 | 10    |      |
            | s2              | short      | 2024-05-01 | 9     |      |
            | s3              | price      | 2024-02-01 |       | 0.70 |
            | s3              | price      | 2024-05-01 |       | 0.56 |
            | s4              | dearer     | 2024-02-01 |       | 0.70 |
            | s4              | dearer     | 2024-05-01 |       | 0.57 |
        """)
        book.shows(
            "changes",
            """
            | account_id | changed_on | kind        | seats_before | seats_after | mrr_before | mrr_after |
            | exact      | 2024-05-01 | contraction | 10           | 8           |            |           |
            | price      | 2024-05-01 | contraction |              |             | 0.70       | 0.56      |
            """,
        )

    def test_one_of_seats_and_mrr_is_enough_even_where_the_other_grows(self):
        book = changes("""
            | subscription_id | account_id | started_on | seats | mrr |
            | s1              | a          | 2024-02-01 | 10    | 100 |
            | s1              | a          | 2024-05-01 | 5     | 120 |
            | s2              | b          | 2024-02-01 | 10    | 100 |
            | s2              | b          | 2024-05-01 | 12    | 80  |
        """)
        book.shows(
            "changes",
            """
            | account_id | kind        |
            | a          | contraction |
            | b          | contraction |
            """,
        )

    def test_it_is_the_accounts_total_that_counts(self):
        """s1 of a loses half its seats, of b all of them: the account loses a sixth, and a third."""
        book = changes("""
            | subscription_id | account_id | started_on | ended_on   | seats |
            | s1              | a          | 2024-02-01 |            | 10    |
            | s1              | a          | 2024-05-01 |            | 5     |
            | s2              | a          | 2024-02-01 |            | 20    |
            | s3              | b          | 2024-02-01 | 2024-05-01 | 10    |
            | s4              | b          | 2024-02-01 |            | 20    |
        """)
        book.shows(
            "changes",
            """
            | account_id | changed_on | kind        | seats_before | seats_after |
            | b          | 2024-05-01 | contraction | 30           | 20          |
            """,
        )

    def test_two_subscriptions_cut_on_one_day_are_one_event_and_on_two_days_two(self):
        """Of 20 seats 18 is no contraction, nor 16 of 18; both at once are one."""
        book = changes("""
            | subscription_id | account_id | started_on | seats |
            | s1              | together   | 2024-02-01 | 10    |
            | s1              | together   | 2024-05-01 | 8     |
            | s2              | together   | 2024-02-01 | 10    |
            | s2              | together   | 2024-05-01 | 8     |
            | s3              | apart      | 2024-02-01 | 10    |
            | s3              | apart      | 2024-05-01 | 8     |
            | s4              | apart      | 2024-02-01 | 10    |
            | s4              | apart      | 2024-05-02 | 8     |
            | s5              | twice      | 2024-02-01 | 10    |
            | s5              | twice      | 2024-05-01 | 8     |
            | s5              | twice      | 2024-05-02 | 6     |
        """)
        book.shows(
            "changes",
            """
            | account_id | changed_on | kind        | seats_before | seats_after |
            | together   | 2024-05-01 | contraction | 20           | 16          |
            | twice      | 2024-05-01 | contraction | 10           | 8           |
            | twice      | 2024-05-02 | contraction | 8            | 6           |
            """,
        )

    def test_from_nothing_there_is_nothing_to_lose(self):
        """10 x 0 <= 8 x 0 holds, but that is no contraction, whatever happens beside it."""
        book = changes("""
            | subscription_id | account_id | started_on | seats | mrr |
            | s1              | a          | 2024-02-01 | 0     | 0   |
            | s1              | a          | 2024-05-01 | 0     | 0   |
            | s2              | b          | 2024-02-01 | 10    | 0   |
            | s2              | b          | 2024-05-01 | 10    | 50  |
            | s3              | c          | 2024-02-01 | 10    | 50  |
            | s3              | c          | 2024-05-01 | 10    | 0   |
            | s4              | d          | 2024-02-01 | 0     | 50  |
            | s4              | d          | 2024-05-01 | 0     | 60  |
            | s5              | e          | 2024-02-01 | 10    | 0   |
            | s5              | e          | 2024-05-01 | 11    | 0   |
        """)
        book.shows(
            "changes",
            """
            | account_id | kind        |
            | b          | upsell      |
            | c          | contraction |
            | d          | upsell      |
            | e          | upsell      |
            """,
        )


class TestExpansion:
    def test_more_of_the_same_products_is_an_upsell_and_a_new_one_a_cross_sell(self):
        book = changes("""
            | subscription_id | account_id | started_on | product | seats | mrr |
            | s1              | seats      | 2024-02-01 | base    | 10    | 100 |
            | s1              | seats      | 2024-05-01 | base    | 11    | 100 |
            | s2              | price      | 2024-02-01 | base    | 10    | 100 |
            | s2              | price      | 2024-05-01 | base    | 10    | 101 |
            | s3              | second     | 2024-02-01 | base    | 10    | 100 |
            | s4              | second     | 2024-05-01 | base    | 5     | 50  |
            | s5              | product    | 2024-02-01 | base    | 10    | 100 |
            | s6              | product    | 2024-05-01 | extra   | 5     | 50  |
        """)
        book.shows(
            "changes",
            """
            | account_id | changed_on | kind       | seats_before | seats_after | mrr_before | mrr_after |
            | seats      | 2024-05-01 | upsell     | 10           | 11          | 100        | 100       |
            | price      | 2024-05-01 | upsell     | 10           | 10          | 100        | 101       |
            | second     | 2024-05-01 | upsell     | 10           | 15          | 100        | 150       |
            | product    | 2024-05-01 | cross_sell | 10           | 15          | 100        | 150       |
            """,
        )

    def test_a_product_is_new_when_it_was_not_paid_for_on_the_day_before(self):
        """extra is given up on 1 April and taken again on 1 May; renewed on its last day, it is not new."""
        book = changes("""
            | subscription_id | account_id | started_on | ended_on   | product | seats |
            | s1              | a          | 2024-02-01 |            | base    | 10    |
            | s2              | a          | 2024-02-01 | 2024-04-01 | extra   | 1     |
            | s3              | a          | 2024-05-01 |            | extra   | 1     |
            | s4              | b          | 2024-02-01 |            | base    | 10    |
            | s5              | b          | 2024-02-01 | 2024-04-01 | extra   | 1     |
            | s6              | b          | 2024-04-01 |            | extra   | 2     |
        """)
        book.shows(
            "changes",
            """
            | account_id | changed_on | kind       | seats_before | seats_after |
            | a          | 2024-05-01 | cross_sell | 10           | 11          |
            | b          | 2024-04-01 | upsell     | 11           | 12          |
            """,
        )

    def test_a_product_in_place_of_another_is_an_expansion_only_at_a_higher_total(self):
        """Products are renamed and replaced when renewed: nothing was sold in addition."""
        book = changes("""
            | subscription_id | account_id | started_on | ended_on   | product | mrr |
            | s1              | renamed    | 2024-02-01 | 2024-05-01 | base    | 100 |
            | s2              | renamed    | 2024-05-01 |            | base 2  | 100 |
            | s3              | dearer     | 2024-02-01 | 2024-05-01 | base    | 100 |
            | s4              | dearer     | 2024-05-01 |            | base 2  | 101 |
            | s5              | cheaper    | 2024-02-01 | 2024-05-01 | base    | 100 |
            | s6              | cheaper    | 2024-05-01 |            | base 2  | 90  |
            | s7              | cut        | 2024-02-01 | 2024-05-01 | base    | 100 |
            | s8              | cut        | 2024-05-01 |            | base 2  | 80  |
        """)
        book.shows(
            "changes",
            """
            | account_id | kind        | mrr_before | mrr_after |
            | dearer     | cross_sell  | 100        | 101       |
            | cut        | contraction | 100        | 80        |
            """,
        )

    def test_a_product_in_addition_is_a_cross_sell_at_any_total_that_is_no_contraction(self):
        book = changes("""
            | subscription_id | account_id | started_on | product | seats | mrr |
            | s1              | bundle     | 2024-02-01 | base    |       | 100 |
            | s1              | bundle     | 2024-05-01 | base    |       | 50  |
            | s2              | bundle     | 2024-05-01 | extra   |       | 40  |
            | s3              | unpriced   | 2024-02-01 | base    | 10    |     |
            | s4              | unpriced   | 2024-05-01 | extra   |       |     |
            | s5              | cut        | 2024-02-01 | base    |       | 100 |
            | s5              | cut        | 2024-05-01 | base    |       | 50  |
            | s6              | cut        | 2024-05-01 | extra   |       | 30  |
        """)
        book.shows(
            "changes",
            """
            | account_id | kind        | mrr_before | mrr_after |
            | bundle     | cross_sell  | 100        | 90        |
            | unpriced   | cross_sell  |            |           |
            | cut        | contraction | 100        | 80        |
            """,
        )

    def test_one_subscription_ending_as_another_starts_is_one_change(self):
        """Apart, 10 seats would have come and 10 gone; together they are 5 more, or nothing."""
        book = changes("""
            | subscription_id | account_id | started_on | ended_on   | seats |
            | s1              | a          | 2024-02-01 | 2024-05-01 | 10    |
            | s2              | a          | 2024-05-01 |            | 15    |
            | s3              | b          | 2024-02-01 | 2024-05-01 | 10    |
            | s4              | b          | 2024-05-01 |            | 10    |
        """)
        book.shows(
            "changes",
            """
            | account_id | changed_on | kind   | seats_before | seats_after |
            | a          | 2024-05-01 | upsell | 10           | 15          |
            """,
        )


class TestWhatIsNotGiven:
    def test_seats_and_mrr_are_compared_only_where_as_many_versions_leave_them_out(self):
        """A flat fee without seats comes and goes without a change of seats; beside it, seats are seen to be cut."""
        book = changes("""
            | subscription_id | account_id | started_on | ended_on   | seats | mrr |
            | s1              | flat       | 2024-02-01 |            | 10    |     |
            | s1              | flat       | 2024-05-01 |            | 5     |     |
            | s2              | flat       | 2024-03-01 | 2024-07-01 |       |     |
            | s3              | filled_in  | 2024-02-01 |            | 10    |     |
            | s3              | filled_in  | 2024-05-01 |            | 10    | 100 |
            | s4              | filled_in  | 2024-03-01 |            | 10    | 50  |
            | s5              | left_out   | 2024-02-01 |            | 10    | 100 |
            | s5              | left_out   | 2024-05-01 |            | 10    |     |
            | s6              | left_out   | 2024-02-01 |            | 10    | 50  |
            | s7              | unseated   | 2024-02-01 |            | 10    | 100 |
            | s7              | unseated   | 2024-05-01 |            |       | 100 |
            | s8              | unseated   | 2024-02-01 |            | 10    | 50  |
        """)
        book.shows(
            "changes",
            """
            | account_id | changed_on | kind        | seats_before | seats_after | mrr_before | mrr_after |
            | flat       | 2024-05-01 | contraction | 10           | 5           |            |           |
            | filled_in  | 2024-03-01 | upsell      | 10           | 20          |            | 50        |
            """,
        )

    def test_a_product_that_was_not_named_before_is_not_new(self):
        book = changes("""
            | subscription_id | account_id | started_on | product | seats |
            | s1              | named      | 2024-02-01 |         | 10    |
            | s1              | named      | 2024-05-01 | base    | 11    |
            | s2              | beside     | 2024-02-01 |         | 10    |
            | s3              | beside     | 2024-05-01 | base    | 1     |
            | s4              | unnamed    | 2024-02-01 |         | 10    |
            | s5              | unnamed    | 2024-05-01 |         | 1     |
        """)
        book.shows(
            "changes",
            """
            | account_id | kind       |
            | named      | upsell     |
            | beside     | cross_sell |
            | unnamed    | upsell     |
            """,
        )


class TestLimitsOfALifetime:
    def test_its_first_day_and_its_end_are_no_changes(self):
        """Two subscriptions ending apart: the first end is a contraction, the second the lifetime's own."""
        book = changes("""
            | subscription_id | account_id | started_on | ended_on   | seats |
            | s1              | a          | 2024-02-01 | 2024-05-01 | 10    |
            | s2              | a          | 2024-02-01 | 2024-06-01 | 10    |
            | s3              | b          | 2024-02-01 | 2024-06-01 | 10    |
            | s4              | b          | 2024-02-01 | 2024-06-01 | 10    |
        """)
        book.shows(
            "changes",
            """
            | account_id | changed_on | kind        | seats_before | seats_after |
            | a          | 2024-05-01 | contraction | 20           | 10          |
            """,
        )

    def test_a_trial_that_is_paid_for_is_the_origin_and_beside_a_paid_subscription_a_cross_sell(self):
        book = changes("""
            | subscription_id | account_id | started_on | ended_on   | kind  | product | seats |
            | s1              | a          | 2024-02-01 | 2024-03-01 | trial | base    | 5     |
            | s1              | a          | 2024-03-01 |            | paid  | base    | 10    |
            | s2              | a          | 2024-04-01 | 2024-05-01 | trial | extra   | 5     |
            | s2              | a          | 2024-05-01 |            | paid  | extra   | 5     |
        """)
        book.shows(
            "changes",
            """
            | account_id | origin     | changed_on | kind       | seats_before | seats_after |
            | a          | 2024-03-01 | 2024-05-01 | cross_sell | 10           | 15          |
            """,
        )

    def test_neither_a_gap_nor_a_return_at_another_level_is_a_change(self):
        """The day before must be paid. Within the allowed gap it is one lifetime, beyond it another begins."""
        book = changes("""
            | subscription_id | account_id | started_on | ended_on   | seats |
            | s1              | short      | 2024-02-01 | 2024-05-01 | 10    |
            | s2              | short      | 2024-05-31 |            | 5     |
            | s2              | short      | 2024-06-01 |            | 2     |
            | s3              | long       | 2024-02-01 | 2024-05-01 | 10    |
            | s4              | long       | 2024-06-01 |            | 20    |
            | s4              | long       | 2024-06-02 |            | 30    |
        """)
        book.shows(
            "changes",
            """
            | account_id | lifetime_number | changed_on | kind        | seats_before | seats_after |
            | short      | 1               | 2024-06-01 | contraction | 5            | 2           |
            | long       | 2               | 2024-06-02 | upsell      | 20           | 30          |
            """,
        )

    def test_a_change_belongs_to_the_lifetime_in_which_it_happened(self):
        book = changes("""
            | subscription_id | account_id | started_on | ended_on   | seats |
            | s1              | a          | 2024-02-01 |            | 10    |
            | s1              | a          | 2024-03-01 | 2024-04-01 | 5     |
            | s2              | a          | 2024-07-01 |            | 10    |
            | s2              | a          | 2024-08-01 | 2024-09-01 | 11    |
            | s3              | a          | 2024-11-01 |            | 10    |
        """)
        book.shows(
            "changes",
            """
            | lifetime_number | changed_on | kind        |
            | 1               | 2024-03-01 | contraction |
            | 2               | 2024-08-01 | upsell      |
            """,
        )

    def test_a_change_on_the_leap_day_is_against_the_28th_and_one_on_1_march_against_the_leap_day(self):
        book = changes("""
            | subscription_id | account_id | started_on | seats |
            | s1              | a          | 2024-02-28 | 10    |
            | s1              | a          | 2024-02-29 | 8     |
            | s1              | a          | 2024-03-01 | 9     |
        """)
        book.shows(
            "changes",
            """
            | changed_on | kind        | seats_before | seats_after |
            | 2024-02-29 | contraction | 10           | 8           |
            | 2024-03-01 | upsell      | 8            | 9           |
            """,
        )

    def test_a_change_on_the_snapshot_is_known_and_one_after_it_is_not(self):
        book = changes("""
            | subscription_id | account_id | started_on | ended_on   | seats |
            | s1              | starts     | 2024-02-01 |            | 10    |
            | s1              | starts     | 2025-01-01 |            | 5     |
            | s2              | next_day   | 2024-02-01 |            | 10    |
            | s2              | next_day   | 2025-01-02 |            | 5     |
            | s3              | ends       | 2024-02-01 |            | 10    |
            | s4              | ends       | 2024-02-01 | 2025-01-01 | 10    |
            | s5              | will_end   | 2024-02-01 |            | 10    |
            | s6              | will_end   | 2024-02-01 | 2025-01-02 | 10    |
        """)
        book.shows(
            "changes",
            """
            | account_id | changed_on | kind        |
            | starts     | 2025-01-01 | contraction |
            | ends       | 2025-01-01 | contraction |
            """,
        )


@functools.cache
def cohort(event_date: str = "notice") -> Book:
    """Return one book of changes on all sides of the limits of risk: each account is a case."""
    return drawn_book(
        snapshot="2024-09-01",
        allowed_gap_days=0,
        event_date=event_date,
        tables={
            "subscriptions": """
                | subscription_id | account_id | started_on | ended_on   | notice_on  | notice_withdrawn_on | seats |
                | s1              | twice      | 2024-02-01 |            |            |                     | 10    |
                | s1              | twice      | 2024-02-02 |            |            |                     | 5     |
                | s1              | twice      | 2024-04-01 |            |            |                     | 6     |
                | s2              | before     | 2023-02-01 |            |            |                     | 10    |
                | s2              | before     | 2023-06-01 |            |            |                     | 11    |
                | s3              | on_entry   | 2023-02-01 |            |            |                     | 10    |
                | s3              | on_entry   | 2024-01-01 |            |            |                     | 11    |
                | s4              | after      | 2023-02-01 |            |            |                     | 10    |
                | s4              | after      | 2024-01-02 |            |            |                     | 11    |
                | s5              | under      | 2024-02-01 |            | 2024-04-10 |                     | 10    |
                | s5              | under      | 2024-05-01 | 2024-07-01 | 2024-04-10 |                     | 5     |
                | s6              | with       | 2024-02-01 |            |            |                     | 10    |
                | s6              | with       | 2024-04-10 | 2024-07-01 | 2024-04-10 |                     | 5     |
                | s7              | back       | 2024-02-01 |            | 2024-03-10 | 2024-04-10          | 10    |
                | s7              | back       | 2024-04-10 |            |            |                     | 11    |
                | s7              | back       | 2024-04-11 |            |            |                     | 12    |
                | s8              | snapshot   | 2024-02-01 |            |            |                     | 10    |
                | s8              | snapshot   | 2024-09-01 |            |            |                     | 11    |
            """
        },
    )


class TestRecurrentEvents:
    def test_ages_are_days_since_the_origin_and_no_change_ends_anything(self):
        """From 1 February to 1 April are 29 + 31 days; the account goes on."""
        cohort().shows(
            "recurrent_events",
            """
            | account_id | risk_date  | changed_on | age     | kind        |
            | twice      | 2024-02-01 | 2024-02-02 | 1       | contraction |
            | twice      | 2024-03-01 | 2024-04-01 | 29 + 31 | upsell      |
            """,
            where="account_id = 'twice'",
        )
        cohort().shows("lifetimes", "| account_id | leaves_on |\n| twice | |", where="account_id = 'twice'")

    def test_who_was_not_observed_on_the_day_before_has_no_event(self):
        """On the first day of observation there is no interval (start, stop] yet that could hold it."""
        cohort().shows(
            "recurrent_events",
            """
            | account_id | changed_on | age          |
            | after      | 2024-01-02 | 28 + 306 + 1 |
            """,
            where="account_id in ('before', 'on_entry', 'after')",
        )

    def test_a_change_under_notice_is_no_event_and_one_with_the_notice_is(self):
        """On the day of the notice the interval ends that holds both: the one end ties with the other."""
        cohort().shows(
            "recurrent_events",
            """
            | account_id | changed_on | kind        |
            | with       | 2024-04-10 | contraction |
            """,
            where="account_id in ('under', 'with')",
        )
        cohort().shows("changes", "| changed_on |\n| 2024-05-01 |", where="account_id = 'under'")

    def test_where_the_end_is_the_event_those_under_notice_are_at_risk_of_changes_too(self):
        cohort("end").shows(
            "recurrent_events",
            """
            | account_id | changed_on | kind        |
            | under      | 2024-05-01 | contraction |
            | with       | 2024-04-10 | contraction |
            """,
            where="account_id in ('under', 'with')",
        )

    def test_on_the_first_day_back_at_risk_it_is_too_early_for_an_event(self):
        cohort().shows(
            "recurrent_events",
            """
            | account_id | risk_date  | changed_on |
            | back       | 2024-04-10 | 2024-04-11 |
            """,
            where="account_id = 'back'",
        )

    def test_a_change_on_the_snapshot_is_in_the_last_interval(self):
        cohort().shows(
            "recurrent_events",
            """
            | account_id | risk_date  | changed_on |
            | snapshot   | 2024-08-01 | 2024-09-01 |
            """,
            where="account_id = 'snapshot'",
        )

    @pytest.mark.parametrize("event_date", ["notice", "end"])
    def test_each_event_lies_in_just_one_interval_of_the_counting_process(self, event_date):
        outside = cohort(event_date).con.execute(
            "select event.* from recurrent_events as event where 1 <> (select count(*) from counting_process as rows "
            "where rows.lifetime_id = event.lifetime_id and rows.start < event.age and event.age <= rows.stop "
            "and rows.risk_date = event.risk_date)"
        )
        assert outside.fetchall() == []


class TestReturns:
    def test_a_return_is_counted_in_unpaid_days_from_the_end_before_it(self):
        """31 days are one too many for the same lifetime; 30 are none; each return is against the stay before it."""
        book = drawn_book(
            tables={
                "subscriptions": """
                    | subscription_id | account_id | started_on | ended_on   | notice_on  | end_reason  |
                    | s1              | short      | 2024-02-01 | 2024-05-01 |            |             |
                    | s2              | short      | 2024-05-31 |            |            |             |
                    | s3              | long       | 2024-02-01 | 2024-05-01 | 2024-03-01 |             |
                    | s4              | long       | 2024-06-01 | 2024-07-01 |            | involuntary |
                    | s5              | long       | 2024-09-01 |            |            |             |
                    | s6              | gone       | 2024-02-01 | 2024-05-01 |            |             |
                """
            },
        )
        book.shows(
            "returns",
            """
            | account_id | lifetime_number | ended_on   | cause       | origin     | gap_days |
            | long       | 2               | 2024-05-01 | churn       | 2024-06-01 | 31       |
            | long       | 3               | 2024-07-01 | involuntary | 2024-09-01 | 31 + 31  |
            """,
        )


class TestKnowledge:
    @pytest.mark.parametrize("day", ["2023-05-01", "2023-11-15", "2024-04-01"])
    def test_changes_up_to_a_day_are_those_that_were_known_on_it(self, day):
        """A change is in force from the morning of its day: what is signed, ended or withdrawn later alters none."""
        book = _random_book()
        full, known = (_changes_until(book, day, as_of) for as_of in (str(ENDS), day))
        assert len(full) > 15
        assert known == full


@functools.cache
def _random_book() -> Book:
    """Return the subscriptions of a random source in a book of otherwise empty tables, under the name `written`."""
    accounts = "\n".join(f"| a{number} |" for number in range(100))
    book = drawn_book(
        "2_lifetimes",
        observation_start=str(BEGINS),
        snapshot=str(ENDS),
        tables={
            "accounts": f"| account_id |\n{accounts}",
            "subscriptions": "| subscription_id | account_id | started_on |",
        },
    )
    frame = random_subscriptions(np.random.default_rng(7), accounts=100)
    book.con.execute("create table written as select * from subscriptions limit 0")
    book.con.register("frame", frame)
    book.con.execute("insert into written by name select * from frame")
    return book


def _changes_until(book: Book, day: str, as_of: str) -> list[tuple[object, ...]]:
    known = as_known_sql(read_contract()["subscriptions"], "written")
    book.con.execute(f"create or replace table subscriptions as {known}", {"as_of": dt.date.fromisoformat(as_of)})
    book.run_folders(("2_lifetimes",))
    return book.con.execute("from changes where changed_on <= cast(? as date) order by all", [day]).fetchall()


class TestLandmarkContractions:
    def test_those_of_the_horizon_after_the_landmark_are_listed_and_no_growth(self):
        """The contraction of 1 April is in the horizons of January (its last day), February and March, not of April."""
        book = drawn_book(
            snapshot="2024-12-01",
            tables={
                "subscriptions": """
                    | subscription_id | account_id | started_on | notice_on  | ended_on   | seats |
                    | s1              | shrinks    | 2023-06-01 |            |            | 10    |
                    | s1              | shrinks    | 2024-04-01 |            |            | 5     |
                    | s1              | shrinks    | 2024-05-15 |            |            | 4     |
                    | s2              | grows      | 2023-06-01 |            |            | 10    |
                    | s2              | grows      | 2024-04-01 |            |            | 20    |
                    | s3              | leaves     | 2023-06-01 | 2024-02-10 | 2024-06-01 | 10    |
                    | s3              | leaves     | 2024-04-01 | 2024-02-10 | 2024-06-01 | 5     |
                """
            },
        )
        book.shows(
            "landmark_contractions",
            """
            | account_id | risk_date  | contracted_on |
            | shrinks    | 2024-01-01 | 2024-04-01    |
            | shrinks    | 2024-02-01 | 2024-04-01    |
            | shrinks    | 2024-03-01 | 2024-04-01    |
            | shrinks    | 2024-03-01 | 2024-05-15    |
            | shrinks    | 2024-04-01 | 2024-05-15    |
            | shrinks    | 2024-05-01 | 2024-05-15    |
            """,
        )
