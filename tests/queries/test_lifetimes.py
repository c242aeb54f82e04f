"""From subscriptions to lifetimes: what counts as one stay, when it begins, when and why it ends, who is at risk."""

from cases import case_shows
from drawn import drawn_book, shared_book


def lifetimes(subscriptions, **study):
    return shared_book("2_lifetimes", tables={"subscriptions": subscriptions}, **study)


def keys_of(book):
    """Return the key of each lifetime by account and origin, and those of its rows at risk."""
    sql = "select account_id, lifetimes.origin, lifetime_id, risk_date from lifetimes left join risk_dates using (lifetime_id, account_id)"
    return set(book.con.execute(sql).fetchall())


class TestKeys:
    BOOK = """
        | subscription_id | account_id | started_on | ended_on   |
        | s1              | m          | 2024-02-01 | 2024-04-01 |
        | s2              | m          | 2024-07-01 |            |
        | s3              | n          | 2024-03-01 | 2024-09-01 |
    """

    def test_another_account_leaves_every_key_as_it_was(self):
        """It comes first in every order, and would number all others anew."""
        alone = drawn_book("3_dates", tables={"subscriptions": self.BOOK})
        joined = self.BOOK + "| s4 | a | 2022-01-01 | |\n"
        among_others = drawn_book("3_dates", tables={"subscriptions": joined})
        kept = {row for row in keys_of(among_others) if row[0] != "a"}
        assert kept == keys_of(alone)
        assert {key for _, _, key, _ in kept} == {"m#1", "m#2", "n#1"}

    def test_another_day_leaves_every_key_as_it_was(self):
        """On it an account comes, and another comes back; rows at risk are added, none is another's."""
        later = (
            self.BOOK + "| s4 | a | 2025-01-02 | |\n| s5 | b | 2022-01-01 | 2024-03-01 |\n| s5 | b | 2025-01-02 | |\n"
        )
        before = drawn_book("3_dates", snapshot="2025-01-01", tables={"subscriptions": later})
        after = drawn_book("3_dates", snapshot="2025-01-02", tables={"subscriptions": later})
        assert keys_of(before) < keys_of(after)
        assert {key for _, _, key, _ in keys_of(after) - keys_of(before)} >= {"a#1", "b#2"}

    def test_no_account_is_named_so_that_two_lifetimes_share_a_key(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-02-01 | 2024-04-01 |
            | s2              | a          | 2024-07-01 |            |
            | s3              | a#1        | 2024-02-01 | 2024-04-01 |
            | s4              | a#1        | 2024-07-01 |            |
        """)
        book.shows(
            "lifetimes",
            """
            | lifetime_id | account_id | lifetime_number |
            | a#1         | a          | 1               |
            | a#2         | a          | 2               |
            | a#1#1       | a#1        | 1               |
            | a#1#2       | a#1        | 2               |
            """,
        )

    def test_cohorts_are_in_order_of_account_and_time_whatever_keys_look_like(self):
        """As text, 'a#10' stands before 'a#2', and 'a b#1' before 'a#1'."""
        stays = [f"| s{month} | a | 2024-{month:02d}-03 | 2024-{month:02d}-06 |" for month in range(1, 12)]
        rows = "\n".join(
            ["| subscription_id | account_id | started_on | ended_on |", *stays, "| s | a b | 2024-02-03 | |"]
        )
        book = drawn_book(tables={"subscriptions": rows}, allowed_gap_days=7)
        for table, time in {"counting_process": "risk_date", "phase_intervals": "risk_date, start"}.items():
            found = book.con.execute(f"select account_id, {time} from {table}").fetchall()
            assert found == sorted(found)
        numbers = book.con.execute("select lifetime_number from lifetimes").fetchall()
        assert numbers == [(number,) for number in [*range(1, 12), 1]]


class TestStays:
    def test_a_renewal_on_the_day_of_the_end_goes_on_with_the_same_lifetime(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | term_ends_on | ended_on   |
            | s1              | a          | 2024-02-01 | 2024-05-01   | 2024-05-01 |
            | s1              | a          | 2024-05-01 | 2024-08-01   | 2024-08-01 |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | lifetime_number | origin     | ended_on   | leaves_on  |
            | a          | 1               | 2024-02-01 | 2024-08-01 | 2024-08-01 |
            """,
        )
        book.shows(
            "spells",
            """
            | account_id | spell_from | spell_until |
            | a          | 2024-02-01 | 2024-08-01  |
            """,
            where="kind = 'paid'",
        )

    def test_a_lifetime_without_an_end_is_open_and_at_risk_for_ever(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | term_ends_on | ended_on |
            | s1              | a          | 2024-02-01 | 2024-05-01   |          |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | ended_on | leaves_on | cause | is_provisional |
            | a          |          |           |       | false          |
            """,
        )
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-01 | 9999-12-31 |
            """,
        )

    def test_overlapping_subscriptions_are_one_unbroken_run_of_paid_days(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-02-01 | 2024-06-01 |
            | s2              | a          | 2024-03-01 | 2024-04-01 |
            | s3              | a          | 2024-05-15 | 2024-08-01 |
        """)
        book.shows(
            "spells",
            """
            | account_id | spell_from | spell_until |
            | a          | 2024-02-01 | 2024-08-01  |
            """,
            where="kind = 'paid'",
        )

    def test_a_short_subscription_within_a_long_one_does_not_end_the_stay(self):
        """The run reaches to the latest end so far, which need not be the end of the subscription before."""
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-02-01 | 2024-09-01 |
            | s2              | a          | 2024-03-01 | 2024-04-01 |
            | s3              | a          | 2024-07-01 | 2024-08-01 |
        """)
        book.shows(
            "account_stays",
            """
            | account_id | lifetime_number | origin     | paid_until |
            | a          | 1               | 2024-02-01 | 2024-09-01 |
            """,
        )

    def test_a_version_that_is_replaced_covers_days_up_to_the_next_one_only(self):
        """The old version's end is later than the new one's start: the same day is not paid twice."""
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | seats |
            | s1              | a          | 2024-02-01 | 2025-02-01 | 10    |
            | s1              | a          | 2024-06-15 |            | 25    |
        """)
        book.shows(
            "subscription_versions",
            """
            | account_id | started_on | covered_until | seats |
            | a          | 2024-02-01 | 2024-06-15    | 10    |
            | a          | 2024-06-15 | 9999-12-31    | 25    |
            """,
        )

    def test_one_account_has_one_lifetime_however_many_accounts_there_are(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-02-01 | 2024-03-01 |
            | s2              | b          | 2024-03-01 | 2024-04-01 |
        """)
        book.shows(
            "lifetimes",
            """
            | lifetime_id | account_id | cluster_id | lifetime_number |
            | a#1         | a          | a          | 1               |
            | b#1         | b          | b          | 1               |
            """,
        )

    def test_subscriptions_bought_and_ended_together_are_one_run_however_many_accounts_there_are(self):
        """Ties in a window may come in any order, and in another one in the next window: there must be none."""
        rows = [
            f"| s{account}-{copy} | a{account} | 2024-0{1 + account % 6}-{10 + account % 19} |"
            for account in range(128)
            for copy in range(1 + account % 4)
        ]
        book = drawn_book(
            "3_dates",
            tables={"subscriptions": "\n".join(["| subscription_id | account_id | started_on |", *rows])},
            observation_start="2023-12-01",
        )
        counts = book.con.execute(
            "select (select count(*) from spells where kind = 'paid'), (select count(*) from spells where kind <> 'paid'), "
            "count(*), count(distinct (lifetime_id, landmark)) from landmark_dates"
        ).fetchone()
        assert counts[:2] == (128, 128)
        assert counts[2] == counts[3]

    def test_accounts_of_one_parent_are_one_cluster(self):
        tables = {
            "accounts": """
                | account_id | parent_account_id |
                | a          | p                 |
                | b          | p                 |
                | c          |                   |
            """,
            "subscriptions": """
                | subscription_id | account_id | started_on |
                | s1              | a          | 2024-02-01 |
                | s2              | b          | 2024-02-01 |
                | s3              | c          | 2024-02-01 |
            """,
        }
        drawn_book("2_lifetimes", tables=tables).shows(
            "lifetimes",
            """
            | account_id | cluster_id |
            | a          | p          |
            | b          | p          |
            | c          | c          |
            """,
        )


