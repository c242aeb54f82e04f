-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: personal touches known before risk_date that name a contact and were held, or of which no status is given;
--       never from before the lifetime's origin. Of several sponsors in force, the one who took part last counts, and
--       where none did, the one who is in force longest
with sponsors as (
    select
        dates.lifetime_id,
        dates.account_id,
        dates.risk_date,
        dates.origin,
        dates.touches_from,
        roles.contact_id,
        min(greatest(dates.origin, roles.started_on)) as began_on
    from risk_windows as dates
    inner join contact_role as roles
        on
            dates.account_id = roles.account_id
            and roles.is_sponsor
            and dates.risk_date >= roles.in_force_from
            and dates.risk_date < roles.in_force_until
    where dates.are_contacts_known
    group by
        dates.lifetime_id,
        dates.account_id,
        dates.risk_date,
        dates.origin,
        dates.touches_from,
        roles.contact_id
),

named_touches as (
    select
        account_id,
        contact_id,
        occurred_on,
        known_on
    from personal_touch
    where
        is_held
        and contact_id is not null
),

engagements as (
    select
        sponsors.lifetime_id,
        sponsors.risk_date,
        sponsors.origin,
        min(sponsors.touches_from) as touches_from,
        min(sponsors.began_on) as began_on,
        max(touched.occurred_on) as last_held_on
    from sponsors
    left join named_touches as touched
        on
            sponsors.account_id = touched.account_id
            and sponsors.contact_id = touched.contact_id
            and touched.occurred_on >= sponsors.touches_from
            and touched.occurred_on < sponsors.risk_date
            and touched.known_on < sponsors.risk_date
    group by sponsors.lifetime_id, sponsors.risk_date, sponsors.origin
),

by_contact as (
    select
        dates.lifetime_id,
        dates.risk_date,
        named.contact_id,
        count(*) as touches
    from risk_windows as dates
    inner join named_touches as named
        on
            dates.account_id = named.account_id
            and named.occurred_on >= dates.baseline_from
            and named.occurred_on < dates.risk_date
            and named.known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date, named.contact_id
),

threads as (
    select
        lifetime_id,
        risk_date,
        sum(touches) as touches,
        max(touches) as most_touches
    from by_contact
    group by lifetime_id, risk_date
)

select
    dates.lifetime_id,
    dates.risk_date,
    case
        when engagements.last_held_on is not null then date_diff('day', engagements.last_held_on, dates.risk_date) - 1
        when dates.risk_date > dates.origin and engagements.began_on >= engagements.touches_from
            then date_diff('day', engagements.began_on, dates.risk_date)
    end as sponsor_silence,
    case
        when dates.are_touches_logged and threads.touches >= 2
            then case when 100 * threads.most_touches >= $single_thread_percent * threads.touches then 1 else 0 end
    end as single_threaded
from risk_windows as dates
left join engagements
    on
        dates.lifetime_id = engagements.lifetime_id
        and dates.risk_date = engagements.risk_date
left join threads
    on
        dates.lifetime_id = threads.lifetime_id
        and dates.risk_date = threads.risk_date
