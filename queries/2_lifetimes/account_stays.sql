-- grain: stay of an account: paid spells with short gaps between them; key: account_id, lifetime_number
-- rule: a gap of more than allowed_gap_days starts a new lifetime; a shorter one does not
with followed as (
    select
        account_id,
        spell_from,
        spell_until,
        lag(spell_until) over (partition by account_id order by spell_from) as previous_until
    from spells
    where kind = 'paid'
),

numbered as (
    select
        account_id,
        spell_from,
        spell_until,
        sum(
            case
                when previous_until is null or date_diff('day', previous_until, spell_from) > $allowed_gap_days then 1
                else 0
            end
        ) over (
            partition by account_id order by spell_from
            rows between unbounded preceding and current row
        ) as lifetime_number
    from followed
)

select
    account_id,
    cast(lifetime_number as integer) as lifetime_number,
    min(spell_from) as origin,
    max(spell_until) as paid_until
from numbered
group by account_id, lifetime_number
