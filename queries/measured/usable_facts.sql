-- grain: one row; no key
-- rule: of the facts known at the snapshot: how many there are, how many lie in their log, how many are of accounts
--       that pay at some time, and how many of these while their account pays
with known as (
    select
        account_id,
        begins,
        ends,
        count(*) as number
    from facts
    where coalesce(learned_on < cast($snapshot as date), true)
    group by account_id, begins, ends
),

paying as (
    select distinct account_id
    from paid_stays
),

of_payers as (
    select sum(known.number) as number
    from known
    semi join paying
        on known.account_id = paying.account_id
),

while_paying as (
    select sum(known.number) as number
    from known
    semi join paid_stays
        on
            known.account_id = paid_stays.account_id
            and known.begins < paid_stays.paid_until
            and known.ends > paid_stays.paid_from
),

logged as (
    select
        sum(number) as rows,
        sum(
            case when ends > cast($observed_from as date) and begins < cast($observed_until as date) then number end
        ) as in_its_log
    from known
)

select
    coalesce(logged.rows, 0) as rows,
    coalesce(logged.in_its_log, 0) as in_its_log,
    coalesce(of_payers.number, 0) as of_payers,
    coalesce(while_paying.number, 0) as while_paying
from logged
cross join of_payers
cross join while_paying
