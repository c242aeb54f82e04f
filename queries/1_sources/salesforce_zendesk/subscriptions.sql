-- grain: version of a contract (new at each upgrade within it); key: subscription_id, started_on
-- makes:  subscriptions, from Salesforce contracts and the won opportunities that belong to each. A renewal is a new
--         contract, that is a subscription that begins where the last one ends.
-- decide: 1. which contracts are subscriptions: here all that were ever activated, whatever became of them; no drafts.
--         2. what ends one: here its EndDate (the last paid day) once it is past, as the export shows. One that is
--            Superseded ends where the next contract of the account begins. One that was terminated ends on its EndDate
--            if that was brought forward (StartDate and ContractTerm tell what was agreed), else when its record was
--            last changed. Where contracts go on by themselves, leave ended_on empty unless somebody cancelled.
--         3. what is a notice: here that an opportunity of type 'Renewal' of the contract is closed as lost before its
--            end; one that names no contract is that of the only one in force. A later won opportunity of the account,
--            also before the end, takes the notice back, and where the next contract was signed already it is none. If
--            you keep the day on which the customer said so, take that: it is earlier.
--         4. which opportunities change a contract from the day on which they are closed: here those of type
--            'Existing Customer - Upgrade' and '... - Downgrade' (with negative quantities), and what else is added
--            late, when it had run for 90 days or half its time. All others are from its first day.
--         5. which contract a renewal is: ContractId names the new one in some companies, the old one in others. A late
--            one (as above) is here the next contract, if that has no opportunity of its own. If there is none the
--            contract goes on, at the price of the renewal from its next anniversary on.
--         6. what a price is: TotalPrice of the line items is taken for a year's. Where it is that of all years of a
--            contract, divide it by them (contracts.contractterm / 12). Say in `recurs` below which items recur
--            (services and hardware do not), and count seats only of items that have them. The price of a contract
--            without opportunities, and the seats of one without items, are not known, whatever upgrades add. A book
--            has one currency: where the opportunities are in several, convert mrr at one fixed rate each.
with contracts as (
    select
        id,
        accountid,
        status,
        startdate,
        contractterm,
        enddate + 1 as ends_on, -- the first day after
        case
            when status = 'Activated' or enddate is null then enddate + 1
            else greatest(enddate + 1, cast(startdate + to_months(contractterm) as date))
        end as term_ends_on, -- as it was agreed, also where EndDate was brought forward since
        greatest(cast(lastmodifieddate as date), startdate) as changed_on,
        min(startdate) over (
            partition by accountid order by startdate
            range between interval 1 day following and unbounded following
        ) as next_on
    from raw.contract
    where
        not coalesce(isdeleted, false)
        and (status in ('Activated', 'Expired', 'Terminated', 'Superseded') or activateddate is not null)
        and startdate is not null
),

exported as ( -- the last day of which the export tells
    select
        greatest(
            (select max(cast(contract.lastmodifieddate as date)) from raw.contract as contract),
            (select max(cast(opportunity.lastmodifieddate as date)) from raw.opportunity as opportunity)
        ) as exported_on
),

items as (
    select
        left(opportunityid, 15) as opportunityid, -- a report's ids have 15 letters
        productcode,
        quantity,
        totalprice,
        true as recurs -- or: productcode not in ('TRAINING', 'SETUP')
    from raw.opportunity_line_item
    where not coalesce(isdeleted, false)
),

line_items as (
    select
        left(opportunityid, 15) as opportunityid, -- a report's ids have 15 letters
        min(productcode) filter (recurs) as plan,
        coalesce(sum(quantity) filter (recurs), 0) as seats,
        coalesce(sum(totalprice) filter (recurs), 0) as yearly
    from items
    group by opportunityid
),

deals as (
    select
        opportunity.id,
        contracts.id as contractid,
        opportunity.accountid,
        opportunity.closedate,
        opportunity.iswon,
        opportunity.currencyisocode,
        coalesce(opportunity.type = 'Renewal', false) as is_renewal,
        coalesce(opportunity.type in ('Existing Customer - Upgrade', 'Existing Customer - Downgrade'), false)
            as is_change,
        line_items.plan,
        line_items.seats,
        coalesce(line_items.yearly, opportunity.amount) as yearly
    from raw.opportunity as opportunity
    left join line_items on left(opportunity.id, 15) = line_items.opportunityid
    left join contracts on left(opportunity.contractid, 15) = left(contracts.id, 15)
    where not coalesce(opportunity.isdeleted, false) and opportunity.isclosed
),

linked as (
    select
        deals.* exclude (is_change),
        contracts.startdate,
        contracts.term_ends_on,
        deals.closedate - contracts.startdate
        > least(90, coalesce(contracts.term_ends_on - contracts.startdate, 180) / 2) as is_late,
        deals.is_change or (
            is_late
            and not deals.is_renewal
            and deals.closedate > min(deals.closedate) over (partition by deals.contractid)
        ) as is_change
    from deals
    inner join contracts on deals.contractid = contracts.id
    where deals.iswon
),

