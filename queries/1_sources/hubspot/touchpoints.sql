-- grain: touch; key: touchpoint_id
-- makes:  contact between you and the customer, from HubSpot's engagements: calls, e-mails and meetings. One that was
--         entered later than it took place is known from the day on which it was entered.
-- decide: 1. what a meeting was: read from its title here. Say how your teams write it, or take its type.
--         2. which e-mails are automated: HubSpot's marketing e-mails are no engagements; mark those of sequences
--            yourself if you export what tells them.
--         3. whether it was answered: a call or an e-mail may have reached nobody, so that it is said of meetings alone,
--            by their outcome. If your teams enter what became of calls, take hs_call_disposition.
select
    hs_object_id as touchpoint_id,
    associated_company_id as account_id,
    cast(hs_timestamp as date) as occurred_on,
    case
        when hs_engagement_type = 'CALL' then 'call'
        when hs_engagement_type in ('EMAIL', 'INCOMING_EMAIL', 'FORWARDED_EMAIL') then 'email'
        when regexp_matches(lower(hs_meeting_title), 'qbr|business review') then 'business_review'
        when regexp_matches(lower(hs_meeting_title), 'kick-?off|onboarding') then 'onboarding'
        when regexp_matches(lower(hs_meeting_title), 'hand-?over') then 'handover'
        when lower(hs_meeting_title) like '%training%' then 'training'
        else 'meeting'
    end as kind,
    case
        when hs_call_direction = 'INBOUND' or hs_email_direction = 'INCOMING_EMAIL' then 'customer'
        when hs_call_direction = 'OUTBOUND' or hs_email_direction in ('EMAIL', 'FORWARDED_EMAIL') then 'vendor'
    end as initiated_by,
    case
        when hs_meeting_outcome in ('CANCELED', 'RESCHEDULED') then 'cancelled'
        when hs_meeting_outcome = 'NO_SHOW' then 'no_show'
        when hs_meeting_outcome = 'COMPLETED' then 'held'
    end as status,
    associated_contact_id as contact_id,
    greatest(cast(hs_timestamp as date), cast(hs_createdate as date)) as known_on
from raw.engagement
where
    not coalesce(archived, false)
    and associated_company_id is not null
    and hs_engagement_type in ('CALL', 'EMAIL', 'INCOMING_EMAIL', 'FORWARDED_EMAIL', 'MEETING')
order by touchpoint_id
