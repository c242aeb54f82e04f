-- grain: interval at risk; key: lifetime_id, start
-- rule: in days since the origin; event: churn on its last day. Of the terms that run on its first day, the one that
--       ends first: months_left until it does, 12 for more, -1 where no term runs; is_last_of_term, whether the
--       interval stops with it. is_long: the longest of them has more than two months
with running as (
    select
        risk_intervals.lifetime_id,
        risk_intervals.starts_on,
        min(versions.term_ends_on) as term_ends_on,
        max(date_diff('day', versions.started_on, versions.term_ends_on)) as term_days
    from risk_intervals
    inner join lifetimes
        on risk_intervals.lifetime_id = lifetimes.lifetime_id
    inner join subscription_versions as versions
        on
            lifetimes.account_id = versions.account_id
            and risk_intervals.starts_on >= versions.started_on
            and risk_intervals.starts_on < versions.covered_until
            and risk_intervals.starts_on < versions.term_ends_on
    group by risk_intervals.lifetime_id, risk_intervals.starts_on
)

select
    risk_intervals.lifetime_id,
    date_diff('day', lifetimes.origin, risk_intervals.starts_on) as start,
    date_diff('day', lifetimes.origin, risk_intervals.stops_on) as stop,
    case when lifetimes.leaves_on = risk_intervals.stops_on and lifetimes.cause = 'churn' then 1 else 0 end as event,
    case when running.term_days > 62 then 1 else 0 end as is_long,
    case
        when running.term_ends_on is null then -1
        when date_diff('day', running.starts_on, running.term_ends_on) > 365 then 12
        else cast(floor(date_diff('day', running.starts_on, running.term_ends_on) / 31) as integer)
    end as months_left,
    case when running.term_ends_on = risk_intervals.stops_on then 1 else 0 end as is_last_of_term
from risk_intervals
inner join lifetimes
    on risk_intervals.lifetime_id = lifetimes.lifetime_id
left join running
    on
        risk_intervals.lifetime_id = running.lifetime_id
        and risk_intervals.starts_on = running.starts_on
order by risk_intervals.lifetime_id, risk_intervals.starts_on
