-- grain: touch; key: touchpoint_id
-- makes:  contact between you and the customer, from completed Salesforce tasks (calls and e-mails) and from events
--         (meetings). A task that was done when it was entered (a call that was logged) took place on its due date if
--         that is earlier, any other on the day on which it was completed. What was entered later than it took place is
--         known from the day on which it was entered. An event has a copy for each colleague invited (IsChild), and a
--         series a row for itself (IsRecurrence): both are left out.
-- decide: 1. which tasks are contact at all: here calls, e-mails and meetings; to-dos are left out.
--         2. what a meeting was: read from its subject here. Say how your teams write it, or take a field of your own.
--         3. who began it: Salesforce says it of calls alone. What it does not say stays empty, and counts as yours.
--         4. whether it was answered: a call or e-mail that is completed may have reached nobody, so that nothing is
--            said of it here. If you keep the result of calls (CallDisposition), add status: 'held' or 'no_show'.
with touches as (
    select
        id,
        accountid,
        whoid,
        lower(subject) as subject,
        case
            when cast(completeddatetime as date) <= cast(createddate as date)
                then least(activitydate, cast(completeddatetime as date))
            else coalesce(cast(completeddatetime as date), activitydate)
        end as occurred_on,
        cast(createddate as date) as entered_on,
        case
            when lower(tasksubtype) = 'call' or lower(type) = 'call' then 'call'
            when lower(tasksubtype) in ('email', 'listemail') or lower(type) = 'email' then 'email'
            when lower(type) = 'meeting' then 'meeting'
        end as kind,
        case lower(calltype) when 'inbound' then 'customer' when 'outbound' then 'vendor' end as initiated_by,
        coalesce(lower(tasksubtype) = 'listemail', false) as automated
    from raw.task
    where not coalesce(isdeleted, false) and not coalesce(isrecurrence, false) and status = 'Completed'
    union all
    select
        id,
        accountid,
        whoid,
        lower(subject) as subject,
        cast(startdatetime as date) as occurred_on,
        cast(createddate as date) as entered_on,
        'meeting' as kind,
        null as initiated_by,
        false as automated
    from raw.event
    where not coalesce(isdeleted, false) and not coalesce(isrecurrence, false) and not coalesce(ischild, false)
)

select
    id as touchpoint_id,
    accountid as account_id,
    occurred_on,
    case
        when kind = 'meeting' and regexp_matches(subject, 'qbr|business review') then 'business_review'
        when kind = 'meeting' and regexp_matches(subject, 'kick-?off|onboarding') then 'onboarding'
        when kind = 'meeting' and regexp_matches(subject, 'hand-?over') then 'handover'
        when kind = 'meeting' and subject like '%training%' then 'training'
        else kind
    end as kind,
    initiated_by,
    automated,
    case when whoid like '003%' then whoid end as contact_id, -- 003: a contact; 00Q: a lead
    greatest(occurred_on, entered_on) as known_on
from touches
where kind is not null and accountid is not null and occurred_on is not null
order by touchpoint_id
