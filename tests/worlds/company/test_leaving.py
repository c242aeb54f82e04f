"""How accounts leave simulated worlds: by notice, against their will, into another account; and how some return."""

import pytest
from worlds import World

PRESENCE = """
    with versions as (
        select account_id, started_on, least(coalesce(ended_on, date '9999-01-01'), coalesce(
            lead(started_on) over (partition by subscription_id order by started_on), date '9999-01-01')) as until
        from subscriptions)
"""


@pytest.mark.parametrize(
    ("table", "day"),
    [
        ("usage_daily", "used_on"),
        ("touchpoints", "occurred_on"),
        ("tickets", "opened_on"),
        ("surveys", "responded_on"),
        ("contacts", "started_on"),
        ("users", "created_on"),
        ("interventions", "started_on"),
        ("goals", "defined_on"),
    ],
)
@pytest.mark.parametrize(
    "name", ["busy", *(pytest.param(name, marks=pytest.mark.slow) for name in ("trapped", "clocked"))]
)
def test_nothing_happens_in_an_account_while_it_is_no_customer(
    request: pytest.FixtureRequest, name: str, table: str, day: str
) -> None:
    world: World = request.getfixturevalue(name)
    astray = f"""{PRESENCE}
        select count(*) from (select distinct account_id, {day} as day from {table} where {day} is not null) as days
        where not exists (
            select 1 from versions where versions.account_id = days.account_id and day >= started_on and day < until)
    """
    assert world.number(astray) == 0


def test_some_return_after_20_days_and_some_after_months(busy: World) -> None:
    """Two gaps that an analysis must tell apart: one within the allowed 30 days, one that begins a new lifetime."""
    gaps = busy.ask(
        """
        with stays as (
            select account_id, started_on, lag(ended_on) over (partition by account_id order by started_on) as left_on
            from subscriptions where product = 'platform' and kind = 'paid')
        select started_on - left_on as gap from stays where left_on is not null
        """
    )["gap"]
    soon = gaps <= 30
    assert soon.sum() >= 10
    assert (~soon).sum() >= 5
    assert gaps[soon].between(17, 20).all()
    assert gaps[~soon].between(57, 245).all()


def test_mergers_are_into_the_head_of_the_same_group(busy: World) -> None:
    merged = busy.ask(
        """
        select count(*) as number, count(parent_account_id) as grouped from subscriptions
        inner join accounts using (account_id) where end_reason = 'merged'
        """
    )
    assert merged.loc[0, "number"] == merged.loc[0, "grouped"] > 5
    heads = "select count(*) from accounts where parent_account_id not in (select account_id from accounts)"
    assert busy.number(heads) == 0


def test_ends_against_ones_will_come_without_notice_and_within_a_term(busy: World) -> None:
    ends = busy.ask("select * from subscriptions where end_reason in ('involuntary', 'merged')")
    assert len(ends) > 20
    assert (ends["notice_on"].isna() | ends["notice_withdrawn_on"].notna()).all()
    assert (ends["ended_on"] <= ends["term_ends_on"]).all()


def test_a_withdrawn_notice_ends_nothing(busy: World) -> None:
    withdrawn = busy.ask("select * from subscriptions where notice_withdrawn_on is not null and product = 'platform'")
    given = busy.number("select count(*) from subscriptions where notice_on is not null and product = 'platform'")
    assert 0.1 < len(withdrawn) / given < 0.3
    assert (withdrawn["notice_withdrawn_on"] > withdrawn["notice_on"]).all()
    assert (withdrawn["end_reason"].fillna("") != "voluntary").all()


def test_an_end_that_someone_chose_is_the_end_of_a_term(busy: World) -> None:
    chosen = busy.ask("select * from subscriptions where end_reason = 'voluntary'")
    assert (chosen["ended_on"] == chosen["term_ends_on"]).all()
    assert (chosen["notice_on"] <= chosen["ended_on"]).all()
