-- grain: version of a term (new at each upgrade within it); key: subscription_id, started_on
-- makes:  subscriptions, from won deals: a new business, or a deal of the renewals pipeline, begins a term; any other
--         won deal that begins within a term of the company adds its seats and price to it.
-- decide: 1. which deals renew: here those of a pipeline that is called renewals. Without one of your own, say in
--            begins_a_term below how a renewal is told from an upgrade.
--         2. when a term begins, and how long it is: here with the recurring billing of its line items, for
--            hs_recurring_billing_period (P12M, P1Y); else on the day on which the deal was closed, for twelve months.
--         3. what ends one: here that its term is over, as the export shows. Where terms go on by themselves, leave
--            ended_on empty unless somebody cancelled.
--         4. what is a notice: here that a deal of the renewals pipeline is closed as lost while the term runs. A deal
--            that is won later in the term takes it back. If you keep the day on which the customer said so, take that.
--         5. which line items recur: those without hs_mrr count no price. Without line items a deal's amount is taken
--            for twelve months.
with line_items as (
    select
        associated_deal_id,
        min(name) as plan,
        sum(quantity) as seats,
        sum(hs_mrr) as mrr,
        min(hs_recurring_billing_start_date) as started_on,
        max(
            12 * coalesce(try_cast(regexp_extract(hs_recurring_billing_period, '(\d+)Y', 1) as integer), 0)
            + coalesce(try_cast(regexp_extract(hs_recurring_billing_period, '(\d+)M', 1) as integer), 0)
        ) as term_months
    from raw.line_item
    where not coalesce(archived, false)
    group by associated_deal_id
),

deals as (
    select
        deal.hs_object_id as deal_id,
        deal.associated_company_id as company_id,
        cast(deal.closedate as date) as closed_on,
        deal.hs_is_closed_won as is_won,
        deal.pipeline = 'renewals' as is_renewal,
        deal.dealtype = 'newbusiness' or deal.pipeline = 'renewals' as begins_a_term,
        deal.closed_lost_reason,
        upper(deal.deal_currency_code) as currency,
        coalesce(line_items.started_on, cast(deal.closedate as date)) as started_on,
        coalesce(nullif(line_items.term_months, 0), 12) as term_months,
        line_items.plan,
        line_items.seats,
        coalesce(line_items.mrr, deal.amount / 12) as mrr
    from raw.deal as deal
    left join line_items on deal.hs_object_id = line_items.associated_deal_id
    where not coalesce(deal.archived, false) and deal.hs_is_closed
),

exported as (
    select
        greatest(
            (select max(cast(company.hs_lastmodifieddate as date)) from raw.company as company),
            (select max(cast(deal.hs_lastmodifieddate as date)) from raw.deal as deal)
        ) as exported_on -- the last day of which the export tells
),

terms as (
    select
        *,
        cast(started_on + to_months(term_months) as date) as term_ends_on
    from deals
    where is_won and begins_a_term
),

additions as (
    select
        terms.deal_id,
        deals.started_on,
        deals.seats,
        deals.mrr
    from terms
    inner join deals
        on
            terms.company_id = deals.company_id
            and deals.started_on >= terms.started_on
            and deals.started_on < terms.term_ends_on
    where deals.is_won and not deals.begins_a_term
    -- of several terms that run, the one that began last
    qualify row_number() over (partition by deals.deal_id order by terms.started_on desc, terms.deal_id asc) = 1
),

changes as (
    select
        deal_id,
        started_on,
        plan,
        seats,
        mrr
    from terms
    union all
    select
        deal_id,
        started_on,
        null as plan,
        seats,
        mrr
    from additions
),

by_day as (
    select
        deal_id,
        started_on,
        min(plan) as plan,
        sum(seats) as seats,
        sum(mrr) as mrr
    from changes
    group by deal_id, started_on
),

versions as (
    select
        deal_id,
        started_on,
        first_value(plan) over whole as plan,
        sum(seats) over whole as seats,
        sum(mrr) over whole as mrr,
        lead(started_on) over whole as next_started_on
    from by_day
    window whole as (partition by deal_id order by started_on)
),

lost as (
    select
        terms.deal_id,
        deals.closed_on,
        deals.closed_lost_reason
    from terms
    inner join deals on terms.company_id = deals.company_id
    where
        deals.is_renewal
        and not deals.is_won
        and deals.closed_on >= terms.started_on
        and deals.closed_on < terms.term_ends_on
    -- of several terms that run, the one that ends first
    qualify row_number() over (partition by deals.deal_id order by terms.term_ends_on, terms.deal_id) = 1
),

notices as (
    select
        deal_id,
        min(closed_on) as notice_on,
        min_by(closed_lost_reason, closed_on) as churn_reason
    from lost
    group by deal_id
),

withdrawn as (
    select
        notices.deal_id,
        min(deals.closed_on) as notice_withdrawn_on
    from notices
    inner join terms on notices.deal_id = terms.deal_id
    inner join deals on terms.company_id = deals.company_id
    where deals.is_won and deals.closed_on > notices.notice_on and deals.closed_on < terms.term_ends_on
    group by notices.deal_id
),

ends as (
    select
        terms.*,
        notices.notice_on,
        notices.churn_reason,
        withdrawn.notice_withdrawn_on,
        case
            when
                terms.term_ends_on <= exported.exported_on
                or (notices.notice_on is not null and withdrawn.notice_withdrawn_on is null)
                then terms.term_ends_on
        end as ended_on
    from terms
    left join notices on terms.deal_id = notices.deal_id
    left join withdrawn on terms.deal_id = withdrawn.deal_id
    cross join exported
)

select
    ends.deal_id as subscription_id,
    ends.company_id as account_id,
    versions.started_on,
    ends.term_ends_on,
    coalesce(versions.next_started_on, ends.ended_on) as ended_on,
    case when versions.next_started_on is null then ends.notice_on end as notice_on,
    case when versions.next_started_on is null then ends.notice_withdrawn_on end as notice_withdrawn_on,
    case when versions.next_started_on is null and ends.ended_on is not null then ends.churn_reason end as churn_reason,
    ends.term_months,
    'paid' as kind,
    versions.plan,
    versions.seats,
    versions.mrr,
    ends.currency
from versions
inner join ends on versions.deal_id = ends.deal_id
order by subscription_id, versions.started_on
