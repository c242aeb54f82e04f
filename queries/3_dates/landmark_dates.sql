-- grain: lifetime at risk on a landmark; key: lifetime_id, landmark
-- rule: at risk: risk_from <= landmark < risk_until
select
    risk_spells.lifetime_id,
    landmark_months.landmark,
    landmark_months.horizon_ends_on,
    landmark_months.is_quarter_start
from landmark_months
inner join risk_spells
    on
        landmark_months.landmark >= risk_spells.risk_from
        and landmark_months.landmark < risk_spells.risk_until
