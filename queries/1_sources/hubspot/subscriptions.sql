-- grain: version of a term (new at each upgrade within it); key: subscription_id, started_on
-- makes:  subscriptions, from won deals: a new business, a deal of the renewals pipeline, or one that is won while no
--         term of the company runs, begins a term; any other adds its seats and price to the term in which it begins.
--         A won deal of which nothing says when it begins has no started_on, so that the check tells of it.
-- decide: 1. which deals renew: here those of a pipeline that is called renewals. Without one of your own, say in
--            is_renewal below how a renewal is told from an upgrade.
--         2. when a term begins, and how long it is: here with the recurring billing of its line items, for
--            hs_recurring_billing_period (P12M, P1Y). Else a renewal begins when the term that it renews is over, any
--            other deal on the day on which it was closed, and it is for twelve months.
--         3. what ends one: here that its term is over, as the export shows, or that it is renewed before. Where terms
--            go on by themselves, leave ended_on empty unless somebody cancelled.
--         4. what is a notice: here that a deal of the renewals pipeline is closed as lost while the term runs. A deal
--            that is won later in the term takes it back. If you keep the day on which the customer said so, take that.
--         5. which line items recur: those without hs_mrr count no price, if any has one. Without line items a deal's
--            amount is taken for twelve months, and its seats are not known.
--         6. which currency: prices are in that of the deal. If your deals have several, convert mrr at the end, at one
--            fixed rate for each, and name the one that is left.
with recursive line_items as (
    select
        associated_deal_id,
        min(name) as plan,
        sum(quantity) as seats,
        sum(hs_mrr) as mrr,
        bool_and(count(hs_mrr) = 0) over () as none_has_mrr, -- among all line items
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
        coalesce(deal.dealtype = 'newbusiness', false) as is_new,
        deal.closed_lost_reason,
        upper(deal.deal_currency_code) as currency,
        line_items.started_on,
        coalesce(nullif(line_items.term_months, 0), 12) as term_months,
        line_items.plan,
        line_items.seats,
        case
            when line_items.associated_deal_id is null or line_items.none_has_mrr then deal.amount / 12
            else coalesce(line_items.mrr, 0)
        end as mrr
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

-- won deals of a company one after the other: when each begins, whether it begins a term, and all ends of terms so far
in_order as (
    select
        *,
        coalesce(started_on, closed_on) as told_on,
        row_number() over (
            partition by company_id
            order by coalesce(started_on, closed_on) asc, is_renewal asc, is_new desc, deal_id asc
        ) as number
    from deals
    where is_won
),

placed as (
    select
        company_id,
        deal_id,
        number,
        true as begins_a_term,
        told_on as begins_on,
        [cast(told_on + to_months(term_months) as date)] as term_ends
    from in_order
    where number = 1
    union all
    select
        company_id,
        deal_id,
        number,
        begins_a_term,
        begins_on,
        case
            when begins_a_term then list_append(term_ends, cast(begins_on + to_months(term_months) as date))
            else term_ends
        end as term_ends
    from (
        select
            deal.company_id,
            deal.deal_id,
            deal.number,
            deal.term_months,
            placed.term_ends,
            deal.is_new or deal.is_renewal or not coalesce(list_max(placed.term_ends) > deal.told_on, false)
                as begins_a_term,
            case
                when deal.is_renewal and deal.started_on is null
                    then (
                        select greatest(deal.told_on, min(ends.term_end))
                        from unnest(placed.term_ends) as ends (term_end)
                        where ends.term_end >= deal.told_on - 60 -- it may be closed so many days late
                    )
                else deal.told_on
            end as begins_on
        from placed
        inner join in_order as deal
            on
                placed.company_id is not distinct from deal.company_id
                and placed.number + 1 = deal.number
    ) as next_deals
),

begun as (
    select
        deals.* exclude (started_on),
        placed.begins_a_term,
        placed.begins_on as started_on,
        cast(placed.begins_on + to_months(deals.term_months) as date) as term_ends_on
    from deals
    inner join placed on deals.deal_id = placed.deal_id
),

-- of the terms begun before a renewal, it renews the one whose end is nearest, and replaces it if that still runs
renewed as (
    select
        terms.deal_id,
        renewals.started_on as replaced_on
    from begun as renewals
    inner join begun as terms
        on
            renewals.company_id = terms.company_id
            and renewals.started_on > terms.started_on
    where renewals.is_renewal and terms.begins_a_term
    qualify row_number() over (
        partition by renewals.deal_id
        order by abs(terms.term_ends_on - renewals.started_on) asc, terms.started_on desc, terms.deal_id asc
    ) = 1
),

terms as (
    select
        *,
        coalesce(
            (
                select min(renewed.replaced_on)
                from renewed
                where renewed.deal_id = begun.deal_id and renewed.replaced_on < begun.term_ends_on
            ),
            term_ends_on
        ) as over_on
    from begun
    where begins_a_term
),

additions as (
    select
        terms.deal_id,
        begun.started_on,
        begun.seats,
        begun.mrr
    from terms
    inner join begun
        on
            terms.company_id = begun.company_id
            and begun.started_on >= terms.started_on
            and begun.started_on < terms.over_on
    where not begun.begins_a_term
    -- of several terms that run, the one that began last
    qualify row_number() over (partition by begun.deal_id order by terms.started_on desc, terms.deal_id asc) = 1
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
        case when count(seats) = count(*) then sum(seats) end as seats,
        case when count(mrr) = count(*) then sum(mrr) end as mrr
    from changes
    group by deal_id, started_on
),

versions as (
    select
        deal_id,
        started_on,
        first_value(plan) over whole as plan,
        -- what is added to a number that is not known is not known
        case when count(seats) over whole = count(*) over whole then sum(seats) over whole end as seats,
        case when count(mrr) over whole = count(*) over whole then sum(mrr) over whole end as mrr,
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
        and deals.closed_on < terms.over_on
    -- of several terms that run, the one that ends first
    qualify row_number() over (partition by deals.deal_id order by terms.over_on, terms.deal_id) = 1
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
    where deals.is_won and deals.closed_on > notices.notice_on and deals.closed_on < terms.over_on
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
                terms.over_on <= exported.exported_on
                or terms.over_on < terms.term_ends_on
                or (notices.notice_on is not null and withdrawn.notice_withdrawn_on is null)
                then terms.over_on
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
