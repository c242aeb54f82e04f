-- grain: lifetime at risk on a landmark; key: lifetime_id, landmark
-- after: calendar_months
-- rule: landmarks are month starts, or fiscal quarter starts alone, from the observation start to the snapshot; the
--       horizon ends horizon_months later, by the calendar; at risk: risk_from <= landmark < risk_until
with months as (
    select
        months.month_number,
        months.starts_on as landmark,
        horizon.starts_on as horizon_ends_on,
        months.is_quarter_start
    from calendar_months as months
    inner join calendar_months as horizon
        on months.month_number + $horizon_months = horizon.month_number
    where
        months.starts_on >= $observation_start
        and months.starts_on <= $snapshot
)

select
    risk_spells.lifetime_id,
    months.landmark,
    months.horizon_ends_on,
    months.is_quarter_start
from months
inner join risk_spells
    on
        months.landmark >= risk_spells.risk_from
        and months.landmark < risk_spells.risk_until
where
    $landmark_every_months = 1
    or months.is_quarter_start
