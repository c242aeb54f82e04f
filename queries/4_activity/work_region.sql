-- grain: account; key: account_id
-- rule: the region whose holidays the account has; none ('') where the source says no region, or no holidays of it. The
--       region is taken as a label of the account that does not change: an account that moved has today's holidays
with regions as (
    select distinct region
    from holidays
)

select
    accounts.account_id,
    coalesce(regions.region, '') as region
from accounts
left join regions
    on accounts.region = regions.region
