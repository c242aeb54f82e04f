-- grain: interval (start, stop] of a lifetime within one phase, in days since its origin; key: lifetime_id, start
-- rule: the intervals of counting_process, cut also on the day on which a phase begins, for hazards by phase and by
--       renewal clock. Phases are those of the covariates: adoption begins on the day after onboarding was completed,
--       and on day adoption_from_day at the latest. The clock is the interval's, as it stood on its first day: the next
--       cut is the end of a term (renewal), the last day to give notice of it (deadline), or neither (between);
--       no_term: no term is known to end
with adopting as (
    select
        lifetime_id,
        least(
            $adoption_from_day,
            case
                when onboarding_completed_on >= origin then date_diff('day', origin, onboarding_completed_on) + 1
                else $adoption_from_day
            end
        ) as adoption_from
    from lifetimes
),

phases as (
    select
        lifetime_id,
        'onboarding' as phase,
        0 as phase_from,
        adoption_from as phase_until
    from adopting
    union all
    select
        lifetime_id,
        'adoption' as phase,
        adoption_from as phase_from,
        $mature_from_day as phase_until
    from adopting
    union all
    select
        lifetime_id,
        'mature' as phase,
        $mature_from_day as phase_from,
        null as phase_until
    from adopting
),

pieces as (
    select
        intervals.lifetime_id,
        intervals.account_id,
        intervals.cluster_id,
        intervals.risk_date,
        greatest(intervals.start, phases.phase_from) as start,
        least(intervals.stop, coalesce(phases.phase_until, intervals.stop)) as stop,
        intervals.stop as interval_stop,
        intervals.event,
        intervals.cause,
        phases.phase,
        case
            when intervals.renewal_due = 1 then 'renewal'
            when intervals.deadline_due = 1 then 'deadline'
            when terms_in_force.term_ends_on is not null then 'between'
            else 'no_term'
        end as renewal_clock
    from counting_process as intervals
    inner join phases
        on
            intervals.lifetime_id = phases.lifetime_id
            and intervals.stop > phases.phase_from
            and coalesce(intervals.start < phases.phase_until, true)
    left join terms_in_force
        on
            intervals.lifetime_id = terms_in_force.lifetime_id
            and intervals.risk_date = terms_in_force.risk_date
)

select
    lifetime_id,
    account_id,
    cluster_id,
    risk_date,
    start,
    stop,
    case when stop = interval_stop then event else 0 end as event,
    case when stop = interval_stop then cause end as cause,
    phase,
    renewal_clock
from pieces
where start < stop
order by account_id, risk_date, start
