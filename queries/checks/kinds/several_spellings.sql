-- grain: fact whose word differs from a more frequent one in case or space only; no key
-- rule: of facts (row_id, word): of words that are alike but for these, all but the most frequent one
with words as (
    select
        word,
        regexp_replace(lower(trim(word)), '[\s_-]+', ' ', 'g') as plain,
        count(*) as number
    from facts
    where word is not null
    group by word
),

ranked as (
    select
        word,
        row_number() over (partition by plain order by number desc, word asc) as place
    from words
)

select facts.row_id
from facts
inner join ranked
    on facts.word = ranked.word
where ranked.place > 1
