"""Kinds of rules at their bounds: what lies just inside is not named, what lies just outside is."""

import datetime as dt
import random

import pytest
from drawn_faults import checked, tickets_opened

EPOCH = dt.date(2024, 1, 1)


def day(number: int) -> str:
    return str(EPOCH + dt.timedelta(days=number))


def test_a_bound_may_be_reached_but_not_passed() -> None:
    rows = [
        {"ticket_id": f"{value}", "account_id": "a", "opened_on": day(0), "sentiment": value}
        for value in ("-1.000001", "-1", "1", "1.000001", "42")
    ]
    found = checked({"tickets": rows})
    assert found.rows("tickets.sentiment_is_in_its_range", "ticket_id") == ["-1.000001", "1.000001", "42"]
    assert found.engine.count("tickets") == 5
    assert [value for value in found.column("tickets", "sentiment") if value is not None] == [-1, 1]


def test_days_of_a_row_may_be_the_same_but_not_reversed() -> None:
    rows = [
        {"ticket_id": str(later), "account_id": "a", "opened_on": day(9), "resolved_on": day(9 + later)}
        for later in (-1, 0, 1)
    ]
    found = checked({"tickets": rows})
    assert found.rows("tickets.resolved_on_is_not_before_opened_on", "ticket_id") == ["-1"]
    assert found.column("tickets", "ticket_id") == ["0", "1"]


