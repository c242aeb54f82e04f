-- grain: table of the source and day on which rows begin; key: table_name, day
-- rule: of the rows of a source by day (facts: table_name, account_id, begins, ends, is_set_apart, number: days
--       [begins, ends)), how many overlap a lifetime of their account, or are of no account, how many overlap none, and
--       how many were set apart; a row without a day overlaps any
with placed as (
    select
        facts.table_name,
        facts.begins,
        facts.number as matched,
        0 as outside,
        0 as set_apart
    from facts
    semi join lifetimes
        on
            facts.account_id = lifetimes.account_id
            and coalesce(facts.begins, cast('0001-01-01' as date))
            < coalesce(lifetimes.ended_on, cast('9999-12-31' as date))
            and coalesce(facts.ends, cast('9999-12-31' as date)) > lifetimes.origin
    where not facts.is_set_apart
    union all
    select
        facts.table_name,
        facts.begins,
        0 as matched,
        facts.number as outside,
        0 as set_apart
    from facts
    anti join lifetimes
        on
            facts.account_id = lifetimes.account_id
            and coalesce(facts.begins, cast('0001-01-01' as date))
            < coalesce(lifetimes.ended_on, cast('9999-12-31' as date))
            and coalesce(facts.ends, cast('9999-12-31' as date)) > lifetimes.origin
    where
        not facts.is_set_apart
        and facts.account_id is not null
    union all
    select
        table_name,
        begins,
        case when is_set_apart then 0 else number end as matched,
        0 as outside,
        case when is_set_apart then number else 0 end as set_apart
    from facts
    where
        is_set_apart
        or account_id is null
)

select
    table_name,
    begins as day,
    cast(sum(matched) as bigint) as matched,
    cast(sum(outside) as bigint) as outside,
    cast(sum(set_apart) as bigint) as set_apart
from placed
group by table_name, begins
order by table_name, begins
