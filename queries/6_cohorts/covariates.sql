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
left join relationship using (lifetime_id, risk_date)
left join champion using (lifetime_id, risk_date)
left join contract using (lifetime_id, risk_date)
