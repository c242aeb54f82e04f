-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: the terms in force on the day, as agreed at signing; seats against those of the first day of the baseline
--       window, where as many versions leave them out on the one day as on the other. That no term ends, or no deadline
--       falls, within the horizon is known only where every version in force has an agreed one ahead
with compared as (
    select
        dates.lifetime_id,
        dates.risk_date,
        later.seats,
        earlier.seats as earlier_seats
    from risk_windows as dates
    inner join terms_in_force as later
        on
            dates.lifetime_id = later.lifetime_id
            and dates.risk_date = later.risk_date
    inner join account_levels as earlier
        on
            dates.account_id = earlier.account_id
            and dates.baseline_from >= earlier.level_from
            and dates.baseline_from < earlier.level_until
            and later.versions_without_seats = earlier.versions_without_seats
    where
        later.seats is not null
        and earlier.seats > 0
)

select
    risk_dates.lifetime_id,
    risk_dates.risk_date,
    case
        when terms.term_months = 1 then 'monthly'
        when terms.term_months = 3 then 'quarterly'
        when terms.term_months = 6 then 'half-yearly'
        when terms.term_months = 12 then 'yearly'
        when terms.term_months > 12 then 'longer'
        when terms.term_months is not null then 'other'
    end as term,
    cast(terms.seats as double) as seats,
    case when terms.seats > 0 then cast(terms.mrr as double) / cast(terms.seats as double) end as mrr_per_seat,
    date_diff('day', risk_dates.risk_date, terms.term_ends_on) as days_to_renewal,
    date_diff('day', risk_dates.risk_date, terms.notice_deadline_on) as days_to_deadline,
    case
        when landmark_months.landmark is not null
            then
                case
                    when terms.term_ends_on <= landmark_months.horizon_ends_on then 1
                    when terms.versions_with_term = terms.versions then 0
                end
    end as renewal_in_horizon,
    case
        when landmark_months.landmark is not null
            then
                case
                    when terms.notice_deadline_on <= landmark_months.horizon_ends_on then 1
                    when terms.versions_with_deadline = terms.versions then 0
                end
    end as notice_deadline_in_horizon,
    case
        when compared.lifetime_id is not null
            then case when 10 * compared.seats <= 8 * compared.earlier_seats then 1 else 0 end
    end as seats_cut,
    case
        when compared.lifetime_id is not null then case when compared.seats > compared.earlier_seats then 1 else 0 end
    end as seats_added,
    risk_dates.lifetime_number - 1 as earlier_lifetimes,
    date_diff('day', risk_dates.origin, risk_dates.risk_date) as tenure_days,
    case
        when date_diff('day', risk_dates.origin, risk_dates.risk_date) >= $mature_from_day then 'mature'
        when
            risk_dates.onboarding_completed_on >= risk_dates.origin
            and risk_dates.onboarding_completed_on < risk_dates.risk_date
            then 'adoption'
        when date_diff('day', risk_dates.origin, risk_dates.risk_date) >= $adoption_from_day then 'adoption'
        else 'onboarding'
    end as phase
from risk_dates
left join terms_in_force as terms
    on
        risk_dates.lifetime_id = terms.lifetime_id
        and risk_dates.risk_date = terms.risk_date
left join landmark_months
    on risk_dates.risk_date = landmark_months.landmark
left join compared
    on
        risk_dates.lifetime_id = compared.lifetime_id
        and risk_dates.risk_date = compared.risk_date
