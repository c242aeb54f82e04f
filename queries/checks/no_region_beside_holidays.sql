select rowid as row_id
from accounts
where
    region is null
    and exists (select 1 from holidays)
