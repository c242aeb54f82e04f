-- grain: table of the source and day on which rows begin; key: table_name, day
-- rule: of the rows of a source (rows_by_day: days [begins, ends)), how many overlap a lifetime of their account, or are
--       of no account, how many overlap none, and how many were set apart
with placed as (
    select
        rows_by_day.table_name,
        rows_by_day.begins,
        rows_by_day.number as matched,
        0 as outside,
        0 as set_apart
    from rows_by_day
    semi join lifetimes
        on
            rows_by_day.account_id = lifetimes.account_id
            and rows_by_day.begins < coalesce(lifetimes.ended_on, cast('9999-12-31' as date))
            and rows_by_day.ends > lifetimes.origin
    where not rows_by_day.is_set_apart
    union all
    select
        rows_by_day.table_name,
        rows_by_day.begins,
        0 as matched,
        rows_by_day.number as outside,
        0 as set_apart
    from rows_by_day
    anti join lifetimes
        on
            rows_by_day.account_id = lifetimes.account_id
            and rows_by_day.begins < coalesce(lifetimes.ended_on, cast('9999-12-31' as date))
            and rows_by_day.ends > lifetimes.origin
    where
        not rows_by_day.is_set_apart
        and rows_by_day.account_id is not null
    union all
    select
        table_name,
        begins,
        case when is_set_apart then 0 else number end as matched,
        0 as outside,
        case when is_set_apart then number else 0 end as set_apart
    from rows_by_day
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
