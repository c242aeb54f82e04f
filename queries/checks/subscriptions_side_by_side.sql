-- The first version of a subscription that runs beside an older one of the same account, both paid, and of the same
-- product, or, where that is not given, the same plan. What begins after the snapshot may yet replace the older one.
with versions as (
    select
        rowid as row_id,
        account_id,
        subscription_id,
        kind,
        coalesce(product, plan, '') as sold,
        started_on,
        least(
            coalesce(ended_on, date '9999-12-31'),
            coalesce(lead(started_on) over whole, date '9999-12-31')
        ) as runs_until,
        min(started_on) over (partition by account_id, subscription_id) as began_on
    from subscriptions
    window whole as (partition by account_id, subscription_id order by started_on)
),

paid as (
    select *
    from versions
    where
        coalesce(kind, 'paid') = 'paid'
        and started_on < runs_until
        and started_on < cast($snapshot as date)
),

beside as (
    select
        newer.row_id,
        newer.account_id,
        newer.subscription_id,
        newer.started_on
    from paid as newer
    semi join paid as older
        on
            newer.account_id = older.account_id
            and newer.sold = older.sold
            and newer.subscription_id != older.subscription_id
            and newer.started_on < older.runs_until
            and older.started_on < newer.runs_until
            and (
                older.began_on < newer.began_on
                or (older.began_on = newer.began_on and older.subscription_id < newer.subscription_id)
            )
)

select row_id
from beside
qualify row_number() over (partition by account_id, subscription_id order by started_on) = 1
