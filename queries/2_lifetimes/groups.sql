-- grain: account; key: account_id
-- rule: cluster_id is the topmost account above it, itself where it has no parent; a parent that is no account of the
--       source is its own top. Each step looks up twice as far as the one before it, so that sixteen levels are seen
with parents as (
    select
        account_id,
        coalesce(parent_account_id, account_id) as top_id
    from accounts
),

two_up as (
    select
        below.account_id,
        coalesce(above.top_id, below.top_id) as top_id
    from parents as below
    left join parents as above
        on below.top_id = above.account_id
),

four_up as (
    select
        below.account_id,
        coalesce(above.top_id, below.top_id) as top_id
    from two_up as below
    left join two_up as above
        on below.top_id = above.account_id
),

eight_up as (
    select
        below.account_id,
        coalesce(above.top_id, below.top_id) as top_id
    from four_up as below
    left join four_up as above
        on below.top_id = above.account_id
)

select
    below.account_id,
    coalesce(above.top_id, below.top_id) as cluster_id
from eight_up as below
left join eight_up as above
    on below.top_id = above.account_id
