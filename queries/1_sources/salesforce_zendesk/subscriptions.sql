-- grain: version of a contract (new at each upgrade within it); key: subscription_id, started_on
-- makes:  subscriptions, from Salesforce contracts and the won opportunities that belong to each. A renewal is a new
--         contract, that is a subscription that begins where the last one ends.
-- decide: 1. which contracts are subscriptions: here all whose status is Activated, Expired, Terminated or Superseded.
--         2. what ends one: here its EndDate (the last paid day) once it is past, as the export shows. Where
--            contracts go on by themselves, leave ended_on empty unless somebody cancelled.
--         3. what is a notice: here that a renewal opportunity of the contract is closed as lost before its end. A
--            later won opportunity of the account, also before the end, takes the notice back. If you keep the day on
--            which the customer said so, take that: it is earlier.
--         4. which opportunities change a contract from the day on which they are closed: here those of type
--            'Existing Customer - Upgrade' and '... - Downgrade' (with negative quantities). All others are from its
--            first day.
--         5. what a price is: TotalPrice of the line items is taken for a year's. Leave out items that do not recur
--            (services, hardware) in line_items below, and count seats only of items that have them.
with contracts as (
    select
        id,
        accountid,
        startdate,
        contractterm,
        enddate + 1 as term_ends_on -- the first day after
    from raw.contract
    where
        not coalesce(isdeleted, false)
        and status in ('Activated', 'Expired', 'Terminated', 'Superseded')
        and startdate is not null
),

exported as (
    select
        greatest(
            (select max(cast(contract.lastmodifieddate as date)) from raw.contract as contract),
            (select max(cast(opportunity.lastmodifieddate as date)) from raw.opportunity as opportunity)
        ) as exported_on -- the last day of which the export tells
),

line_items as (
    select
        opportunityid,
        min(productcode) as plan,
        sum(quantity) as seats,
        sum(totalprice) as yearly
    from raw.opportunity_line_item
    where not coalesce(isdeleted, false)
    group by opportunityid
),

deals as (
    select
        opportunity.contractid,
        opportunity.accountid,
        opportunity.closedate,
        opportunity.iswon,
        opportunity.currencyisocode,
        opportunity.type = 'Renewal' as is_renewal,
        opportunity.type in ('Existing Customer - Upgrade', 'Existing Customer - Downgrade') as is_change,
        line_items.plan,
        line_items.seats,
        coalesce(line_items.yearly, opportunity.amount) as yearly
    from raw.opportunity as opportunity
    left join line_items on opportunity.id = line_items.opportunityid
    where not coalesce(opportunity.isdeleted, false) and opportunity.isclosed
),

changes as (
    select
        id,
        startdate as started_on,
        null as plan,
        null as seats,
        null as yearly,
        null as currency
    from contracts
    union all
    select
        contracts.id,
        case when deals.is_change then greatest(deals.closedate, contracts.startdate) else contracts.startdate end
            as started_on,
        deals.plan,
        deals.seats,
        deals.yearly,
        deals.currencyisocode as currency
    from contracts
    inner join deals on contracts.id = deals.contractid
    where deals.iswon
),

by_day as (
    select
        id,
        started_on,
        min(plan) as plan,
        sum(seats) as seats,
        sum(yearly) as yearly,
        min(currency) as currency
    from changes
    group by id, started_on
),

versions as (
    select
        id,
        started_on,
        coalesce(plan, lag(plan) over whole) as plan,
        sum(seats) over whole as seats,
        sum(yearly) over whole as yearly,
        currency,
        lead(started_on) over whole as next_started_on
    from by_day
    window whole as (partition by id order by started_on)
),

notices as (
    select
        contracts.id,
        min(deals.closedate) as notice_on
    from contracts
    inner join deals on contracts.id = deals.contractid
    where
        deals.is_renewal
        and not deals.iswon
        and deals.closedate >= contracts.startdate
        and deals.closedate < contracts.term_ends_on
    group by contracts.id
),

withdrawn as (
    select
        notices.id,
        min(deals.closedate) as notice_withdrawn_on
    from notices
    inner join contracts on notices.id = contracts.id
    inner join deals on contracts.accountid = deals.accountid
    where deals.iswon and deals.closedate > notices.notice_on and deals.closedate < contracts.term_ends_on
    group by notices.id
)

select
    contracts.id as subscription_id,
    contracts.accountid as account_id,
    versions.started_on,
    contracts.term_ends_on,
    case
        when versions.next_started_on is not null then versions.next_started_on
        when contracts.term_ends_on <= exported.exported_on then contracts.term_ends_on
        when notices.notice_on is not null and withdrawn.notice_withdrawn_on is null then contracts.term_ends_on
    end as ended_on,
    case when versions.next_started_on is null then notices.notice_on end as notice_on,
    case when versions.next_started_on is null then withdrawn.notice_withdrawn_on end as notice_withdrawn_on,
    contracts.contractterm as term_months,
    'paid' as kind,
    versions.plan,
    versions.seats,
    versions.yearly / 12 as mrr,
    versions.currency
from versions
inner join contracts on versions.id = contracts.id
left join notices on versions.id = notices.id
left join withdrawn on versions.id = withdrawn.id
cross join exported
order by subscription_id, versions.started_on
