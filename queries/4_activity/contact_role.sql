-- grain: stay of a contact in a role; key: contact_id, role, started_on
-- rule: champions are those called so, and sponsors: a change between the two is no departure. Deciders are sponsors
--       and buyers. A stay of which no day is given began long ago; its end is known once that was said, but not before
--       the stay itself. It is in force on the mornings from in_force_from, once it has begun and is known, to the day
--       before in_force_until, once it has ended and that is known, too: a departure that nobody knows of is not seen
with dated as (
    select
        account_id,
        contact_id,
        role,
        department,
        ended_on,
        ended_known_on,
        coalesce(started_on, cast('1900-01-01' as date)) as started_on,
        coalesce(known_on, started_on, cast('1900-01-01' as date)) as known_on
    from contacts
),

ended as (
    select
        *,
        case when ended_on is not null then greatest(coalesce(ended_known_on, ended_on), known_on) end as end_known_on
    from dated
)

select
    account_id,
    contact_id,
    role,
    department,
    started_on,
    known_on,
    end_known_on,
    greatest(started_on, known_on) + 1 as in_force_from,
    case when ended_on is null then cast('9999-12-31' as date) else greatest(ended_on, end_known_on) + 1 end
        as in_force_until,
    role in ('champion', 'executive_sponsor') as is_champion,
    role = 'executive_sponsor' as is_sponsor,
    role in ('executive_sponsor', 'buyer') as is_decider
from ended
