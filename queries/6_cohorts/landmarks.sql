-- grain: lifetime at risk on a landmark; key: lifetime_id, risk_date (the landmark)
-- rule: outcomes as in landmark_outcomes, and covariates as on the landmark
select *  -- noqa: RF02
from landmark_outcomes
left join covariates using (lifetime_id, risk_date)
order by landmark_outcomes.risk_date, landmark_outcomes.account_id
