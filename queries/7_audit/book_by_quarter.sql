-- grain: fiscal quarter that has begun by the snapshot; key: quarter_from
-- rule: lifetimes at risk on the first day; those that entered, churned or ended otherwise after it and by the first day
--       of the next quarter. A quarter that the snapshot cuts short is not complete
with quarters as (
    select
        months.starts_on as quarter_from,
        following.starts_on as quarter_until,
        following.starts_on <= $snapshot as is_complete
    from calendar_months as months
    inner join calendar_months as following
        on months.month_number + 3 = following.month_number
    where
        months.is_quarter_start
        and following.starts_on > $observation_start
        and months.starts_on < $snapshot
),

observed as (
    select
        lifetimes.lifetime_id,
        lifetimes.entry_on,
        lifetimes.leaves_on,
        lifetimes.cause
    from lifetimes
    where lifetimes.lifetime_id in (select counting_process.lifetime_id from counting_process)
)

select
    quarters.quarter_from,
    quarters.quarter_until,
    quarters.is_complete,
    sum(case when observed.entry_on <= quarters.quarter_from and coalesce(observed.leaves_on > quarters.quarter_from, true) then 1 else 0 end) as at_start,
    sum(case when observed.entry_on > quarters.quarter_from and observed.entry_on <= quarters.quarter_until then 1 else 0 end) as entered,
    sum(case when observed.leaves_on > quarters.quarter_from and observed.leaves_on <= quarters.quarter_until and observed.cause = 'churn' then 1 else 0 end) as churned,
    sum(case when observed.leaves_on > quarters.quarter_from and observed.leaves_on <= quarters.quarter_until and observed.cause <> 'churn' then 1 else 0 end) as ended_otherwise
from quarters
cross join observed
group by quarters.quarter_from, quarters.quarter_until, quarters.is_complete
order by quarters.quarter_from
