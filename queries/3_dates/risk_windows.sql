-- grain: date on which the covariates of a lifetime are needed; key: lifetime_id, risk_date
-- rule: where what a covariate looks at begins: a window of n days is [risk_date - n, risk_date), but never begins
--       before the origin. It is logged where it has a day, and its log goes on from its first without a break. Where
--       the accounts say since when their use is logged, it is logged from then on, and of others never: use_since is
--       risk_date itself. The longest window of use is the baseline, or four weeks where these are longer. Use is
--       comparable where two recent windows have passed since the origin
with logged_accounts as (
    select
        account_id,
        case
            when not $is_use_logged_from_given then cast('0001-01-01' as date)
            else coalesce(use_logged_from, cast('9999-12-31' as date))
        end as use_logged_from
    from accounts
),

windows as (
    select
        risk_dates.lifetime_id,
        risk_dates.risk_date,
        risk_dates.account_id,
        risk_dates.origin,
        risk_dates.lifetime_number,
        risk_dates.onboarding_completed_on,
        greatest(risk_dates.origin, risk_dates.risk_date - $recent_days) as recent_from,
        greatest(risk_dates.origin, risk_dates.risk_date - $baseline_days) as baseline_from,
        greatest(risk_dates.origin, risk_dates.risk_date - greatest($baseline_days, 28)) as longest_from,
        greatest(risk_dates.origin, risk_dates.risk_date - $released_days) as released_from,
        greatest(risk_dates.origin, logged_since.touches_since) as touches_from,
        risk_dates.risk_date > risk_dates.origin as has_day,
        least(greatest(logged_since.use_since, logged_accounts.use_logged_from), risk_dates.risk_date) as use_since,
        least(
            greatest(
                case when $is_user_activity_given then logged_since.user_activity_since else logged_since.use_since end,
                logged_accounts.use_logged_from
            ),
            risk_dates.risk_date
        ) as users_active_since,
        logged_since.users_since,
        logged_since.features_since,
        logged_since.contacts_since,
        logged_since.touches_since,
        logged_since.tickets_since,
        logged_since.surveys_since
    from risk_dates
    inner join logged_since
        on risk_dates.risk_date = logged_since.risk_date
    inner join logged_accounts
        on risk_dates.account_id = logged_accounts.account_id
)

select
    lifetime_id,
    risk_date,
    account_id,
    origin,
    lifetime_number,
    onboarding_completed_on,
    recent_from,
    baseline_from,
    longest_from,
    released_from,
    touches_from,
    use_since,
    users_active_since,
    features_since,
    tickets_since,
    surveys_since,
    has_day,
    has_day and recent_from >= use_since as is_recent_use_logged,
    has_day and baseline_from >= use_since as is_use_logged,
    date_diff('day', origin, risk_date) >= 2 * $recent_days and baseline_from >= use_since as is_use_comparable,
    date_diff('day', origin, risk_date) >= 28 and risk_date - 28 >= use_since as are_four_weeks_logged,
    has_day and baseline_from >= users_active_since as are_active_users_logged,
    has_day and baseline_from >= users_since as is_register_logged,
    has_day and baseline_from >= touches_since as are_touches_logged,
    has_day and origin >= touches_since as is_every_touch_logged,
    has_day and baseline_from >= tickets_since as are_tickets_logged,
    has_day and baseline_from >= contacts_since as are_contacts_logged,
    risk_date > contacts_since as are_contacts_known
from windows
