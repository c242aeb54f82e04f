-- grain: what became of seats at renewals; key: change
-- rule: of renewals, how many changed so where the claim says they should (hits, of_hits), and elsewhere (others,
--       of_others). Contraction: after idle seats in the month before, or none. Expansion: after a promoter's last
--       answer, or a detractor's
with versions as (
    select
        account_id,
        started_on,
        seats,
        lag(seats) over (partition by account_id order by started_on) as seats_before,
        lag(term_ends_on) over (partition by account_id order by started_on) as ended_before_on
    from world.subscriptions
    where
        seats is not null
        and kind = 'paid'
),

renewals as (
    select
        account_id,
        started_on,
        seats < seats_before as is_cut,
        seats > seats_before as is_raised
    from versions
    where started_on = ended_before_on
),

answers as (
    select
        renewals.is_raised,
        surveys.score,
        row_number() over (
            partition by renewals.account_id, renewals.started_on
            order by surveys.responded_on desc, surveys.score asc
        ) as place
    from renewals
    inner join world.surveys as surveys
        on
            renewals.account_id = surveys.account_id
            and surveys.kind = 'nps'
            and surveys.responded_on < renewals.started_on
)

select
    'contraction' as change,
    sum(cast(renewals.is_cut and states.idle_seats = 1 as integer)) as hits,
    sum(cast(states.idle_seats = 1 as integer)) as of_hits,
    sum(cast(renewals.is_cut and states.idle_seats = 0 as integer)) as others,
    sum(cast(states.idle_seats = 0 as integer)) as of_others
from renewals
inner join truth.states as states
    on
        renewals.account_id = states.account_id
        and date_trunc('month', renewals.started_on - 1) = states.month
union all
select
    'expansion' as change,
    sum(cast(is_raised and score >= 9 as integer)) as hits,
    sum(cast(score >= 9 as integer)) as of_hits,
    sum(cast(is_raised and score <= 6 as integer)) as others,
    sum(cast(score <= 6 as integer)) as of_others
from answers
where place = 1
