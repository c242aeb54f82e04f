-- grain: account and run of days with one region; key: account_id, held_from; days [held_from, held_until)
-- rule: the region whose holidays the account has, as was known on each day: of what account_attributes says the newest
--       that was valid and known before the day. Before that, the region in accounts where the study declares that it
--       never changes, else none (''); none, too, where the region has no holidays. days_before makes the count of
--       business days go on where the region changes: they are business_days of the region, and days_before
with regions as (
    select distinct region
    from holidays
),

said as (
    select
        account_id,
        value as region,
        valid_from,
        coalesce(known_on, valid_from) as known_on,
        greatest(valid_from, coalesce(known_on, valid_from)) + 1 as held_from
    from account_attributes
    where attribute = 'region'
),

ranked as (
    select
        *,
        row_number() over (
            partition by account_id
            order by valid_from asc, known_on asc, region desc
        ) as place
    from said
),

overtaken as (
    select distinct
        older.account_id,
        older.place
    from ranked as older
    inner join ranked as newer
        on
            older.account_id = newer.account_id
            and older.place < newer.place
            and older.held_from >= newer.held_from
),

starts as (
    select
        account_id,
        cast('1900-01-01' as date) as held_from,
        case when $is_region_constant then region end as region
    from accounts
    union all
    select
        ranked.account_id,
        ranked.held_from,
        ranked.region
    from ranked
    left join overtaken
        on
            ranked.account_id = overtaken.account_id
            and ranked.place = overtaken.place
    where overtaken.account_id is null
),

runs as (
    select
        starts.account_id,
        starts.held_from,
        lead(starts.held_from) over (partition by starts.account_id order by starts.held_from) as held_until,
        coalesce(regions.region, '') as region,
        lag(coalesce(regions.region, '')) over (partition by starts.account_id order by starts.held_from)
            as region_before
    from starts
    left join regions
        on starts.region = regions.region
),

moved as (
    select
        runs.account_id,
        runs.held_from,
        runs.held_until,
        runs.region,
        coalesce(left_behind.business_days, 0) - coalesce(entered.business_days, 0) as days_before
    from runs
    left join business_day as left_behind
        on
            runs.region_before = left_behind.region
            and runs.held_from - 1 = left_behind.day
    left join business_day as entered
        on
            runs.region = entered.region
            and runs.held_from - 1 = entered.day
)

select
    account_id,
    region,
    held_from,
    coalesce(held_until, cast('9999-12-31' as date)) as held_until,
    cast(
        sum(days_before) over (
            partition by account_id order by held_from
            rows between unbounded preceding and current row
        ) as integer
    ) as days_before
from moved
