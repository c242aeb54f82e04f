-- grain: run of paid days of an account at one level; key: account_id, level_from; days [level_from, level_until)
-- rule: seats, MRR and number of products of all versions in force, added up; a day on which one of these, or what is
--       given of them, is another than on the day before starts a run. A total is of the versions that give it: what is
--       sold without seats adds none. versions_without_* counts the others: as missing is not zero, totals of two days
--       are compared only where as many versions leave them out
with offered as (
    select
        versions.account_id,
        versions.started_on,
        versions.covered_until,
        versions.seats,
        versions.mrr,
        subscriptions.product
    from subscription_versions as versions
    inner join subscriptions
        on
            versions.account_id = subscriptions.account_id
            and versions.subscription_id = subscriptions.subscription_id
            and versions.started_on = subscriptions.started_on
),

days as (
    select
        account_id,
        started_on as day
    from offered
    union
    select
        account_id,
        covered_until as day
    from offered
),

runs as (
    select
        account_id,
        day as run_from,
        lead(day) over (partition by account_id order by day) as run_until
    from days
),

totals as (
    select
        runs.account_id,
        runs.run_from,
        runs.run_until,
        cast(sum(offered.seats) as bigint) as seats,
        sum(offered.mrr) as mrr,
        count(distinct offered.product) as products,
        count(*) - count(offered.seats) as versions_without_seats,
        count(*) - count(offered.mrr) as versions_without_mrr,
        count(*) - count(offered.product) as versions_without_product
    from runs
    inner join offered
        on
            runs.account_id = offered.account_id
            and runs.run_from >= offered.started_on
            and runs.run_from < offered.covered_until
    group by runs.account_id, runs.run_from, runs.run_until
),

followed as (
    select
        later.*,
        case when earlier.account_id is null then 1 else 0 end as is_first
    from totals as later
    left join totals as earlier
        on
            later.account_id = earlier.account_id
            and later.run_from = earlier.run_until
            and coalesce(later.seats, -1) = coalesce(earlier.seats, -1)
            and coalesce(later.mrr, -1) = coalesce(earlier.mrr, -1)
            and later.products = earlier.products
            and later.versions_without_seats = earlier.versions_without_seats
            and later.versions_without_mrr = earlier.versions_without_mrr
            and later.versions_without_product = earlier.versions_without_product
),

numbered as (
    select
        *,
        sum(is_first) over (
            partition by account_id order by run_from
            rows between unbounded preceding and current row
        ) as level_number
    from followed
)

select
    account_id,
    min(run_from) as level_from,
    max(run_until) as level_until,
    seats,
    mrr,
    products,
    versions_without_seats,
    versions_without_mrr,
    versions_without_product
from numbered
group by
    account_id,
    level_number,
    seats,
    mrr,
    products,
    versions_without_seats,
    versions_without_mrr,
    versions_without_product
