-- grain: landmark, component and level of a published health score; key: lifetime_id, risk_date, component, level
-- rule: the value published last in this lifetime and known before the landmark; where users or subscriptions are
--       scored, the mean of those scored on that last day; of several values of one day the one that became known last,
--       of those the lowest
with parts as (
    select
        account_id,
        scored_on,
        coalesce(known_on, scored_on) as known_on,
        component,
        coalesce(level, 'account') as level,
        coalesce(entity_id, '') as entity_id,
        value,
        band
    from health_scores
),

known as (
    select
        landmark_dates.lifetime_id,
        landmark_dates.landmark as risk_date,
        parts.component,
        parts.level,
        parts.scored_on,
        parts.value,
        parts.band,
        rank() over (
            partition by landmark_dates.lifetime_id, landmark_dates.landmark, parts.component, parts.level
            order by parts.scored_on desc
        ) as day,
        row_number() over (
            partition by
                landmark_dates.lifetime_id, landmark_dates.landmark, parts.component, parts.level, parts.entity_id
            order by parts.scored_on desc, parts.known_on desc, parts.value asc
        ) as place
    from landmark_dates
    inner join lifetimes
        on landmark_dates.lifetime_id = lifetimes.lifetime_id
    inner join parts
        on
            lifetimes.account_id = parts.account_id
            and parts.scored_on >= lifetimes.origin
            and parts.scored_on < landmark_dates.landmark
            and parts.known_on < landmark_dates.landmark
)

select
    lifetime_id,
    risk_date,
    component,
    level,
    avg(value) as value,
    min(case when level = 'account' then band end) as band,
    count(*) as entities,
    max(date_diff('day', scored_on, risk_date)) as age
from known
where
    day = 1
    and place = 1
group by lifetime_id, risk_date, component, level
