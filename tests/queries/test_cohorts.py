"""The rows that models are fitted to: intervals and landmarks with their outcomes, and the audits over them."""

from drawn import drawn_book

from analysis.warehouse import read_queries


def cohorts(subscriptions, until="6_cohorts", **study):
    return drawn_book(until, tables={"subscriptions": subscriptions}, **study)


class TestCountingProcess:
    def test_intervals_are_days_since_origin_and_the_event_is_on_the_last_day(self):
        """From 20 January to 1 February are 12 days, to 1 March 41, to the notice on the 11th 51."""
        book = cohorts("""
            | subscription_id | account_id | started_on | ended_on   | notice_on  |
            | s1              | a          | 2024-01-20 | 2024-06-01 | 2024-03-11 |
        """)
        book.shows(
            "counting_process",
            """
            | account_id | risk_date  | start        | stop              | event | cause |
            | a          | 2024-01-20 | 0            | 12                | 0     |       |
            | a          | 2024-02-01 | 12           | 12 + 29           | 0     |       |
            | a          | 2024-03-01 | 12 + 29      | 12 + 29 + 10      | 1     | churn |
            """,
        )

    def test_late_entry_starts_the_clock_at_the_age_on_the_observation_start(self):
        """A leap year and 31 days lie between 1 December 2022, day 0, and 1 January 2024."""
        book = cohorts(
            """
            | subscription_id | account_id | started_on |
            | s1              | a          | 2022-12-01 |
            """,
            snapshot="2024-01-20",
        )
        book.shows(
            "counting_process",
            """
            | account_id | start    | stop          | event |
            | a          | 31 + 365 | 31 + 365 + 19 | 0     |
            """,
        )

    def test_an_event_on_a_cut_day_ends_the_interval_before_the_cut(self):
        """The cuts are a month start for a, the end of a term for b: neither opens an interval without length."""
        book = cohorts("""
            | subscription_id | account_id | started_on | term_ends_on | ended_on   |
            | s1              | a          | 2024-02-15 | 2024-03-15   | 2024-03-01 |
            | s2              | b          | 2024-02-15 | 2024-03-15   | 2024-03-15 |
        """)
        book.shows(
            "counting_process",
            """
            | account_id | start | stop    | event |
            | a          | 0     | 15      | 1     |
            | b          | 0     | 15      | 0     |
            | b          | 15    | 15 + 14 | 1     |
            """,
        )

    def test_an_event_on_the_snapshot_is_seen(self):
        book = cohorts("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-12-10 | 2025-01-01 |
        """)
        book.shows(
            "counting_process",
            """
            | account_id | start | stop | event |
            | a          | 0     | 22   | 1     |
            """,
        )

    def test_an_involuntary_end_is_no_event_but_its_cause_is_kept(self):
        book = cohorts("""
            | subscription_id | account_id | started_on | ended_on   | end_reason  |
            | s1              | a          | 2024-02-10 | 2024-02-20 | involuntary |
        """)
        book.shows(
            "counting_process",
            """
            | account_id | start | stop | event | cause       |
            | a          | 0     | 10   | 0     | involuntary |
            """,
        )

    def test_a_return_after_a_gap_restarts_the_clock(self):
        book = cohorts(
            """
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-02-10 | 2024-02-20 |
            | s2              | a          | 2024-04-10 |            |
            """,
            snapshot="2024-04-15",
        )
        book.shows(
            "counting_process",
            """
            | account_id | lifetime_number | risk_date  | start | stop | event | earlier_lifetimes |
            | a          | 1               | 2024-02-10 | 0     | 10   | 1     | 0                 |
            | a          | 2               | 2024-04-10 | 0     | 5    | 0     | 1                 |
            """,
        )

    def test_a_short_gap_leaves_a_hole_in_the_days_but_not_in_the_clock(self):
        book = cohorts(
            """
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-02-02 | 2024-02-12 |
            | s2              | a          | 2024-02-16 |            |
            """,
            snapshot="2024-02-20",
        )
        book.shows(
            "counting_process",
            """
            | account_id | start | stop | event |
            | a          | 0     | 10   | 0     |
            | a          | 14    | 18   | 0     |
            """,
        )

    def test_a_renewal_is_due_in_the_interval_that_ends_with_the_term(self):
        """An interval is (start, stop]: 10 February ends the second one, and the third begins after it."""
        book = cohorts(
            """
            | subscription_id | account_id | started_on | term_ends_on |
            | s1              | a          | 2024-01-10 | 2024-02-10   |
            | s1              | a          | 2024-02-10 | 2024-03-10   |
            """,
            snapshot="2024-03-05",
        )
        book.shows(
            "counting_process",
            """
            | account_id | risk_date  | renewal_due | days_to_renewal |
            | a          | 2024-01-10 | 0           | 31              |
            | a          | 2024-02-01 | 1           | 9               |
            | a          | 2024-02-10 | 0           | 29              |
            | a          | 2024-03-01 | 1           | 9               |
            """,
        )

    def test_the_clock_is_the_schedule_and_does_not_see_who_leaves_before_it_strikes(self):
        """b gives notice before its last day to do so, a stays: both were at risk with a deadline ahead."""
        book = cohorts("""
            | subscription_id | account_id | started_on | term_ends_on | notice_period_days | notice_on  |
            | s1              | a          | 2024-01-10 | 2024-03-25   | 10                 |            |
            | s2              | b          | 2024-01-10 | 2024-03-25   | 10                 | 2024-03-05 |
        """)
        book.shows(
            "counting_process",
            """
            | account_id | risk_date  | stop | event | deadline_due | renewal_due |
            | a          | 2024-03-01 | 65   | 0     | 1            | 0           |
            | b          | 2024-03-01 | 55   | 1     | 1            | 0           |
            """,
            where="risk_date = date '2024-03-01'",
        )

    def test_a_renewal_on_a_month_start_is_due_in_the_month_before(self):
        book = cohorts(
            """
            | subscription_id | account_id | started_on | term_ends_on |
            | s1              | a          | 2024-01-01 | 2024-02-01   |
            | s1              | a          | 2024-02-01 | 2024-06-01   |
            """,
            snapshot="2024-02-20",
        )
        book.shows(
            "counting_process",
            """
            | account_id | risk_date  | renewal_due |
            | a          | 2024-01-01 | 1           |
            | a          | 2024-02-01 | 0           |
            """,
        )

    def test_an_end_inside_a_term_does_not_make_a_renewal_due(self):
        """The renewal clock knows what was agreed at signing, never the end that came."""
        book = cohorts("""
            | subscription_id | account_id | started_on | term_ends_on | ended_on   |
            | s1              | a          | 2024-02-10 | 2025-02-10   | 2024-02-20 |
        """)
        book.shows(
            "counting_process",
            """
            | account_id | event | renewal_due |
            | a          | 1     | 0           |
            """,
        )


class TestLandmarks:
    def test_an_event_on_the_last_day_of_the_horizon_counts_and_one_a_day_later_does_not(self):
        book = cohorts("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-01-01 | 2024-06-01 |
            | s2              | b          | 2024-01-01 | 2024-06-02 |
        """)
        book.shows(
            "landmarks",
            """
            | account_id | risk_date  | horizon_ends_on | horizon_days | followed_days | event | cause |
            | a          | 2024-03-01 | 2024-06-01      | 31 + 30 + 31 | 92            | 1     | churn |
            | b          | 2024-03-01 | 2024-06-01      | 31 + 30 + 31 | 92            | 0     |       |
            """,
            where="risk_date = date '2024-03-01'",
        )

    def test_an_event_on_a_landmark_belongs_to_the_landmarks_before_it(self):
        book = cohorts("""
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-01-01 | 2024-03-01 |
        """)
        book.shows(
            "landmarks",
            """
            | account_id | risk_date  | followed_days | event |
            | a          | 2024-01-01 | 31 + 29       | 1     |
            | a          | 2024-02-01 | 29            | 1     |
            """,
        )

    def test_a_row_is_followed_when_its_horizon_has_passed_whatever_happened(self):
        """On 1 May the horizon of 1 February has passed, that of 1 March has not; b's event is seen all the same."""
        book = cohorts(
            """
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-01-01 |            |
            | s2              | b          | 2024-01-01 | 2024-03-11 |
            """,
            snapshot="2024-05-01",
        )
        book.shows(
            "landmarks",
            """
            | account_id | risk_date  | is_followed | followed_days | event |
            | a          | 2024-02-01 | true        | 29 + 31 + 30  | 0     |
            | a          | 2024-03-01 | false       | 31 + 30       | 0     |
            | b          | 2024-02-01 | true        | 29 + 10       | 1     |
            | b          | 2024-03-01 | false       | 10            | 1     |
            """,
            where="risk_date in ('2024-02-01', '2024-03-01')",
        )

    def test_the_landmark_on_the_snapshot_has_no_outcome_yet(self):
        book = cohorts(
            """
            | subscription_id | account_id | started_on | term_ends_on |
            | s1              | a          | 2024-01-01 | 2024-06-01   |
            """,
            snapshot="2024-05-01",
        )
        book.shows(
            "landmarks",
            """
            | account_id | is_followed | followed_days | event | cause | renewal_in_horizon |
            | a          | false       | 0             | 0     |       | 1                  |
            """,
            where="risk_date = date '2024-05-01'",
        )

    def test_a_competing_end_is_no_event_and_keeps_its_cause_and_day(self):
        book = cohorts("""
            | subscription_id | account_id | started_on | ended_on   | end_reason |
            | s1              | a          | 2024-01-01 | 2024-02-11 | merged     |
        """)
        book.shows(
            "landmarks",
            """
            | account_id | risk_date  | followed_days | event | cause  |
            | a          | 2024-01-01 | 31 + 10       | 0     | merged |
            | a          | 2024-02-01 | 10            | 0     | merged |
            """,
        )

    def test_the_horizon_is_the_studys(self):
        book = cohorts(
            """
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2024-01-01 | 2024-03-02 |
            """,
            snapshot="2024-04-01",
            horizon_months=1,
        )
        book.shows(
            "landmarks",
            """
            | account_id | risk_date  | horizon_days | event |
            | a          | 2024-01-01 | 31           | 0     |
            | a          | 2024-02-01 | 29           | 0     |
            | a          | 2024-03-01 | 31           | 1     |
            """,
        )

    def test_an_account_without_usage_is_a_row_like_any_other(self):
        """It used nothing for all of its 60 days: that is known, and only concentration has nothing to tell."""
        book = cohorts(
            """
            | subscription_id | account_id | started_on | seats |
            | s1              | a          | 2024-01-02 | 5     |
            """,
            snapshot="2024-03-02",
        )
        book.shows(
            "landmarks",
            """
            | account_id | events_per_seat_day | active_day_share | days_since_use | features_used | feature_concentration |
            | a          | 0                   | 0                | 59             | 0             |                       |
            """,
            where="risk_date = date '2024-03-01'",
        )


