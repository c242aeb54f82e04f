-- grain: run of paid days of one account at one level; key: level_from; days [level_from, level_until)
-- rule: level_until is missing while it runs; as in account_levels, seats and MRR are those of the versions that say it
select
    level_from,
    nullif(level_until, cast('9999-12-31' as date)) as level_until,
    seats,
    mrr
from account_levels
where account_id = $account_id
order by level_from
