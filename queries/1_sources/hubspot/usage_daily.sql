-- grain: account, day, user, event; key: account_id, used_on, user_id, feature
-- makes:  use of the product, from its log of events. Days, and hours out of office, are those of the zone
--         of the study. What is logged under the id of a company that was merged into another is that one's.
-- decide: 1. which events are use: leave out those that no user causes (page loads, heartbeats, jobs, log-outs).
--         2. which hours are out of office: here before 8, from 18 on, and at weekends.
--         3. whether the product logs the use of every account. If not, give those whose use it logs the first day of
--            it, as use_logged_from, in accounts.sql: else those of whom nothing is logged are read as not using it.
with merged as (
    select
        trim(unnest(string_split(hs_merged_object_ids, ';'))) as merged_id,
        max(hs_object_id) as company_id
    from raw.company
    where not coalesce(archived, false)
    group by merged_id
),

product_event as (
    select
        coalesce(merged.company_id, product_event.account_id) as account_id,
        product_event.user_id,
        product_event.event,
        product_event.occurred_at
    from raw.product_event as product_event
    left join merged on product_event.account_id = merged.merged_id
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
