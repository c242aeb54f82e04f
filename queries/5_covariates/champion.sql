-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: who is in a role and known to be, on the morning of risk_date: a departure that is not known yet is not seen; a
--       change between the roles of champion and sponsor is no departure. Nobody ever recorded is unknown, not none.
--       Key users stand in where no role is recorded: key_user_percent of users, rounded up, with the most use in the
--       baseline window before the recent one; only use that names its user counts
with dates as (
    select
        lifetime_id,
        account_id,
        risk_date,
        origin,
        greatest(origin, risk_date - $baseline_days) as window_from,
        risk_date > cast($contacts_observed_from as date) as is_state_measured,
        risk_date > origin and greatest(origin, risk_date - $baseline_days) >= cast($contacts_observed_from as date)
            as is_window_measured,
        greatest(origin, risk_date - $baseline_days) >= cast($usage_daily_observed_from as date)
        and least($baseline_days, risk_date - origin) >= 2 * $recent_days as is_use_measured
    from risk_dates
),

roles as (
    select
        account_id,
        contact_id,
        role,
        department,
        ended_on,
        coalesce(started_on, cast('1900-01-01' as date)) as started_on,
        coalesce(known_on, started_on, cast('1900-01-01' as date)) as known_on,
        case
            when ended_on is not null
                then greatest(
                    coalesce(ended_known_on, ended_on),
                    coalesce(known_on, started_on, cast('1900-01-01' as date))
                )
        end as end_known_on
    from contacts
),

people as (
    select
        dates.lifetime_id,
        dates.risk_date,
        dates.window_from,
        roles.contact_id,
        max(
            case
                when
                    roles.started_on < dates.risk_date
                    and not coalesce(roles.ended_on < dates.risk_date and roles.end_known_on < dates.risk_date, false)
                    then 1
                else 0
            end
        ) as is_in_force,
        max(case when coalesce(roles.end_known_on < dates.risk_date, false) then 0 else 1 end) as is_staying,
        max(case when roles.end_known_on < dates.risk_date then roles.end_known_on end) as end_known_on,
        max(
            case
                when roles.ended_on < dates.risk_date and roles.end_known_on < dates.risk_date
                    then greatest(roles.ended_on, roles.end_known_on)
            end
        ) as left_on
    from dates
    inner join roles
        on
            dates.account_id = roles.account_id
            and roles.role in ('champion', 'executive_sponsor')
            and roles.known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date, dates.window_from, roles.contact_id
),

champions as (
    select
        lifetime_id,
        risk_date,
        sum(is_in_force) as champions,
        sum(case when is_staying = 0 and end_known_on >= window_from then 1 else 0 end) as departures,
        max(left_on) as last_left_on
    from people
    group by lifetime_id, risk_date
),

departments as (
    select
        dates.lifetime_id,
        dates.risk_date,
        count(distinct roles.department) as departments
    from dates
    inner join roles
        on
            dates.account_id = roles.account_id
            and roles.role in ('champion', 'executive_sponsor')
            and roles.known_on < dates.risk_date
            and roles.started_on < dates.risk_date
            and not coalesce(roles.ended_on < dates.risk_date and roles.end_known_on < dates.risk_date, false)
    group by dates.lifetime_id, dates.risk_date
),

arrivals as (
    select
        account_id,
        role,
        contact_id,
        min(known_on) as known_on
    from roles
    where role in ('executive_sponsor', 'buyer')
    group by account_id, role, contact_id
),

first_arrivals as (
    select
        account_id,
        role,
        min(known_on) as known_on
    from arrivals
    group by account_id, role
),

sponsors as (
    select
        dates.lifetime_id,
        dates.risk_date,
        max(
            case
                when arrivals.known_on > first_arrivals.known_on and arrivals.known_on >= dates.window_from then 1
                else 0
            end
        ) as new_sponsor
    from dates
    inner join arrivals
        on
            dates.account_id = arrivals.account_id
            and arrivals.known_on < dates.risk_date
    inner join first_arrivals
        on
            arrivals.account_id = first_arrivals.account_id
            and arrivals.role = first_arrivals.role
    group by dates.lifetime_id, dates.risk_date
),

users as (
    select
        dates.lifetime_id,
        dates.risk_date,
        used.user_id,
        used.recent_events,
        used.baseline_events
    from dates
    inner join user_window as used
        on
            dates.lifetime_id = used.lifetime_id
            and dates.risk_date = used.risk_date
    where dates.is_use_measured
),

ranked as (
    select
        lifetime_id,
        risk_date,
        recent_events,
        baseline_events,
        row_number() over (partition by lifetime_id, risk_date order by baseline_events desc, user_id asc) as place,
        sum(case when baseline_events > 0 then 1 else 0 end) over (partition by lifetime_id, risk_date)
            as baseline_users
    from users
),

marked as (
    select
        *,
        case when 100 * (place - 1) < $key_user_percent * baseline_users then 1 else 0 end as is_key_user
    from ranked
),

key_users as (
    select
        lifetime_id,
        risk_date,
        sum(recent_events) as recent_events,
        sum(recent_events * is_key_user) as key_events,
        sum(baseline_events * is_key_user) as key_baseline_events,
        sum(is_key_user) as key_users,
        sum(case when recent_events = 0 then is_key_user else 0 end) as silent_users
    from marked
    group by lifetime_id, risk_date
)

select
    dates.lifetime_id,
    dates.risk_date,
    case when dates.is_state_measured then champions.champions end as champions,
    case
        when dates.is_state_measured and (departments.departments > 0 or champions.champions = 0)
            then coalesce(departments.departments, 0)
    end as champion_departments,
    case when dates.is_window_measured then champions.departures end as departures,
    case
        when not dates.is_state_measured then null
        when champions.champions > 0 then 0
        when champions.last_left_on is not null
            then dates.risk_date - greatest(champions.last_left_on, dates.origin - 1)
    end as vacancy_days,
    case when dates.is_state_measured then case when champions.champions is null then 1 else 0 end end
        as champion_unknown,
    case when dates.is_window_measured then sponsors.new_sponsor end as new_sponsor,
    case
        when key_users.recent_events > 0 and key_users.key_users > 0
            then cast(key_users.key_events as double) / cast(key_users.recent_events as double)
    end as key_user_share,
    case
        when key_users.key_users > 0 then cast(key_users.silent_users as double) / cast(key_users.key_users as double)
    end as key_user_silence,
    case
        when key_users.key_users > 0
            then
                ln((key_users.key_events + 1) / $recent_days)
                - ln((key_users.key_baseline_events + 1) / (dates.risk_date - dates.window_from - $recent_days))
    end as key_user_trend
from dates
left join champions
    on
        dates.lifetime_id = champions.lifetime_id
        and dates.risk_date = champions.risk_date
left join departments
    on
        dates.lifetime_id = departments.lifetime_id
        and dates.risk_date = departments.risk_date
left join sponsors
    on
        dates.lifetime_id = sponsors.lifetime_id
        and dates.risk_date = sponsors.risk_date
left join key_users
    on
        dates.lifetime_id = key_users.lifetime_id
        and dates.risk_date = key_users.risk_date
