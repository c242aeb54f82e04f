-- grain: unbroken run of days of an account, of one kind; key: account_id, kind, spell_from; days [from, until)
-- rule: paid: some version covers the day. unannounced: some version covers the day and is not under notice on it (from
--       notice_on to its withdrawal), as was known on that day, whatever became of it later
with pieces as (
    select
        account_id,
        'paid' as kind,
        started_on as piece_from,
        covered_until as piece_until
    from subscription_versions
    union
    select
        account_id,
        'unannounced' as kind,
        started_on as piece_from,
        least(coalesce(notice_on, covered_until), covered_until) as piece_until
    from subscription_versions
    union
    select
        account_id,
        'unannounced' as kind,
        greatest(started_on, notice_withdrawn_on) as piece_from,
        covered_until as piece_until
    from subscription_versions
    where notice_withdrawn_on is not null
),

ordered as (
    select
        account_id,
        kind,
        piece_from,
        piece_until,
        max(piece_until) over (
            partition by account_id, kind order by piece_from, piece_until
            rows between unbounded preceding and 1 preceding
        ) as covered_before
    from pieces
    where piece_from < piece_until
),

numbered as (
    select
        account_id,
        kind,
        piece_from,
        piece_until,
        sum(case when covered_before is null or piece_from > covered_before then 1 else 0 end) over (
            partition by account_id, kind order by piece_from, piece_until
            rows between unbounded preceding and current row
        ) as spell_number
    from ordered
)

select
    account_id,
    kind,
    min(piece_from) as spell_from,
    max(piece_until) as spell_until
from numbered
group by account_id, kind, spell_number
