-- grain: fact whose number is far above nearly all others; no key
-- rule: of facts (row_id, number), at least twenty above zero: those, at most a hundredth, that are at least ten times
--       as much as the next below them; or at most a tenth, and thirty times
with numbers as (
    select
        number,
        count(*) as facts
    from facts
    where number > 0
    group by number
),

placed as (
    select
        number,
        sum(facts) over () as of_all,
        sum(facts) over (order by number rows between current row and unbounded following) as facts_from,
        number / lag(number) over (order by number) as ratio
    from numbers
),

bound as (
    select min(number) as number
    from placed
    where
        of_all >= 20
        and (
            (ratio >= 10 and facts_from <= greatest(1, of_all / 100))
            or (ratio >= 30 and 10 * facts_from <= of_all)
        )
)

select facts.row_id
from facts
inner join bound
    on facts.number >= bound.number
