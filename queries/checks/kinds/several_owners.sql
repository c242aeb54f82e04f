-- grain: fact whose value belongs to several owners; no key
-- rule: of facts (row_id, value, owner), those of values that stand beside more than one owner
with shared as (
    select value
    from facts
    where value is not null
    group by value
    having count(distinct owner) > 1
)

select facts.row_id
from facts
inner join shared
    on facts.value = shared.value
