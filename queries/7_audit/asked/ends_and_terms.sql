-- grain: the whole book, one row; no key
-- rule: lifetimes ever at risk that have ended, and those of them that ended on the day on which a term did; terms that
--       had run out by the last day on which ends are settled, and those of them after which the account went on paying
with ended as (
    select
        lifetimes.lifetime_id,
        max(case when versions.term_ends_on = lifetimes.ended_on then 1 else 0 end) as is_on_term
    from lifetimes
    cross join settled
    inner join subscription_versions as versions
        on lifetimes.account_id = versions.account_id
    where
        lifetimes.ended_on <= settled.settled_until
        and lifetimes.lifetime_id in (select risk_intervals.lifetime_id from risk_intervals)
    group by lifetimes.lifetime_id
),

run_out as (
    select distinct
        versions.account_id,
        versions.term_ends_on
    from subscription_versions as versions
    cross join settled
    where
        versions.term_ends_on < settled.settled_until
        and versions.covered_until >= versions.term_ends_on
),

went_on as (
    select
        run_out.account_id,
        run_out.term_ends_on,
        max(case when spells.account_id is not null then 1 else 0 end) as is_paid
    from run_out
    left join spells
        on
            run_out.account_id = spells.account_id
            and spells.kind = 'paid'
            and run_out.term_ends_on >= spells.spell_from
            and run_out.term_ends_on < spells.spell_until
    group by run_out.account_id, run_out.term_ends_on
)

select
    (select count(*) from ended) as ends,
    (select coalesce(sum(ended.is_on_term), 0) from ended) as on_term,
    count(*) as run_out,
    coalesce(sum(went_on.is_paid), 0) as went_on
from went_on
