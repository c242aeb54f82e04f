-- grain: contact between vendor and customer that no machine made; key: touchpoint_id
-- rule: a touch of which no status is given was held, but is answered only where that is said, or by a response, from
--       the day after that came on. Without a status, where responses are not given, nobody says whether it was. One of
--       which nobody says who began it is taken for the vendor's own, whose log it is
select
    touchpoint_id,
    account_id,
    contact_id,
    kind,
    initiated_by,
    sentiment,
    occurred_on,
    coalesce(known_on, occurred_on) as known_on,
    coalesce(initiated_by, 'vendor') = 'vendor' as is_vendors,
    coalesce(status, 'held') = 'held' as is_held,
    coalesce(status = 'held', false) as is_said_to_be_held,
    status is not null or $are_responses_given as is_answer_said,
    occurred_on + cast(floor(response_hours / 24) as integer) + 1 as response_known_on
from touchpoints
where not coalesce(automated, false)
