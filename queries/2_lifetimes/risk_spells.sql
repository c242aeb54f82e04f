-- grain: unbroken run of days at risk of a lifetime; key: lifetime_id, risk_from; days [risk_from, risk_until)
-- rule: at risk from entry on, on paid days, and only on unannounced ones where the study dates the event by notice;
--       open lifetimes reach to 9999-12-31
with clipped as (
    select
        lifetimes.lifetime_id,
        greatest(spells.spell_from, lifetimes.entry_on) as risk_from,
        spells.spell_until as risk_until
    from lifetimes
    inner join spells
        on
            lifetimes.account_id = spells.account_id
            and spells.kind = case when $event_date = 'notice' then 'unannounced' else 'paid' end
            and lifetimes.origin <= spells.spell_from
            and coalesce(lifetimes.leaves_on, cast('9999-12-31' as date)) >= spells.spell_until
)

select *
from clipped
where risk_from < risk_until
