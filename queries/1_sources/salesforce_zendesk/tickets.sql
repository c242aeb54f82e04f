-- grain: ticket; key: ticket_id
-- makes:  tickets, from Zendesk, of the Salesforce account whose id stands in external_id of the organization (the
--         Zendesk app for Salesforce writes it there).
-- decide: 1. what a ticket is about: here its type, or a tag that says more. Name your own tags.
--         2. escalations, reopening and tone: the API gives no day of them, so that they are not measured. If you
--            export the events of tickets, add escalated_on and reopened_on.
select
    ticket.id as ticket_id,
    account.id as account_id,
    cast(ticket.created_at as date) as opened_on,
    cast(metric.solved_at as date) as resolved_on,
    coalesce(
        try_cast(metric.reply_time_in_minutes as double),
        try_cast(json_extract_string(try_cast(metric.reply_time_in_minutes as json), '$.calendar') as double)
    ) / 60 as first_response_hours,
    ticket.priority as severity,
    case
        when ticket.tags like '%cancel%' then 'cancellation'
        when ticket.tags like '%complaint%' then 'complaint'
        when ticket.tags like '%feature_request%' then 'feature_request'
        when ticket.tags like '%contract%' or ticket.tags like '%billing%' then 'contract'
        when ticket.type in ('incident', 'problem') then 'bug'
        when ticket.type = 'question' then 'how_to'
        when ticket.type = 'task' then 'other'
    end as category
from raw.zendesk_ticket as ticket
inner join raw.zendesk_organization as organization on ticket.organization_id = organization.id
inner join raw.account as account on left(organization.external_id, 15) = left(account.id, 15)
left join raw.zendesk_ticket_metric as metric on ticket.id = metric.ticket_id
where coalesce(ticket.status, '') <> 'deleted' and not coalesce(account.isdeleted, false)
order by ticket_id
