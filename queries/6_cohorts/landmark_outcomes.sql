-- grain: lifetime at risk on a landmark; key: lifetime_id, risk_date (the landmark)
-- rule: churns if it leaves after the landmark and by the end of the horizon; followed where the end of the horizon is
--       settled, whatever happened, so that no row is chosen by its outcome. out_on: as in landmark_dates, missing if
--       it is after the snapshot. believed_from, believed_until: the last run of days, begun within the horizon, on
--       which it was believed to have left; it has no end where it had. On its days before unpaid_from the notice alone
--       was known, which is churn; from then on why the last subscription ended, which is believed_cause. mrr: what it
--       pays a month on the landmark; no covariate
with ends as (
    select
        account_id,
        spell_until as ended_on
    from spells
    where kind = 'paid'
),

away as (
    select
        lifetime_id,
        risk_until as away_from,
        lead(risk_from) over (partition by lifetime_id order by risk_from) as away_until
    from risk_spells
),

last_away as (
    select
        landmark_dates.lifetime_id,
        landmark_dates.landmark,
        max(away.away_from) as believed_from
    from landmark_dates
    inner join away
        on
            landmark_dates.lifetime_id = away.lifetime_id
            and away.away_from > landmark_dates.landmark
            and away.away_from <= landmark_dates.horizon_ends_on
            and away.away_from <= $snapshot
    group by landmark_dates.lifetime_id, landmark_dates.landmark
),

unpaid as (
    select
        away.lifetime_id,
        away.away_from,
        away.away_until,
        lifetimes.account_id,
        min(ends.ended_on) as unpaid_from
    from away
    inner join lifetimes
        on away.lifetime_id = lifetimes.lifetime_id
    left join ends
        on
            lifetimes.account_id = ends.account_id
            and away.away_from <= ends.ended_on
            and ends.ended_on <= least(
                coalesce(away.away_until, cast('9999-12-31' as date)),
                coalesce(lifetimes.ended_on, cast('9999-12-31' as date)),
                cast($snapshot as date)
            )
    group by away.lifetime_id, away.away_from, away.away_until, lifetimes.account_id
),

believed as (
    select
        last_away.lifetime_id,
        last_away.landmark,
        last_away.believed_from,
        unpaid.away_until as believed_until,
        unpaid.unpaid_from,
        end_reasons.cause as believed_cause
    from last_away
    inner join unpaid
        on
            last_away.lifetime_id = unpaid.lifetime_id
            and last_away.believed_from = unpaid.away_from
    left join end_reasons
        on
            unpaid.account_id = end_reasons.account_id
            and unpaid.unpaid_from = end_reasons.covered_until
),

rows_at_risk as (
    select
        landmark_dates.lifetime_id,
        lifetimes.account_id,
        lifetimes.cluster_id,
        landmark_dates.landmark as risk_date,
        landmark_dates.horizon_ends_on,
        landmark_dates.is_quarter_start,
        date_diff('day', landmark_dates.landmark, landmark_dates.horizon_ends_on) as horizon_days,
        landmark_dates.horizon_ends_on <= settled.settled_until as is_followed,
        least(landmark_dates.horizon_ends_on, cast($snapshot as date)) as followed_until,
        lifetimes.leaves_on,
        lifetimes.cause,
        case when landmark_dates.out_on <= $snapshot then landmark_dates.out_on end as out_on,
        believed.believed_from,
        believed.believed_until,
        believed.unpaid_from,
        believed.believed_cause,
        terms_in_force.term_months,
        coalesce(terms_in_force.term_kind, 'no_term') as term_kind,
        cast(terms_in_force.mrr as double) as mrr
    from landmark_dates
    cross join settled
    inner join lifetimes
        on landmark_dates.lifetime_id = lifetimes.lifetime_id
    left join believed
        on
            landmark_dates.lifetime_id = believed.lifetime_id
            and landmark_dates.landmark = believed.landmark
    left join terms_in_force
        on
            landmark_dates.lifetime_id = terms_in_force.lifetime_id
            and landmark_dates.landmark = terms_in_force.risk_date
)

select
    lifetime_id,
    account_id,
    cluster_id,
    risk_date,
    horizon_ends_on,
    is_quarter_start,
    is_followed,
    horizon_days,
    date_diff('day', risk_date, least(coalesce(leaves_on, followed_until), followed_until)) as followed_days,
    case when leaves_on <= followed_until and cause = 'churn' then 1 else 0 end as event,
    case when leaves_on <= followed_until then cause end as cause,
    out_on,
    believed_from,
    believed_until,
    unpaid_from,
    believed_cause,
    term_months,
    term_kind,
    mrr
from rows_at_risk
