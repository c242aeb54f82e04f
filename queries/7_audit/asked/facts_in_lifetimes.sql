-- grain: one row; no key
-- rule: how many facts there are (account_id, begins, ends: days [begins, ends)), and how many overlap a lifetime of
--       their account
with matched as (
    select count(*) as number
    from facts
    semi join lifetimes
        on
            facts.account_id = lifetimes.account_id
            and facts.begins < coalesce(lifetimes.ended_on, cast('9999-12-31' as date))
            and facts.ends > lifetimes.origin
)

select
    (select count(*) from facts) as rows,
    matched.number as matched
from matched
