-- grain: fact that refers to what is another owner's; no key
-- rule: of facts (row_id, value, owner), those whose value is known (value, owner), but of other owners only; where
--       either side does not say whose it is, nothing is odd
with known_values as (
    select distinct value
    from known
    where value is not null
)

select facts.row_id
from facts
inner join known_values
    on facts.value = known_values.value
where
    facts.owner is not null
    and not exists (
        select 1
        from known
        where
            known.value = facts.value
            and coalesce(known.owner = facts.owner, true)
    )
