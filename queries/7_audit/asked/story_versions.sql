-- grain: version of a subscription of one account, trials among them; key: subscription_id, started_on
-- rule: a version covers the days from started_on to the day before covered_until: its own end, where that has come, or
--       the start of the next version; missing where neither is. ends_on is the end that is agreed, also one to come
with followed as (
    select
        *,
        lead(started_on) over (partition by subscription_id order by started_on) as next_started_on,
        lag(term_ends_on) over (partition by subscription_id order by started_on) as term_ended_on,
        lag(started_on) over (partition by subscription_id order by started_on) as last_started_on
    from subscriptions
    where account_id = $account_id
),

covered as (
    select
        subscription_id,
        coalesce(kind, 'paid') as kind,
        product,
        started_on,
        nullif(
            least(
                coalesce(case when ended_on <= $snapshot then ended_on end, cast('9999-12-31' as date)),
                coalesce(next_started_on, cast('9999-12-31' as date))
            ),
            cast('9999-12-31' as date)
        ) as covered_until,
        ended_on as ends_on,
        term_ends_on,
        notice_on,
        notice_withdrawn_on,
        notice_period_days,
        term_months,
        seats,
        mrr,
        last_started_on is null as is_first,
        coalesce(started_on >= term_ended_on, false) as is_renewal
    from followed
)

select *
from covered
where
    covered_until is null
    or covered_until > started_on
order by started_on, product, term_ends_on, seats, mrr, subscription_id
