-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: seats and MRR of the day as account_levels adds them up. Of the terms of the versions that cover the day, the
--       longest gives the length, and the one that ends first sets the renewal clock; term_kind says how long that one
--       is, and no_term that none is known to end. Terms are agreed at signing, so the clock never uses an end that
--       came later
with terms as (
    select
        risk_dates.lifetime_id,
        risk_dates.risk_date,
        max(versions.term_months) as term_months,
        count(*) as versions,
        sum(case when versions.term_ends_on > risk_dates.risk_date then 1 else 0 end) as versions_with_term,
        sum(
            case
                when versions.term_ends_on > risk_dates.risk_date and versions.notice_period_days is not null then 1
                else 0
            end
        ) as versions_with_deadline,
        min(case when versions.term_ends_on > risk_dates.risk_date then versions.term_ends_on end) as term_ends_on,
        min(
            case
                when versions.term_ends_on - versions.notice_period_days > risk_dates.risk_date
                    then versions.term_ends_on - versions.notice_period_days
            end
        ) as notice_deadline_on
    from risk_dates
    inner join subscription_versions as versions
        on
            risk_dates.account_id = versions.account_id
            and risk_dates.risk_date >= versions.started_on
            and risk_dates.risk_date < versions.covered_until
    group by risk_dates.lifetime_id, risk_dates.risk_date
),

clocks as (
    select
        terms.lifetime_id,
        terms.risk_date,
        max(versions.term_months) as clock_months
    from terms
    inner join risk_dates
        on
            terms.lifetime_id = risk_dates.lifetime_id
            and terms.risk_date = risk_dates.risk_date
    inner join subscription_versions as versions
        on
            risk_dates.account_id = versions.account_id
            and terms.term_ends_on = versions.term_ends_on
            and terms.risk_date >= versions.started_on
            and terms.risk_date < versions.covered_until
    group by terms.lifetime_id, terms.risk_date
)

select
    terms.lifetime_id,
    terms.risk_date,
    levels.seats,
    levels.mrr,
    levels.versions_without_seats,
    terms.versions,
    terms.versions_with_term,
    terms.versions_with_deadline,
    terms.term_months,
    case
        when terms.term_ends_on is null then 'no_term'
        when clocks.clock_months <= 2 then 'monthly'
        when clocks.clock_months < 12 then 'part_year'
        when clocks.clock_months >= 12 then 'yearly'
        else 'unknown_length'
    end as term_kind,
    terms.term_ends_on,
    terms.notice_deadline_on
from risk_dates
inner join account_levels as levels
    on
        risk_dates.account_id = levels.account_id
        and risk_dates.risk_date >= levels.level_from
        and risk_dates.risk_date < levels.level_until
inner join terms
    on
        risk_dates.lifetime_id = terms.lifetime_id
        and risk_dates.risk_date = terms.risk_date
left join clocks
    on
        terms.lifetime_id = clocks.lifetime_id
        and terms.risk_date = clocks.risk_date
