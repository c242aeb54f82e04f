-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: facts known before risk_date only, cell by cell, never from before the lifetime's origin; a window that reaches
--       out of its log, or has no day yet, is missing, and so is what is said of seniority or faults where less than
--       half of the tickets, or of those open, say it. A fault (bug or complaint) is open until its resolution is
--       known, and again from the day it was reopened, if that is not before the resolution
with opened as (
    select
        dates.lifetime_id,
        dates.risk_date,
        count(*) as tickets,
        sum(case when ticket.is_seniority_said then 1 else 0 end) as tickets_with_seniority,
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

still_open as (
    select
        dates.lifetime_id,
        dates.risk_date,
        count(*) as tickets,
        sum(case when raised.is_category_said then 1 else 0 end) as tickets_with_category,
        min(case when raised.is_fault then raised.opened_on end) as oldest_fault_opened_on
    from risk_windows as dates
    inner join dated_ticket as raised
        on
            dates.account_id = raised.account_id
            and raised.opened_on >= dates.origin
            and raised.opened_on >= dates.tickets_since
            and raised.opened_on < dates.risk_date
            and raised.known_on < dates.risk_date
            and (
                coalesce(raised.resolved_on >= dates.risk_date, true)
                or coalesce(raised.reopened_on >= raised.resolved_on and raised.reopened_on < dates.risk_date, false)
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
    case
        when dates.are_tickets_logged and coalesce(2 * opened.tickets_with_seniority >= opened.tickets, true)
            then coalesce(opened.senior_tickets, 0)
    end as senior_tickets,
    case
        when dates.are_tickets_logged and opened.recent_scored > 0 and opened.earlier_scored > 0
            then
                cast(opened.recent_sentiment as double) / opened.recent_scored
                - cast(opened.earlier_sentiment as double) / opened.earlier_scored
    end as tone_trend,
    case
        when dates.are_tickets_logged and coalesce(2 * still_open.tickets_with_category >= still_open.tickets, true)
            then coalesce(date_diff('day', still_open.oldest_fault_opened_on, dates.risk_date), 0)
    end as oldest_open_fault_days,
    case when dates.are_tickets_logged then coalesce(reopened.reopened_tickets, 0) end as reopened_tickets
from risk_windows as dates
left join opened
    on
        dates.lifetime_id = opened.lifetime_id
        and dates.risk_date = opened.risk_date
left join still_open
    on
        dates.lifetime_id = still_open.lifetime_id
        and dates.risk_date = still_open.risk_date
left join reopened
    on
        dates.lifetime_id = reopened.lifetime_id
        and dates.risk_date = reopened.risk_date
