-- grain: contact and role; key: contact_id, role
-- makes:  who matters at each customer, from the contact roles of opportunities: a role begins on the day on which it
--         was first entered.
-- decide: 1. which of your roles is which: here a champion is a 'Champion', 'Influencer' or 'Business User', a sponsor
--            an 'Executive Sponsor', 'Decision Maker' or 'Economic Decision Maker'.
--         2. when a contact left: Salesforce has no standard field for it. Enter it in one of your own, here
--            Left_Company_On__c; a deleted contact says nothing of the person. One who had left before the role was
--            entered is left out.
--         3. where a contact who moved belongs: here all roles count at the account where the contact is today. If your
--            teams move contacts along with the person, keep the old one, and enter the day on which it left.
with roles as (
    select
        contactid,
        case
            when role in ('Champion', 'Influencer', 'Business User') then 'champion'
            when role in ('Executive Sponsor', 'Decision Maker', 'Economic Decision Maker') then 'executive_sponsor'
            when role in ('Economic Buyer', 'Technical Buyer') then 'buyer'
            when role = 'Administrator' then 'admin'
        end as role,
        cast(createddate as date) as entered_on
    from raw.opportunity_contact_role
    where not coalesce(isdeleted, false)
)

select
    contact.id as contact_id,
    contact.accountid as account_id,
    roles.role,
    min(roles.entered_on) as started_on,
    contact.left_company_on__c as ended_on,
    contact.department
from roles
inner join raw.contact as contact on left(roles.contactid, 15) = left(contact.id, 15)
where roles.role is not null and contact.accountid is not null
group by contact.id, contact.accountid, roles.role, contact.left_company_on__c, contact.department
having coalesce(contact.left_company_on__c >= min(roles.entered_on), true)
order by contact_id, roles.role
