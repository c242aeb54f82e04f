-- grain: account; key: account_id
-- makes:  the companies, from HubSpot. Prospects stay among them: a parent company may have no deal.
-- decide: 1. segment. HubSpot has no standard property for it: here it is drawn at 100 and 1,000 employees. Take the
--            one that your teams use, but only if it does not follow how well the account does (as a life-cycle stage
--            would).
--         2. archived companies. Here they are left out, as merged or entered by mistake. If your teams archive
--            customers who left, keep those: a book of those who are left shows that nobody leaves.
select
    hs_object_id as account_id,
    name,
    hs_parent_company_id as parent_account_id,
    industry,
    country as region,
    numberofemployees as employees,
    case
        when numberofemployees >= 1000 then 'enterprise'
        when numberofemployees >= 100 then 'mid'
        when numberofemployees >= 0 then 'small'
    end as segment,
    hubspot_owner_id as owner
from raw.company
where not coalesce(archived, false)
order by account_id
