-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: only use that names its user counts, and where less than half of it does, nothing is known; likewise of users
--       of whom no day is given on which they were created. A user counts only once known; never from before the
--       origin; a window that reaches out of its log is missing. A seat works where its user does. Seats that nobody
--       uses are zeros of the Gini index; it is computed from integers, divided last
with created as (
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
    inner join dated_user as register
        on
            dates.account_id = register.account_id
            and register.known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date
),

measured as (
    select
        dates.*,
        use_window.is_recent_use_named,
        use_window.is_earlier_use_named,
        user_counts.earlier_users,
        coalesce(user_counts.working_users, 0) as working_users,
        coalesce(user_counts.recent_users, 0) as recent_users,
        user_counts.recent_events,
        user_counts.placed_events,
        user_counts.departments,
        ln((user_counts.earlier_users_recent_events + 1) / business_window.recent_business_days)
        - ln((user_counts.baseline_events + 1) / business_window.baseline_business_days)
        - business_window.book_change as known_user_change
    from risk_windows as dates
    inner join use_window
        on
            dates.lifetime_id = use_window.lifetime_id
            and dates.risk_date = use_window.risk_date
    left join user_counts
        on
            dates.lifetime_id = user_counts.lifetime_id
            and dates.risk_date = user_counts.risk_date
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
            and measured.recent_events > 0
            then
                cast(
                    2 * measured.placed_events
                    + (greatest(terms.seats, measured.recent_users) - 2 * measured.recent_users - 1)
                    * measured.recent_events
                    as double
                )
                / cast(greatest(terms.seats, measured.recent_users) * measured.recent_events as double)
    end as seat_inequality,
    case
        when measured.is_register_logged and 2 * created.dated_users >= created.users and terms.seats > 0
            then cast(created.new_users as double) / cast(terms.seats as double)
    end as new_user_share,
    case
        when measured.is_recent_use_logged and measured.is_recent_use_named
            then case when measured.recent_users = 0 then 0 else measured.departments end
    end as active_departments,
    case
        when
            measured.is_use_comparable
            and measured.is_recent_use_named
            and measured.is_earlier_use_named
            and measured.earlier_users > 0
            then case when measured.known_user_change <= 0 then 0 else measured.known_user_change end
    end as known_user_surge
from measured
left join created
    on
        measured.lifetime_id = created.lifetime_id
        and measured.risk_date = created.risk_date
left join terms_in_force as terms
    on
        measured.lifetime_id = terms.lifetime_id
        and measured.risk_date = terms.risk_date
