-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: only use that names its user counts, and where less than half of it does, nothing is known; likewise of users
--       of whom no day is given on which they were created. A user counts only once known; never from before the
--       origin; a window that reaches out of its log is missing. A seat works where its user came in working_weeks of
--       the last four weeks. Seats that nobody uses are zeros of the Gini index; it is computed from integers, divided
--       last
with totals as (
    select
        lifetime_id,
        risk_date,
        sum(case when recent_weeks >= $working_weeks then 1 else 0 end) as working_users,
        sum(case when recent_events > 0 then 1 else 0 end) as recent_users,
        sum(case when baseline_events > 0 then 1 else 0 end) as known_users,
        sum(case when baseline_events > 0 then recent_events else 0 end) as known_recent_events,
        sum(baseline_events) as known_baseline_events
    from user_window
    group by lifetime_id, risk_date
),

ranked as (
    select
        lifetime_id,
        risk_date,
        recent_events,
        row_number() over (partition by lifetime_id, risk_date order by recent_events, user_id) as place
    from user_window
    where recent_events > 0
),

unequal as (
    select
        lifetime_id,
        risk_date,
        sum(recent_events) as events,
        sum(place * recent_events) as placed_events
    from ranked
    group by lifetime_id, risk_date
),

register as (
    select
        user_id,
        account_id,
        department,
        created_on,
        coalesce(known_on, created_on, cast('1900-01-01' as date)) as known_on
    from users
),

created as (
    select
        dates.lifetime_id,
        dates.risk_date,
        sum(
            case
                when register.created_on >= dates.baseline_from and register.created_on < dates.risk_date then 1
                else 0
            end
        ) as new_users,
        count(*) as users,
        count(register.created_on) as dated_users
    from risk_windows as dates
    inner join register
        on
            dates.account_id = register.account_id
            and register.known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date
),

departments as (
    select
        user_window.lifetime_id,
        user_window.risk_date,
        count(distinct register.department) as departments
    from user_window
    inner join register
        on
            user_window.user_id = register.user_id
            and register.known_on < user_window.risk_date
    where
        user_window.recent_events > 0
        and register.department is not null
    group by user_window.lifetime_id, user_window.risk_date
),

measured as (
    select
        dates.*,
        use_window.is_recent_use_named,
        use_window.is_earlier_use_named,
        totals.known_users,
        coalesce(totals.working_users, 0) as working_users,
        coalesce(totals.recent_users, 0) as recent_users,
        ln((totals.known_recent_events + 1) / business_window.recent_business_days)
        - ln((totals.known_baseline_events + 1) / business_window.baseline_business_days)
        - business_window.book_change as known_user_change
    from risk_windows as dates
    inner join use_window
        on
            dates.lifetime_id = use_window.lifetime_id
            and dates.risk_date = use_window.risk_date
    left join totals
        on
            dates.lifetime_id = totals.lifetime_id
            and dates.risk_date = totals.risk_date
    left join business_window
        on
            dates.lifetime_id = business_window.lifetime_id
            and dates.risk_date = business_window.risk_date
            and business_window.recent_business_days > 0
            and business_window.baseline_business_days > 0
)

select
    measured.lifetime_id,
    measured.risk_date,
    case
        when measured.are_four_weeks_logged and measured.is_recent_use_named and terms.seats > 0
            then cast(measured.working_users as double) / cast(terms.seats as double)
    end as working_seat_share,
    case
        when
            measured.is_recent_use_logged
            and measured.is_recent_use_named
            and terms.seats > 0
            and unequal.events > 0
            then
                cast(
                    2 * unequal.placed_events
                    + (greatest(terms.seats, measured.recent_users) - 2 * measured.recent_users - 1) * unequal.events
                    as double
                )
                / cast(greatest(terms.seats, measured.recent_users) * unequal.events as double)
    end as seat_inequality,
    case
        when measured.is_register_logged and 2 * created.dated_users >= created.users and terms.seats > 0
            then cast(created.new_users as double) / cast(terms.seats as double)
    end as new_user_share,
    case
        when measured.is_recent_use_logged and measured.is_recent_use_named
            then case when measured.recent_users = 0 then 0 else departments.departments end
    end as active_departments,
    case
        when
            measured.is_use_comparable
            and measured.is_recent_use_named
            and measured.is_earlier_use_named
            and measured.known_users > 0
            then case when measured.known_user_change <= 0 then 0 else measured.known_user_change end
    end as known_user_surge
from measured
left join unequal
    on
        measured.lifetime_id = unequal.lifetime_id
        and measured.risk_date = unequal.risk_date
left join created
    on
        measured.lifetime_id = created.lifetime_id
        and measured.risk_date = created.risk_date
left join departments
    on
        measured.lifetime_id = departments.lifetime_id
        and measured.risk_date = departments.risk_date
left join terms_in_force as terms
    on
        measured.lifetime_id = terms.lifetime_id
        and measured.risk_date = terms.risk_date
