-- grain: ticket; key: ticket_id
-- makes:  tickets, from Zendesk, of the Salesforce account whose id stands in external_id of the organization (the
--         Zendesk app for Salesforce writes it there). An organization without one goes by a name of its own, so that
--         the check tells of its tickets. Tickets of no organization, and those merged into others, are left out.
-- decide: 1. what a ticket is about: here its type, or a tag that says more. Name your own tags.
--         2. escalations, reopening and tone: the API gives no day of them, so that they are not measured. If you
--            export the events of tickets, add escalated_on and reopened_on.
with accounts as ( -- the losing side of a merge is the winner
    select
        left(account.id, 15) as id,
        coalesce(winner.masterrecordid, account.masterrecordid, account.id) as account_id
    from raw.account as account
    left join raw.account as winner on account.masterrecordid = winner.id
)

select
    ticket.id as ticket_id,
    coalesce(accounts.account_id, organization.external_id, 'Zendesk organization ' || ticket.organization_id)
        as account_id,
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
left join raw.zendesk_organization as organization on ticket.organization_id = organization.id
left join accounts on left(organization.external_id, 15) = accounts.id
left join raw.zendesk_ticket_metric as metric on ticket.id = metric.ticket_id
where
    coalesce(ticket.status, '') <> 'deleted'
    and ticket.organization_id is not null
    and coalesce(ticket.tags, '') not like '%closed_by_merge%'
order by ticket_id
