-- grain: one row; no key
-- rule: different keys on either side of a join, and those that both sides have
with matched as (
    select count(*) as number
    from own_keys
    semi join other_keys
        on own_keys.key = other_keys.key
)

select
    (select count(*) from own_keys) as own,
    (select count(*) from other_keys) as others,
    matched.number as matched
from matched
