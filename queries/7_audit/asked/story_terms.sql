-- grain: account with paid versions in force on the snapshot, one of them; key: account_id
-- rule: as terms_now
select
    account_id,
    renews_on,
    notice_by
from terms_now
where account_id = $account_id
