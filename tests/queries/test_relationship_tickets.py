"""Senior people's tickets, the turn in their tone, open faults and reopened tickets, worked out by hand.

The day is Monday, 1 July 2024; the recent window [d - 28, d) begins on 3 June, the baseline window [d - 91, d) on 1 April.
Where a test needs facts that come to be known after the day, the snapshot is a month later.
"""

import functools

from one_day import covariates, day_shows, each_its_account

AUGUST = "2024-08-01"
tickets_show = functools.partial(day_shows, "relationship_tickets", snapshot=AUGUST)


def test_nothing_of_a_ticket_is_known_before_the_ticket_and_each_is_of_its_kind():
    tickets = """
        | account_id | ticket_id | opened_on  | category        | reopened_on | escalated_on | known_on   |
        | a          | k1        | 2024-06-01 | bug             | 2024-06-05  | 2024-06-04   |            |
        | a          | k2        | 2024-06-01 | complaint       | 2024-06-05  | 2024-06-09   | 2024-06-08 |
        | a          | k3        | 2024-06-01 | feature_request |             |              | 2024-06-08 |
        | a          | k4        | 2024-06-01 | contract        |             |              |            |
        | a          | k5        | 2024-06-01 | cancellation    |             |              |            |
        | a          | k6        | 2024-06-01 |                 |             |              |            |
    """
    covariates(tickets=tickets).shows(
        "dated_ticket",
        """
        | ticket_id | known_on   | reopening_known_on | escalation_known_on | is_fault | is_feature_request | is_contract_question |
        | k1        | 2024-06-01 | 2024-06-05         | 2024-06-04          | true     | false              | false                |
        | k2        | 2024-06-08 | 2024-06-08         | 2024-06-09          | true     | false              | false                |
        | k3        | 2024-06-08 |                    |                     | false    | true               | false                |
        | k4        | 2024-06-01 |                    |                     | false    | false              | true                 |
        | k5        | 2024-06-01 |                    |                     | false    | false              | true                 |
        | k6        | 2024-06-01 |                    |                     | false    | false              | false                |
        """,
    )


def test_tickets_of_senior_people_are_counted_however_their_rank_is_written():
    """In April and later, up to the day before; a chief is none of the ranks, nor is a part of one."""
    subscriptions, tickets = each_its_account(
        "| account_id | ticket_id | opened_on | requester_seniority | known_on |",
        """
        | ranks      | k1  | 2024-06-10 | manager           |            |
        | ranks      | k2  | 2024-06-10 | Director          |            |
        | ranks      | k3  | 2024-06-10 | EXECUTIVE         |            |
        | others     | k4  | 2024-06-10 | chief             |            |
        | others     | k5  | 2024-06-10 | man               |            |
        | others     | k6  | 2024-06-10 | managers          |            |
        | others     | k7  | 2024-06-10 |                   |            |
        | first_day  | k8  | 2024-04-01 | manager           |            |
        | day_before | k9  | 2024-03-31 | manager           | 2024-05-01 |
        | yesterday  | k10 | 2024-06-30 | manager           |            |
        | today      | k11 | 2024-07-01 | manager           | 2024-06-20 |
        | late       | k12 | 2024-06-10 | manager           | 2024-07-01 |
        | in_time    | k13 | 2024-06-10 | manager           | 2024-06-30 |
        """,
    )
    tickets_show(
        """
        | account_id | senior_tickets |
        | ranks      | 3              |
        | others     | 0              |
        | first_day  | 1              |
        | day_before | 0              |
        | yesterday  | 1              |
        | today      | 0              |
        | late       | 0              |
        | in_time    | 1              |
        """,
        subscriptions=subscriptions,
        tickets=tickets,
    )


def test_the_tone_of_the_last_four_weeks_is_set_against_that_of_the_weeks_before():
    subscriptions, tickets = each_its_account(
        "| account_id | ticket_id | opened_on | sentiment | known_on |",
        """
        | turned      | k1  | 2024-06-02 | 0.4  |            |
        | turned      | k2  | 2024-04-01 | 0.1  |            |
        | turned      | k3  | 2024-05-01 |      |            |
        | turned      | k4  | 2024-06-03 | -0.3 |            |
        | turned      | k5  | 2024-06-30 | -0.8 |            |
        | turned      | k6  | 2024-06-10 | -1   |            |
        | turned      | k7  | 2024-03-31 | -1   |            |
        | turned      | k8  | 2024-07-01 | 1    | 2024-06-20 |
        | turned      | k9  | 2024-06-20 | 1    | 2024-07-01 |
        | recent_only | k10 | 2024-06-03 | 0.3  |            |
        | recent_only | k11 | 2024-05-03 |      |            |
        | before_only | k12 | 2024-06-02 | 0.3  |            |
        | before_only | k13 | 2024-06-10 |      |            |
        """,
    )
    tickets_show(
        """
        | account_id  | tone_trend                                  |
        | turned      | (-0.3 - 0.8 - 1) / 3 - (0.4 + 0.1) / 2      |
        | recent_only |                                             |
        | before_only |                                             |
        """,
        subscriptions=subscriptions,
        tickets=tickets,
    )


