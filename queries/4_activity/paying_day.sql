-- grain: calendar day; key: day
-- rule: the accounts that pay for it and whose use is logged on it, and those of them for whom it is a business day
with regions as (
    select
        calendar_days.day,
        work_region.region,
        count(*) as accounts
    from calendar_days
    inner join spells
        on
            spells.kind = 'paid'
            and calendar_days.day >= spells.spell_from
            and calendar_days.day < spells.spell_until
    inner join accounts
        on
            spells.account_id = accounts.account_id
            and (not $is_use_logged_from_given or accounts.use_logged_from <= calendar_days.day)
    inner join work_region
        on
            spells.account_id = work_region.account_id
            and calendar_days.day >= work_region.held_from
            and calendar_days.day < work_region.held_until
    group by calendar_days.day, work_region.region
)

select
    regions.day,
    sum(regions.accounts) as accounts,
    sum(regions.accounts * business_day.is_business_day) as working_accounts
from regions
inner join business_day
    on
        regions.region = business_day.region
        and regions.day = business_day.day
group by regions.day
