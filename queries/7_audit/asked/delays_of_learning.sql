-- grain: number of days after which facts were learned; key: days
-- rule: of facts (happened, learned) that happened before a day, how many were learned so many days later
select
    greatest(date_diff('day', happened, coalesce(learned, happened)), 0) as days,
    count(*) as number
from facts
where happened < cast($before as date)
group by greatest(date_diff('day', happened, coalesce(learned, happened)), 0)
order by days
