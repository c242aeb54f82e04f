-- grain: health score of an account as it was published; no key: a day may have several
-- rule: the score itself, not what it is made of
select
    account_id,
    scored_on,
    value
from health_scores
where
    component = 'total'
    and coalesce(level, 'account') = 'account'
order by account_id, scored_on, value