class TestAttrition:
    SUBSCRIPTIONS = """
        | subscription_id | account_id | started_on | ended_on   | notice_on  | kind  | end_reason |
        | s1              | trying     | 2024-02-01 |            |            | trial |            |
        | s2              | past       | 2023-02-01 | 2023-05-01 |            |       |            |
        | s3              | late       | 2023-02-01 |            |            |       |            |
        | s4              | leaver     | 2024-02-01 |            | 2024-11-10 |       |            |
        | s5              | lost       | 2024-02-01 | 2024-12-20 |            |       |            |
        | s6              | merged     | 2024-02-01 | 2024-04-01 |            |       | merged     |
        | s7              | back       | 2024-02-01 | 2024-03-01 |            |       |            |
        | s8              | back       | 2024-09-01 |            |            |       |            |
        | s9              | new        | 2025-01-01 |            |            |       |            |
        """
    ACCOUNTS = "| account_id |\n" + "\n".join(
        f"| {name} |" for name in ["prospect", "trying", "past", "late", "leaver", "lost", "merged", "back", "new"]
    )

    def test_every_account_is_accounted_for(self):
        tables = {"accounts": self.ACCOUNTS, "subscriptions": self.SUBSCRIPTIONS}
        drawn_book(tables=tables).shows(
            "attrition",
            """
            | step | what                          | number |
            | 1    | accounts                      | 9      |
            | 2    | accounts_without_subscription | 1      |
            | 3    | accounts_never_paid           | 1      |
            | 4    | lifetimes                     | 8      |
            | 5    | over_before_observation       | 1      |
            | 6    | began_on_snapshot             | 1      |
            | 7    | lifetimes_at_risk             | 6      |
            | 8    | entered_late                  | 1      |
            | 9    | churned                       | 3      |
            | 10   | ended_otherwise               | 1      |
            | 11   | provisional_ends              | 1      |
            | 12   | known_leavers                 | 1      |
            """,
        )

    def test_quarters_count_those_there_on_the_first_day_apart_from_those_who_came_after(self):
        """A leaving on 1 April belongs to the quarter before it, as a landmark's last day belongs to its horizon."""
        book = cohorts(
            """
            | subscription_id | account_id | started_on | ended_on   | end_reason |
            | s1              | a          | 2023-05-01 | 2024-04-01 |            |
            | s2              | b          | 2024-01-01 | 2024-04-02 |            |
            | s3              | c          | 2024-02-01 | 2024-03-01 |            |
            | s4              | d          | 2024-02-01 | 2024-05-01 | merged     |
            | s5              | e          | 2024-02-01 |            |            |
            """,
            until="7_audit",
            snapshot="2024-06-15",
        )
        book.shows(
            "book_by_quarter",
            """
            | quarter_from | is_complete | at_start | entered | churned_of_start | churned_of_entered | ended_otherwise |
            | 2024-01-01   | true        | 2        | 3       | 1                | 1                  | 0               |
            | 2024-04-01   | false       | 3        | 0       | 1                | 0                  | 1               |
            """,
        )


