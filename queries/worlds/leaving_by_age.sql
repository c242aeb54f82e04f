-- grain: one row; no key
-- rule: summed probability of leaving, and account-months, of accounts in their first ninety days and after a year
with stays as (
    select
        account_id,
        min(started_on) as joined_on
    from world.subscriptions
    where kind = 'paid'
    group by account_id
),

aged as (
    select
        cast(hazard.probability as decimal(18, 9)) as probability,
        date_diff('day', stays.joined_on, hazard.month) as age
    from truth.hazard as hazard
    inner join stays
        on hazard.account_id = stays.account_id
)

select
    sum(case when age < 90 then probability end) as hits,
    sum(case when age < 90 then 1 else 0 end) as of_hits,
    sum(case when age > 365 then probability end) as others,
    sum(case when age > 365 then 1 else 0 end) as of_others
from aged
