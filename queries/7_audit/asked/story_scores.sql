-- grain: health score of one account as it was published; no key: a day may have several
-- rule: the score itself, not what it is made of, with the colour that was published with it
select
    scored_on,
    value,
    band
from health_scores
where
    account_id = $account_id
    and component = 'total'
    and coalesce(level, 'account') = 'account'
order by scored_on, value, band
