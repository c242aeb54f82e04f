-- grain: ticket of one account; no key: a day may have several that say the same
-- rule: open from opened_on to resolved_on; one that nobody resolved, or that was opened again, is open still
select
    opened_on,
    case when reopened_on is null or reopened_on <= resolved_on then resolved_on end as resolved_on,
    reopened_on,
    escalated_on,
    category
from tickets
where account_id = $account_id
order by opened_on, resolved_on, reopened_on, escalated_on, category