def test_the_oldest_fault_that_is_open_as_far_as_is_known_counts_its_days():
    subscriptions, tickets = each_its_account(
        "| account_id | ticket_id | opened_on | category | resolved_on | reopened_on | known_on |",
        """
        | bug           | k1  | 2024-06-21 | bug       |            |            |            |
        | complaint     | k2  | 2024-06-21 | complaint |            |            |            |
        | question      | k3  | 2024-06-21 | how_to    |            |            |            |
        | no_category   | k4  | 2024-06-21 |           |            |            |            |
        | oldest        | k5  | 2024-06-21 | bug       |            |            |            |
        | oldest        | k6  | 2024-01-01 | bug       |            |            |            |
        | oldest        | k7  | 2024-06-22 | bug       |            |            |            |
        | first_day     | k8  | 2023-01-01 | bug       |            |            |            |
        | trial         | k9  | 2022-12-31 | bug       |            |            |            |
        | yesterday     | k10 | 2024-06-30 | bug       |            |            |            |
        | today         | k11 | 2024-07-01 | bug       |            |            | 2024-06-20 |
        | late          | k12 | 2024-06-21 | bug       |            |            | 2024-07-01 |
        | in_time       | k13 | 2024-06-21 | bug       |            |            | 2024-06-30 |
        | resolved      | k14 | 2024-06-21 | bug       | 2024-06-30 |            |            |
        | resolved_now  | k15 | 2024-06-21 | bug       | 2024-07-01 |            |            |
        | reopened      | k16 | 2024-06-21 | bug       | 2024-06-25 | 2024-06-30 |            |
        | reopened_now  | k17 | 2024-06-21 | bug       | 2024-06-25 | 2024-07-01 |            |
        | same_day      | k18 | 2024-06-21 | bug       | 2024-06-25 | 2024-06-25 |            |
        | closed_again  | k19 | 2024-06-21 | bug       | 2024-06-30 | 2024-06-25 |            |
        | closes_again  | k20 | 2024-06-21 | bug       | 2024-07-01 | 2024-06-25 |            |
        | never_closed  | k21 | 2024-06-21 | bug       |            | 2024-06-25 |            |
        """,
    )
    tickets_show(
        """
        | account_id   | oldest_open_fault_days |
        | bug          | 10                     |
        | complaint    | 10                     |
        | question     | 0                      |
        | no_category  |                        |
        | oldest       | 182                    |
        | first_day    | 547                    |
        | trial        | 0                      |
        | yesterday    | 1                      |
        | today        | 0                      |
        | late         | 0                      |
        | in_time      | 10                     |
        | resolved     | 0                      |
        | resolved_now | 10                     |
        | reopened     | 10                     |
        | reopened_now | 0                      |
        | same_day     | 10                     |
        | closed_again | 0                      |
        | closes_again | 10                     |
        | never_closed | 10                     |
        """,
        subscriptions=subscriptions,
        tickets=tickets,
    )


def test_a_reopened_ticket_counts_by_the_day_it_became_known_that_it_was():
    subscriptions, tickets = each_its_account(
        "| account_id | ticket_id | opened_on | reopened_on | known_on |",
        """
        | first_day   | k1 | 2024-01-01 | 2024-04-01 |            |
        | day_before  | k2 | 2024-01-01 | 2024-03-31 |            |
        | yesterday   | k3 | 2024-06-01 | 2024-06-30 |            |
        | today       | k4 | 2024-06-01 | 2024-07-01 |            |
        | never       | k5 | 2024-06-01 |            |            |
        | late_ticket | k6 | 2024-03-01 | 2024-03-02 | 2024-05-01 |
        | unknown     | k7 | 2024-06-01 | 2024-06-02 | 2024-07-01 |
        | two         | k8 | 2024-06-01 | 2024-06-02 |            |
        | two         | k9 | 2024-06-01 | 2024-06-02 |            |
        """,
    )
    tickets_show(
        """
        | account_id  | reopened_tickets |
        | first_day   | 1                |
        | day_before  | 0                |
        | yesterday   | 1                |
        | today       | 0                |
        | never       | 0                |
        | late_ticket | 1                |
        | unknown     | 0                |
        | two         | 2                |
        """,
        subscriptions=subscriptions,
        tickets=tickets,
    )


