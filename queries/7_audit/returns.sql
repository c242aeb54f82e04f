-- grain: return of an account after a gap longer than the allowed one; key: account_id, lifetime_number (the new one)
-- rule: against the end of the stay before it; gap_days is the number of unpaid days between them
select
    later.lifetime_id,
    later.account_id,
    later.lifetime_number,
    earlier.ended_on,
    earlier.cause,
    later.origin,
    date_diff('day', earlier.ended_on, later.origin) as gap_days
from lifetimes as later
inner join lifetimes as earlier
    on
        later.account_id = earlier.account_id
        and later.lifetime_number - 1 = earlier.lifetime_number
order by later.account_id, later.lifetime_number
