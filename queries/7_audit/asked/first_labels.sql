-- grain: account and attribute; key: account_id, attribute
-- rule: the value that the account entered with: the first in force, of several the one known first
with numbered as (
    select
        account_id,
        attribute,
        value,
        row_number() over (
            partition by account_id, attribute
            order by valid_from asc, known_on asc, value asc
        ) as place
    from account_attributes
)

select
    account_id,
    attribute,
    value
from numbered
where place = 1
order by account_id, attribute
