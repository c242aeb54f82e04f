-- grain: fact whose day and month may be swapped; no key
-- rule: of facts (row_id, account_id, day, near): those whose day could be a month, where that would mend what is odd
--       of them. Odd is that all days up to the twelfth occur and none above it, of fifty facts; that they lie outside
--       their account's subscriptions, or after the snapshot, three times as often as they would if swapped back, and
--       as the days that cannot be swapped; or, likewise, further from the day near them than nearly all of those; or
--       that they fall on weekends otherwise than those do, by a twentieth of all and five standard errors, and alike
--       once swapped back; here what an account has on one day (the users of its first) counts once
with hulls as (
    select
        account_id,
        min(started_on) as begins,
        max(coalesce(ended_on, cast('9999-12-31' as date))) as ends
    from subscriptions
    group by account_id
),

days as (
    select
        row_id,
        account_id,
        day,
        near,
        case
            when extract('day' from day) <= 12 and extract('day' from day) <> extract('month' from day)
                then make_date(extract('year' from day), extract('day' from day), extract('month' from day))
        end as swapped_on
    from facts
    where day is not null
),

usual as (
    select
        percentile_disc(0.01) within group (order by date_diff('day', near, day)) as least,
        percentile_disc(0.99) within group (order by date_diff('day', near, day)) as most
    from days
    where
        swapped_on is null
        and near is not null
    having count(*) >= 20
),

judged as (
    select
        days.row_id,
        days.account_id,
        days.day,
        days.swapped_on,
        extract('day' from days.day) as day_of_month,
        coalesce(days.day < hulls.begins or days.day >= hulls.ends or days.day > $snapshot, false) as is_outside,
        coalesce(
            days.swapped_on < hulls.begins or days.swapped_on >= hulls.ends or days.swapped_on > $snapshot, false
        ) as would_be_outside,
        coalesce(date_diff('day', days.near, days.day) not between usual.least and usual.most, false) as is_far,
        coalesce(
            date_diff('day', days.near, days.swapped_on) not between usual.least and usual.most, false
        ) as would_be_far,
        case when date_diff('day', cast('1900-01-01' as date), days.day) % 7 >= 5 then 1 else 0 end as on_weekend,
        case
            when date_diff('day', cast('1900-01-01' as date), days.swapped_on) % 7 >= 5 then 1 else 0
        end as would_be_on_weekend
    from days
    left join hulls
        on days.account_id = hulls.account_id
    left join usual
        on days.near is not null
),

counted as (
    select
        count(swapped_on) as swappable,
        count(*) - count(swapped_on) as certain,
        max(day_of_month) as last_day,
        count(distinct day_of_month) as days_of_month,
        count(*) filter (where swapped_on is not null and is_outside) as outside,
        count(*) filter (where swapped_on is not null and would_be_outside) as would_be_outside,
        count(*) filter (where swapped_on is null and is_outside) as certain_outside,
        count(*) filter (where swapped_on is not null and is_far) as far,
        count(*) filter (where swapped_on is not null and would_be_far) as would_be_far,
        count(*) filter (where swapped_on is null and is_far) as certain_far
    from judged
),

account_days as (
    select distinct
        account_id,
        day,
        swapped_on,
        on_weekend,
        would_be_on_weekend
    from judged
),

weekly as (
    select
        count(swapped_on) as swappable_days,
        count(*) - count(swapped_on) as certain_days,
        avg(case when swapped_on is not null then on_weekend end) as weekends,
        avg(case when swapped_on is not null then would_be_on_weekend end) as would_be_weekends,
        avg(case when swapped_on is null then on_weekend end) as certain_weekends
    from account_days
),

verdict as (
    select
        counted.last_day = 12 and counted.days_of_month = 12 and counted.swappable >= 50 as is_never_late,
        counted.outside >= 10
        and counted.outside >= 3 * counted.would_be_outside
        and counted.outside * counted.certain >= 3 * counted.certain_outside * counted.swappable as is_misplaced,
        counted.far >= 10
        and counted.far >= 3 * counted.would_be_far
        and counted.far * counted.certain >= 3 * counted.certain_far * counted.swappable as is_far_off,
        weekly.swappable_days >= 50
        and weekly.certain_days >= 50
        and abs(weekly.weekends - weekly.certain_weekends) >= 0.05
        and abs(weekly.weekends - weekly.certain_weekends)
        >= 3 * abs(weekly.would_be_weekends - weekly.certain_weekends)
        and (weekly.weekends - weekly.certain_weekends) * (weekly.weekends - weekly.certain_weekends)
        >= 25
        * weekly.certain_weekends
        * (1 - weekly.certain_weekends)
        * (1.0 / greatest(weekly.swappable_days, 1) + 1.0 / greatest(weekly.certain_days, 1))
            as has_wrong_weekends
    from counted
    cross join weekly
)

select judged.row_id
from judged
cross join verdict
where
    judged.swapped_on is not null
    and (
        verdict.is_never_late
        or verdict.has_wrong_weekends
        or (verdict.is_misplaced and judged.is_outside and not judged.would_be_outside)
        or (verdict.is_far_off and judged.is_far and not judged.would_be_far)
    )
