-- grain: fact outside the subscriptions of its account; no key
-- rule: of facts (row_id, account_id, days [begins, ends)), those before the first subscription, after the last,
--       between two, or of an account that never has one; trials and free ones count. Told from a hundredth of all
--       facts on, or where one lies far off: 90 days before (a trial that is not recorded is no fault), 30 after
with spans as (
    select
        account_id,
        started_on as span_from,
        coalesce(ended_on, cast('9999-12-31' as date)) as span_until
    from subscriptions
    where coalesce(ended_on > started_on, true)
),

ordered as (
    select
        account_id,
        span_from,
        max(span_until) over (
            partition by account_id order by span_from, span_until
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from spans
),

gaps as (
    select
        account_id,
        covered_until as gap_from,
        span_from as gap_until
    from ordered
    where span_from > covered_until
),

hulls as (
    select
        account_id,
        min(span_from) as begins,
        max(span_until) as ends
    from spans
    group by account_id
),

known_accounts as (
    select distinct account_id
    from subscriptions
),

placed as (
    select
        facts.row_id,
        case
            when known_accounts.account_id is null then 'never'
            when facts.ends <= hulls.begins then 'before'
            when facts.begins >= hulls.ends then 'after'
            when gaps.account_id is not null then 'between'
        end as place,
        coalesce(facts.ends <= hulls.begins - 90 or facts.begins >= hulls.ends + 30, false) as is_far
    from facts
    left join known_accounts
        on facts.account_id = known_accounts.account_id
    left join hulls
        on facts.account_id = hulls.account_id
    left join gaps
        on
            facts.account_id = gaps.account_id
            and facts.begins >= gaps.gap_from
            and facts.ends <= gaps.gap_until
    where facts.account_id is not null
),

counted as (
    select
        place,
        count(*) as number,
        count(*) filter (where is_far) as far,
        (select count(*) from facts) as of_all
    from placed
    where place is not null
    group by place
)

select
    placed.row_id,
    placed.place
from placed
inner join counted
    on placed.place = counted.place
where
    counted.place = 'never'
    or counted.far > 0
    or 100 * counted.number >= counted.of_all
