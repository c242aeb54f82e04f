-- A term that ends later than its own length allows, from the start of the version as from the snapshot.
select rowid as row_id
from subscriptions
where term_ends_on > greatest(started_on, cast($snapshot as date)) + (31 * cast(term_months as integer) + 62)
