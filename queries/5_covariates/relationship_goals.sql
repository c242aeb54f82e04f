-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: goals set and known before risk_date; achieved, or shown to have value, once that is known. A goal that was
--       achieved before the lifetime's origin is another lifetime's; one still open then goes on. Value shown before
--       the origin, or the log, does not count. A lifetime older than the log may have had a first goal before it
with dates as (
    select
        risk_dates.lifetime_id,
        risk_dates.account_id,
        risk_dates.risk_date,
        risk_dates.origin,
        greatest(risk_dates.origin, logged_since.goals_since) as shown_from,
        risk_dates.risk_date > logged_since.goals_since as is_state_measured,
        risk_dates.risk_date > risk_dates.origin
        and risk_dates.origin >= logged_since.goals_since as is_every_goal_logged
    from risk_dates
    inner join logged_since
        on risk_dates.risk_date = logged_since.risk_date
),

dated_goals as (
    select
        account_id,
        achieved_on,
        value_shown_on,
        coalesce(defined_on, cast('1900-01-01' as date)) as defined_on,
        coalesce(known_on, defined_on, cast('1900-01-01' as date)) as known_on
    from goals
),

known_goals as (
    select
        dates.lifetime_id,
        dates.risk_date,
        dates.origin,
        dates.shown_from,
        case when goal.achieved_on < dates.risk_date then goal.achieved_on end as achieved_on,
        case when goal.value_shown_on < dates.risk_date then goal.value_shown_on end as value_shown_on
    from dates
    inner join dated_goals as goal
        on
            dates.account_id = goal.account_id
            and goal.defined_on < dates.risk_date
            and goal.known_on < dates.risk_date
),

summary as (
    select
        lifetime_id,
        risk_date,
        sum(case when achieved_on < origin then 0 else 1 end) as own_goals,
        sum(case when achieved_on >= origin then 1 else 0 end) as achieved_goals,
        min(case when achieved_on >= origin then achieved_on end) as first_achieved_on,
        max(case when value_shown_on >= shown_from then value_shown_on end) as last_shown_on
    from known_goals
    group by lifetime_id, risk_date
)

select
    dates.lifetime_id,
    dates.risk_date,
    case
        when dates.is_state_measured and summary.own_goals > 0
            then case when summary.achieved_goals = summary.own_goals then 1 else 0 end
    end as goals_achieved_no_next,
    coalesce(
        date_diff('day', summary.last_shown_on, dates.risk_date) - 1,
        case when dates.is_every_goal_logged then date_diff('day', dates.origin, dates.risk_date) end
    ) as days_without_value,
    case
        when dates.is_every_goal_logged
            then date_diff('day', dates.origin, coalesce(summary.first_achieved_on, dates.risk_date))
    end as first_value_days
from dates
left join summary
    on
        dates.lifetime_id = summary.lifetime_id
        and dates.risk_date = summary.risk_date