class TestGaps:
    GAPS = """
        | subscription_id | account_id | started_on | ended_on   |
        | s1              | a          | 2024-02-01 | 2024-05-01 |
        | s2              | a          | 2024-05-31 |            |
        | s3              | b          | 2024-02-01 | 2024-05-01 |
        | s4              | b          | 2024-06-01 |            |
    """

    def test_a_gap_of_the_allowed_length_goes_on_and_one_day_more_starts_a_new_lifetime(self):
        """1 to 30 May are 30 unpaid days, the allowed gap; 31 May makes one too many."""
        lifetimes(self.GAPS).shows(
            "lifetimes",
            """
            | account_id | lifetime_number | origin     | ended_on   | leaves_on  |
            | a          | 1               | 2024-02-01 |            |            |
            | b          | 1               | 2024-02-01 | 2024-05-01 | 2024-05-01 |
            | b          | 2               | 2024-06-01 |            |            |
            """,
        )

    def test_the_days_of_a_short_gap_carry_no_risk(self):
        """They are there only for those who came back: nobody could be seen leaving in them."""
        lifetimes(self.GAPS).shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-01 | 2024-05-01 |
            | a          | 2024-05-31 | 9999-12-31 |
            """,
            where="account_id = 'a'",
        )

    def test_without_an_allowed_gap_one_unpaid_day_starts_a_new_lifetime(self):
        book = lifetimes(
            """
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-02-01 | 2024-05-01 |
            | s2              | a          | 2024-05-02 | 2024-06-01 |
            | s3              | a          | 2024-06-01 |            |
            """,
            allowed_gap_days=0,
        )
        book.shows(
            "lifetimes",
            """
            | account_id | lifetime_number | origin     | ended_on   |
            | a          | 1               | 2024-02-01 | 2024-05-01 |
            | a          | 2               | 2024-05-02 |            |
            """,
        )

    def test_the_allowed_gap_is_counted_in_days_across_a_leap_day(self):
        """From 15 February to 16 March are 30 days in 2024; in 2023 they were 29, so that a day more is allowed."""
        book = lifetimes(
            """
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-01-01 | 2024-02-15 |
            | s2              | a          | 2024-03-17 |            |
            | s3              | b          | 2023-01-01 | 2023-02-15 |
            | s4              | b          | 2023-03-17 |            |
            """,
            observation_start="2023-01-01",
        )
        book.shows(
            "lifetimes",
            """
            | account_id | lifetime_number | origin     |
            | a          | 1               | 2024-01-01 |
            | a          | 2               | 2024-03-17 |
            | b          | 1               | 2023-01-01 |
            """,
        )

    def test_a_lifetime_of_one_day_on_the_leap_day(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-02-29 | 2024-03-01 |
        """)
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-29 | 2024-03-01 |
            """,
        )

    def test_the_second_lifetimes_end_is_its_own(self):
        """The reason and the notice of the first stay say nothing about the second."""
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | notice_on  | end_reason  |
            | s1              | a          | 2024-02-01 | 2024-04-01 | 2024-03-10 | involuntary |
            | s2              | a          | 2024-06-01 | 2024-09-01 |            | voluntary   |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | lifetime_number | origin     | notice_on  | leaves_on  | cause       |
            | a          | 1               | 2024-02-01 | 2024-03-10 | 2024-03-10 | involuntary |
            | a          | 2               | 2024-06-01 |            | 2024-09-01 | churn       |
            """,
        )


