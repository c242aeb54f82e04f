select rowid as row_id
from accounts
where
    $is_region_constant
    and region not in (select holidays.region from holidays)
    and exists (select 1 from holidays)
