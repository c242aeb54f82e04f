"""The rows that models are fitted to: intervals and landmarks with their outcomes, and the audits over them."""

import pytest
from cases import case_shows, cases
from drawn import drawn_book, shared_book

from analysis.engine.query import read_queries


def cohorts(subscriptions, until="6_cohorts", **study):
    """Return a book in which every end is settled at once, if nothing else is asked for."""
    return shared_book(until, tables={"subscriptions": subscriptions}, **{"allowed_gap_days": 0, **study})


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
            snapshot="2024-02-24",
            allowed_gap_days=4,
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
            | account_id | risk_date  | stop | event | deadline_due | renewal_due | days_before |
            | a          | 2024-03-01 | 65   | 0     | 1            | 0           | 0           |
            | b          | 2024-03-01 | 55   | 1     | 1            | 0           | 0           |
            """,
            where="risk_date = date '2024-03-01'",
        )

    def test_the_clock_says_from_how_many_days_before_the_end_of_the_term_an_interval_begins(self):
        """Days on a border belong to the nearer band: 61 and 365 do; the 31 days that e has left are more than 30."""
        book = cohorts(
            """
            | subscription_id | account_id | started_on | term_ends_on | ended_on   |
            | s1              | a          | 2023-12-31 | 2024-04-02   |            |
            | s2              | b          | 2024-03-02 | 2025-03-02   |            |
            | s3              | c          | 2024-03-02 | 2025-03-03   | 2024-03-20 |
            | s4              | d          | 2024-03-02 |              |            |
            | s5              | e          | 2024-03-02 | 2024-04-02   |            |
            """,
            snapshot="2024-05-01",
        )
        book.shows(
            "counting_process",
            """
            | account_id | risk_date  | days_to_renewal | days_before |
            | a          | 2024-01-01 | 92              | 91          |
            | a          | 2024-02-01 | 61              | 30          |
            | a          | 2024-03-01 | 32              | 30          |
            | a          | 2024-04-01 | 1               | 0           |
            | a          | 2024-04-02 |                 | -1          |
            | b          | 2024-03-02 | 365             | 183         |
            | b          | 2024-04-01 | 335             | 183         |
            | c          | 2024-03-02 | 366             | 365         |
            | d          | 2024-03-02 |                 | -1          |
            | d          | 2024-04-01 |                 | -1          |
            | e          | 2024-03-02 | 31              | 30          |
            | e          | 2024-04-01 | 1               | 0           |
            | e          | 2024-04-02 |                 | -1          |
            """,
        )

    def test_the_kind_of_term_is_of_the_one_that_ends_first(self):
        """The longest term says nothing of the clock: f's add-on of a month sets it, and its platform does once that is over."""
        terms = """
            | subscription_id | account_id | started_on | term_ends_on | term_months |
            | s1              | a          | 2024-01-10 | 2024-02-10   | 1           |
            | s2              | b          | 2024-01-10 | 2024-04-10   | 3           |
            | s3              | c          | 2024-01-10 | 2025-01-10   | 12          |
            | s4              | d          | 2024-01-10 | 2025-01-10   |             |
            | s5              | e          | 2024-01-10 |              | 12          |
            | s6              | f          | 2024-01-10 | 2025-01-10   | 12          |
            | s7              | f          | 2024-01-10 | 2024-02-10   | 1           |
        """
        book = cohorts(terms, snapshot="2024-05-01")
        for table in ("counting_process", "landmarks"):
            book.shows(
                table,
                """
                | account_id | risk_date  | term_kind      |
                | a          | 2024-02-01 | monthly        |
                | b          | 2024-02-01 | part_year      |
                | c          | 2024-02-01 | yearly         |
                | d          | 2024-02-01 | unknown_length |
                | e          | 2024-02-01 | no_term        |
                | f          | 2024-02-01 | monthly        |
                | a          | 2024-03-01 | no_term        |
                | f          | 2024-03-01 | yearly         |
                """,
                where="risk_date = date '2024-02-01' or risk_date = date '2024-03-01' and account_id in ('a', 'f')",
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

    def test_a_row_has_the_price_of_all_that_is_in_force_with_or_without_seats(self):
        """The second subscription of a is without seats and begins after the first landmark; of c no price is given."""
        book = cohorts(
            """
            | subscription_id | account_id | started_on | seats | mrr |
            | s1              | a          | 2024-10-01 | 10    | 200 |
            | s2              | a          | 2024-11-15 |       | 50  |
            | s3              | b          | 2024-10-01 |       | 99  |
            | s4              | c          | 2024-10-01 | 10    |     |
            """
        )
        book.shows(
            "landmarks",
            """
            | account_id | risk_date  | mrr |
            | a          | 2024-11-01 | 200 |
            | b          | 2024-11-01 | 99  |
            | c          | 2024-11-01 |     |
            | a          | 2024-12-01 | 250 |
            | b          | 2024-12-01 | 99  |
            | c          | 2024-12-01 |     |
            """,
            where="risk_date in (date '2024-11-01', date '2024-12-01')",
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


PHASES = {
    "accounts": """
        | account_id | onboarding_completed_on |
        | quick      | 2024-01-25              |
        | never      |                         |
        | earlier    | 2023-12-01              |
        | first_day  | 2024-01-10              |
        | slow       | 2024-06-01              |
        | leaves_on  |                         |
        | leaves     |                         |
        | old        | 2023-02-01              |
    """,
    "subscriptions": """
        | subscription_id | account_id | started_on | ended_on   |
        | s1              | quick      | 2024-01-10 |            |
        | s2              | never      | 2024-01-10 |            |
        | s3              | earlier    | 2024-01-10 |            |
        | s4              | first_day  | 2024-01-10 |            |
        | s5              | slow       | 2024-01-10 |            |
        | s6              | leaves_on  | 2024-01-10 | 2024-04-09 |
        | s7              | leaves     | 2024-01-10 | 2024-04-10 |
        | s8              | old        | 2023-01-10 |            |
    """,
}


@pytest.fixture(scope="module")
def phases():
    """A book in which onboarding ends, or does not, in every way."""
    return drawn_book("6_cohorts", tables=PHASES, snapshot="2024-07-01", allowed_gap_days=0)


class TestPhaseIntervals:
    """Onboarding until the day it was completed, else day 90; adoption until day 365; then mature."""

    def test_adoption_begins_the_day_after_onboarding_was_completed_within_an_interval(self, phases):
        """What was completed in the course of a day is known when it is over; from 10 to 26 January are 16 days."""
        phases.shows(
            "phase_intervals",
            """
            | account_id | risk_date  | start | stop | phase      |
            | quick      | 2024-01-10 | 0     | 16   | onboarding |
            | quick      | 2024-01-10 | 16    | 22   | adoption   |
            | quick      | 2024-02-01 | 22    | 51   | adoption   |
            | first_day  | 2024-01-10 | 0     | 1    | onboarding |
            | first_day  | 2024-01-10 | 1     | 22   | adoption   |
            | first_day  | 2024-02-01 | 22    | 51   | adoption   |
            """,
            where="account_id in ('quick', 'first_day') and start < 51",
        )

    def test_it_begins_on_day_90_where_onboarding_was_not_completed_before_or_since_an_earlier_stay(self, phases):
        """Day 90 is 9 April. What was completed before the origin says nothing about this stay."""
        phases.shows(
            "phase_intervals",
            """
            | account_id | risk_date  | start | stop | phase      |
            | never      | 2024-04-01 | 82    | 90   | onboarding |
            | never      | 2024-04-01 | 90    | 112  | adoption   |
            | earlier    | 2024-04-01 | 82    | 90   | onboarding |
            | earlier    | 2024-04-01 | 90    | 112  | adoption   |
            | slow       | 2024-04-01 | 82    | 90   | onboarding |
            | slow       | 2024-04-01 | 90    | 112  | adoption   |
            """,
            where="account_id in ('never', 'earlier', 'slow') and risk_date = date '2024-04-01'",
        )

    def test_an_account_is_mature_from_day_365(self, phases):
        phases.shows(
            "phase_intervals",
            """
            | account_id | risk_date  | start | stop | phase    |
            | old        | 2024-01-01 | 356   | 365  | adoption |
            | old        | 2024-01-01 | 365   | 387  | mature   |
            | old        | 2024-02-01 | 387   | 416  | mature   |
            """,
            where="account_id = 'old' and start < 416",
        )

    def test_an_event_belongs_to_the_phase_of_the_day_before_it(self, phases):
        """Who leaves on the first day of adoption was at risk in onboarding only: intervals are (start, stop]."""
        phases.shows(
            "phase_intervals",
            """
            | account_id | start | stop | event | cause | phase      |
            | leaves_on  | 82    | 90   | 1     | churn | onboarding |
            | leaves     | 82    | 90   | 0     |       | onboarding |
            | leaves     | 90    | 91   | 1     | churn | adoption   |
            """,
            where="account_id in ('leaves_on', 'leaves') and start >= 82",
        )

    def test_the_clock_says_which_cut_is_next_as_it_stood_on_the_first_day(self):
        """b has no terms; when a's term is over without a new one being signed, no term is known to end."""
        book = cohorts(
            """
            | subscription_id | account_id | started_on | term_ends_on | notice_period_days | notice_on  |
            | s1              | a          | 2024-01-10 | 2024-02-25   | 10                 |            |
            | s2              | b          | 2024-01-10 |              |                    |            |
            | s3              | c          | 2024-01-10 | 2024-02-25   | 10                 | 2024-02-05 |
            """,
            snapshot="2024-03-10",
        )
        book.shows(
            "phase_intervals",
            """
            | account_id | risk_date  | renewal_clock | event |
            | a          | 2024-01-10 | between       | 0     |
            | a          | 2024-02-01 | deadline      | 0     |
            | a          | 2024-02-15 | renewal       | 0     |
            | a          | 2024-02-25 | no_term       | 0     |
            | a          | 2024-03-01 | no_term       | 0     |
            | b          | 2024-01-10 | no_term       | 0     |
            | b          | 2024-02-01 | no_term       | 0     |
            | b          | 2024-03-01 | no_term       | 0     |
            | c          | 2024-01-10 | between       | 0     |
            | c          | 2024-02-01 | deadline      | 1     |
            """,
        )

    @pytest.mark.parametrize("event_date", ["notice", "end"])
    def test_it_is_the_counting_process_cut_further_with_its_days_events_and_phases(self, event_date):
        differing = cases(event_date).con.execute("""
            with added as (
                select lifetime_id, risk_date, min(start) as start, max(stop) as stop, sum(stop - start) as days,
                    sum(event) as event, max(cause) as cause, arg_min(phase, start) as phase
                from phase_intervals group by lifetime_id, risk_date
            )
            select lifetime_id, start, stop, stop - start, event, cause, phase from counting_process
            except select lifetime_id, start, stop, days, event, cause, phase from added
        """)
        assert differing.fetchall() == []


class TestCases:
    """The cases of `cases`, through each query of the folder; ages count from 1 February unless another origin is drawn."""

    def test_ages_count_from_the_first_paid_day_on_leap_days_and_ends_of_months_too(self):
        case_shows(
            "counting_process",
            """
            | account_id | origin     | risk_date  | start        | stop         | renewal_due | deadline_due |
            | leap_day   | 2024-02-29 | 2024-02-29 | 0            | 1            | 0           | 0            |
            | leap_day   | 2024-02-29 | 2024-03-01 | 1            | 1 + 31       | 0           | 0            |
            | leap_day   | 2024-02-29 | 2024-04-01 | 32           | 32 + 29      | 1           | 0            |
            | leap_day   | 2024-02-29 | 2024-04-30 | 61           | 61 + 1       | 0           | 0            |
            | month_end  | 2024-01-31 | 2024-01-31 | 0            | 1            | 0           | 0            |
            | month_end  | 2024-01-31 | 2024-02-01 | 1            | 1 + 29       | 0           | 0            |
            | month_end  | 2024-01-31 | 2024-03-01 | 30           | 30 + 31      | 0           | 0            |
            | month_end  | 2024-01-31 | 2024-04-01 | 61           | 61 + 29      | 0           | 1            |
            | month_end  | 2024-01-31 | 2024-04-30 | 90           | 90 + 1       | 0           | 0            |
            | late       | 2023-08-31 | 2024-01-01 | 4 * 30 + 3   | 123 + 31     | 0           | 0            |
            | tried      | 2024-02-15 | 2024-02-15 | 0            | 15           | 0           | 0            |
            | tried      | 2024-02-15 | 2024-03-01 | 15           | 15 + 14      | 1           | 0            |
            """,
            *("leap_day", "month_end", "late", "tried"),
            where="(risk_date < date '2024-03-15' and account_id <> 'late' or account_id = 'late' and start = 123 "
            "or risk_date between date '2024-04-01' and date '2024-04-30' and account_id in ('leap_day', 'month_end'))",
        )

    def test_a_renewal_on_the_leap_day_is_due_in_the_interval_that_ends_with_it(self):
        case_shows(
            "counting_process",
            """
            | account_id | risk_date  | start | stop | event | renewal_due | days_to_renewal |
            | renewed    | 2024-02-10 | 0     | 19   | 0     | 1           | 19              |
            | renewed    | 2024-02-29 | 19    | 20   | 0     | 0           | 365             |
            """,
            "renewed",
            where="risk_date < date '2024-03-01'",
        )

    def test_events_are_on_notices_and_ends_and_other_causes_are_none(self):
        """The last interval of each: to 10 April are 69 days, to 15 May 104, to 1 June, the last settled day, 121."""
        case_shows(
            "counting_process",
            """
            | account_id  | start | stop | event | cause       |
            | pending     | 90    | 99   | 1     | churn       |
            | on_snapshot | 90    | 121  | 0     |             |
            | a_day_late  | 90    | 121  | 0     |             |
            | withdrawn   | 109   | 121  | 0     |             |
            | merged      | 60    | 69   | 0     | merged      |
            | failed      | 90    | 104  | 0     | involuntary |
            | apart       | 90    | 104  | 1     | churn       |
            | overlap     | 90    | 121  | 0     |             |
            | on_cut      | 46    | 76   | 1     | churn       |
            """,
            *("pending", "on_snapshot", "a_day_late", "withdrawn", "merged", "failed", "apart", "overlap", "on_cut"),
            where="stop = (select max(stop) from counting_process as own "
            "where own.lifetime_id = counting_process.lifetime_id)",
        )

    def test_where_the_end_is_the_event_notices_are_none(self):
        case_shows(
            "counting_process",
            """
            | account_id  | start | stop | event | cause  |
            | pending     | 90    | 121  | 0     |        |
            | on_snapshot | 90    | 121  | 0     |        |
            | merged      | 90    | 104  | 0     | merged |
            | at_origin   | 29    | 38   | 1     | churn  |
            """,
            *("pending", "on_snapshot", "merged", "at_origin"),
            event_date="end",
            where="stop = (select max(stop) from counting_process as own "
            "where own.lifetime_id = counting_process.lifetime_id)",
        )

    def test_gaps_are_holes_if_allowed_and_ends_if_longer(self):
        """The withdrawn notice leaves a hole as a gap does, and no event."""
        case_shows(
            "counting_process",
            """
            | account_id  | lifetime_number | start | stop | event |
            | gap_allowed | 1               | 29    | 60   | 0     |
            | gap_allowed | 1               | 90    | 121  | 0     |
            | gap_longer  | 1               | 29    | 60   | 1     |
            | gap_longer  | 2               | 0     | 30   | 0     |
            | withdrawn   | 1               | 29    | 60   | 0     |
            | withdrawn   | 1               | 60    | 69   | 0     |
            | withdrawn   | 1               | 109   | 121  | 0     |
            """,
            *("gap_allowed", "gap_longer", "withdrawn"),
            where="risk_date between date '2024-03-01' and date '2024-05-31'",
        )

    def test_who_gave_notice_on_the_first_day_is_in_no_cohort_but_is_counted(self):
        """Leaving at age 0, it could be in no interval (start, stop]."""
        for cohort in ("counting_process", "landmarks", "phase_intervals"):
            case_shows(cohort, "| account_id |", "at_origin")
        cases().shows(
            "attrition",
            """
            | what                    | number |
            | lifetimes               | 18     |
            | over_before_observation | 1      |
            | lifetimes_at_risk       | 17     |
            """,
            where="what in ('lifetimes', 'over_before_observation', 'lifetimes_at_risk')",
        )

    def test_outcomes_on_the_landmark_of_1_april_three_months_before_the_snapshot(self):
        """From 1 April to 1 July are 91 days, whose ends are settled on the 31st only; both gaps begin on 1 April."""
        case_shows(
            "landmarks",
            """
            | account_id  | is_quarter_start | is_followed | followed_days | event | cause       |
            | renewed     | true             | false       | 91            | 0     |             |
            | leap_day    | true             | false       | 91            | 0     |             |
            | overlap     | true             | false       | 91            | 0     |             |
            | apart       | true             | false       | 44            | 1     | churn       |
            | pending     | true             | false       | 39            | 1     | churn       |
            | on_snapshot | true             | false       | 91            | 1     | churn       |
            | a_day_late  | true             | false       | 91            | 0     |             |
            | withdrawn   | true             | false       | 91            | 0     |             |
            | on_cut      | true             | false       | 30            | 1     | churn       |
            | merged      | true             | false       | 9             | 0     | merged      |
            | failed      | true             | false       | 44            | 0     | involuntary |
            """,
            *("renewed", "leap_day", "overlap", "apart", "gap_allowed", "gap_longer", "pending", "on_snapshot"),
            *("a_day_late", "withdrawn", "on_cut", "merged", "failed"),
            where="risk_date = date '2024-04-01'",
        )

    def test_outcomes_on_landmarks_before_gaps_and_between_notice_and_withdrawal(self):
        """The return on the 31st unpaid day does not undo the leaving; one on the 30th means that nobody left."""
        case_shows(
            "landmarks",
            """
            | account_id  | lifetime_number | risk_date  | followed_days | event | cause |
            | gap_allowed | 1               | 2024-03-01 | 31 + 30 + 31  | 0     |       |
            | gap_allowed | 1               | 2024-05-01 | 31 + 30       | 0     |       |
            | gap_longer  | 1               | 2024-03-01 | 31            | 1     | churn |
            | gap_longer  | 2               | 2024-06-01 | 30            | 0     |       |
            | withdrawn   | 1               | 2024-03-01 | 31 + 30 + 31  | 0     |       |
            | withdrawn   | 1               | 2024-06-01 | 30            | 0     |       |
            """,
            *("gap_allowed", "gap_longer", "withdrawn"),
            where="(risk_date in (date '2024-03-01', date '2024-05-01') or account_id <> 'gap_allowed' "
            "and risk_date = date '2024-06-01')",
        )

    def test_for_how_long_an_account_was_believed_to_have_left_is_kept(self):
        """Withdrawn's notice stood from 10 April to 20 May, and gap_allowed's pause lasted all of April."""
        case_shows(
            "landmarks",
            """
            | account_id  | risk_date  | out_on     | believed_from | believed_until |
            | gap_allowed | 2024-02-01 | 2024-04-01 | 2024-04-01    | 2024-05-01     |
            | gap_allowed | 2024-05-01 |            |               |                |
            | withdrawn   | 2024-02-01 | 2024-04-10 | 2024-04-10    | 2024-05-20     |
            | pending     | 2024-02-01 | 2024-05-10 |               |                |
            """,
            *("gap_allowed", "withdrawn", "pending"),
            where="(risk_date = date '2024-02-01' or account_id = 'gap_allowed' and risk_date = date '2024-05-01')",
        )

    def test_on_the_landmark_that_is_the_snapshot_nobody_has_an_outcome(self):
        case_shows(
            "landmarks",
            """
            | account_id | horizon_ends_on | followed_days | is_followed | event | cause |
            | a_day_late | 2024-10-01      | 0             | false       | 0     |       |
            | month_end  | 2024-10-01      | 0             | false       | 0     |       |
            """,
            *("a_day_late", "month_end", "on_snapshot", "pending"),
            where="risk_date = date '2024-07-01'",
        )

    def test_where_the_end_is_the_event_landmarks_follow_to_it(self):
        case_shows(
            "landmarks",
            """
            | account_id | risk_date  | followed_days | event | cause  | out_on     |
            | merged     | 2024-04-01 | 30 + 14       | 0     | merged | 2024-04-10 |
            | pending    | 2024-04-01 | 91            | 0     |        | 2024-05-10 |
            """,
            *("merged", "at_origin", "pending"),
            event_date="end",
            where="risk_date = date '2024-04-01'",
        )

    def test_accounts_without_usage_have_all_their_intervals(self):
        """No account of the book has any: all that is known of their use is that there was none."""
        case_shows(
            "counting_process",
            """
            | account_id | risk_date  | active_day_share | features_used | feature_concentration |
            | overlap    | 2024-05-01 | 0                | 0             |                       |
            | month_end  | 2024-05-01 | 0                | 0             |                       |
            """,
            *("overlap", "month_end"),
            where="risk_date = date '2024-05-01'",
        )

    @pytest.mark.parametrize("event_date", ["notice", "end"])
    def test_no_interval_is_at_fault(self, event_date):
        cases(event_date).shows("interval_faults", "| lifetime_id |")


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
            | 6    | began_lately                  | 1      |
            | 7    | lifetimes_at_risk             | 6      |
            | 8    | entered_late                  | 1      |
            | 9    | churned                       | 2      |
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
            | quarter_from | is_settled | at_start | entered | churned_of_start | churned_of_entered | ended_otherwise |
            | 2024-01-01   | true       | 2        | 3       | 1                | 1                  | 0               |
            | 2024-04-01   | false      | 3        | 0       | 1                | 0                  | 1               |
            """,
        )

    def test_an_end_within_the_allowed_gap_is_provisional_and_its_quarter_not_settled(self):
        """On 20 April an end of 21 March is settled (30 days), and one of 22 March is not."""
        book = cohorts(
            """
            | subscription_id | account_id | started_on | ended_on   |
            | s1              | a          | 2023-05-01 | 2024-03-21 |
            | s2              | b          | 2023-05-01 | 2024-03-22 |
            | s3              | c          | 2023-05-01 | 2024-04-10 |
            | s4              | d          | 2024-04-01 |            |
            """,
            until="7_audit",
            snapshot="2024-04-20",
            allowed_gap_days=30,
        )
        book.shows(
            "book_by_quarter",
            """
            | quarter_from | is_settled | at_start | entered | churned_of_start | provisional |
            | 2024-01-01   | false      | 3        | 1       | 1                | 1           |
            | 2024-04-01   | false      | 2        | 0       | 0                | 1           |
            """,
        )
        book.shows(
            "attrition",
            """
            | what              | number |
            | began_lately      | 1      |
            | lifetimes_at_risk | 3      |
            | churned           | 1      |
            | provisional_ends  | 2      |
            """,
            where="what in ('began_lately', 'lifetimes_at_risk', 'churned', 'provisional_ends')",
        )


class TestIntervalAudit:
    """The proof that intervals are right must itself be able to fail."""

    SUBSCRIPTIONS = """
        | subscription_id | account_id | started_on | ended_on   |
        | s1              | a          | 2024-02-01 | 2024-04-11 |
        | s2              | b          | 2024-02-01 | 2024-02-20 |
        | s3              | b          | 2024-03-01 |            |
    """

    @pytest.fixture
    def faults_after(self):
        """What changes the book, and runs the audit on it; afterwards all is as it was."""
        book = cohorts(self.SUBSCRIPTIONS, snapshot="2024-05-01", allowed_gap_days=15)
        (audit,) = (query for query in read_queries("7_audit") if query.name == "interval_faults")

        def changed(change):
            book.con.execute(change)
            book.run(audit)
            return book

        with book.engine.undone():
            yield changed

    def test_it_finds_nothing_in_what_the_queries_make(self, faults_after):
        faults_after("select 1").shows("interval_faults", "| account_id |")

    def test_it_finds_an_overlap_and_the_day_invented(self, faults_after):
        book = faults_after(
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

    def test_it_finds_a_lost_day(self, faults_after):
        book = faults_after(
            "update counting_process set start = start + 1 where account_id = 'a' and risk_date = '2024-03-01'"
        )
        book.shows(
            "interval_faults",
            """
            | account_id | fault                         |
            | a          | days at risk lost or invented |
            """,
        )

    def test_it_finds_a_lost_lifetime(self, faults_after):
        book = faults_after("delete from counting_process where account_id = 'a'")
        book.shows(
            "interval_faults",
            """
            | account_id | fault                         |
            | a          | days at risk lost or invented |
            """,
        )

    def test_it_finds_an_interval_without_length(self, faults_after):
        book = faults_after(
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

    def test_it_finds_risk_after_leaving(self, faults_after):
        book = faults_after(
            "update counting_process set cause = 'churn' where account_id = 'a' and risk_date = '2024-02-01'"
        )
        book.shows(
            "interval_faults",
            """
            | account_id | fault              |
            | a          | risk after leaving |
            """,
        )

    def test_it_finds_a_lost_event(self, faults_after):
        book = faults_after("update counting_process set cause = null, event = 0")
        assert book.con.execute("select count(*) from interval_faults").fetchone() == (1,)

    def test_it_finds_an_interval_that_was_moved_into_a_gap(self, faults_after):
        book = faults_after(
            "update counting_process set start = start + 3, stop = stop + 3 "
            "where account_id = 'b' and risk_date = '2024-02-01'"
        )
        assert book.con.execute("select count(*) > 0 from interval_faults").fetchone() == (True,)
