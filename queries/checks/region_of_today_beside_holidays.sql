select rowid as row_id
from accounts
where
    not $is_region_constant
    and region in (select holidays.region from holidays)
    and account_id not in (
        select account_attributes.account_id
        from account_attributes
        where account_attributes.attribute = 'region'
    )
