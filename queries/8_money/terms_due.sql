-- grain: term of a subscription that falls due; key: account_id, subscription_id, due_on
-- rule: rule 12 of queries/rules_of_time.md: due on the day that was agreed, term_ends_on, never on the day of an end.
--       A term that another version replaced before its end falls due no more; one whose lifetime ended before it is
--       there, not reached. before, after: price a month, in whole millionths, of all that the account pays for on the
--       day before due_on, and on that day, or on the day within the lifetime on which it paid again; own: of the term
with versions as (
    select
        subscription_versions.*,
        lifetimes.lifetime_id,
        lifetimes.ended_on as lifetime_ended_on,
        lifetimes.cause,
        lifetimes.is_provisional
    from subscription_versions
    inner join lifetimes
        on
            subscription_versions.account_id = lifetimes.account_id
            and subscription_versions.started_on >= lifetimes.origin
            and subscription_versions.started_on < coalesce(lifetimes.ended_on, cast('9999-12-31' as date))
    where
        subscription_versions.started_on < subscription_versions.term_ends_on
        and subscription_versions.term_ends_on >= $observation_start
),

due as (
    select
        *,
        covered_until >= term_ends_on as is_reached
    from versions
    where
        covered_until >= term_ends_on
        or covered_until = lifetime_ended_on
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
            and levels.level_until > due.term_ends_on
            and levels.level_from < coalesce(due.lifetime_ended_on, cast('9999-12-31' as date))
    where due.is_reached
    group by due.account_id, due.subscription_id, due.started_on
)

select
    due.account_id,
    due.lifetime_id,
    due.subscription_id,
    due.term_ends_on as due_on,
    coalesce(due.term_months <= 2, date_diff('day', due.started_on, due.term_ends_on) <= 62) as is_monthly,
    due.is_reached,
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
        and due.term_ends_on > earlier.level_from
        and due.term_ends_on <= earlier.level_until
left join first_after
    on
        due.account_id = first_after.account_id
        and due.subscription_id = first_after.subscription_id
        and due.started_on = first_after.started_on
left join account_levels as later
    on
        due.account_id = later.account_id
        and first_after.level_from = later.level_from
order by due.account_id, due.subscription_id, due.term_ends_on
