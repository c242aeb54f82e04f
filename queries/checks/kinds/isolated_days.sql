-- grain: fact whose day is far from nearly all others; no key
-- rule: of facts (row_id, day), at least twenty: those, at most a hundredth, that a gap of two years without any parts
--       from the rest; or at most a fifth, and five years
with days as (
    select
        day,
        count(*) as number
    from facts
    where day is not null
    group by day
),

placed as (
    select
        day,
        sum(number) over () as of_all,
        sum(number) over (order by day rows between unbounded preceding and current row) - number as number_before,
        sum(number) over (order by day rows between current row and unbounded following) as number_from,
        date_diff('day', lag(day) over (order by day), day) as gap
    from days
),

body as (
    select
        max(
            case
                when number_before <= greatest(1, of_all / 100) or (gap > 1826 and 5 * number_before <= of_all) then day
            end
        ) as begins,
        min(
            case
                when number_from <= greatest(1, of_all / 100) or (gap > 1826 and 5 * number_from <= of_all) then day
            end
        ) as ends
    from placed
    where
        gap > 730
        and of_all >= 20
)

select facts.row_id
from facts
cross join body
where
    facts.day < body.begins
    or facts.day >= body.ends
