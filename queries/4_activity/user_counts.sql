-- grain: lifetime and risk date with use that names its user; key: lifetime_id, risk_date
-- rule: what covariates take of user_window, in whole numbers that are divided last. A user works who came in
--       working_weeks of the last four weeks. Earlier users used it in the baseline window before the recent one. Key
--       users are key_user_percent of these, rounded up, with the most use then, and whoever used it as much as the
--       last of them: no id decides. placed_events: events of the recent window times the place of their user, least
--       use first, whose order among equals changes no sum. A user is of a department only in the account that has
--       the user
with ranked as (
    select
        lifetime_id,
        risk_date,
        recent_events,
        baseline_events,
        recent_weeks,
        rank() over (partition by lifetime_id, risk_date order by baseline_events desc) as earlier_place,
        sum(case when baseline_events > 0 then 1 else 0 end) over (partition by lifetime_id, risk_date)
            as earlier_users,
        row_number() over (
            partition by lifetime_id, risk_date, recent_events > 0
            order by recent_events, user_id
        ) as recent_place
    from user_window
),

marked as (
    select
        *,
        case when recent_events > 0 then 1 else 0 end as is_recent,
        case when baseline_events > 0 then 1 else 0 end as is_earlier,
        case when recent_weeks >= $working_weeks then 1 else 0 end as is_working,
        case when 100 * (earlier_place - 1) < $key_user_percent * earlier_users then 1 else 0 end as is_key_user
    from ranked
),

counted as (
    select
        lifetime_id,
        risk_date,
        cast(sum(is_working) as bigint) as working_users,
        cast(sum(is_recent) as bigint) as recent_users,
        cast(sum(recent_events) as bigint) as recent_events,
        cast(sum(recent_place * recent_events) as bigint) as placed_events,
        cast(sum(is_earlier) as bigint) as earlier_users,
        cast(sum(recent_events * is_earlier) as bigint) as earlier_users_recent_events,
        cast(sum(baseline_events) as bigint) as baseline_events,
        cast(sum(is_key_user) as bigint) as key_users,
        cast(sum(is_key_user * (1 - is_recent)) as bigint) as silent_key_users,
        cast(sum(recent_events * is_key_user) as bigint) as key_recent_events,
        cast(sum(baseline_events * is_key_user) as bigint) as key_baseline_events
    from marked
    group by lifetime_id, risk_date
),

departments as (
    select
        used.lifetime_id,
        used.risk_date,
        count(distinct register.department) as departments
    from user_window as used
    inner join risk_dates as dates
        on
            used.lifetime_id = dates.lifetime_id
            and used.risk_date = dates.risk_date
    inner join dated_user as register
        on
            dates.account_id = register.account_id
            and used.user_id = register.user_id
            and register.known_on < used.risk_date
    where
        used.recent_events > 0
        and register.department is not null
    group by used.lifetime_id, used.risk_date
)

select
    counted.*,
    departments.departments
from counted
left join departments
    on
        counted.lifetime_id = departments.lifetime_id
        and counted.risk_date = departments.risk_date
