-- grain: fact whose word is one that tools write where there is none; no key
-- rule: of facts (row_id, word), those that say null, none, nan and the like, whatever their case
select row_id
from facts
where
    lower(trim(word)) in (
        '', 'null', '(null)', '<null>', 'none', 'nan', 'nil', 'nat', 'n/a', '#n/a', '#ref!', '#value!', 'undefined',
        '-', '--', '?'
    )
