-- grain: account, day, feature (the log by day does not say which user); key: account_id, used_on, feature
select
    cast(account_id as varchar) as account_id,
    day as used_on,
    feature,
    events
from raw.account_day
unpivot (
    events for feature in (
        search, create_search, edit_search, delete_search, win_opportunity, advance_stage, add_competitor,
        disqualify_opportunity, lose_opportunity, quote, create_opportunity, add_contact, edit_contact, add_lead,
        unsub_lead, edit_lead, email_lead, call_lead, create_list, delete_list, email_list, meeting, schedule_meeting,
        edit_meeting, cancel_meeting
    )
)
where events > 0
