"""Introductions: who has left for good is not introduced any more."""

from worlds import World


def test_nobody_is_introduced_after_leaving_for_good(short: World) -> None:
    late = """
        select count(*)
        from accounts
        inner join (
            select account_id, max(ended_on) as left_on
            from subscriptions
            group by account_id
            having count(*) = count(ended_on)
        ) as gone using (account_id)
        where onboarding_completed_on >= left_on and left_on < date '2023-01-01'"""
    assert short.number(late) == 0
    assert short.number("select count(onboarding_completed_on) from accounts") > 100
