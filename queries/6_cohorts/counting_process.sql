-- grain: interval (start, stop] of a lifetime, in days since its origin; key: lifetime_id, start
-- rule: covariates as on the interval's first day; event: churn on its last; other causes censor; renewal_due: a
--       term that was in force at the start ends in the interval
with intervals as (
    select
        lifetimes.lifetime_id,
        lifetimes.account_id,
        lifetimes.cluster_id,
        risk_intervals.starts_on as risk_date,
        risk_intervals.starts_on - lifetimes.origin as start,
        risk_intervals.stops_on - lifetimes.origin as stop,
        case when lifetimes.leaves_on = risk_intervals.stops_on and lifetimes.cause = 'churn' then 1 else 0 end
            as event,
        case when lifetimes.leaves_on = risk_intervals.stops_on then lifetimes.cause end as cause,
        case when terms_in_force.term_ends_on <= risk_intervals.stops_on then 1 else 0 end as renewal_due,
        case when terms_in_force.notice_deadline_on <= risk_intervals.stops_on then 1 else 0 end as deadline_due,
        terms_in_force.term_months
    from risk_intervals
    inner join lifetimes
        on risk_intervals.lifetime_id = lifetimes.lifetime_id
    left join terms_in_force
        on
            risk_intervals.lifetime_id = terms_in_force.lifetime_id
            and risk_intervals.starts_on = terms_in_force.risk_date
)

select *  -- noqa: RF02
from intervals
left join usage using (lifetime_id, risk_date)
left join relationship using (lifetime_id, risk_date)
left join champion using (lifetime_id, risk_date)
left join contract using (lifetime_id, risk_date)
order by intervals.lifetime_id, intervals.start
