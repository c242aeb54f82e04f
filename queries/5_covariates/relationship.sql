-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: facts known before risk_date only, cell by cell: a response counts once it came, an escalation once it was
--       made; silence is the vendor's, whatever the customer says; never from before the lifetime's origin; a window
--       that reaches out of its log, or has no day yet, is missing. A touch of which nobody says whether it was
--       answered is neither; tickets are counted by category where at least half of them have one
with touches as (
    select
        dates.lifetime_id,
        dates.risk_date,
        max(case when touched.is_held and touched.is_vendors then touched.occurred_on end) as last_held_on,
        sum(
            case
                when
                    touched.initiated_by = 'vendor'
                    and touched.is_answer_said
                    and touched.occurred_on >= dates.baseline_from
                    then 1
                else 0
            end
        ) as vendor_touches,
        sum(
            case
                when
                    touched.initiated_by = 'vendor'
                    and touched.occurred_on >= dates.baseline_from
                    and (touched.is_said_to_be_held or touched.response_known_on < dates.risk_date)
                    then 1
                else 0
            end
        ) as answered_touches
    from risk_windows as dates
    inner join personal_touch as touched
        on
            dates.account_id = touched.account_id
            and touched.occurred_on >= dates.touches_from
            and touched.occurred_on < dates.risk_date
            and touched.known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date
),

opened as (
    select
        dates.lifetime_id,
        dates.risk_date,
        count(*) as tickets,
        sum(case when ticket.is_category_said then 1 else 0 end) as tickets_with_category,
        sum(case when ticket.is_fault then 1 else 0 end) as complaints,
        sum(case when ticket.is_feature_request then 1 else 0 end) as feature_requests,
        sum(case when ticket.is_contract_question then 1 else 0 end) as contract_questions,
        sum(ticket.sentiment) as sentiment,
        count(ticket.sentiment) as scored_tickets
    from risk_windows as dates
    inner join dated_ticket as ticket
        on
            dates.account_id = ticket.account_id
            and ticket.opened_on >= dates.baseline_from
            and ticket.opened_on < dates.risk_date
            and ticket.known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date
),

escalated as (
    select
        dates.lifetime_id,
        dates.risk_date,
        count(*) as escalations
    from risk_windows as dates
    inner join dated_ticket as ticket
        on
            dates.account_id = ticket.account_id
            and ticket.escalated_on >= dates.origin
            and ticket.escalation_known_on >= dates.baseline_from
            and ticket.escalation_known_on < dates.risk_date
    group by dates.lifetime_id, dates.risk_date
),

nps_days as (
    select
        account_id,
        responded_on,
        coalesce(known_on, responded_on) as known_on,
        sum(score) as score,
        count(*) as answers
    from surveys
    where kind = 'nps'
    group by account_id, responded_on, coalesce(known_on, responded_on)
),

nps_known as (
    select
        dates.lifetime_id,
        dates.risk_date,
        nps_days.responded_on,
        nps_days.score,
        nps_days.answers,
        max(nps_days.responded_on) over (partition by dates.lifetime_id, dates.risk_date) as last_responded_on
    from risk_windows as dates
    inner join nps_days
        on
            dates.account_id = nps_days.account_id
            and nps_days.responded_on >= dates.origin
            and nps_days.responded_on >= dates.surveys_since
            and nps_days.responded_on < dates.risk_date
            and nps_days.known_on < dates.risk_date
),

counted as (
    select
        dates.lifetime_id,
        dates.risk_date,
        dates.are_tickets_logged
        and coalesce(2 * opened.tickets_with_category >= opened.tickets, true) as are_categories_said,
        opened.complaints,
        opened.feature_requests,
        opened.contract_questions,
        opened.sentiment,
        opened.scored_tickets
    from risk_windows as dates
    left join opened
        on
            dates.lifetime_id = opened.lifetime_id
            and dates.risk_date = opened.risk_date
),

last_nps as (
    select
        lifetime_id,
        risk_date,
        max(responded_on) as responded_on,
        cast(sum(score) as double) / sum(answers) as nps
    from nps_known
    where responded_on = last_responded_on
    group by lifetime_id, risk_date
)

select
    dates.lifetime_id,
    dates.risk_date,
    coalesce(
        date_diff('day', touches.last_held_on, dates.risk_date) - 1,
        case when dates.is_every_touch_logged then date_diff('day', dates.origin, dates.risk_date) end
    ) as days_since_touch,
    case
        when dates.are_touches_logged and touches.vendor_touches > 0
            then cast(touches.answered_touches as double) / cast(touches.vendor_touches as double)
    end as answered_share,
    case when counted.are_categories_said then coalesce(counted.complaints, 0) end as complaints,
    case when counted.are_categories_said then coalesce(counted.feature_requests, 0) end as feature_requests,
    case when counted.are_categories_said then coalesce(counted.contract_questions, 0) end as contract_questions,
    case when dates.are_tickets_logged then coalesce(escalated.escalations, 0) end as escalations,
    case
        when dates.are_tickets_logged and counted.scored_tickets > 0
            then cast(counted.sentiment as double) / counted.scored_tickets
    end as ticket_sentiment,
    last_nps.nps,
    date_diff('day', last_nps.responded_on, dates.risk_date) - 1 as nps_age
from risk_windows as dates
left join touches
    on
        dates.lifetime_id = touches.lifetime_id
        and dates.risk_date = touches.risk_date
inner join counted
    on
        dates.lifetime_id = counted.lifetime_id
        and dates.risk_date = counted.risk_date
left join escalated
    on
        dates.lifetime_id = escalated.lifetime_id
        and dates.risk_date = escalated.risk_date
left join last_nps
    on
        dates.lifetime_id = last_nps.lifetime_id
        and dates.risk_date = last_nps.risk_date
