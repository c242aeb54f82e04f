select rowid as row_id
from accounts
where
    region is null
    and account_id not in (
        select account_attributes.account_id
        from account_attributes
        where account_attributes.attribute = 'region'
    )
    and exists (select 1 from holidays)
