-- grain: lifetime (one unbroken stay of an account); key: lifetime_id
-- rule: lifetime_id is account and number, the number last, so that no two are alike: the same in every build, whatever
--       else a source holds. It ends with its last subscription, by that one's reason. Its notice_on is the day from
--       which nothing but subscriptions under notice was left, up to the end. It leaves on its notice or on its end, as
--       the study says. Entry is the later of origin and observation start. An end so near to the snapshot that a
--       return within the allowed gap could not be known yet is provisional
with last_unannounced as (
    select
        account_stays.account_id,
        account_stays.lifetime_number,
        max(spells.spell_until) as unannounced_until
    from account_stays
    inner join spells
        on
            account_stays.account_id = spells.account_id
            and spells.kind = 'unannounced'
            and account_stays.origin <= spells.spell_from
            and account_stays.paid_until >= spells.spell_until
    group by account_stays.account_id, account_stays.lifetime_number
),

dated as (
    select
        account_stays.account_id,
        account_stays.lifetime_number,
        account_stays.origin,
        account_stays.paid_until,
        coalesce(last_unannounced.unannounced_until, account_stays.origin) as unannounced_until,
        case
            when $event_date = 'notice' then coalesce(last_unannounced.unannounced_until, account_stays.origin)
            else account_stays.paid_until
        end as risk_until,
        end_reasons.cause
    from account_stays
    left join last_unannounced
        on
            account_stays.account_id = last_unannounced.account_id
            and account_stays.lifetime_number = last_unannounced.lifetime_number
    inner join end_reasons
        on
            account_stays.account_id = end_reasons.account_id
            and account_stays.paid_until = end_reasons.covered_until
)

select
    dated.account_id || '#' || cast(dated.lifetime_number as varchar) as lifetime_id,
    dated.account_id,
    groups.cluster_id,
    dated.lifetime_number,
    dated.origin,
    greatest(dated.origin, cast($observation_start as date)) as entry_on,
    case when dated.unannounced_until < dated.paid_until then dated.unannounced_until end as notice_on,
    case when dated.paid_until < cast('9999-12-31' as date) then dated.paid_until end as ended_on,
    case when dated.risk_until < cast('9999-12-31' as date) then dated.risk_until end as leaves_on,
    case when dated.risk_until < cast('9999-12-31' as date) then dated.cause end as cause,
    coalesce(
        dated.paid_until < cast('9999-12-31' as date) and dated.paid_until > settled.settled_until, false
    ) as is_provisional,
    accounts.onboarding_completed_on
from dated
inner join accounts
    on dated.account_id = accounts.account_id
inner join groups
    on dated.account_id = groups.account_id
cross join settled
order by dated.account_id, dated.lifetime_number
