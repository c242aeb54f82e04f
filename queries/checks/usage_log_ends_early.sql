with log as (
    select max(used_on) as ends_on
    from usage_daily
)

select usage_daily.rowid as row_id
from usage_daily
cross join log
where
    usage_daily.used_on = log.ends_on
    and log.ends_on < cast($snapshot as date) - 7
