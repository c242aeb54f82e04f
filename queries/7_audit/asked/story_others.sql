-- grain: answer to a survey, step towards a goal, or measure taken, of one account; no key
-- rule: what has no strand of its own; value is the score of an answer
select
    responded_on as day,
    'surveys' as strand,
    kind as what,
    cast(score as double) as value
from surveys
where account_id = $account_id
union all
select
    defined_on as day,
    'goals' as strand,
    'goal defined' as what,
    cast(null as double) as value
from goals
where
    account_id = $account_id
    and defined_on is not null
union all
select
    achieved_on as day,
    'goals' as strand,
    'goal achieved' as what,
    cast(null as double) as value
from goals
where
    account_id = $account_id
    and achieved_on is not null
union all
select
    value_shown_on as day,
    'goals' as strand,
    'value shown' as what,
    cast(null as double) as value
from goals
where
    account_id = $account_id
    and value_shown_on is not null
union all
select
    started_on as day,
    'interventions' as strand,
    kind as what,
    cast(null as double) as value
from interventions
where account_id = $account_id
order by day, strand, what, value
