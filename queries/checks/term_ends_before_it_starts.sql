select rowid as row_id
from subscriptions
where term_ends_on < started_on
