-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: facts known before risk_date only, cell by cell, never from before the lifetime's origin; a window that reaches
--       before the log begins, or has no day yet, is missing. A fault (bug or complaint) is open until its resolution
--       is known, and again from the day it was reopened, if that is not before the resolution
with opened as (
    select
        dates.lifetime_id,
        dates.risk_date,
        sum(case when ticket.is_senior then 1 else 0 end) as senior_tickets,
        sum(case when ticket.opened_on >= dates.recent_from then ticket.sentiment end) as recent_sentiment,
        count(case when ticket.opened_on >= dates.recent_from then ticket.sentiment end) as recent_scored,
        sum(case when ticket.opened_on < dates.recent_from then ticket.sentiment end) as earlier_sentiment,
        count(case when ticket.opened_on < dates.recent_from then ticket.sentiment end) as earlier_scored
    from risk_windows as dates
    inner join dated_ticket as ticket
        on
            dates.account_id = ticket.account_id
            and ticket.opened_on >= dates.baseline_from
            and ticket.opened_on < dates.risk_date
            and ticket.known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date
),

open_faults as (
    select
        dates.lifetime_id,
        dates.risk_date,
        min(fault.opened_on) as oldest_opened_on
    from risk_windows as dates
    inner join dated_ticket as fault
        on
            dates.account_id = fault.account_id
            and fault.is_fault
            and fault.opened_on >= dates.origin
            and fault.opened_on >= cast($tickets_observed_from as date)
            and fault.opened_on < dates.risk_date
            and fault.known_on < dates.risk_date
            and (
                coalesce(fault.resolved_on >= dates.risk_date, true)
                or coalesce(fault.reopened_on >= fault.resolved_on and fault.reopened_on < dates.risk_date, false)
            )
    group by dates.lifetime_id, dates.risk_date
),

reopened as (
    select
        dates.lifetime_id,
        dates.risk_date,
        count(*) as reopened_tickets
    from risk_windows as dates
    inner join dated_ticket as ticket
        on
            dates.account_id = ticket.account_id
            and ticket.reopened_on >= dates.origin
            and ticket.reopening_known_on >= dates.baseline_from
            and ticket.reopening_known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date
)

select
    dates.lifetime_id,
    dates.risk_date,
    case when dates.are_tickets_logged then coalesce(opened.senior_tickets, 0) end as senior_tickets,
    case
        when dates.are_tickets_logged and opened.recent_scored > 0 and opened.earlier_scored > 0
            then
                cast(opened.recent_sentiment as double) / opened.recent_scored
                - cast(opened.earlier_sentiment as double) / opened.earlier_scored
    end as tone_trend,
    case when dates.are_tickets_logged then coalesce(dates.risk_date - open_faults.oldest_opened_on, 0) end
        as oldest_open_fault_days,
    case when dates.are_tickets_logged then coalesce(reopened.reopened_tickets, 0) end as reopened_tickets
from risk_windows as dates
left join opened
    on
        dates.lifetime_id = opened.lifetime_id
        and dates.risk_date = opened.risk_date
left join open_faults
    on
        dates.lifetime_id = open_faults.lifetime_id
        and dates.risk_date = open_faults.risk_date
left join reopened
    on
        dates.lifetime_id = reopened.lifetime_id
        and dates.risk_date = reopened.risk_date
