-- grain: account with paid versions in force on the snapshot; key: account_id
-- rule: the renewal clock of the snapshot, from the agreed terms alone (rule 12 of queries/rules_of_time.md). renews_on
--       is the next end of a term; notice_by the last day on which notice for a term that ends then can be given: it
--       may be over, and of several it is the first. Neither is known without an agreed end of a term, and no last day
--       for notice without a notice period
with running as (
    select
        account_id,
        case when term_ends_on > $snapshot then term_ends_on end as term_ends_on,
        notice_period_days
    from subscription_versions
    where
        started_on <= $snapshot
        and covered_until > $snapshot
),

next_ends as (
    select
        account_id,
        min(term_ends_on) as renews_on
    from running
    group by account_id
)

select
    next_ends.account_id,
    next_ends.renews_on,
    min(running.term_ends_on - running.notice_period_days) as notice_by
from next_ends
left join running
    on
        next_ends.account_id = running.account_id
        and next_ends.renews_on = running.term_ends_on
group by next_ends.account_id, next_ends.renews_on
