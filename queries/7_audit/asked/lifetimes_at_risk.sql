-- grain: the whole book, one row; no key
-- rule: lifetimes ever at risk, and those of them that churned while under observation, and their parent accounts
select
    count(distinct risk_intervals.lifetime_id) as lifetimes,
    count(distinct case
        when lifetimes.cause = 'churn' and risk_intervals.stops_on = lifetimes.leaves_on then lifetimes.lifetime_id
    end) as events,
    count(distinct case
        when lifetimes.cause = 'churn' and risk_intervals.stops_on = lifetimes.leaves_on then lifetimes.cluster_id
    end) as clusters
from risk_intervals
inner join lifetimes
    on risk_intervals.lifetime_id = lifetimes.lifetime_id
