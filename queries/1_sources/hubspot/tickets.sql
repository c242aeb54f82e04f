-- grain: ticket; key: ticket_id
-- makes:  tickets, from HubSpot's service tickets.
-- decide: 1. what a ticket is about: here HubSpot's own categories. Name yours.
--         2. escalations, reopening and tone: an export gives no day of them, so that they are not measured.
select
    hs_object_id as ticket_id,
    associated_company_id as account_id,
    cast(createdate as date) as opened_on,
    cast(closed_date as date) as resolved_on,
    time_to_first_agent_reply / 3600000 as first_response_hours, -- milliseconds
    lower(hs_ticket_priority) as severity,
    case hs_ticket_category
        when 'PRODUCT_ISSUE' then 'bug'
        when 'FEATURE_REQUEST' then 'feature_request'
        when 'BILLING_ISSUE' then 'contract'
        when 'GENERAL_INQUIRY' then 'how_to'
    end as category
from raw.hubspot_ticket
where not coalesce(archived, false) and associated_company_id is not null
order by ticket_id
