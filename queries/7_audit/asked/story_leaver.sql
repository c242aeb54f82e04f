-- grain: lifetime of one account under notice at the snapshot; key: lifetime_id
-- rule: as known_leavers
select
    lifetime_id,
    notice_on,
    ends_on,
    is_end_given
from known_leavers
where account_id = $account_id
