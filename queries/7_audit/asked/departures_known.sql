-- grain: date on which the covariates of a lifetime are needed; key: lifetime_id, risk_date
-- rule: champions and sponsors who went, or are known to go, as was known on the morning of risk_date: days since the
--       last such departure of this lifetime became known, and how many others are in force, known not to go. Where
--       nobody was ever recorded it is unknown who could have gone; where none is known to have gone, but the log does
--       not reach back $most_days days, or to the origin, it is unknown whether one did
with people as (
    select
        dates.lifetime_id,
        dates.risk_date,
        dates.origin,
        roles.contact_id,
        max(
            case
                when dates.risk_date >= roles.in_force_from and dates.risk_date < roles.in_force_until then 1
                else 0
            end
        ) as is_in_force,
        max(case when coalesce(roles.end_known_on < dates.risk_date, false) then 0 else 1 end) as is_staying,
        max(case when roles.end_known_on < dates.risk_date then roles.end_known_on end) as end_known_on
    from risk_windows as dates
    inner join contact_role as roles
        on
            dates.account_id = roles.account_id
            and roles.is_champion
            and roles.known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date, dates.origin, roles.contact_id
),

departed as (
    select
        lifetime_id,
        risk_date,
        max(case when is_staying = 0 and end_known_on >= origin then end_known_on end) as known_on,
        sum(is_in_force * is_staying) as others
    from people
    group by lifetime_id, risk_date
)

select
    dates.lifetime_id,
    dates.risk_date,
    departed.lifetime_id is not null as is_recorded,
    dates.are_contacts_known
    and (
        departed.known_on is not null
        or greatest(dates.origin, dates.risk_date - $most_days) >= logged_since.contacts_since
    ) as is_known,
    date_diff('day', departed.known_on, dates.risk_date) as days_known,
    coalesce(departed.others, 0) as others
from risk_windows as dates
inner join logged_since
    on dates.risk_date = logged_since.risk_date
left join departed
    on
        dates.lifetime_id = departed.lifetime_id
        and dates.risk_date = departed.risk_date
order by dates.lifetime_id, dates.risk_date
