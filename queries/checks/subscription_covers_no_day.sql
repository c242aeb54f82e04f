select rowid as row_id
from subscriptions
where ended_on = started_on
