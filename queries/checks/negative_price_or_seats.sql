select rowid as row_id
from subscriptions
where
    mrr < 0
    or seats < 0
