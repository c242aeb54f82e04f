-- grain: day with use by the book, day on which it became known; key: used_on, known_on
-- rule: use on days that the account pays for and whose use is logged; trials are no part of the book that others are
--       compared with
select
    used.used_on,
    used.known_on,
    cast(sum(used.events) as bigint) as events
from usage_account_day as used
inner join spells
    on
        used.account_id = spells.account_id
        and spells.kind = 'paid'
        and used.used_on >= spells.spell_from
        and used.used_on < spells.spell_until
inner join accounts
    on
        used.account_id = accounts.account_id
        and (not $is_use_logged_from_given or accounts.use_logged_from <= used.used_on)
group by used.used_on, used.known_on
