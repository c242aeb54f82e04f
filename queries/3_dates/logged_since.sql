-- grain: date on which covariates are needed; key: risk_date
-- rule: the day since which each table is logged without a break up to risk_date: a window from that day on lies within
--       the log. Where the log has ended, or has a hole that reaches to risk_date, that is risk_date itself
with dates as (
    select distinct risk_date
    from risk_dates
),

logs as (
    select
        'usage_daily' as log,
        cast($usage_daily_observed_from as date) as observed_from,
        cast($usage_daily_observed_until as date) as observed_until,
        cast($usage_daily_hole_from as date) as hole_from,
        cast($usage_daily_hole_until as date) as hole_until
    union all
    select
        'user_activity' as log,
        cast($user_activity_observed_from as date) as observed_from,
        cast($user_activity_observed_until as date) as observed_until,
        cast($user_activity_hole_from as date) as hole_from,
        cast($user_activity_hole_until as date) as hole_until
    union all
    select
        'users' as log,
        cast($users_observed_from as date) as observed_from,
        cast($users_observed_until as date) as observed_until,
        cast($users_hole_from as date) as hole_from,
        cast($users_hole_until as date) as hole_until
    union all
    select
        'features' as log,
        cast($features_observed_from as date) as observed_from,
        cast($features_observed_until as date) as observed_until,
        cast($features_hole_from as date) as hole_from,
        cast($features_hole_until as date) as hole_until
    union all
    select
        'contacts' as log,
        cast($contacts_observed_from as date) as observed_from,
        cast($contacts_observed_until as date) as observed_until,
        cast($contacts_hole_from as date) as hole_from,
        cast($contacts_hole_until as date) as hole_until
    union all
    select
        'touchpoints' as log,
        cast($touchpoints_observed_from as date) as observed_from,
        cast($touchpoints_observed_until as date) as observed_until,
        cast($touchpoints_hole_from as date) as hole_from,
        cast($touchpoints_hole_until as date) as hole_until
    union all
    select
        'tickets' as log,
        cast($tickets_observed_from as date) as observed_from,
        cast($tickets_observed_until as date) as observed_until,
        cast($tickets_hole_from as date) as hole_from,
        cast($tickets_hole_until as date) as hole_until
    union all
    select
        'surveys' as log,
        cast($surveys_observed_from as date) as observed_from,
        cast($surveys_observed_until as date) as observed_until,
        cast($surveys_hole_from as date) as hole_from,
        cast($surveys_hole_until as date) as hole_until
    union all
    select
        'goals' as log,
        cast($goals_observed_from as date) as observed_from,
        cast($goals_observed_until as date) as observed_until,
        cast($goals_hole_from as date) as hole_from,
        cast($goals_hole_until as date) as hole_until
    union all
    select
        'account_attributes' as log,
        cast($account_attributes_observed_from as date) as observed_from,
        cast($account_attributes_observed_until as date) as observed_until,
        cast($account_attributes_hole_from as date) as hole_from,
        cast($account_attributes_hole_until as date) as hole_until
),

unbroken as (
    select
        dates.risk_date,
        logs.log,
        case
            when logs.observed_until < dates.risk_date then dates.risk_date
            when logs.hole_from < dates.risk_date
                then greatest(logs.observed_from, least(logs.hole_until, dates.risk_date))
            else logs.observed_from
        end as logged_since
    from dates
    cross join logs
)

select
    risk_date,
    max(case when log = 'usage_daily' then logged_since end) as use_since,
    max(case when log = 'user_activity' then logged_since end) as user_activity_since,
    max(case when log = 'users' then logged_since end) as users_since,
    max(case when log = 'features' then logged_since end) as features_since,
    max(case when log = 'contacts' then logged_since end) as contacts_since,
    max(case when log = 'touchpoints' then logged_since end) as touches_since,
    max(case when log = 'tickets' then logged_since end) as tickets_since,
    max(case when log = 'surveys' then logged_since end) as surveys_since,
    max(case when log = 'goals' then logged_since end) as goals_since,
    max(case when log = 'account_attributes' then logged_since end) as attributes_since
from unbroken
group by risk_date
