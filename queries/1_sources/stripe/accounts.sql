-- grain: account; key: account_id
-- makes:  the companies, from Stripe customers. A customer who was deleted in Stripe must stay among them, if you can
--         still export it: a book of those who are left shows that nobody leaves.
-- decide: 1. whether one company may be several customers: then give all of them the id of the company, here and in
--            subscriptions.sql.
--         2. segment: here a key of the customers' metadata, which is empty if you have none.
select
    id as account_id,
    name,
    address_country as region,
    metadata_segment as segment
from raw.customer
where coalesce(livemode, true) -- those of the test mode are no companies
order by account_id
