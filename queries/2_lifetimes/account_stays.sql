-- grain: paid spell, with the lifetime it belongs to; key: account_id, spell_from
-- after: paid_spells
-- rule: a gap of more than allowed_gap_days starts a new lifetime; a shorter one does not, but carries no risk
with followed as (
    select
        account_id,
        spell_from,
        spell_until,
        lag(spell_until) over (partition by account_id order by spell_from) as previous_until
    from paid_spells
),

numbered as (
    select
        account_id,
        spell_from,
        spell_until,
        sum(case when previous_until is null or spell_from - previous_until > $allowed_gap_days then 1 else 0 end)
            over (
                partition by account_id order by spell_from
                rows between unbounded preceding and current row
            ) as lifetime_number
    from followed
)

select
    account_id,
    cast(lifetime_number as integer) as lifetime_number,
    spell_from,
    spell_until,
    min(spell_from) over (partition by account_id, lifetime_number) as origin,
    max(spell_until) over (partition by account_id, lifetime_number) as paid_until
from numbered
