-- grain: fact that refers to what is another owner's; no key
-- rule: of facts (row_id, value, owner), those whose value is known (value, owner), but of other owners only
with known_values as (
    select distinct value
    from known
    where value is not null
)

select facts.row_id
from facts
inner join known_values
    on facts.value = known_values.value
where not exists (
    select 1
    from known
    where
        known.value = facts.value
        and known.owner = facts.owner
)
