-- A notice on the day on which the version begins, or before: nobody is ever at risk then.
select rowid as row_id
from subscriptions
where
    notice_on <= started_on
    and notice_withdrawn_on is null
