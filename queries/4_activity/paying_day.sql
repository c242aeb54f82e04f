-- grain: calendar day; key: day
-- rule: the accounts that pay for it
select
    calendar_days.day,
    count(*) as accounts
from calendar_days
inner join spells
    on
        spells.kind = 'paid'
        and calendar_days.day >= spells.spell_from
        and calendar_days.day < spells.spell_until
group by calendar_days.day
