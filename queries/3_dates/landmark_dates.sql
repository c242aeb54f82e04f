-- grain: lifetime in the population of forecasts on a landmark; key: lifetime_id, landmark
-- rule: whom forecasts are learned from, scored on and made for: at risk, and not under notice, on the landmark. out_on
--       is the first day after it on which that is no longer so
select
    risk_spells.lifetime_id,
    landmark_months.landmark,
    landmark_months.horizon_ends_on,
    landmark_months.is_quarter_start,
    least(risk_spells.risk_until, unannounced.spell_until) as out_on
from landmark_months
inner join risk_spells
    on
        landmark_months.landmark >= risk_spells.risk_from
        and landmark_months.landmark < risk_spells.risk_until
inner join lifetimes
    on risk_spells.lifetime_id = lifetimes.lifetime_id
inner join spells as unannounced
    on
        lifetimes.account_id = unannounced.account_id
        and unannounced.kind = 'unannounced'
        and landmark_months.landmark >= unannounced.spell_from
        and landmark_months.landmark < unannounced.spell_until
