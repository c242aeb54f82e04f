select rowid as row_id
from subscriptions
where
    notice_withdrawn_on is not null
    and coalesce(notice_withdrawn_on < notice_on, true)
