-- grain: lifetime and calendar week, Monday to Sunday, from a landmark to the next; key: lifetime_id, week
-- rule: its use in weeks all of which it was at risk, and not under notice, from the landmark on, and that lie in the
--       log, the account's own where some say since when they have one, with the seats and the kind of term of the
--       landmark; a week without use has none
with landmarks as (
    select
        landmark,
        lead(landmark) over (order by landmark) as next_landmark
    from landmark_months
),

weeks as (
    select
        days.day as week,
        landmarks.landmark
    from calendar_days as days
    inner join landmarks
        on
            days.day >= landmarks.landmark
            and days.day < coalesce(landmarks.next_landmark, cast($snapshot as date))
    where
        date_diff('day', cast('1900-01-01' as date), days.day) % 7 = 0
        and days.day >= $usage_daily_observed_from
        and days.day + 7 <= $usage_daily_observed_until
        and (
            days.day + 7 <= $usage_daily_hole_from
            or days.day >= $usage_daily_hole_until
        )
),

used as (
    select
        account_id,
        used_on - cast(date_diff('day', cast('1900-01-01' as date), used_on) % 7 as integer) as week,
        cast(sum(events) as bigint) as events
    from usage_account_day
    group by account_id, used_on - cast(date_diff('day', cast('1900-01-01' as date), used_on) % 7 as integer)
)

select
    dates.lifetime_id,
    lifetimes.account_id,
    weeks.week,
    terms.term_kind,
    terms.seats,
    coalesce(used.events, 0) as events
from landmark_dates as dates
inner join weeks
    on
        dates.landmark = weeks.landmark
        and weeks.week + 7 <= least(dates.out_on, cast($snapshot as date))
inner join lifetimes
    on dates.lifetime_id = lifetimes.lifetime_id
inner join accounts
    on
        lifetimes.account_id = accounts.account_id
        and (
            accounts.use_logged_from <= weeks.week
            or not exists (
                select 1 from accounts as other
                where other.use_logged_from is not null
            )
        )
inner join terms_in_force as terms
    on
        dates.lifetime_id = terms.lifetime_id
        and dates.landmark = terms.risk_date
left join used
    on
        lifetimes.account_id = used.account_id
        and weeks.week = used.week
