-- grain: lifetime at risk on a landmark; key: lifetime_id, risk_date (the landmark)
-- rule: outcomes as in landmark_outcomes, covariates as on the landmark, and the score published before it
select *  -- noqa: RF02
from landmark_outcomes
left join covariates using (lifetime_id, risk_date)
left join landmark_scores using (lifetime_id, risk_date)
order by landmark_outcomes.risk_date, landmark_outcomes.account_id
