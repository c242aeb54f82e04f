-- grain: paid version of a subscription; key: account_id, subscription_id, started_on
-- rule: a version covers the days from started_on to the day before covered_until: its own end, or the start of the
--       next version, whichever comes first; open versions reach to 9999-12-31. An end that is agreed but lies after
--       the snapshot has not happened: the version is open, and its ends_on says when it will end
with followed as (
    select
        *,
        lead(started_on) over (partition by account_id, subscription_id order by started_on) as next_started_on
    from subscriptions
),

covered as (
    select
        subscription_id,
        account_id,
        started_on,
        least(
            coalesce(case when ended_on <= $snapshot then ended_on end, cast('9999-12-31' as date)),
            coalesce(next_started_on, cast('9999-12-31' as date))
        ) as covered_until,
        ended_on as ends_on,
        term_ends_on,
        notice_on,
        notice_withdrawn_on,
        notice_period_days,
        end_reason,
        term_months,
        auto_renew,
        seats,
        mrr
    from followed
    where coalesce(kind, 'paid') = 'paid'
)

select *
from covered
where covered_until > started_on
