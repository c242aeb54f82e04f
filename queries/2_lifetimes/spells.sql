-- grain: unbroken run of days of an account, of one kind; key: account_id, kind, spell_from; days [from, until)
-- after: subscription_versions
-- rule: paid: some version covers the day. at_risk: some version covers the day and is not under notice on it
--       (from notice_on to its withdrawal), so that what puts an account at risk on a day was known on that day. Where
--       the study dates the event by the end, notices do not count
with pieces as (
    select
        account_id,
        'paid' as kind,
        started_on as piece_from,
        covered_until as piece_until
    from subscription_versions
    union all
    select
        account_id,
        'at_risk' as kind,
        started_on as piece_from,
        case
            when $event_date = 'notice' then least(coalesce(notice_on, covered_until), covered_until) else covered_until
        end
            as piece_until
    from subscription_versions
    union all
    select
        account_id,
        'at_risk' as kind,
        greatest(started_on, notice_withdrawn_on) as piece_from,
        covered_until as piece_until
    from subscription_versions
    where
        $event_date = 'notice'
        and notice_withdrawn_on is not null
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