class TestKinds:
    def test_a_lifetime_starts_on_the_first_paid_day_after_a_trial(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | kind  |
            | s1              | a          | 2024-01-10 | 2024-02-10 | trial |
            | s1              | a          | 2024-02-10 |            | paid  |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | lifetime_number | origin     |
            | a          | 1               | 2024-02-10 |
            """,
        )

    def test_free_days_do_not_bridge_a_gap(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | kind |
            | s1              | a          | 2024-01-10 | 2024-03-01 |      |
            | s2              | a          | 2024-03-01 | 2024-06-01 | free |
            | s3              | a          | 2024-06-01 |            | paid |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | lifetime_number | origin     | ended_on   |
            | a          | 1               | 2024-01-10 | 2024-03-01 |
            | a          | 2               | 2024-06-01 |            |
            """,
        )

    def test_an_account_that_never_paid_has_no_lifetime(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | kind  |
            | s1              | a          | 2024-01-10 | trial |
        """)
        book.shows("lifetimes", "| account_id |")

    def test_a_version_without_length_is_none(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-01-10 | 2024-01-10 |
        """)
        book.shows("lifetimes", "| account_id |")


class TestEnds:
    def test_of_two_subscriptions_the_later_end_is_the_lifetimes_with_its_own_reason(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | end_reason  |
            | s1              | a          | 2024-02-01 | 2024-04-01 | involuntary |
            | s2              | a          | 2024-02-01 | 2024-07-01 | voluntary   |
            | s3              | b          | 2024-02-01 | 2024-07-01 | involuntary |
            | s4              | b          | 2024-03-01 | 2024-04-01 | voluntary   |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | ended_on   | cause       |
            | a          | 2024-07-01 | churn       |
            | b          | 2024-07-01 | involuntary |
            """,
        )

    def test_the_cause_is_the_reason_of_the_end_and_churn_where_none_is_given(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | end_reason  |
            | s1              | a          | 2024-02-01 | 2024-07-01 | voluntary   |
            | s2              | b          | 2024-02-01 | 2024-07-01 | involuntary |
            | s3              | c          | 2024-02-01 | 2024-07-01 | merged      |
            | s4              | d          | 2024-02-01 | 2024-07-01 |             |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | leaves_on  | cause       |
            | a          | 2024-07-01 | churn       |
            | b          | 2024-07-01 | involuntary |
            | c          | 2024-07-01 | merged      |
            | d          | 2024-07-01 | churn       |
            """,
        )

    def test_of_subscriptions_that_end_on_one_day_the_last_to_start_gives_the_reason(self):
        """Of those that started on the same day, too, a voluntary one does, else a merged one, whatever their ids."""
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | end_reason  |
            | s1              | a          | 2024-02-01 | 2024-07-01 | involuntary |
            | s2              | a          | 2024-03-01 | 2024-07-01 | merged      |
            | s3              | b          | 2024-02-01 | 2024-07-01 | merged      |
            | s4              | b          | 2024-02-01 | 2024-07-01 |             |
            | s5              | c          | 2024-02-01 | 2024-07-01 | voluntary   |
            | s6              | c          | 2024-02-01 | 2024-07-01 | involuntary |
            | s7              | d          | 2024-02-01 | 2024-07-01 | involuntary |
            | s8              | d          | 2024-02-01 | 2024-07-01 | merged      |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | cause  |
            | a          | merged |
            | b          | churn  |
            | c          | churn  |
            | d          | merged |
            """,
        )

    def test_an_end_on_the_snapshot_counts_and_one_after_it_is_not_known(self):
        """The snapshot is a morning: an account whose first unpaid day it is has gone."""
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | end_reason |
            | s1              | a          | 2024-02-01 | 2025-01-01 | merged     |
            | s2              | b          | 2024-02-01 | 2025-01-02 | merged     |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | ended_on   | leaves_on  | cause  |
            | a          | 2025-01-01 | 2025-01-01 | merged |
            | b          |            |            |        |
            """,
        )

    def test_a_version_that_starts_on_the_snapshot_tells_who_renewed(self):
        """What starts a day later is not known: the account has ended, for all that is known."""
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-07-01 | 2025-01-01 |
            | s1              | a          | 2025-01-01 |            |
            | s2              | b          | 2024-07-01 | 2025-01-01 |
            | s2              | b          | 2025-01-02 |            |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | lifetime_number | ended_on   | leaves_on  | is_provisional |
            | a          | 1               |            |            | false          |
            | b          | 1               | 2025-01-01 | 2025-01-01 | true           |
            """,
        )

    def test_an_end_within_the_allowed_gap_of_the_snapshot_is_provisional(self):
        """An account that ended on 3 December may come back until 2 January and would still be the same lifetime."""
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-02-01 | 2024-12-03 |
            | s2              | b          | 2024-02-01 | 2024-12-01 |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | ended_on   | is_provisional |
            | a          | 2024-12-03 | true           |
            | b          | 2024-12-01 | false          |
            """,
        )

    def test_an_end_is_final_when_the_last_day_to_come_back_is_the_snapshot(self):
        """A version starting on the snapshot is known: who ended 30 days before it has not come back in time."""
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-02-01 | 2024-12-02 |
            | s2              | b          | 2024-02-01 | 2024-12-02 |
            | s2              | b          | 2025-01-01 |            |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | lifetime_number | ended_on   | is_provisional |
            | a          | 1               | 2024-12-02 | false          |
            | b          | 1               |            | false          |
            """,
        )


class TestEntry:
    def test_an_account_older_than_the_observation_enters_late_and_keeps_its_origin(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2022-05-17 | 2024-06-01 |
            | s2              | b          | 2024-01-01 |            |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | origin     | entry_on   |
            | a          | 2022-05-17 | 2024-01-01 |
            | b          | 2024-01-01 | 2024-01-01 |
            """,
        )
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-01-01 | 2024-06-01 |
            | b          | 2024-01-01 | 9999-12-31 |
            """,
        )

    def test_who_left_before_or_on_the_observation_start_was_never_at_risk(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2022-05-17 | 2023-06-01 |
            | s2              | b          | 2022-05-17 | 2024-01-01 |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | leaves_on  |
            | a          | 2023-06-01 |
            | b          | 2024-01-01 |
            """,
        )
        book.shows("risk_spells", "| account_id |")


