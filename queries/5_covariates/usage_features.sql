-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: of the features known on risk_date. New ones are those of the last released_days, but not from before the
--       origin; a window that reaches before its log begins is missing
with known as (
    select
        risk_date,
        max(released_on) as last_released_on,
        sum(case when depth = 'core' then 1 else 0 end) as core_features,
        sum(case when depth = 'advanced' then 1 else 0 end) as advanced_features
    from known_feature
    group by risk_date
),

released as (
    select
        dates.lifetime_id,
        dates.risk_date,
        count(*) as features
    from risk_windows as dates
    inner join known_feature
        on
            dates.risk_date = known_feature.risk_date
            and dates.released_from <= known_feature.released_on
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
            then cast(coalesce(feature_counts.new_features, 0) as double) / cast(released.features as double)
    end as released_features_tried,
    case
        when known.last_released_on >= dates.features_since
            then date_diff('day', known.last_released_on, dates.risk_date) - 1
    end as days_since_release,
    case
        when dates.is_recent_use_logged and use_window.is_recent_use_featured and known.core_features > 0
            then cast(coalesce(feature_counts.core_features, 0) as double) / cast(known.core_features as double)
    end as core_feature_share,
    case
        when dates.is_recent_use_logged and use_window.is_recent_use_featured and known.advanced_features > 0
            then cast(coalesce(feature_counts.advanced_features, 0) as double) / cast(known.advanced_features as double)
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
left join feature_counts
    on
        dates.lifetime_id = feature_counts.lifetime_id
        and dates.risk_date = feature_counts.risk_date
