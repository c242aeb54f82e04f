-- grain: date on which the covariates of a lifetime are needed; key: lifetime_id, risk_date
-- rule: where what a covariate looks at begins: a window of n days is [risk_date - n, risk_date), but never begins
--       before the origin. It is logged where it has a day, and its log begins by its first. The longest window of use
--       is the baseline, or four weeks where these are longer. Use is comparable where two recent windows have passed
--       since the origin
with windows as (
    select
        lifetime_id,
        risk_date,
        account_id,
        origin,
        lifetime_number,
        onboarding_completed_on,
        greatest(origin, risk_date - $recent_days) as recent_from,
        greatest(origin, risk_date - $baseline_days) as baseline_from,
        greatest(origin, risk_date - greatest($baseline_days, 28)) as longest_from,
        greatest(origin, risk_date - $released_days) as released_from,
        greatest(origin, cast($touchpoints_observed_from as date)) as touches_from,
        risk_date > origin as has_day
    from risk_dates
)

select
    *,
    has_day and recent_from >= cast($usage_daily_observed_from as date) as is_recent_use_logged,
    has_day and baseline_from >= cast($usage_daily_observed_from as date) as is_use_logged,
    risk_date - origin >= 2 * $recent_days
    and baseline_from >= cast($usage_daily_observed_from as date) as is_use_comparable,
    has_day and baseline_from >= cast($users_observed_from as date) as is_register_logged,
    has_day and baseline_from >= cast($touchpoints_observed_from as date) as are_touches_logged,
    has_day and origin >= cast($touchpoints_observed_from as date) as is_every_touch_logged,
    has_day and baseline_from >= cast($tickets_observed_from as date) as are_tickets_logged,
    has_day and baseline_from >= cast($contacts_observed_from as date) as are_contacts_logged,
    risk_date > cast($contacts_observed_from as date) as are_contacts_known
from windows