def test_a_reopening_of_before_the_origin_is_not_counted_however_late_it_became_known():
    subscriptions, tickets = each_its_account(
        "| account_id | ticket_id | opened_on | reopened_on | known_on |",
        """
        | before    | k1 | 2024-06-01 | 2024-06-10 | 2024-06-20 |
        | first_day | k2 | 2024-06-01 | 2024-06-11 | 2024-06-20 |
        """,
        started_on="2024-06-11",
    )
    tickets_show(
        """
        | account_id | reopened_tickets |
        | before     | 0                |
        | first_day  | 1                |
        """,
        subscriptions=subscriptions,
        tickets=tickets,
    )


class TestBeginnings:
    """Of lifetimes, and of the log."""

    SUBSCRIPTIONS = """
        | subscription_id | account_id | started_on | ended_on   |
        | s1              | in_time    | 2024-04-02 |            |
        | s2              | earlier    | 2024-04-01 |            |
        | s3              | none       | 2024-04-02 |            |
        | s4              | today      | 2024-07-01 |            |
        | s5              | trial      | 2024-06-11 |            |
        | s6              | back       | 2023-01-01 | 2024-04-01 |
        | s7              | back       | 2024-06-01 |            |
        | s8              | long       | 2023-01-01 |            |
    """
    TICKETS = """
        | ticket_id | account_id | opened_on  | category | requester_seniority | sentiment | reopened_on |
        | k1        | in_time    | 2024-04-02 | bug      | manager             | 0         | 2024-04-02  |
        | k2        | in_time    | 2024-06-10 | bug      | manager             | 0.5       |             |
        | k3        | earlier    | 2024-04-02 | bug      | manager             | 0         | 2024-04-02  |
        | k4        | earlier    | 2024-06-10 | bug      | manager             | 0.5       |             |
        | k5        | today      | 2024-06-10 | bug      | manager             | 0.5       | 2024-06-30  |
        | k6        | trial      | 2024-06-10 | bug      | manager             | 0.5       | 2024-06-10  |
        | k7        | trial      | 2024-06-02 | bug      | manager             | 0.5       |             |
        | k8        | trial      | 2024-06-11 | bug      | staff               | 0.5       |             |
        | k9        | back       | 2024-03-20 | bug      | manager             | 0.5       | 2024-03-21  |
        | k10       | long       | 2024-04-01 | bug      | manager             | 0         | 2024-04-01  |
        | k11       | long       | 2024-06-10 | bug      | manager             | 0.5       |             |
    """

    def shown(self, expected, **begins):
        tickets_show(expected, subscriptions=self.SUBSCRIPTIONS, tickets=self.TICKETS, **begins)

    def test_nothing_of_before_the_origin_is_seen_and_on_the_first_day_nothing_at_all(self):
        """No ticket is zero, and leaves only the turn of the tone without a value."""
        self.shown(
            """
            | account_id | lifetime_number | senior_tickets | tone_trend | oldest_open_fault_days | reopened_tickets |
            | in_time    | 1               | 2              | 0.5        | 90                     | 1                |
            | earlier    | 1               | 2              | 0.5        | 90                     | 1                |
            | none       | 1               | 0              |            | 0                      | 0                |
            | today      | 1               |                |            |                        |                  |
            | trial      | 1               | 0              |            | 20                     | 0                |
            | back       | 2               | 0              |            | 0                      | 0                |
            | long       | 1               | 2              | 0.5        | 91                     | 1                |
            """
        )

    def test_a_window_that_reaches_before_the_log_is_missing_not_zero(self):
        self.shown(
            """
            | account_id | senior_tickets | tone_trend | oldest_open_fault_days | reopened_tickets |
            | in_time    | 2              | 0.5        | 90                     | 1                |
            | earlier    |                |            |                        |                  |
            | none       | 0              |            | 0                      | 0                |
            | today      |                |            |                        |                  |
            | trial      | 0              |            | 20                     | 0                |
            | back       | 0              |            | 0                      | 0                |
            | long       |                |            |                        |                  |
            """,
            tickets_from="2024-04-02",
        )

    def test_a_fault_noted_before_the_log_began_is_not_looked_at(self):
        """Whoever was open then may or may not have been written down."""
        tickets_show(
            """
            | account_id | oldest_open_fault_days |
            | a          | 91                     |
            """,
            tickets="""
            | ticket_id | account_id | opened_on  | category |
            | k1        | a          | 2024-03-31 | bug      |
            | k2        | a          | 2024-04-01 | bug      |
            """,
            tickets_from="2024-04-01",
        )
