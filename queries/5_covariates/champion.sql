-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: who is a champion and known to be, on the morning of risk_date. Nobody ever recorded is unknown, not none. That
--       there is none, how many there are, and how long there has been none are apart: a vacancy has a length only
--       where there is one, since the last of them went, or since the origin where none has begun yet. A new sponsor is
--       a decider who came after another one of that role. Key users stand in where no role is recorded: only use that
--       names its user counts, and where less than half of it does, nothing is known
with people as (
    select
        dates.lifetime_id,
        dates.risk_date,
        dates.baseline_from,
        roles.contact_id,
        max(
            case
                when dates.risk_date >= roles.in_force_from and dates.risk_date < roles.in_force_until then 1
                else 0
            end
        ) as is_in_force,
        max(case when coalesce(roles.end_known_on < dates.risk_date, false) then 0 else 1 end) as is_staying,
        max(case when roles.end_known_on < dates.risk_date then roles.end_known_on end) as end_known_on,
        max(case when roles.in_force_until <= dates.risk_date then roles.in_force_until end) as gone_from
    from risk_windows as dates
    inner join contact_role as roles
        on
            dates.account_id = roles.account_id
            and roles.is_champion
            and roles.known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date, dates.baseline_from, roles.contact_id
),

champions as (
    select
        lifetime_id,
        risk_date,
        sum(is_in_force) as champions,
        sum(case when is_staying = 0 and end_known_on >= baseline_from then 1 else 0 end) as departures,
        max(gone_from) as gone_from
    from people
    group by lifetime_id, risk_date
),

departments as (
    select
        dates.lifetime_id,
        dates.risk_date,
        count(distinct roles.department) as departments
    from risk_dates as dates
    inner join contact_role as roles
        on
            dates.account_id = roles.account_id
            and roles.is_champion
            and dates.risk_date >= roles.in_force_from
            and dates.risk_date < roles.in_force_until
    group by dates.lifetime_id, dates.risk_date
),

arrivals as (
    select
        account_id,
        role,
        contact_id,
        min(known_on) as known_on
    from contact_role
    where is_decider
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
                when arrivals.known_on > first_arrivals.known_on and arrivals.known_on >= dates.baseline_from then 1
                else 0
            end
        ) as new_sponsor
    from risk_windows as dates
    inner join arrivals
        on
            dates.account_id = arrivals.account_id
            and arrivals.known_on < dates.risk_date
    inner join first_arrivals
        on
            arrivals.account_id = first_arrivals.account_id
            and arrivals.role = first_arrivals.role
    group by dates.lifetime_id, dates.risk_date
)

select
    dates.lifetime_id,
    dates.risk_date,
    case when dates.are_contacts_known then champions.champions end as champions,
    case
        when dates.are_contacts_known and (departments.departments > 0 or champions.champions = 0)
            then coalesce(departments.departments, 0)
    end as champion_departments,
    case when dates.are_contacts_logged then champions.departures end as departures,
    case
        when dates.are_contacts_known and champions.champions is not null
            then case when champions.champions = 0 then 1 else 0 end
    end as no_champion,
    case
        when dates.are_contacts_known and champions.champions = 0
            then
                date_diff('day', greatest(coalesce(champions.gone_from, dates.origin), dates.origin), dates.risk_date)
                + 1
    end as vacancy_days,
    case when dates.are_contacts_logged then sponsors.new_sponsor end as new_sponsor,
    case
        when user_counts.recent_events > 0 and user_counts.key_users > 0
            then cast(user_counts.key_recent_events as double) / cast(user_counts.recent_events as double)
    end as key_user_share,
    case
        when user_counts.key_users > 0
            then cast(user_counts.silent_key_users as double) / cast(user_counts.key_users as double)
    end as key_user_silence,
    case
        when user_counts.key_users > 0
            then
                ln((user_counts.key_recent_events + 1) / $recent_days)
                - ln(
                    (user_counts.key_baseline_events + 1)
                    / (date_diff('day', dates.baseline_from, dates.risk_date) - $recent_days)
                )
    end as key_user_trend
from risk_windows as dates
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
inner join use_window
    on
        dates.lifetime_id = use_window.lifetime_id
        and dates.risk_date = use_window.risk_date
left join user_counts
    on
        dates.lifetime_id = user_counts.lifetime_id
        and dates.risk_date = user_counts.risk_date
        and dates.is_use_comparable
        and use_window.is_recent_use_named
        and use_window.is_earlier_use_named
