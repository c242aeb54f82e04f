-- grain: one row; no key
-- rule: of those who gave notice, how many were green when last scored before it; of all scores, how many are
with bands as (
    select
        account_id,
        scored_on,
        band
    from world.health_scores
    where component = 'total'
),

leavers as (
    select
        account_id,
        min(notice_on) as noticed_on
    from world.subscriptions
    where end_reason = 'voluntary'
    group by account_id
),

last_bands as (
    select
        bands.band,
        row_number() over (partition by bands.account_id order by bands.scored_on desc) as place
    from bands
    inner join leavers
        on
            bands.account_id = leavers.account_id
            and bands.scored_on < leavers.noticed_on
)

select
    (
        select count(*) from last_bands
        where place = 1 and band = 'green'
    ) as hits,
    (
        select count(*) from last_bands
        where place = 1
    ) as of_hits,
    (
        select count(*) from bands
        where band = 'green'
    ) as others,
    (select count(*) from bands) as of_others
