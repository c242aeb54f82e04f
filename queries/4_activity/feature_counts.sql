-- grain: lifetime and risk date with use of features in its baseline window; key: lifetime_id, risk_date
-- rule: what covariates take of feature_window, in whole numbers that are divided last: features of the recent window,
--       their events and the squares of these; known features of either depth among them; and features of the whole
--       window that were released in the last released_days, but not before the origin
with marked as (
    select
        used.lifetime_id,
        used.risk_date,
        used.recent_events,
        case when used.recent_events > 0 then 1 else 0 end as is_recent,
        case when known.depth = 'core' then 1 else 0 end as is_core,
        case when known.depth = 'advanced' then 1 else 0 end as is_advanced,
        case when known.released_on >= dates.released_from then 1 else 0 end as is_new
    from feature_window as used
    inner join risk_windows as dates
        on
            used.lifetime_id = dates.lifetime_id
            and used.risk_date = dates.risk_date
    left join known_feature as known
        on
            used.risk_date = known.risk_date
            and used.feature = known.feature
)

select
    lifetime_id,
    risk_date,
    cast(sum(is_recent) as bigint) as recent_features,
    cast(sum(recent_events) as bigint) as recent_events,
    cast(sum(recent_events * recent_events) as bigint) as squared_events,
    cast(sum(is_recent * is_core) as bigint) as core_features,
    cast(sum(is_recent * is_advanced) as bigint) as advanced_features,
    cast(sum(is_new) as bigint) as new_features
from marked
group by lifetime_id, risk_date
