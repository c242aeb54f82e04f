-- grain: account, day, user, event; key: account_id, used_on, user_id, feature
-- makes:  use of the product, from its log of events. Days, and hours out of office, are those of the zone
--         of the study.
-- decide: 1. which events are use: leave out those that no user causes (page loads, heartbeats, jobs, log-outs).
--         2. which hours are out of office: here before 8, from 18 on, and at weekends.
--         3. whether the product logs the use of every account. If not, give those whose use it logs the first day of
--            it, as use_logged_from, in accounts.sql: else those of whom nothing is logged are read as not using it.
select
    account_id,
    cast(occurred_at as date) as used_on,
    user_id,
    event as feature,
    count(*) as events,
    count(*) filter (
        extract(hour from occurred_at) not between 8 and 17 or extract(isodow from occurred_at) > 5
    ) as out_of_hours_events
from raw.product_event
where account_id is not null
group by account_id, used_on, user_id, feature
order by account_id, used_on, user_id, feature
