-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: personal touches known before risk_date, never from before the lifetime's origin; what reaches before the
--       log begins is missing. Onboarding ends as the phase does: on the day it was completed, at the latest
--       $adoption_from_day days after the origin. A touch of the vendor's that has no answer yet is unanswered once
--       more than $unanswered_days days have passed; those of the day of an answered one count as answered with it
with dates as (
    select
        *,
        least(
            origin + $adoption_from_day,
            case
                when onboarding_completed_on >= origin then onboarding_completed_on
                else origin + $adoption_from_day
            end
        ) as onboarded_on  -- a day that may lie ahead: nothing is counted from it until it is over
    from risk_windows
),

touches as (
    select
        dates.lifetime_id,
        dates.risk_date,
        min(
            case when touched.is_vendors and touched.occurred_on >= dates.onboarded_on then touched.occurred_on end
        ) as first_follow_up_on,
        max(
            case
                when touched.kind = 'handover' and touched.occurred_on < dates.origin + $handover_days then 1
                else 0
            end
        ) as was_handed_over
    from dates
    inner join personal_touch as touched
        on
            dates.account_id = touched.account_id
            and touched.is_held
            and touched.occurred_on >= dates.touches_from
            and touched.occurred_on < dates.risk_date
            and touched.known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date
),

vendor_touches as (
    select
        dates.lifetime_id,
        dates.risk_date,
        approached.occurred_on,
        approached.is_said_to_be_held or coalesce(approached.response_known_on < dates.risk_date, false) as is_answered,
        approached.occurred_on + $unanswered_days < dates.risk_date as is_due
    from dates
    inner join personal_touch as approached
        on
            dates.account_id = approached.account_id
            and approached.initiated_by = 'vendor'
            and approached.is_answer_said
            and approached.occurred_on >= dates.baseline_from
            and approached.occurred_on < dates.risk_date
            and approached.known_on < dates.risk_date
),

judged_touches as (
    select
        *,
        max(case when is_answered then occurred_on end) over (partition by lifetime_id, risk_date) as last_answered_on
    from vendor_touches
    where is_answered or is_due
),

runs as (
    select
        lifetime_id,
        risk_date,
        sum(case when is_answered or occurred_on <= last_answered_on then 0 else 1 end) as unanswered_touches
    from judged_touches
    group by lifetime_id, risk_date
),

tones as (
    select
        account_id,
        occurred_on as said_on,
        known_on,
        sentiment
    from personal_touch
    where sentiment is not null
    union all
    select
        account_id,
        opened_on as said_on,
        known_on,
        sentiment
    from dated_ticket
    where sentiment is not null
),

tones_known as (
    select
        dates.lifetime_id,
        dates.risk_date,
        tones.said_on,
        tones.sentiment,
        max(tones.said_on) over (partition by dates.lifetime_id, dates.risk_date) as last_said_on
    from dates
    inner join tones
        on
            dates.account_id = tones.account_id
            and tones.said_on >= dates.baseline_from
            and tones.said_on < dates.risk_date
            and tones.known_on < dates.risk_date
),

last_tones as (
    select
        lifetime_id,
        risk_date,
        cast(sum(sentiment) as double) / count(*) as tone
    from tones_known
    where said_on = last_said_on
    group by lifetime_id, risk_date
)

select
    dates.lifetime_id,
    dates.risk_date,
    case
        when dates.onboarded_on < dates.risk_date and dates.onboarded_on >= dates.touches_from
            then date_diff('day', dates.onboarded_on, coalesce(touches.first_follow_up_on, dates.risk_date))
    end as first_follow_up_days,
    case when dates.are_touches_logged then runs.unanswered_touches end as unanswered_run,
    case
        when dates.risk_date >= dates.origin + $handover_days and dates.is_every_touch_logged
            then 1 - coalesce(touches.was_handed_over, 0)
    end as no_handover,
    case when dates.are_touches_logged and dates.are_tickets_logged then last_tones.tone end
        as last_interaction_tone
from dates
left join touches
    on
        dates.lifetime_id = touches.lifetime_id
        and dates.risk_date = touches.risk_date
left join runs
    on
        dates.lifetime_id = runs.lifetime_id
        and dates.risk_date = runs.risk_date
left join last_tones
    on
        dates.lifetime_id = last_tones.lifetime_id
        and dates.risk_date = last_tones.risk_date
