-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: the attribute that holds on risk_date: valid since before it, known before it, the newest; of two deliveries of
--       the same day the later. What the table of accounts says today is never read
with dates as (
    select
        risk_dates.lifetime_id,
        risk_dates.account_id,
        risk_dates.risk_date
    from risk_dates
    inner join logged_since
        on
            risk_dates.risk_date = logged_since.risk_date
            and risk_dates.risk_date > logged_since.attributes_since
),

attributes as (
    select
        dates.lifetime_id,
        dates.risk_date,
        held.attribute,
        held.value,
        row_number() over (
            partition by dates.lifetime_id, dates.risk_date, held.attribute
            order by held.valid_from desc, coalesce(held.known_on, held.valid_from) desc, held.value asc
        ) as place
    from dates
    inner join account_attributes as held
        on
            dates.account_id = held.account_id
            and held.attribute in ('segment', 'touch_model')
            and held.valid_from < dates.risk_date
            and coalesce(held.known_on, held.valid_from) < dates.risk_date
),

in_force as (
    select
        lifetime_id,
        risk_date,
        max(case when attribute = 'segment' then value end) as segment_in_force,
        max(case when attribute = 'touch_model' then value end) as touch_model_in_force
    from attributes
    where place = 1
    group by lifetime_id, risk_date
)

select
    risk_dates.lifetime_id,
    risk_dates.risk_date,
    in_force.segment_in_force,
    in_force.touch_model_in_force
from risk_dates
left join in_force
    on
        risk_dates.lifetime_id = in_force.lifetime_id
        and risk_dates.risk_date = in_force.risk_date
