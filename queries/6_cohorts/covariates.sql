-- grain: date on which the covariates of a lifetime are needed; key: lifetime_id, risk_date
-- rule: the covariates of all families, topic by topic, side by side
select *  -- noqa: RF02
from (
    select
        lifetime_id,
        risk_date
    from risk_dates
) as dates
left join usage using (lifetime_id, risk_date)
left join usage_features using (lifetime_id, risk_date)
left join usage_people using (lifetime_id, risk_date)
left join relationship using (lifetime_id, risk_date)
left join relationship_touches using (lifetime_id, risk_date)
left join relationship_tickets using (lifetime_id, risk_date)
left join relationship_goals using (lifetime_id, risk_date)
left join champion using (lifetime_id, risk_date)
left join champion_engagement using (lifetime_id, risk_date)
left join contract using (lifetime_id, risk_date)
left join contract_attributes using (lifetime_id, risk_date)
