-- grain: contact between vendor and one account; no key: a day may have several that say the same
-- rule: one of which no status is given was held, and the vendor's where nobody says who began it
select
    occurred_on,
    kind,
    case
        when coalesce(automated, false) then 'automated'
        when coalesce(initiated_by, 'vendor') = 'vendor' then 'vendor'
        else 'customer'
    end as whose,
    coalesce(status, 'held') as status
from touchpoints
where account_id = $account_id
order by occurred_on, kind, whose, status
