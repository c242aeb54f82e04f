-- grain: account; key: account_id
-- rule: how the account came (web, app store) is fixed at its start, so it serves as the segment
select
    cast(id as varchar) as account_id,
    channel as segment,
    country as region
from raw.account
order by account_id
