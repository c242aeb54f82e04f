-- grain: calendar day; key: day
-- after: usage_account_day
-- rule: use by the whole book, and the accounts that paid on that day
with paying as (
    select
        calendar_days.day,
        count(*) as accounts
    from calendar_days
    inner join paid_spells
        on
            calendar_days.day >= paid_spells.spell_from
            and calendar_days.day < paid_spells.spell_until
    group by calendar_days.day
),

used as (
    select
        used_on as day,
        cast(sum(events) as bigint) as events
    from usage_account_day
    group by used_on
)

select
    paying.day,
    paying.accounts,
    coalesce(used.events, 0) as events
from paying
left join used
    on paying.day = used.day