class TestIntervalAudit:
    """The proof that intervals are right must itself be able to fail."""

    SUBSCRIPTIONS = """
        | subscription_id | account_id | started_on | ended_on   |
        | s1              | a          | 2024-02-01 | 2024-04-11 |
        | s2              | b          | 2024-02-01 | 2024-02-20 |
        | s3              | b          | 2024-03-01 |            |
    """

    def faults_after(self, change):
        book = cohorts(self.SUBSCRIPTIONS, snapshot="2024-05-01")
        book.con.execute(change)
        (audit,) = (query for query in read_queries("7_audit") if query.name == "interval_faults")
        book.run(audit)
        return book

    def test_it_finds_nothing_in_what_the_queries_make(self):
        self.faults_after("select 1").shows("interval_faults", "| account_id |")

    def test_it_finds_an_overlap_and_the_day_invented(self):
        book = self.faults_after(
            "update counting_process set start = start - 1 where account_id = 'a' and risk_date = '2024-03-01'"
        )
        book.shows(
            "interval_faults",
            """
            | account_id | fault                         | start  | stop    |
            | a          | overlap                       | 29 - 1 | 29 + 31 |
            | a          | days at risk lost or invented |        |         |
            """,
        )

    def test_it_finds_a_lost_day(self):
        book = self.faults_after(
            "update counting_process set start = start + 1 where account_id = 'a' and risk_date = '2024-03-01'"
        )
        book.shows(
            "interval_faults",
            """
            | account_id | fault                         |
            | a          | days at risk lost or invented |
            """,
        )

    def test_it_finds_a_lost_lifetime(self):
        book = self.faults_after("delete from counting_process where account_id = 'a'")
        book.shows(
            "interval_faults",
            """
            | account_id | fault                         |
            | a          | days at risk lost or invented |
            """,
        )

    def test_it_finds_an_interval_without_length(self):
        book = self.faults_after(
            "update counting_process set start = stop where account_id = 'a' and risk_date = '2024-03-01'"
        )
        book.shows(
            "interval_faults",
            """
            | account_id | fault       | start   | stop    |
            | a          | zero length | 29 + 31 | 29 + 31 |
            """,
            where="fault <> 'days at risk lost or invented'",
        )

    def test_it_finds_risk_after_leaving(self):
        book = self.faults_after(
            "update counting_process set cause = 'churn' where account_id = 'a' and risk_date = '2024-02-01'"
        )
        book.shows(
            "interval_faults",
            """
            | account_id | fault              |
            | a          | risk after leaving |
            """,
        )

    def test_it_finds_a_lost_event(self):
        book = self.faults_after("update counting_process set cause = null, event = 0")
        assert book.con.execute("select count(*) from interval_faults").fetchone() == (1,)

    def test_it_finds_an_interval_that_was_moved_into_a_gap(self):
        book = self.faults_after(
            "update counting_process set start = start + 3, stop = stop + 3 "
            "where account_id = 'b' and risk_date = '2024-02-01'"
        )
        assert book.con.execute("select count(*) > 0 from interval_faults").fetchone() == (True,)
