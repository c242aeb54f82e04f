-- grain: contact and role; key: contact_id, role
-- makes:  who matters at each customer, from the buying roles of contacts.
-- decide: 1. which of your roles is which: here a champion is a CHAMPION or INFLUENCER, a sponsor an
--            EXECUTIVE_SPONSOR or DECISION_MAKER, a buyer a BUDGET_HOLDER.
--         2. since when: an export has today's roles, and no day on which one was given. Here it is dated back to the
--            day on which the contact was created, which is right only if roles are entered then. If your teams enter
--            them when an account is at risk, what is found of champions is worth nothing: export the history of the
--            property and take its first day.
--         3. when a contact left: HubSpot has no standard property for it. Enter it in one of your own, here
--            left_company_on.
with roles as (
    select
        hs_object_id,
        associated_company_id,
        department,
        left_company_on,
        cast(createdate as date) as created_on,
        unnest(string_split(upper(hs_buying_role), ';')) as buying_role
    from raw.contact
    where not coalesce(archived, false) and hs_buying_role is not null and associated_company_id is not null
),

known as (
    select
        *,
        case
            when buying_role in ('CHAMPION', 'INFLUENCER') then 'champion'
            when buying_role in ('EXECUTIVE_SPONSOR', 'DECISION_MAKER') then 'executive_sponsor'
            when buying_role = 'BUDGET_HOLDER' then 'buyer'
        end as role
    from roles
)

select distinct
    hs_object_id as contact_id,
    associated_company_id as account_id,
    role,
    created_on as started_on,
    case when left_company_on >= created_on then left_company_on end as ended_on,
    department
from known
where role is not null
order by contact_id, role
