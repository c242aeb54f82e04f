-- grain: term of a subscription that falls due; key: account_id, subscription_id, due_on, decided_on
-- rule: rule 12 of queries/rules_of_time.md: due on the day that was agreed, term_ends_on, never on the day of an end.
--       A version that another one cuts before its term ends was renewed early (is_early) if that one runs longer: the
--       next version of its subscription, or the first of another one of the same product that begins once it is over,
--       after a short gap at most. Where the other one ends on the same day, or before, it falls due in its place. A
--       term whose lifetime ended before it is there, not reached; of terms renewed early the last one only.
--       decided_on: due_on, or the day from which an early renewal holds. before, after: price a month, in whole
--       millionths, of all that the account pays for on the day before decided_on, and on that day, or on the day
--       within the lifetime on which it paid again; own: of the term
with versions as (
    select
        subscription_versions.*,
        subscriptions.product,
        lifetimes.lifetime_id,
        lifetimes.ended_on as lifetime_ended_on,
        coalesce(lifetimes.ended_on, cast('9999-12-31' as date)) as lifetime_until,
        lifetimes.cause,
        lifetimes.is_provisional,
        lead(subscription_versions.started_on) over whole as next_started_on,
        lag(subscription_versions.started_on) over whole as previous_started_on
    from subscription_versions
    inner join lifetimes
        on
            subscription_versions.account_id = lifetimes.account_id
            and subscription_versions.started_on >= lifetimes.origin
            and subscription_versions.started_on < coalesce(lifetimes.ended_on, cast('9999-12-31' as date))
    inner join subscriptions
        on
            subscription_versions.account_id = subscriptions.account_id
            and subscription_versions.subscription_id = subscriptions.subscription_id
            and subscription_versions.started_on = subscriptions.started_on
    window whole as (
        partition by lifetimes.lifetime_id, subscription_versions.subscription_id
        order by subscription_versions.started_on
    )
),

with_term as (
    select *
    from versions
    where
        started_on < term_ends_on
        and term_ends_on >= $observation_start
),

renewed_early as (
    select distinct
        cut.account_id,
        cut.subscription_id,
        cut.started_on
    from with_term as cut
    inner join versions as longer
        on
            cut.lifetime_id = longer.lifetime_id
            and longer.started_on >= cut.covered_until
            and date_diff('day', cut.covered_until, longer.started_on) <= $allowed_gap_days
            and longer.term_ends_on > cut.term_ends_on
            and (
                (cut.subscription_id = longer.subscription_id and cut.next_started_on = longer.started_on)
                or (
                    cut.subscription_id != longer.subscription_id
                    and cut.next_started_on is null
                    and longer.previous_started_on is null
                    and coalesce(cut.product, '') = coalesce(longer.product, '')
                )
            )
    where
        cut.covered_until < cut.term_ends_on
        and cut.lifetime_until > cut.term_ends_on
),

due as (
    select
        with_term.*,
        with_term.covered_until >= with_term.term_ends_on as is_reached,
        renewed_early.account_id is not null as is_early,
        case when renewed_early.account_id is null then with_term.term_ends_on else with_term.covered_until end
            as decided_on
    from with_term
    left join renewed_early
        on
            with_term.account_id = renewed_early.account_id
            and with_term.subscription_id = renewed_early.subscription_id
            and with_term.started_on = renewed_early.started_on
    where
        with_term.covered_until >= with_term.term_ends_on
        or with_term.covered_until = with_term.lifetime_ended_on
        or renewed_early.account_id is not null
),

first_after as (
    select
        due.account_id,
        due.subscription_id,
        due.started_on,
        min(levels.level_from) as level_from
    from due
    inner join account_levels as levels
        on
            due.account_id = levels.account_id
            and levels.level_until > due.decided_on
            and levels.level_from < due.lifetime_until
    where due.is_reached or due.is_early
    group by due.account_id, due.subscription_id, due.started_on
)

select
    due.account_id,
    due.lifetime_id,
    due.subscription_id,
    due.term_ends_on as due_on,
    due.decided_on,
    coalesce(due.term_months <= 2, date_diff('day', due.started_on, due.term_ends_on) <= 62) as is_monthly,
    due.is_reached,
    due.is_early,
    due.lifetime_ended_on as ended_on,
    case when due.lifetime_ended_on is not null then due.cause end as cause,
    due.is_provisional,
    cast(floor(due.mrr * 1000000) as bigint) as own,
    cast(floor(earlier.mrr * 1000000) as bigint) as before,
    cast(floor(later.mrr * 1000000) as bigint) as after,
    earlier.versions_without_mrr as unpriced_before,
    later.versions_without_mrr as unpriced_after
from due
left join account_levels as earlier
    on
        due.account_id = earlier.account_id
        and due.decided_on > earlier.level_from
        and due.decided_on <= earlier.level_until
left join first_after
    on
        due.account_id = first_after.account_id
        and due.subscription_id = first_after.subscription_id
        and due.started_on = first_after.started_on
left join account_levels as later
    on
        due.account_id = later.account_id
        and first_after.level_from = later.level_from
order by due.account_id, due.subscription_id, due.term_ends_on, due.decided_on