class TestNotices:
    def test_the_event_is_at_the_notice_and_risk_ends_with_it(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | notice_on  |
            | s1              | a          | 2024-02-01 | 2024-07-01 | 2024-05-10 |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | notice_on  | ended_on   | leaves_on  | cause |
            | a          | 2024-05-10 | 2024-07-01 | 2024-05-10 | churn |
            """,
        )
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-01 | 2024-05-10 |
            """,
        )

    def test_a_pending_notice_is_an_event_without_an_end(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | notice_on  |
            | s1              | a          | 2024-02-01 | 2025-03-01 | 2024-11-10 |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | notice_on  | ended_on | leaves_on  | cause |
            | a          | 2024-11-10 |          | 2024-11-10 | churn |
            """,
        )

    def test_a_notice_on_the_snapshot_counts_and_one_after_it_is_not_known(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | notice_on  |
            | s1              | a          | 2024-02-01 | 2025-01-01 |
            | s2              | b          | 2024-02-01 | 2025-01-02 |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | leaves_on  | cause |
            | a          | 2025-01-01 | churn |
            | b          |            |       |
            """,
        )

    def test_a_withdrawn_notice_is_no_event_and_there_is_no_risk_until_it_is_withdrawn(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | notice_on  | notice_withdrawn_on |
            | s1              | a          | 2024-02-01 | 2024-05-10 | 2024-06-20          |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | notice_on | leaves_on | cause |
            | a          |           |           |       |
            """,
        )
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-01 | 2024-05-10 |
            | a          | 2024-06-20 | 9999-12-31 |
            """,
        )

    def test_a_notice_withdrawn_on_its_own_day_changes_nothing(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | notice_on  | notice_withdrawn_on |
            | s1              | a          | 2024-02-01 | 2024-05-10 | 2024-05-10          |
        """)
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-01 | 9999-12-31 |
            """,
        )

    def test_a_notice_withdrawn_after_the_snapshot_is_pending(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | notice_on  | notice_withdrawn_on |
            | s1              | a          | 2024-02-01 | 2024-12-10 | 2025-01-02          |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | notice_on  | leaves_on  |
            | a          | 2024-12-10 | 2024-12-10 |
            """,
        )

    def test_a_notice_on_one_of_two_subscriptions_leaves_the_account_at_risk(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | notice_on  |
            | s1              | a          | 2024-02-01 | 2024-07-01 | 2024-05-10 |
            | s2              | a          | 2024-02-01 |            |            |
        """)
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-01 | 9999-12-31 |
            """,
        )

    def test_a_withdrawn_notice_on_one_of_two_subscriptions_interrupts_nothing(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | notice_on  | notice_withdrawn_on |
            | s1              | a          | 2024-02-01 | 2024-05-10 | 2024-06-20          |
            | s2              | a          | 2024-02-01 |            |                     |
        """)
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-01 | 9999-12-31 |
            """,
        )

    def test_the_account_leaves_with_the_last_of_its_notices(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | notice_on  |
            | s1              | a          | 2024-02-01 | 2024-07-01 | 2024-04-10 |
            | s2              | a          | 2024-02-01 | 2024-07-01 | 2024-05-10 |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | notice_on  | leaves_on  |
            | a          | 2024-05-10 | 2024-05-10 |
            """,
        )

    def test_a_study_may_date_the_event_by_the_end(self):
        """Then a pending notice is no event yet, and an account under notice is at risk until its end."""
        book = lifetimes(
            """
            | subscription_id | account_id | started_on | ended_on   | notice_on  |
            | s1              | a          | 2024-02-01 | 2024-07-01 | 2024-05-10 |
            | s2              | b          | 2024-02-01 |            | 2024-11-10 |
            """,
            event_date="end",
        )
        book.shows(
            "lifetimes",
            """
            | account_id | leaves_on  | cause |
            | a          | 2024-07-01 | churn |
            | b          |            |       |
            """,
        )
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-01 | 2024-07-01 |
            | b          | 2024-02-01 | 9999-12-31 |
            """,
        )


class TestRiskAsKnownOnTheDay:
    """Who was at risk on a day is settled by what was known on that day, whatever became of it later."""

    def test_an_account_that_renews_in_spite_of_its_notice_was_a_known_leaver_until_then(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | notice_on  |
            | s1              | a          | 2024-02-01 | 2024-07-01 | 2024-05-10 |
            | s1              | a          | 2024-07-01 |            |            |
        """)
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-01 | 2024-05-10 |
            | a          | 2024-07-01 | 9999-12-31 |
            """,
        )

    def test_an_account_whose_other_subscription_goes_on_without_notice_is_at_risk_until_that_ends(self):
        """On 1 June nobody knew that s2 would end before s1: the account could still stay with it."""
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | notice_on  |
            | s1              | a          | 2024-02-01 | 2024-09-01 | 2024-05-10 |
            | s2              | a          | 2024-02-01 | 2024-07-01 |            |
        """)
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-01 | 2024-07-01 |
            """,
        )

    def test_of_two_withdrawn_notices_only_the_days_under_both_are_without_risk(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | notice_on  | notice_withdrawn_on |
            | s1              | a          | 2024-02-01 | 2024-05-10 | 2024-08-01          |
            | s2              | a          | 2024-02-01 | 2024-06-10 | 2024-07-01          |
        """)
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-01 | 2024-06-10 |
            | a          | 2024-07-01 | 9999-12-31 |
            """,
        )

    def test_a_withdrawn_notice_interrupts_risk_from_the_end_of_the_other_subscription(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | notice_on  | notice_withdrawn_on |
            | s1              | a          | 2024-02-01 |            | 2024-05-10 | 2024-08-01          |
            | s2              | a          | 2024-02-01 | 2024-06-10 |            |                     |
        """)
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-01 | 2024-06-10 |
            | a          | 2024-08-01 | 9999-12-31 |
            """,
        )

    def test_where_the_end_is_the_event_a_withdrawn_notice_interrupts_nothing(self):
        """Under notice the account counts as at risk until its end; a later withdrawal can't undo that."""
        book = lifetimes(
            """
            | subscription_id | account_id | started_on | notice_on  | notice_withdrawn_on |
            | s1              | a          | 2024-02-01 | 2024-05-10 | 2024-06-20          |
            """,
            event_date="end",
        )
        book.shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | a          | 2024-02-01 | 9999-12-31 |
            """,
        )

    def test_a_notice_recorded_after_the_end_does_not_move_the_event(self):
        book = lifetimes("""
            | subscription_id | account_id | started_on | ended_on   | notice_on  |
            | s1              | a          | 2024-02-01 | 2024-07-01 | 2024-07-15 |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | leaves_on  |
            | a          | 2024-07-01 |
            """,
        )


class TestOtherKinds:
    def test_going_on_for_free_ends_the_paid_lifetime(self):
        """A downgrade to free is a version like any other: from its start nothing is paid, whatever ended_on says."""
        book = lifetimes("""
            | subscription_id | account_id | started_on | kind |
            | s1              | a          | 2024-02-01 | paid |
            | s1              | a          | 2024-07-01 | free |
        """)
        book.shows(
            "lifetimes",
            """
            | account_id | origin     | ended_on   | cause |
            | a          | 2024-02-01 | 2024-07-01 | churn |
            """,
        )


class TestCases:
    """The cases of `cases`, through each query of the folder."""

    def test_versions_are_the_paid_ones_each_up_to_its_end_or_the_next_one(self):
        """The trial of 20 January is no version; an end on the day of the next start leaves no day between them."""
        case_shows(
            "subscription_versions",
            """
            | account_id | started_on | covered_until | term_ends_on |
            | renewed    | 2024-02-10 | 2024-02-29    | 2024-02-29   |
            | renewed    | 2024-02-29 | 9999-12-31    | 2025-02-28   |
            | tried      | 2024-02-15 | 9999-12-31    | 2024-03-15   |
            | leap_day   | 2024-02-29 | 9999-12-31    | 2024-04-30   |
            | month_end  | 2024-01-31 | 9999-12-31    | 2024-05-31   |
            """,
            *("renewed", "tried", "leap_day", "month_end"),
        )

    def test_versions_carry_notices_and_reasons_as_known_at_the_snapshot(self):
        case_shows(
            "subscription_versions",
            """
            | account_id  | covered_until | notice_on  | notice_withdrawn_on | end_reason  |
            | on_snapshot | 9999-12-31    | 2024-07-01 |                     |             |
            | a_day_late  | 9999-12-31    |            |                     |             |
            | withdrawn   | 9999-12-31    | 2024-04-10 | 2024-05-20          |             |
            | merged      | 2024-05-15    | 2024-04-10 |                     | merged      |
            | failed      | 2024-05-15    |            |                     | involuntary |
            """,
            *("on_snapshot", "a_day_late", "withdrawn", "merged", "failed"),
        )

    def test_paid_days_run_on_through_renewals_and_overlaps_and_stop_at_gaps_and_ends(self):
        case_shows(
            "spells",
            """
            | account_id  | spell_from | spell_until |
            | renewed     | 2024-02-10 | 9999-12-31  |
            | overlap     | 2024-02-01 | 9999-12-31  |
            | apart       | 2024-02-01 | 2024-05-15  |
            | gap_allowed | 2024-02-01 | 2024-04-01  |
            | gap_allowed | 2024-05-01 | 9999-12-31  |
            | pending     | 2024-02-01 | 9999-12-31  |
            | tried       | 2024-02-15 | 9999-12-31  |
            """,
            *("renewed", "overlap", "apart", "gap_allowed", "pending", "tried"),
            where="kind = 'paid'",
        )

    def test_unannounced_days_stop_at_a_notice_and_go_on_where_it_is_withdrawn(self):
        case_shows(
            "spells",
            """
            | account_id  | spell_from | spell_until |
            | pending     | 2024-02-01 | 2024-05-10  |
            | on_snapshot | 2024-02-01 | 2024-07-01  |
            | a_day_late  | 2024-02-01 | 9999-12-31  |
            | withdrawn   | 2024-02-01 | 2024-04-10  |
            | withdrawn   | 2024-05-20 | 9999-12-31  |
            | merged      | 2024-02-01 | 2024-04-10  |
            """,
            *("pending", "on_snapshot", "a_day_late", "withdrawn", "merged", "at_origin"),
            where="kind = 'unannounced'",
        )

    def test_a_stay_reaches_across_30_unpaid_days_and_not_across_31(self):
        case_shows(
            "account_stays",
            """
            | account_id  | lifetime_number | origin     | paid_until |
            | gap_allowed | 1               | 2024-02-01 | 9999-12-31 |
            | gap_longer  | 1               | 2024-02-01 | 2024-04-01 |
            | gap_longer  | 2               | 2024-05-02 | 9999-12-31 |
            | renewed     | 1               | 2024-02-10 | 9999-12-31 |
            | apart       | 1               | 2024-02-01 | 2024-05-15 |
            """,
            *("gap_allowed", "gap_longer", "renewed", "apart"),
        )

    def test_a_notice_on_the_first_day_leaves_a_lifetime_without_a_day_at_risk(self):
        case_shows(
            "lifetimes",
            """
            | account_id | origin     | notice_on  | ended_on   | leaves_on  | cause |
            | at_origin  | 2024-02-01 | 2024-02-01 | 2024-03-10 | 2024-02-01 | churn |
            """,
            "at_origin",
        )
        case_shows("risk_spells", "| account_id |", "at_origin")

    def test_where_the_end_is_the_event_the_same_account_is_at_risk_until_then(self):
        case_shows(
            "risk_spells",
            """
            | account_id | risk_from  | risk_until |
            | at_origin  | 2024-02-01 | 2024-03-10 |
            | pending    | 2024-02-01 | 9999-12-31 |
            | withdrawn  | 2024-02-01 | 9999-12-31 |
            | merged     | 2024-02-01 | 2024-05-15 |
            """,
            *("at_origin", "pending", "withdrawn", "merged"),
            event_date="end",
        )

    def test_a_competing_end_is_dated_by_its_notice_like_any_other(self):
        case_shows(
            "lifetimes",
            """
            | account_id | notice_on  | ended_on   | leaves_on  | cause       |
            | merged     | 2024-04-10 | 2024-05-15 | 2024-04-10 | merged      |
            | failed     |            | 2024-05-15 | 2024-05-15 | involuntary |
            | apart      |            | 2024-05-15 | 2024-05-15 | churn       |
            """,
            *("merged", "failed", "apart"),
        )
        case_shows(
            "lifetimes",
            """
            | account_id | notice_on  | leaves_on  | cause  |
            | merged     | 2024-04-10 | 2024-05-15 | merged |
            | pending    | 2024-05-10 |            |        |
            """,
            *("merged", "pending"),
            event_date="end",
        )

    def test_origins_on_a_leap_day_and_at_the_end_of_a_month_are_kept_as_they_are(self):
        case_shows(
            "lifetimes",
            """
            | account_id | lifetime_number | origin     | entry_on   | leaves_on |
            | leap_day   | 1               | 2024-02-29 | 2024-02-29 |           |
            | month_end  | 1               | 2024-01-31 | 2024-01-31 |           |
            | late       | 1               | 2023-08-31 | 2024-01-01 |           |
            | renewed    | 1               | 2024-02-10 | 2024-02-10 |           |
            """,
            *("leap_day", "month_end", "late", "renewed"),
        )

    def test_days_at_risk_are_paid_and_unannounced_and_begin_with_the_observation(self):
        case_shows(
            "risk_spells",
            """
            | account_id  | risk_from  | risk_until |
            | late        | 2024-01-01 | 9999-12-31 |
            | gap_allowed | 2024-02-01 | 2024-04-01 |
            | gap_allowed | 2024-05-01 | 9999-12-31 |
            | withdrawn   | 2024-02-01 | 2024-04-10 |
            | withdrawn   | 2024-05-20 | 9999-12-31 |
            | on_snapshot | 2024-02-01 | 2024-07-01 |
            | tried       | 2024-02-15 | 9999-12-31 |
            """,
            *("late", "gap_allowed", "withdrawn", "on_snapshot", "tried"),
        )
