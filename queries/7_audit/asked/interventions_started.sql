-- grain: intervention; no key: an account may have several of a day
-- rule: the day on which it began, whatever was known of it then: it is an outcome, never a covariate
select
    account_id,
    started_on
from interventions
where started_on is not null
order by account_id, started_on
