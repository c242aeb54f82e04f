with ends as (
    select
        rowid as row_id,
        extract('day' from ended_on + 1) = 1 as is_month_end
    from subscriptions
    where ended_on is not null
),

shares as (
    select count(*) filter (where is_month_end) as at_month_end, count(*) as number
    from ends
)

select ends.row_id
from ends
cross join shares
where
    ends.is_month_end
    and shares.number >= 20
    and 2 * shares.at_month_end > shares.number
