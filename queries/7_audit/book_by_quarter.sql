-- grain: fiscal quarter that has begun by the snapshot; key: quarter_from
-- rule: lifetimes at risk on the first day; those that entered, churned (of those there at the start, of those that
--       entered) or ended otherwise after it and by the first day of the next quarter. A quarter is settled where all
--       its ends are; before that those that are not are provisional, and counted apart
with quarters as (
    select
        months.starts_on as quarter_from,
        following.starts_on as quarter_until,
        following.starts_on <= settled.settled_until as is_settled
    from calendar_months as months
    inner join calendar_months as following
        on months.month_number + 3 = following.month_number
    cross join settled
    where
        months.is_quarter_start
        and following.starts_on > $observation_start
        and months.starts_on < $snapshot
),

observed as (
    select
        quarters.quarter_from,
        quarters.quarter_until,
        quarters.is_settled,
        lifetimes.cause,
        case
            when
                lifetimes.entry_on <= quarters.quarter_from
                and coalesce(lifetimes.leaves_on > quarters.quarter_from, true)
                then 1
            else 0
        end as at_start,
        case
            when lifetimes.entry_on > quarters.quarter_from and lifetimes.entry_on <= quarters.quarter_until then 1
            else 0
        end as entered,
        case
            when
                lifetimes.leaves_on > quarters.quarter_from
                and lifetimes.leaves_on <= quarters.quarter_until
                and lifetimes.leaves_on <= settled.settled_until
                then 1
            else 0
        end as ended,
        case
            when
                lifetimes.leaves_on > quarters.quarter_from
                and lifetimes.leaves_on <= quarters.quarter_until
                and lifetimes.leaves_on > settled.settled_until
                and lifetimes.leaves_on <= $snapshot
                then 1
            else 0
        end as ended_provisionally
    from quarters
    cross join settled
    cross join lifetimes
    where
        lifetimes.lifetime_id in (select risk_spells.lifetime_id from risk_spells)
        and lifetimes.entry_on < $snapshot
)

select
    quarter_from,
    quarter_until,
    is_settled,
    sum(at_start) as at_start,
    sum(entered) as entered,
    sum(case when cause = 'churn' then ended * at_start else 0 end) as churned_of_start,
    sum(case when cause = 'churn' then ended * (1 - at_start) else 0 end) as churned_of_entered,
    sum(case when cause <> 'churn' then ended else 0 end) as ended_otherwise,
    sum(ended_provisionally) as provisional
from observed
group by quarter_from, quarter_until, is_settled
order by quarter_from
