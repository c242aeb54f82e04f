-- grain: lifetime at risk on a landmark; key: lifetime_id, risk_date (the landmark)
-- rule: the total score of the account that was published last in this lifetime and known before the landmark, and its
--       age in days; of several of one day the one that became known last, of those the lowest. Missing where there is
--       none. It is a forecast to be beaten, and no covariate
with totals as (
    select
        account_id,
        scored_on,
        coalesce(known_on, scored_on) as known_on,
        value
    from health_scores
    where
        component = 'total'
        and coalesce(level, 'account') = 'account'
),

known as (
    select
        landmark_dates.lifetime_id,
        landmark_dates.landmark as risk_date,
        totals.scored_on,
        totals.value,
        row_number() over (
            partition by landmark_dates.lifetime_id, landmark_dates.landmark
            order by totals.scored_on desc, totals.known_on desc, totals.value asc
        ) as place
    from landmark_dates
    inner join lifetimes
        on landmark_dates.lifetime_id = lifetimes.lifetime_id
    inner join totals
        on
            lifetimes.account_id = totals.account_id
            and totals.scored_on >= lifetimes.origin
            and totals.scored_on < landmark_dates.landmark
            and totals.known_on < landmark_dates.landmark
)

select
    landmark_dates.lifetime_id,
    landmark_dates.landmark as risk_date,
    known.value as published_score,
    date_diff('day', known.scored_on, landmark_dates.landmark) as published_score_age
from landmark_dates
left join known
    on
        landmark_dates.lifetime_id = known.lifetime_id
        and landmark_dates.landmark = known.risk_date
        and known.place = 1
