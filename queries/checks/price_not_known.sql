select rowid as row_id
from subscriptions
where
    coalesce(kind, 'paid') = 'paid'
    and mrr is null
    and (select count(priced.mrr) from subscriptions as priced) > 0