named as (
    select
        *,
        case when is_change then coalesce(closedate >= term_ends_on, false) else is_renewal and is_late end
            as is_of_next -- closed so late that it may be the next contract's
    from linked
),

nexts as (
    select
        named.id,
        contracts.id as contractid,
        contracts.startdate,
        row_number() over (partition by named.id order by contracts.startdate, contracts.id) as place
    from named
    inner join contracts on named.accountid = contracts.accountid and named.startdate < contracts.startdate
    left join named as own on contracts.id = own.contractid and not own.is_of_next and not own.is_change
    where named.is_of_next and (named.is_change or own.id is null)
),

placed as (
    select
        named.* exclude (contractid, startdate),
        coalesce(nexts.contractid, named.contractid) as contractid,
        coalesce(nexts.startdate, named.startdate) as startdate,
        named.is_renewal and named.is_of_next and nexts.id is null as goes_on
    from named
    left join nexts on named.id = nexts.id and nexts.place = 1
),

changes as (
    select
        id,
        startdate as started_on,
        false as is_new_price
    from contracts
    union all by name
    select
        contractid as id,
        case
            when goes_on then cast(startdate + to_years(date_sub('year', startdate, closedate - 30) + 1) as date)
            when is_change then greatest(closedate, startdate)
            else startdate
        end as started_on,
        goes_on as is_new_price,
        cast(not is_change as integer) as firsts,
        cast(seats is null as integer) as seatless,
        cast(yearly is null as integer) as priceless,
        plan,
        seats,
        yearly,
        currencyisocode as currency
    from placed
),

by_day as (
    select
        changes.id,
        changes.started_on,
        bool_or(changes.is_new_price) as is_new_price,
        sum(changes.firsts) as firsts,
        sum(changes.seatless) as seatless,
        sum(changes.priceless) as priceless,
        min(changes.plan) as plan,
        sum(changes.seats) as seats,
        sum(changes.yearly) as yearly,
        min(changes.currency) as currency
    from changes
    inner join contracts on changes.id = contracts.id
    where not changes.is_new_price or changes.started_on < coalesce(contracts.term_ends_on, date '9999-12-31')
    group by changes.id, changes.started_on
),

prices as (
    select
        *,
        sum(cast(is_new_price as integer)) over (partition by id order by started_on) as price
    from by_day
),

versions as (
    select
        id,
        started_on,
        coalesce(plan, lag(plan) over whole) as plan,
        case when sum(firsts) over priced > 0 and max(seatless) over priced = 0 then sum(seats) over priced end
            as seats,
        case when sum(firsts) over priced > 0 and max(priceless) over priced = 0 then sum(yearly) over priced end
            as yearly,
        currency,
        lead(started_on) over whole as next_started_on
    from prices
    window
        whole as (partition by id order by started_on),
        priced as (partition by id, price order by started_on)
),

in_force as (
    select
        deals.id,
        min(contracts.id) as contractid
    from deals
    inner join contracts
        on
            deals.accountid = contracts.accountid
            and deals.closedate >= contracts.startdate
            and deals.closedate < coalesce(contracts.term_ends_on, date '9999-12-31')
    where deals.contractid is null
    group by deals.id
    having count(*) = 1
),

notices as (
    select
        contracts.id,
        min(deals.closedate) as notice_on
    from deals
    left join in_force on deals.id = in_force.id
    inner join contracts on coalesce(deals.contractid, in_force.contractid) = contracts.id
    where
        deals.is_renewal
        and not deals.iswon
        and deals.closedate >= contracts.startdate
        and deals.closedate < contracts.term_ends_on
        and not exists (
            select 1
            from placed as signed
            where
                signed.accountid = contracts.accountid
                and signed.is_renewal
                and signed.closedate <= deals.closedate
                and abs(signed.startdate - contracts.term_ends_on) <= 31
        )
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
),

ends as (
    select
        contracts.id,
        case
            when contracts.status = 'Superseded' then least(contracts.ends_on, contracts.next_on)
            when contracts.status = 'Expired' and contracts.ends_on is null then contracts.changed_on
            when
                contracts.status not in ('Activated', 'Expired')
                and coalesce(contracts.ends_on = contracts.term_ends_on, true)
                then least(contracts.ends_on, contracts.changed_on)
            when contracts.ends_on <= exported.exported_on or contracts.ends_on < contracts.term_ends_on
                then contracts.ends_on
            when notices.notice_on is not null and withdrawn.notice_withdrawn_on is null then contracts.ends_on
        end as ended_on
    from contracts
    cross join exported
    left join notices on contracts.id = notices.id
    left join withdrawn on contracts.id = withdrawn.id
)

select
    contracts.id as subscription_id,
    contracts.accountid as account_id,
    versions.started_on,
    contracts.term_ends_on,
    least(versions.next_started_on, ends.ended_on) as ended_on,
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
inner join ends on versions.id = ends.id
left join notices on versions.id = notices.id
left join withdrawn on versions.id = withdrawn.id
order by subscription_id, versions.started_on
