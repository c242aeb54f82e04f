-- grain: day before the snapshot with a row of a log that was known by then; key: day
select distinct happened_on as day
from facts
where
    happened_on < cast($snapshot as date)
    and learned_on < cast($snapshot as date)
order by day
