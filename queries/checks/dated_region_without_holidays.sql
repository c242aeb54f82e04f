select rowid as row_id
from account_attributes
where
    attribute = 'region'
    and value not in (select holidays.region from holidays)
    and exists (select 1 from holidays)
