-- grain: lifetime under notice at the snapshot; key: lifetime_id
-- rule: announced, not yet ended: listed apart, in no forecast. Each version in force ends on the day that was agreed,
--       where the source gives it. Else it ends with the first term that runs out after the snapshot and not before
--       the notice can take effect, the agreed term going on by its own length until then (one that does not renew
--       itself ends as agreed); without a term, on the day that the notice period makes of the notice. ends_on is the
--       last of these ends, unknown where one of them is; is_end_given: all of them were agreed. Seats and MRR are what
--       the account pays for on the snapshot, as account_levels adds it up
with running as (
    select
        *,
        greatest(notice_on + coalesce(notice_period_days, 0), cast($snapshot as date) + 1) as earliest_end_on
    from subscription_versions
    where
        started_on <= $snapshot
        and covered_until > $snapshot
),

months as (
    select
        month_number,
        starts_on,
        lead(starts_on) over (order by month_number) as next_starts_on
    from calendar_months
),

term_ends as (
    select
        running.account_id,
        running.subscription_id,
        running.started_on,
        running.earliest_end_on,
        least(
            later.starts_on + cast(date_diff('day', first.starts_on, running.term_ends_on) as integer),
            later.next_starts_on - 1
        ) as term_ends_on
    from running
    inner join months as first
        on
            running.term_ends_on >= first.starts_on
            and running.term_ends_on < first.next_starts_on
    inner join months as later
        on
            later.month_number = first.month_number
            or (
                later.month_number > first.month_number
                and (later.month_number - first.month_number) % nullif(running.term_months, 0) = 0
            )
),

first_term_ends as (
    select
        account_id,
        subscription_id,
        started_on,
        min(term_ends_on) as term_ends_on
    from term_ends
    where term_ends_on >= earliest_end_on
    group by account_id, subscription_id, started_on
),

ends as (
    select
        running.account_id,
        running.ends_on as given_on,
        coalesce(
            running.ends_on,
            case when not running.auto_renew and running.term_ends_on > $snapshot then running.term_ends_on end,
            first_term_ends.term_ends_on,
            case when running.notice_period_days is not null then running.earliest_end_on end
        ) as ends_on
    from running
    left join first_term_ends
        on
            running.account_id = first_term_ends.account_id
            and running.subscription_id = first_term_ends.subscription_id
            and running.started_on = first_term_ends.started_on
),

last_ends as (
    select
        account_id,
        case when count(*) = count(ends_on) then max(ends_on) end as ends_on,
        count(*) = count(given_on) as is_end_given
    from ends
    group by account_id
)

select
    lifetimes.lifetime_id,
    lifetimes.account_id,
    lifetimes.notice_on,
    last_ends.ends_on,
    last_ends.is_end_given,
    levels.seats,
    levels.mrr
from lifetimes
inner join last_ends
    on lifetimes.account_id = last_ends.account_id
inner join account_levels as levels
    on
        lifetimes.account_id = levels.account_id
        and levels.level_from <= $snapshot
        and levels.level_until > $snapshot
where
    lifetimes.notice_on is not null
    and lifetimes.ended_on is null
order by last_ends.ends_on, lifetimes.account_id
