-- grain: account; key: account_id
-- makes:  the companies, from Salesforce accounts. Prospects stay among them: a parent company may have no contract.
-- decide: 1. segment. Salesforce has no standard field for it: here it is drawn at 100 and 1,000 employees. Take the
--            field that your teams use, but only if it does not follow how well the account does.
--         2. deleted accounts. Here they are left out, as merged or entered by mistake. If your teams delete customers
--            who left, keep those: a book of those who are left shows that nobody leaves.
select
    id as account_id,
    name,
    parentid as parent_account_id,
    industry,
    billingcountry as region,
    numberofemployees as employees,
    case
        when numberofemployees >= 1000 then 'enterprise'
        when numberofemployees >= 100 then 'mid'
        when numberofemployees >= 0 then 'small'
    end as segment,
    ownerid as owner
from raw.account
where not coalesce(isdeleted, false) -- also the losing side of a merge
order by account_id
