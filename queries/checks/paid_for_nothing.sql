select rowid as row_id
from subscriptions
where
    coalesce(kind, 'paid') = 'paid'
    and (mrr = 0 or seats = 0)
