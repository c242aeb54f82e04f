-- grain: account, day, user, event; key: account_id, used_on, user_id, feature
-- makes:  use of the product, from its log of events. Days, and hours out of office, are those of the zone
--         of the study. Ids may have 15 or 18 letters; what is logged under that of an account that was merged into
--         another is that one's.
-- decide: 1. which events are use: leave out those that no user causes (page loads, heartbeats, jobs, log-outs).
--         2. which hours are out of office: here before 8, from 18 on, and at weekends.
--         3. whether the product logs the use of every account. If not, give those whose use it logs the first day of
--            it, as use_logged_from, in accounts.sql: else those of whom nothing is logged are read as not using it.
with accounts as ( -- the losing side of a merge is the winner
    select
        left(account.id, 15) as id,
        coalesce(winner.masterrecordid, account.masterrecordid, account.id) as account_id
    from raw.account as account
    left join raw.account as winner on account.masterrecordid = winner.id
),

product_event as (
    select
        coalesce(accounts.account_id, product_event.account_id) as account_id,
        product_event.user_id,
        product_event.event,
        product_event.occurred_at
    from raw.product_event as product_event
    left join accounts on left(product_event.account_id, 15) = accounts.id
)

select
    account_id,
    cast(occurred_at as date) as used_on,
    user_id,
    event as feature,
    count(*) as events,
    count(*) filter (
        extract(hour from occurred_at) not between 8 and 17 or extract(isodow from occurred_at) > 5
    ) as out_of_hours_events
from product_event
where account_id is not null
group by account_id, used_on, user_id, feature
order by account_id, used_on, user_id, feature
