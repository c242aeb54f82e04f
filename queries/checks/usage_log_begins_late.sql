-- The first rows of the log, where accounts paid for more than a week of the observation before it, and the log is not
-- declared to begin then.
with log as (
    select min(used_on) as begins_on
    from usage_daily
),

book as (
    select min(started_on) as begins_on
    from subscriptions
)

select usage_daily.rowid as row_id
from usage_daily
cross join log
cross join book
where
    usage_daily.used_on = log.begins_on
    and log.begins_on
    > greatest(cast($observation_start as date), book.begins_on, cast($usage_daily_observed_from as date)) + 7
