-- grain: interval (start, stop] of a lifetime, in days since its origin; key: lifetime_id, start
-- rule: covariates as on the interval's first day; event: churn on its last; other causes censor. The renewal clock of
--       an interval: term_kind, the kind of term that sets it; days_before, from how many days before the end of that
--       term the interval begins, in bands of a month, then a quarter, half a year, more, by their lower end; and the
--       next cut, as it stood on the first day, is the end of a term (renewal_due), or the last day to give notice of
--       it (deadline_due). Set by the schedule alone, never by where the interval stopped, which leaving itself decides
with scheduled as (
    select
        risk_intervals.lifetime_id,
        risk_intervals.starts_on,
        risk_intervals.stops_on,
        terms_in_force.term_months,
        coalesce(terms_in_force.term_kind, 'no_term') as term_kind,
        terms_in_force.term_ends_on,
        terms_in_force.notice_deadline_on,
        least(
            following.starts_on,
            coalesce(terms_in_force.term_ends_on, following.starts_on),
            coalesce(terms_in_force.notice_deadline_on, following.starts_on)
        ) as next_cut_on
    from risk_intervals
    inner join calendar_months as months
        on
            risk_intervals.starts_on >= months.starts_on
            and risk_intervals.starts_on < months.starts_on + 31
    inner join calendar_months as following
        on
            months.month_number + 1 = following.month_number
            and risk_intervals.starts_on < following.starts_on
    left join terms_in_force
        on
            risk_intervals.lifetime_id = terms_in_force.lifetime_id
            and risk_intervals.starts_on = terms_in_force.risk_date
),

intervals as (
    select
        lifetimes.lifetime_id,
        lifetimes.account_id,
        lifetimes.cluster_id,
        scheduled.starts_on as risk_date,
        date_diff('day', lifetimes.origin, scheduled.starts_on) as start,
        date_diff('day', lifetimes.origin, scheduled.stops_on) as stop,
        case when lifetimes.leaves_on = scheduled.stops_on and lifetimes.cause = 'churn' then 1 else 0 end as event,
        case when lifetimes.leaves_on = scheduled.stops_on then lifetimes.cause end as cause,
        case when scheduled.term_ends_on = scheduled.next_cut_on then 1 else 0 end as renewal_due,
        case when scheduled.notice_deadline_on = scheduled.next_cut_on then 1 else 0 end as deadline_due,
        case
            when scheduled.term_ends_on is null then -1
            when date_diff('day', scheduled.starts_on, scheduled.term_ends_on) <= 30 then 0
            when date_diff('day', scheduled.starts_on, scheduled.term_ends_on) <= 61 then 30
            when date_diff('day', scheduled.starts_on, scheduled.term_ends_on) <= 91 then 61
            when date_diff('day', scheduled.starts_on, scheduled.term_ends_on) <= 122 then 91
            when date_diff('day', scheduled.starts_on, scheduled.term_ends_on) <= 183 then 122
            when date_diff('day', scheduled.starts_on, scheduled.term_ends_on) <= 365 then 183
            else 365
        end as days_before,
        scheduled.term_months,
        scheduled.term_kind
    from scheduled
    inner join lifetimes
        on scheduled.lifetime_id = lifetimes.lifetime_id
)

select *  -- noqa: RF02
from intervals
left join covariates using (lifetime_id, risk_date)
order by intervals.account_id, intervals.risk_date
