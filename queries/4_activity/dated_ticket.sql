-- grain: ticket; key: ticket_id
-- rule: nothing of a ticket is known before the ticket itself. A fault is a bug or a complaint; senior is who is of a
--       seniority that the study calls so
with dated as (
    select
        ticket_id,
        account_id,
        opened_on,
        resolved_on,
        reopened_on,
        escalated_on,
        category,
        requester_seniority,
        sentiment,
        coalesce(known_on, opened_on) as known_on
    from tickets
)

select
    ticket_id,
    account_id,
    opened_on,
    resolved_on,
    reopened_on,
    escalated_on,
    sentiment,
    known_on,
    case when reopened_on is not null then greatest(reopened_on, known_on) end as reopening_known_on,
    case when escalated_on is not null then greatest(escalated_on, known_on) end as escalation_known_on,
    category is not null as is_category_said,
    requester_seniority is not null as is_seniority_said,
    coalesce(category in ('bug', 'complaint'), false) as is_fault,
    coalesce(category = 'feature_request', false) as is_feature_request,
    coalesce(category in ('contract', 'cancellation'), false) as is_contract_question,
    coalesce(position(',' || lower(requester_seniority) || ',' in $senior) > 0, false) as is_senior
from dated
