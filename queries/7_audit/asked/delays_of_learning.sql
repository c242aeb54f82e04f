-- grain: number of days after which facts were learned; key: days
-- rule: of facts (happened, learned) that happened before a day, how many were learned so many days later
select
    greatest(coalesce(learned, happened) - happened, 0) as days,
    count(*) as number
from facts
where happened < cast($before as date)
group by greatest(coalesce(learned, happened) - happened, 0)
order by days
