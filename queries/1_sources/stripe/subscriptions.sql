-- grain: version of a subscription item (at each renewal, new quantity or price); key: subscription_id, started_on
-- makes:  subscriptions, from Stripe's items: an item keeps its id while its quantity and price change. Versions come
--         from the lines of invoices: Stripe itself keeps today's quantity only. Without lines there is one version, of
--         today. An item that was taken off its subscription (some upgrades put another in its place) is listed no
--         more: its lines, which name the subscription, are all that is left of it. It ends with the credit for what
--         was not used of it, else with what was billed last.
-- decide: 1. what a notice is: here the day on which the cancellation was asked for (canceled_at), be the end at once
--            or with the period. Stripe forgets a cancellation that is taken back: such notices are not seen.
--         2. who left against their will: here those whose payment failed or was disputed. Their canceled_at is the day
--            on which Stripe gave up, and no notice.
--         3. what counts as unpaid: here a subscription ends when Stripe ends it. One that is past_due, unpaid or
--            paused is still there.
--         4. which prices are subscriptions: leave out one-off and metered ones if they are no reason to stay. One of
--            weeks or days makes no term of months; of one that is not among the prices nothing is known but its id.
--         5. what is paid: here seats at the price of one, before discounts. Where prices are tiered unit_amount is
--            empty, and the price not known: give it from the amounts of whole periods on the lines.
with paying as (
    select *
    from raw.subscription
    where coalesce(livemode, true) and status not in ('incomplete', 'incomplete_expired') -- the last two never paid
),

prices as (
    select
        id,
        coalesce(nickname, product, id) as plan,
        upper(currency) as currency,
        case coalesce(recurring_interval, 'month') when 'year' then 12 when 'month' then 1 end
        * coalesce(recurring_interval_count, 1) as term_months,
        case coalesce(recurring_interval, 'month')
            when 'year' then 12
            when 'month' then 1
            when 'week' then 12 / 52.0
            when 'day' then 12 / 365.0
        end
        * coalesce(recurring_interval_count, 1) as months, -- that are paid for at once
        -- these currencies have no smaller unit
        cast(unit_amount as decimal(18, 2))
        / case when lower(currency) in ('jpy', 'krw', 'vnd', 'clp', 'xaf', 'xof', 'pyg', 'ugx') then 1 else 100 end
            as unit_price
    from raw.price
),

lines as (
    select line.*
    from raw.invoice_line as line
    left join raw.invoice as invoice on line.invoice_id = invoice.id
    where coalesce(invoice.status, 'paid') not in ('void', 'draft') -- these were never asked for
),

billed as (
    select
        subscription_item as item,
        cast(period_start as date) as started_on,
        cast(period_end as date) as term_ends_on,
        price,
        quantity as seats
    from lines
    where amount > 0 -- not a credit for time that is not used
    -- of several changes on a day the last
    qualify
        row_number() over (
            partition by subscription_item, cast(period_start as date)
            order by period_start desc, quantity desc, price asc
        ) = 1
),

taken_off as (
    select
        subscription_item as id,
        max(subscription) as subscription,
        coalesce(max(case when amount < 0 then period_start end), max(period_end)) as taken_off_at
    from lines
    where
        not exists (
            select 1 from raw.subscription_item as item
            where item.id = lines.subscription_item
        )
    group by subscription_item
),

items as (
    select
        item.id,
        item.price,
        item.quantity,
        paying.customer,
        paying.cancellation_details_feedback as churn_reason,
        coalesce(paying.cancellation_details_reason, '') in ('payment_failed', 'payment_disputed') as is_involuntary,
        cast(paying.trial_start as date) as trial_started_on,
        cast(paying.trial_end as date) as trial_ended_on,
        -- the first day that is paid for
        cast(coalesce(paying.trial_end, paying.start_date, item.created) as date) as paid_from,
        cast(coalesce(item.current_period_end, paying.current_period_end) as date) as period_ends_on,
        cast(paying.canceled_at as date) as canceled_on,
        cast(
            coalesce(
                paying.ended_at,
                paying.cancel_at,
                case
                    when paying.cancel_at_period_end
                        then coalesce(item.current_period_end, paying.current_period_end)
                end
            ) as date
        ) as ended_on
    from raw.subscription_item as item
    inner join paying on item.subscription = paying.id
    union all
    select
        taken_off.id,
        null as price,
        null as quantity,
        paying.customer,
        null as churn_reason,
        false as is_involuntary,
        null as trial_started_on,
        null as trial_ended_on,
        cast(coalesce(paying.trial_end, paying.start_date) as date) as paid_from,
        null as period_ends_on,
        null as canceled_on,
        cast(least(taken_off.taken_off_at, paying.ended_at) as date) as ended_on
    from taken_off
    inner join paying on taken_off.subscription = paying.id
),

paid as (
    select
        items.id,
        billed.started_on,
        billed.term_ends_on,
        billed.price,
        billed.seats
    from items
    inner join billed on items.id = billed.item
    where billed.started_on >= items.paid_from
    union all
    select
        items.id,
        items.paid_from as started_on,
        items.period_ends_on as term_ends_on,
        items.price,
        items.quantity as seats
    from items
    where
        items.price is not null -- an item that was taken off is known by its lines only
        and (items.ended_on is null or items.ended_on > items.paid_from) -- else it was tried, and never paid
        and not exists (
            select 1 from billed
            where billed.item = items.id and billed.started_on >= items.paid_from
        )
),

versions as (
    select
        *,
        lead(started_on) over (partition by id order by started_on) as next_started_on
    from paid
)

select
    versions.id as subscription_id,
    items.customer as account_id,
    versions.started_on,
    case when versions.term_ends_on > versions.started_on then versions.term_ends_on end as term_ends_on,
    coalesce(versions.next_started_on, items.ended_on) as ended_on,
    case when versions.next_started_on is null and not items.is_involuntary then items.canceled_on end as notice_on,
    case
        when versions.next_started_on is null and items.is_involuntary and items.ended_on is not null then 'involuntary'
    end as end_reason,
    case when versions.next_started_on is null and items.ended_on is not null then items.churn_reason end
        as churn_reason,
    prices.term_months,
    true as auto_renew,
    'paid' as kind,
    coalesce(prices.plan, versions.price) as plan,
    versions.seats,
    prices.unit_price * versions.seats / prices.months as mrr,
    prices.currency
from versions
inner join items on versions.id = items.id
left join prices on versions.price = prices.id
union all
select
    items.id as subscription_id,
    items.customer as account_id,
    items.trial_started_on as started_on,
    null as term_ends_on,
    least(items.trial_ended_on, items.ended_on) as ended_on,
    null as notice_on,
    null as end_reason,
    null as churn_reason,
    null as term_months,
    true as auto_renew,
    'trial' as kind,
    coalesce(prices.plan, items.price) as plan,
    items.quantity as seats,
    null as mrr,
    prices.currency
from items
left join prices on items.price = prices.id
where items.trial_started_on < items.trial_ended_on
order by subscription_id, started_on
