-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: a feature is known from the day after its release, one without a day of release always. New ones are those of
--       the last released_days, but not from before the origin; a window that reaches before its log begins is missing
with days as (
    select distinct risk_date
    from risk_dates
),

known_features as (
    select
        days.risk_date,
        features.feature,
        features.depth,
        features.released_on
    from days
    inner join features
        on coalesce(features.released_on, cast('1900-01-01' as date)) < days.risk_date
),

known as (
    select
        risk_date,
        max(released_on) as last_released_on,
        sum(case when depth = 'core' then 1 else 0 end) as core_features,
        sum(case when depth = 'advanced' then 1 else 0 end) as advanced_features
    from known_features
    group by risk_date
),

released as (
    select
        dates.lifetime_id,
        dates.risk_date,
        count(*) as features
    from risk_windows as dates
    inner join known_features
        on
            dates.risk_date = known_features.risk_date
            and dates.released_from <= known_features.released_on
    group by dates.lifetime_id, dates.risk_date
),

used as (
    select
        dates.lifetime_id,
        dates.risk_date,
        sum(case when known_features.released_on >= dates.released_from then 1 else 0 end) as new_features,
        sum(case when feature_window.recent_events > 0 and known_features.depth = 'core' then 1 else 0 end)
            as core_features,
        sum(case when feature_window.recent_events > 0 and known_features.depth = 'advanced' then 1 else 0 end)
            as advanced_features
    from risk_windows as dates
    inner join feature_window
        on
            dates.lifetime_id = feature_window.lifetime_id
            and dates.risk_date = feature_window.risk_date
    inner join known_features
        on
            feature_window.risk_date = known_features.risk_date
            and feature_window.feature = known_features.feature
    group by dates.lifetime_id, dates.risk_date
)

select
    dates.lifetime_id,
    dates.risk_date,
    case
        when
            dates.is_use_logged
            and use_window.is_recent_use_featured
            and use_window.is_earlier_use_featured
            and dates.released_from >= dates.features_since
            and released.features > 0
            then cast(coalesce(used.new_features, 0) as double) / cast(released.features as double)
    end as released_features_tried,
    case
        when known.last_released_on >= dates.features_since
            then dates.risk_date - known.last_released_on - 1
    end as days_since_release,
    case
        when dates.is_recent_use_logged and use_window.is_recent_use_featured and known.core_features > 0
            then cast(coalesce(used.core_features, 0) as double) / cast(known.core_features as double)
    end as core_feature_share,
    case
        when dates.is_recent_use_logged and use_window.is_recent_use_featured and known.advanced_features > 0
            then cast(coalesce(used.advanced_features, 0) as double) / cast(known.advanced_features as double)
    end as advanced_feature_share
from risk_windows as dates
inner join use_window
    on
        dates.lifetime_id = use_window.lifetime_id
        and dates.risk_date = use_window.risk_date
left join known
    on dates.risk_date = known.risk_date
left join released
    on
        dates.lifetime_id = released.lifetime_id
        and dates.risk_date = released.risk_date
left join used
    on
        dates.lifetime_id = used.lifetime_id
        and dates.risk_date = used.risk_date
