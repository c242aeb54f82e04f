-- grain: stay of a contact of one account in a role; no key
-- rule: contacts are numbered by when they came, and named by that number alone; a stay of which no day is given began
--       long ago, and its started_on is missing. end_known_on is the day on which its end was learned
with stays as (
    select
        roles.contact_id,
        roles.role,
        roles.started_on,
        roles.end_known_on,
        contacts.ended_on
    from contact_role as roles
    inner join contacts
        on
            roles.contact_id = contacts.contact_id
            and roles.role = contacts.role
            and roles.started_on = coalesce(contacts.started_on, cast('1900-01-01' as date))
    where roles.account_id = $account_id
),

numbered as (
    select
        *,
        first_value(started_on) over (partition by contact_id order by started_on, role) as came_on,
        first_value(role) over (partition by contact_id order by started_on, role) as came_as,
        max(coalesce(ended_on, cast('9999-12-31' as date))) over (partition by contact_id) as went_on
    from stays
)

select
    role,
    came_as,
    ended_on,
    end_known_on,
    nullif(started_on, cast('1900-01-01' as date)) as started_on,
    dense_rank() over (order by came_on, came_as, went_on, contact_id) as person
from numbered
order by person, started_on, role
