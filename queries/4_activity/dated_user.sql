-- grain: user of the register; key: user_id
-- rule: of whom no day is given, always known
select
    user_id,
    account_id,
    department,
    created_on,
    coalesce(known_on, created_on, cast('1900-01-01' as date)) as known_on
from users
