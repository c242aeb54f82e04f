-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: facts before risk_date only, never from before the lifetime's origin; a window that reaches before the log
--       begins, or into a hole of it, or beyond its end, is missing; so is what is said of users or features where the
--       use does not say it; counts are added as integers and divided last. Surge and drop compare use by business day
--       of the account's region, and beside it the whole book's
with periods as (
    select
        dates.lifetime_id,
        dates.risk_date,
        sum(case when log_periods.period_start >= dates.recent_from then 1 else 0 end) as recent_periods,
        sum(case when log_periods.period_start < dates.recent_from then 1 else 0 end) as baseline_periods
    from risk_windows as dates
    inner join log_periods
        on
            log_periods.period_start >= dates.baseline_from
            and log_periods.period_start + log_periods.period_days <= dates.risk_date
            and log_periods.known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date
),

users as (
    select
        dates.lifetime_id,
        dates.risk_date,
        sum(case when active.period_start >= dates.recent_from then active.users else 0 end)
            as recent_users,
        sum(case when active.period_start < dates.recent_from then active.users else 0 end)
            as baseline_users,
        sum(case when active.period_start >= dates.recent_from then active.squared_events else 0 end)
            as squared_events,
        sum(
            case
                when active.period_start >= dates.recent_from then active.events * active.events else 0
            end
        )
            as events_squared
    from risk_windows as dates
    inner join user_period as active
        on
            dates.account_id = active.account_id
            and active.period_start >= dates.baseline_from
            and active.period_start + active.period_days <= dates.risk_date
            and active.known_on < dates.risk_date
            and active.known_until >= dates.risk_date
    group by dates.lifetime_id, dates.risk_date
),

measured as (
    select
        dates.lifetime_id,
        dates.risk_date,
        dates.is_recent_use_logged,
        dates.is_use_comparable,
        date_diff('day', dates.recent_from, dates.risk_date) as recent_days,
        date_diff('day', dates.baseline_from, dates.risk_date) as observed_days,
        dates.are_active_users_logged
        and ($is_user_activity_given or use_window.is_recent_use_named) as are_recent_users_said,
        $is_user_activity_given or use_window.is_earlier_use_named as are_earlier_users_said,
        use_window.is_recent_use_featured,
        use_window.recent_events,
        use_window.baseline_events,
        use_window.timed_events,
        use_window.out_of_hours_events,
        use_window.recent_active_days,
        use_window.active_weeks,
        coalesce(
            case
                when use_window.last_used_on >= dates.use_since
                    then date_diff('day', use_window.last_used_on, dates.risk_date) - 1
            end,
            case when dates.is_use_logged then date_diff('day', dates.baseline_from, dates.risk_date) end
        ) as days_since_use,
        coalesce(feature_counts.recent_features, 0) as features_used,
        feature_counts.squared_events as feature_squares,
        feature_counts.recent_events as feature_events,
        coalesce(periods.recent_periods, 0) as recent_periods,
        coalesce(periods.baseline_periods, 0) as baseline_periods,
        coalesce(users.recent_users, 0) as recent_users,
        coalesce(users.baseline_users, 0) as baseline_users,
        users.squared_events as user_squares,
        users.events_squared as user_events_squared,
        terms_in_force.seats,
        business_window.recent_business_days,
        business_window.baseline_business_days,
        business_window.book_change
    from risk_windows as dates
    inner join use_window
        on
            dates.lifetime_id = use_window.lifetime_id
            and dates.risk_date = use_window.risk_date
    left join feature_counts
        on
            dates.lifetime_id = feature_counts.lifetime_id
            and dates.risk_date = feature_counts.risk_date
    left join periods
        on
            dates.lifetime_id = periods.lifetime_id
            and dates.risk_date = periods.risk_date
    left join users
        on
            dates.lifetime_id = users.lifetime_id
            and dates.risk_date = users.risk_date
    left join terms_in_force
        on
            dates.lifetime_id = terms_in_force.lifetime_id
            and dates.risk_date = terms_in_force.risk_date
    left join business_window
        on
            dates.lifetime_id = business_window.lifetime_id
            and dates.risk_date = business_window.risk_date
),

changes as (
    select
        *,
        case
            when is_use_comparable and recent_business_days > 0 and baseline_business_days > 0
                then
                    ln((recent_events + 1) / recent_business_days)
                    - ln((baseline_events + 1) / baseline_business_days)
                    - book_change
        end as usage_change
    from measured
)

select
    lifetime_id,
    risk_date,
    case when is_recent_use_logged and seats > 0 then recent_events / (seats * recent_days) end as events_per_seat_day,
    case when is_recent_use_logged then recent_active_days / recent_days end as active_day_share,
    case when is_use_comparable then active_weeks / ceil(observed_days / 7) end as active_week_share,
    case
        when is_use_comparable
            then
                case
                    when active_weeks = 0 then 0
                    when 100 * active_weeks <= $intermittent_percent * ceil(observed_days / 7) then 1
                    else 0
                end
    end as intermittent,
    case when usage_change > 0 then usage_change when usage_change <= 0 then 0 end as usage_surge,
    case when usage_change < 0 then -usage_change when usage_change >= 0 then 0 end as usage_drop,
    case when is_recent_use_logged then days_since_use end as days_since_use,
    case
        when is_recent_use_logged and timed_events > 0
            then cast(out_of_hours_events as double) / cast(timed_events as double)
    end as out_of_hours_share,
    case when is_recent_use_logged and is_recent_use_featured then features_used end as features_used,
    case
        when is_recent_use_logged and is_recent_use_featured and feature_events > 0
            then feature_squares / (feature_events * feature_events)
    end as feature_concentration,
    case
        when are_recent_users_said and recent_periods > 0 and seats > 0 then recent_users / (seats * recent_periods)
    end as active_seat_share,
    case
        when are_recent_users_said and are_earlier_users_said and recent_periods > 0 and baseline_periods > 0
            then ln((recent_users + 1) / recent_periods) - ln((baseline_users + 1) / baseline_periods)
    end as active_seat_trend,
    case when are_recent_users_said and user_events_squared > 0 then user_squares / user_events_squared end
        as user_concentration
from changes
