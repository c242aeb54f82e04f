-- grain: contraction within the horizon of a landmark row; key: lifetime_id, risk_date (the landmark), contracted_on
-- rule: after the landmark and by the end of the horizon, of a lifetime that was at risk on the day before. A day's
--       contraction is known on that day, as a version of a subscription is known when it begins: a horizon that is
--       over has shown all of its own
select
    landmark_outcomes.lifetime_id,
    landmark_outcomes.risk_date,
    recurrent_events.changed_on as contracted_on
from landmark_outcomes
inner join recurrent_events
    on
        landmark_outcomes.lifetime_id = recurrent_events.lifetime_id
        and landmark_outcomes.risk_date < recurrent_events.changed_on
        and landmark_outcomes.horizon_ends_on >= recurrent_events.changed_on
where recurrent_events.kind = 'contraction'
order by landmark_outcomes.risk_date, landmark_outcomes.account_id, recurrent_events.changed_on
