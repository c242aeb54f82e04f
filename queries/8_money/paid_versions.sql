-- grain: paid version of a subscription; key: account_id, subscription_id, started_on; days [started_on, covered_until)
-- rule: with the lifetime that it lies in, and its price a month in whole millionths, which add up without a rest:
--       missing, never zero, where the source gives none. covered_until is missing while the version runs
select
    versions.account_id,
    lifetimes.lifetime_id,
    versions.subscription_id,
    versions.started_on,
    case when versions.covered_until < cast('9999-12-31' as date) then versions.covered_until end as covered_until,
    subscriptions.product,
    versions.seats,
    cast(floor(versions.mrr * 1000000) as bigint) as monthly
from subscription_versions as versions
inner join subscriptions
    on
        versions.account_id = subscriptions.account_id
        and versions.subscription_id = subscriptions.subscription_id
        and versions.started_on = subscriptions.started_on
inner join lifetimes
    on
        versions.account_id = lifetimes.account_id
        and versions.started_on >= lifetimes.origin
        and versions.started_on < coalesce(lifetimes.ended_on, cast('9999-12-31' as date))
order by versions.account_id, versions.subscription_id, versions.started_on
