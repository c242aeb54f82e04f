-- grain: day of a lifetime on which what it pays for shrinks or grows; key: lifetime_id, changed_on
-- rule: against the day before, which must be paid: the first day, the end, a gap and the return from it are none.
--       contraction: seats or MRR at most 0.8 of what they were, whatever else happened. Else expansion: cross_sell
--       where a product is paid for that was not, and a total is more or no product was given up; upsell where a total
--       is more. Seats, MRR, products: each is compared only where as many versions leave it out as on the day before
with compared as (
    select
        later.account_id,
        later.level_from as changed_on,
        earlier.seats as seats_before,
        later.seats as seats_after,
        earlier.mrr as mrr_before,
        later.mrr as mrr_after,
        earlier.products as products_before,
        later.products as products_after,
        earlier.versions_without_seats = later.versions_without_seats as has_seats,
        earlier.versions_without_mrr = later.versions_without_mrr as has_mrr,
        earlier.versions_without_product = later.versions_without_product as has_products
    from account_levels as earlier
    inner join account_levels as later
        on
            earlier.account_id = later.account_id
            and earlier.level_until = later.level_from
),

products as (
    select distinct
        subscriptions.account_id,
        subscriptions.product,
        versions.started_on,
        versions.covered_until
    from subscription_versions as versions
    inner join subscriptions
        on
            versions.account_id = subscriptions.account_id
            and versions.subscription_id = subscriptions.subscription_id
            and versions.started_on = subscriptions.started_on
    where subscriptions.product is not null
),

gained as (
    select
        later.account_id,
        later.started_on as changed_on,
        count(distinct later.product) as products_gained
    from products as later
    left join products as earlier
        on
            later.account_id = earlier.account_id
            and later.product = earlier.product
            and later.started_on > earlier.started_on
            and later.started_on <= earlier.covered_until
    where earlier.account_id is null
    group by later.account_id, later.started_on
),

judged as (
    select
        compared.account_id,
        compared.changed_on,
        compared.seats_before,
        compared.seats_after,
        compared.mrr_before,
        compared.mrr_after,
        (
            coalesce(
                compared.has_seats
                and compared.seats_before > 0
                and 10 * compared.seats_after <= 8 * compared.seats_before,
                false
            )
            or coalesce(
                compared.has_mrr and compared.mrr_before > 0 and 10 * compared.mrr_after <= 8 * compared.mrr_before,
                false
            )
        ) as is_cut,
        (
            coalesce(compared.has_seats and compared.seats_after > compared.seats_before, false)
            or coalesce(compared.has_mrr and compared.mrr_after > compared.mrr_before, false)
        ) as is_more,
        compared.has_products and gained.products_gained is not null as is_new_product,
        compared.products_before + coalesce(gained.products_gained, 0) = compared.products_after as keeps_all_products
    from compared
    left join gained
        on
            compared.account_id = gained.account_id
            and compared.changed_on = gained.changed_on
),

named as (
    select
        *,
        case
            when is_cut then 'contraction'
            when is_new_product and (is_more or keeps_all_products) then 'cross_sell'
            when is_more then 'upsell'
        end as kind
    from judged
)

select
    lifetimes.lifetime_id,
    lifetimes.account_id,
    named.changed_on,
    named.kind,
    named.seats_before,
    named.seats_after,
    named.mrr_before,
    named.mrr_after
from named
inner join lifetimes
    on
        named.account_id = lifetimes.account_id
        and named.changed_on > lifetimes.origin
        and named.changed_on < coalesce(lifetimes.ended_on, cast('9999-12-31' as date))
where named.kind is not null