@pytest.mark.parametrize(("number", "gap", "named"), [(19, 731, 1), (19, 730, 0), (18, 731, 0), (198, 731, 1)])
def test_a_day_is_far_if_two_years_without_any_part_it_from_twenty(number: int, gap: int, named: int) -> None:
    days = [day(k // 4) for k in range(number)] + [day(-gap)]
    found = checked({"tickets": tickets_opened(days)})
    assert len(found.rows("tickets.opened_on_is_near_the_others", "ticket_id")) == named


@pytest.mark.parametrize(("number", "far", "named"), [(198, 2, 2), (197, 2, 0), (297, 3, 3), (150, 3, 0)])
def test_at_most_a_hundredth_of_all_days_are_far(number: int, far: int, named: int) -> None:
    days = [day(k // 9) for k in range(number)] + [day(-1000 - k) for k in range(far)]
    found = checked({"tickets": tickets_opened(days)})
    assert len(found.rows("tickets.opened_on_is_near_the_others", "ticket_id")) == named


@pytest.mark.parametrize(("gap", "far", "named"), [(1827, 10, 10), (1826, 10, 0), (1827, 11, 0)])
def test_at_most_a_fifth_of_all_days_are_far_where_five_years_without_any_part_them(
    gap: int, far: int, named: int
) -> None:
    """A larger fault is not quieter than a smaller one."""
    found = checked({"tickets": tickets_opened([day(k) for k in range(40)] + [day(-gap)] * far)})
    assert len(found.rows("tickets.opened_on_is_near_the_others", "ticket_id")) == named


@pytest.mark.parametrize(("largest", "far", "named"), [(300, 4, 4), (299, 4, 0), (300, 5, 0)])
def test_at_most_a_tenth_of_all_numbers_are_of_no_usual_size_at_thirty_times_the_next(
    largest: int, far: int, named: int
) -> None:
    values = [1 + k % 10 for k in range(39)] + [largest] * far
    rows = [{"account_id": "a", "used_on": day(k), "events": value} for k, value in enumerate(values)]
    found = checked({"usage_daily": rows})
    assert len(found.rows("usage_daily.events_is_of_a_usual_size", "events")) == named


@pytest.mark.parametrize(
    ("number", "largest", "named"), [(19, 100, 1), (19, 99, 0), (18, 100, 0), (198, 100, 1), (19, 10_000, 1)]
)
def test_a_number_is_of_no_usual_size_at_ten_times_the_next(number: int, largest: int, named: int) -> None:
    values = [1 + k % 10 for k in range(number - 1)] + [10, largest]
    rows = [{"account_id": "a", "used_on": day(k), "events": value} for k, value in enumerate(values)]
    found = checked({"usage_daily": rows})
    assert len(found.rows("usage_daily.events_is_of_a_usual_size", "events")) == named


CHURNED = {"subscription_id": "s", "account_id": "a", "started_on": day(0), "ended_on": day(100)}


@pytest.mark.parametrize(("on", "others", "rule", "named"), [
    (-91, 199, "before_the_account_begins", 1), (-90, 199, "before_the_account_begins", 0),
    (-1, 98, "before_the_account_begins", 1), (-1, 100, "before_the_account_begins", 0),
    (0, 0, "before_the_account_begins", 0), (99, 0, "after_the_account_ends", 0),
    (100, 98, "after_the_account_ends", 1), (100, 100, "after_the_account_ends", 0),
    (129, 199, "after_the_account_ends", 0), (130, 199, "after_the_account_ends", 1),
])  # fmt: skip
def test_rows_outside_lifetimes_are_told_of_from_a_hundredth_on_or_far_off(
    on: int, others: int, rule: str, named: int
) -> None:
    days = [day(k % 100) for k in range(others)] + [day(on)]
    found = checked({"tickets": tickets_opened(days), "subscriptions": [CHURNED]})
    assert len(found.rows(f"tickets_{rule}", "ticket_id")) == named


def test_rows_between_two_subscriptions_are_named_and_those_in_a_trial_are_not() -> None:
    book = [
        CHURNED,
        CHURNED | {"subscription_id": "t", "started_on": day(150), "ended_on": day(160), "kind": "trial"},
        CHURNED | {"subscription_id": "u", "started_on": day(200), "ended_on": None},
    ]
    found = checked({"tickets": tickets_opened([day(k) for k in (50, 120, 155, 199, 200)]), "subscriptions": book})
    assert found.rows("tickets_between_subscriptions", "opened_on") == [day(120), day(199)]


def test_a_spelling_is_odd_beside_a_more_frequent_one() -> None:
    words = ["red score", "red score", "Red_Score", " red  score", "green"]
    rows = [
        {"intervention_id": str(k), "account_id": "a", "started_on": day(k), "kind": "call", "trigger": word}
        for k, word in enumerate(words)
    ]
    found = checked({"interventions": rows})
    assert found.rows("interventions.trigger_is_written_one_way", "intervention_id") == ["2", "3"]


def test_words_for_nothing_are_read_as_empty() -> None:
    words = ["N/A", " null ", "None", "?", "", "nothing", "na", "0"]
    rows = [{"user_id": f"u{k}", "account_id": "a", "department": word} for k, word in enumerate(words)]
    found = checked({"users": rows})
    assert found.rows("users.department_is_no_word_for_nothing", "user_id") == ["u0", "u1", "u2", "u3", "u4"]
    assert sorted(filter(None, found.column("users", "department"))) == ["0", "na", "nothing"]
    assert found.engine.count("users") == len(words)


def test_whose_a_contact_is_matters_where_both_sides_say_so() -> None:
    contacts = [{"contact_id": f"c-{account}", "account_id": account, "role": "admin"} for account in "ab"]
    touches = [
        {"touchpoint_id": f"{account}-{contact}", "account_id": account, "occurred_on": day(1), "kind": "call",
         "contact_id": f"c-{contact}" if contact else None}
        for account in "ab" for contact in ("a", "b", "x", "")
    ]  # fmt: skip
    found = checked({"contacts": contacts, "touchpoints": touches})
    assert found.rows("touchpoints.contact_id_is_of_its_account", "touchpoint_id") == ["a-b", "b-a"]
    assert found.rows("touchpoints.contact_id_is_known", "touchpoint_id") == ["a-x", "b-x"]


def test_a_value_of_two_owners_is_named_with_all_its_rows() -> None:
    book = [
        {"subscription_id": number, "account_id": account, "started_on": on}
        for number, account, on in (("1", "a", day(0)), ("1", "b", day(0)), ("2", "a", day(0)), ("2", "a", day(9)))
    ]
    found = checked({"subscriptions": book})
    assert found.rows("subscriptions.subscription_id_has_one_owner", "account_id") == ["a", "b"]


def test_a_lowered_key_keeps_the_last_row_in_the_order_of_its_columns_whatever_theirs() -> None:
    rows = [
        {"ticket_id": name, "account_id": "a", "opened_on": day(on), "severity": severity}
        for name, on, severity in (
            ("x", 1, "b"),
            ("x", 1, "c"),
            ("x", 0, "z"),
            ("y", 5, None),
            ("y", 5, None),
            ("z", 1, "a"),
        )
    ]
    kept = []
    for seed in range(6):
        found = checked({"tickets": random.Random(seed).sample(rows, len(rows))}, lowered=["tickets_key_is_unique"])
        assert found.findings["tickets_key_is_unique"].severity == "quarantine"
        assert found.rows("tickets_key_is_unique", "ticket_id") == ["x", "x", "x", "y", "y"]
        assert found.engine.count("quarantine_tickets") == 3
        kept.append(found.engine.rows("select ticket_id, opened_on, severity from tickets order by all"))
    assert [row[0] for row in kept[0]] == ["x", "y", "z"]
    assert kept[0][0][1:] == (EPOCH + dt.timedelta(days=1), "c")
    assert all(other == kept[0] for other in kept)


@pytest.mark.parametrize(("levels", "is_refused"), [(16, False), (17, True)])
def test_sixteen_levels_of_parents_are_one_group(levels: int, is_refused: bool) -> None:
    from analysis.engine.query import read_queries

    chain = [{"account_id": f"p{k:02}", "parent_account_id": f"p{k - 1:02}" if k else None} for k in range(levels + 1)]
    found = checked({"accounts": chain, "subscriptions": [
        {"subscription_id": "s", "account_id": row["account_id"], "started_on": day(0)} for row in chain
    ]})  # fmt: skip
    assert ("parents_in_a_circle" in found.findings) == is_refused
    if not is_refused:
        (groups,) = (query for query in read_queries("2_lifetimes") if query.name == "groups")
        found.engine.make(groups, {})
        assert set(found.column("groups", "cluster_id")) == {"p00"}


def test_subscription_numbers_that_restart_in_every_account_end_nobody() -> None:
    from drawn import drawn_book

    book = drawn_book(
        "2_lifetimes",
        tables={"subscriptions": """
            | subscription_id | account_id | started_on | ended_on |
            | 1               | a          | 2024-01-05 |          |
            | 1               | b          | 2024-03-01 |          |
            | 1               | c          | 2024-05-01 | 2024-09-01 |
        """},
    )  # fmt: skip
    assert book.con.execute("select account_id from lifetimes where ended_on is not null").fetchall() == [("c",)]


SAID = (
    ("notice_when_it_began", {"started_on": day(0), "notice_on": day(0)}, True),
    ("notice_when_it_began", {"started_on": day(0), "notice_on": day(1)}, False),
    ("notice_when_it_began", {"started_on": day(0), "notice_on": day(0), "notice_withdrawn_on": day(5)}, False),
    ("notice_long_past_while_open", {"notice_on": day(-800)}, True),
    ("notice_long_past_while_open", {"notice_on": day(-800), "ended_on": day(-700)}, False),
    ("notice_long_past_while_open", {"notice_on": day(-800), "notice_withdrawn_on": day(-700)}, False),
    ("notice_long_past_while_open", {"notice_on": day(100)}, False),
    ("term_ends_too_late", {"started_on": day(0), "term_months": 12, "term_ends_on": day(14_000)}, True),
    ("term_ends_too_late", {"started_on": day(0), "term_months": 12, "term_ends_on": day(365)}, False),
    ("term_lapsed_while_open", {"term_ends_on": day(-100)}, True),
    ("term_lapsed_while_open", {"term_ends_on": day(-100), "auto_renew": "true"}, False),
    ("term_lapsed_while_open", {"term_ends_on": day(-100), "ended_on": day(-100)}, False),
    ("subscription_covers_no_day", {"started_on": day(0), "ended_on": day(0)}, True),
    ("subscription_covers_no_day", {"started_on": day(0), "ended_on": day(1)}, False),
)


def test_what_a_subscription_says_of_itself() -> None:
    """The snapshot of these tables lies after all that is told of."""
    book = [
        {"subscription_id": f"s{k:02}", "account_id": f"a{k:02}", "started_on": day(-900)} | more
        for k, (_, more, _) in enumerate(SAID)
    ]
    found = checked({"subscriptions": book})
    for rule in {rule for rule, _, _ in SAID}:
        asked = {f"s{k:02}": is_named for k, (of, _, is_named) in enumerate(SAID) if of == rule}
        named = [number for number in found.rows(rule, "subscription_id") if number in asked]
        assert named == [number for number, is_named in asked.items() if is_named], rule


SIDE_BY_SIDE = (
    ("renewed under a new id, the old one left open", [{}, {"started_on": day(200)}], True),
    ("the old one ended as the new one began", [{"ended_on": day(200)}, {"started_on": day(200)}], False),
    ("a month of both", [{"ended_on": day(230)}, {"started_on": day(200)}], True),
    ("bought on one day", [{}, {}], True),
    ("another product", [{"product": "crm"}, {"product": "mail", "started_on": day(9)}], False),
    ("another plan of one product", [{"product": "crm", "plan": "s"}, {"product": "crm", "plan": "m"}], True),
    ("another plan, no products", [{"plan": "s"}, {"plan": "m", "started_on": day(9)}], False),
    ("a trial beside it", [{}, {"kind": "trial", "started_on": day(9)}], False),
    ("to begin after the snapshot", [{}, {"started_on": "2025-02-01"}], False),
)


def test_a_subscription_beside_an_older_one_is_named_once() -> None:
    """Each case is an account of two subscriptions, the newer of which goes on in a second version."""
    book = [
        {"account_id": f"a{k}", "subscription_id": f"a{k}-{number}", "started_on": day(0)} | more
        for k, (_, pair, _) in enumerate(SIDE_BY_SIDE)
        for number, more in enumerate(pair)
    ]
    later = [
        row | {"started_on": day(300)}
        for row in book
        if row["subscription_id"].endswith("-1") and row["started_on"] < day(300)
    ]
    found = checked({"subscriptions": [*book, *later]})
    named = found.rows("subscriptions_side_by_side", "subscription_id || ' ' || started_on")
    assert named == sorted(
        f"a{k}-1 {pair[1].get('started_on', day(0))}" for k, (_, pair, is_named) in enumerate(SIDE_BY_SIDE) if is_named
    )
